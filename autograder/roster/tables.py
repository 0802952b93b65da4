"""A CSV as Excel, an LMS or a person saves it: its encoding tried, every row with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.notebook_files import one_name, shown

# Excel's "CSV UTF-8", its "Unicode text", and the "CSV" of a Korean Windows
ENCODINGS = ("utf-8-sig", "utf-16", "cp949")
DELIMITERS = ",;\t"
WORKBOOK = b"PK\x03\x04"
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Row:
    """One row: the line of the file where it begins, and its cells in one form."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The rows of a CSV that are not empty; the first may be a head."""

    path: Path
    rows: tuple[Row, ...]

    def at(self, row: Row) -> str:
        """Where a row is, for messages."""
        return f"{self.path.name}, line {row.line}"


def read_table(path: Path) -> Table:
    """Read a CSV, or a list of objects in JSON.

    Raises:
        UserError: it cannot be read, is no text, or holds nothing.
    """
    text = _decoded(path, _content(path))
    try:
        rows = tuple(_json_rows(text) if path.suffix.lower() == ".json" else _rows(text))
    except (csv.Error, ValueError, RecursionError) as error:
        raise UserError(f"{path} is no CSV: {error}.", "Save it again as CSV in UTF-8.") from None
    if not rows:
        raise UserError(f"{path} is empty.", "Export it again from the LMS.")
    return Table(path, rows)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}.", "Name a CSV that the LMS exported."
        ) from None
    if content.startswith(WORKBOOK):
        raise UserError(
            f"{path} is a workbook of Excel, or a zip.", "In Excel: Save as, CSV UTF-8."
        )
    if len(content) > MOST_BYTES:
        raise UserError(f"{path} is over {MOST_BYTES:,} bytes.", "Is it the right file?")
    return content


def _decoded(path: Path, content: bytes) -> str:
    for encoding in ENCODINGS:
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError(
        f"{path}, line {_odd_line(content)}: neither UTF-8 nor a Korean Windows's encoding.",
        "In Excel: Save as, CSV UTF-8.",
    )


def _odd_line(content: bytes) -> int:
    """The line of the first byte that is no UTF-8, or of the first that is no text."""
    try:
        content.decode("utf-8")
        place = max(content.find(b"\0"), 0)
    except UnicodeDecodeError as error:
        place = error.start
    return content.count(b"\n", 0, place) + 1


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    before = 0
    for cells in _read(reader):
        if not before and "".join(cells).startswith("sep="):  # Excel's note on the delimiter
            before = reader.line_num
            continue
        line, before = before + 1, reader.line_num
        clean = tuple(_clean(cell) for cell in cells)
        if any(clean):
            yield Row(line, clean)


def _read(reader: Any) -> Iterator[list[str]]:
    """The rows of a reader of CSV; what it cannot read is told with the line where it began."""
    while True:
        line = reader.line_num + 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise csv.Error(f"in what begins at line {line}, {error}") from None


def _json_rows(text: str) -> Iterator[Row]:
    """A list of objects, as an LMS's programs give it; the keys are the head."""
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("it is no list of objects")
    head = list(dict.fromkeys(key for one in found for key in one))
    yield Row(1, tuple(_clean(key) for key in head))
    for number, one in enumerate(found, 2):
        values = ("" if one.get(key) is None else str(one[key]) for key in head)
        yield Row(number, tuple(_clean(value) for value in values))


def _delimiter(text: str) -> str:
    """The mark of the first line that has one: a title may stand above the head."""
    parted = (line for line in text.splitlines() if any(mark in line for mark in DELIMITERS))
    first = next(parted, "")
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _clean(cell: str) -> str:
    """A cell in one form, without the signs by which a spreadsheet is told that it holds text."""
    text = " ".join(one_name(cell).split())
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1]
    if text.startswith("'") and len(text) > 1 and text[1] in "=+-@0123456789":
        return text[1:]
    return text


def line_of(table: Table, row: Row, what: str) -> str:
    """A sentence on a row, with its line."""
    return f"{table.at(row)}: {shown(what, 300)}"
