"""Pictures that were pasted into the text of a notebook. Trusted; they are decoded by nobody here.

Colab writes a pasted picture into the text of its cell, as base64: a photo of a page fills more
characters than a whole notebook may have. JupyterLab keeps it in the cell's attachments. Either way
the picture becomes a file beside the notebook, and the name of the file stands in the text.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from typing import Any

from course.notebook_format import Cell, as_dict

FOLDER = "pasted_pictures"
DATA_URL = re.compile(r"data:image/([a-z]{1,10})[a-z0-9=.;+-]{0,40}?;base64,([A-Za-z0-9+/=]++)")
BEGINNINGS = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "gif": b"GIF8"}
MOST = (
    50  # pictures of a submission that are kept; of the others the text says that they were there
)


@dataclass
class Pictures:
    """The pictures of a submission, as files by path."""

    files: dict[str, bytes] = field(default_factory=dict)
    count: int = 0

    def taken_from(self, cells: tuple[Cell, ...], document: dict[str, Any]) -> tuple[Cell, ...]:
        """The cells with the names of files where their pictures were.

        In code a picture's text stays: it may be what the code works on.

        Args:
            cells: of a notebook, as read.
            document: that notebook, parsed.
        """
        stored = [as_dict(as_dict(cell).get("attachments")) for cell in document["cells"]]
        return tuple(
            cell if cell.kind == "code" else self._from_cell(cell, attached)
            for cell, attached in zip(cells, stored, strict=True)
        )

    def _from_cell(self, cell: Cell, attached: dict[str, Any]) -> Cell:
        source = cell.source
        if "data:image/" in source:
            source = DATA_URL.sub(lambda found: self._keep(cell, found[1], found[2]), source)
        for name, forms in attached.items():
            if isinstance(name, str) and name and f"attachment:{name}" in source:
                kind, text = _first_form(as_dict(forms))
                source = source.replace(f"attachment:{name}", self._keep(cell, kind, text))
        return replace(cell, source=source)

    def _keep(self, cell: Cell, kind: str, text: str) -> str:
        """Keep one picture; what stands in its place in the text."""
        self.count += 1
        kind = "jpeg" if kind == "jpg" else kind
        content = _decoded(text)
        path = f"{FOLDER}/{self.count}_cell_{cell.index + 1}.{kind}"
        begins = BEGINNINGS.get(kind)
        if len(self.files) >= MOST or begins is None or not content.startswith(begins):
            return f"(a picture that was not kept: {kind})"
        self.files[path] = content
        return path


def _first_form(forms: dict[str, Any]) -> tuple[str, str]:
    """The kind and the base64 of an attachment, which may come in several forms."""
    for mime, text in forms.items():
        kind = str(mime).removeprefix("image/")
        if kind in (*BEGINNINGS, "jpg") and isinstance(text, str):
            return kind, text
    return "unknown", ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""
