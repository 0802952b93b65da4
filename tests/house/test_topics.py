"""The page of topics: every cell that it sends a reader to is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "course" / "guide" / "topics.md"
ROW = re.compile(r"^\| (?!Topic|---)(.+?) \| (.+) \|$", re.MULTILINE)
PLACE = re.compile(r"week (\d\d) ((?:`[\w-]+`(?:, )?)+)")
ROWS = ROW.findall(PAGE.read_text("utf-8"))


def cells_of(week: str) -> dict[str, str]:
    """The ids of a week's cells in the notebook that students get, with their texts."""
    (path,) = (ROOT / "release").glob(f"week{week}_*/week{week}_*.ipynb")
    return {
        cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]
    }


@pytest.mark.parametrize(("topic", "where"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_each_topic_leads_somewhere(topic: str, where: str) -> None:
    """To cells that students have and that say something, or to a page of the guide."""
    places = PLACE.findall(where)
    assert places or "](" in where, f"{topic}: no place is named"
    rest = PLACE.sub("", re.sub(r"\[[^\]]+\]\([\w.-]+\)", "", where))
    assert not rest.strip(" ;"), f"{topic}: '{rest.strip()}' is neither a cell nor a page"
    for week, names in places:
        cells = cells_of(week)
        for name in re.findall(r"`([\w-]+)`", names):
            assert len(cells.get(name, "")) > 20, f"{topic}: week {week} has no cell {name}"


def test_every_week_is_named() -> None:
    """A week that no topic leads to would have no reason to be there."""
    named = {week for _, where in ROWS for week, _ in PLACE.findall(where)}
    weeks = {path.name[4:6] for path in (ROOT / "source").glob("week*")}
    assert weeks <= named
