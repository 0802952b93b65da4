"""Expected pictures: what a playground showed its instructor, as a file that a text can fold away.

A markdown cell links `../../course/weeks/WEEK/expected/CELL.png`; the picture is taken out of the
stored outputs of the cell `CELL` at release, so it is always that of the reference. A file and no
attachment: GitHub, JupyterLab and the site all show it, and the notebook stays small.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from autograder.errors import UserError
from autograder.week import Week
from course.notebook_format import read_document

LINK = re.compile(r"\]\((?:\.\./)+(course/weeks/\w+/expected)/([\w-]+)\.png\)")


def write_expected(week: Week) -> tuple[Path, ...]:
    """Write the expected pictures that the week's notebooks link, from their stored outputs.

    Raises:
        UserError: a text links the picture of a cell that shows none.
    """
    written = []
    for path in sorted(week.folder("source").glob("*.ipynb")):
        cells = read_document(path.read_bytes())["cells"]
        pictures = {cell["id"]: found for cell in cells if (found := _picture(cell))}
        for folder, name in LINK.findall("\n".join("".join(cell["source"]) for cell in cells)):
            if name not in pictures:
                raise UserError(
                    f"{path.name} links the expected picture of `{name}`, which shows none.",
                    "Run the cell and save the notebook, or take the link out.",
                )
            target = week.course.root / folder / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(pictures[name])
            written.append(target)
    return tuple(written)


def _picture(cell: dict) -> bytes | None:
    """The first picture that a cell stores."""
    for output in cell.get("outputs", []):
        stored = output.get("data", {}).get("image/png")
        if stored:
            return base64.b64decode("".join(stored))
    return None
