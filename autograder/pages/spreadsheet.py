"""CSV that a spreadsheet opens as it was written."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path


def write_csv(path: Path, head: list[str], rows: Iterable[list[object]]) -> None:
    """Write a table; nothing in it is taken for a formula, and what is unknown stays blank."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows([plain_cell(value) for value in row] for row in rows)


def plain_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; blank for None."""
    text = "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else text
