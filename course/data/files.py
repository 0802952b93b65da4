"""The shipped files: where they are, whether they are there, and whether they are intact.

`manifest.json` lists each file with its size and sha256. A file is hashed once per process, the
first time that it is read.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path

from course.errors import UserError

DATA_DIR = Path(__file__).resolve().parent
MANIFEST = "manifest.json"
REMEDY = "restore it with `git checkout -- course/data`, or download the course again"

_checked: set[Path] = set()


class DataError(UserError):
    """A data file is missing, damaged or unreadable. The message names it and says what to do."""


@dataclass(frozen=True)
class DataFile:
    """One line of the manifest: a path below `course/data`, size in bytes, sha256, origin."""

    name: str
    size: int
    sha256: str
    source: str
    licence: str


@dataclass(frozen=True)
class Finding:
    """What `verify` says about one file: `ok`, or a `problem` in one sentence."""

    name: str
    ok: bool
    problem: str = ""


def manifest() -> dict[str, DataFile]:
    """Every shipped file by name.

    Raises:
        DataError: manifest.json is missing or is not the JSON that it should be.
    """
    path = DATA_DIR / MANIFEST
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {entry["name"]: _data_file(entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"The list of data files, {path}, cannot be read ({error}): {REMEDY}."
        ) from error


def _data_file(entry: dict) -> DataFile:
    return DataFile(
        entry["name"], entry["bytes"], entry["sha256"], entry["source"], entry["licence"]
    )


def read_bytes(name: str) -> bytes:
    """The content of one shipped file, checked against the manifest.

    Args:
        name: path below `course/data`, with forward slashes, such as "speech/transcription".

    Raises:
        DataError: the file is not listed, missing, unreadable, or not the file that was shipped.
    """
    expected = manifest().get(name)
    if expected is None:
        raise DataError(f"The course ships no data file named {name!r}; `course data` lists them.")
    path = DATA_DIR / name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"The data file {path} is missing: {REMEDY}.") from None
    except OSError as error:
        raise DataError(
            f"The data file {path} cannot be read ({error.strerror}): {REMEDY}."
        ) from error
    if path not in _checked:
        must_match(path, content, expected)
        _checked.add(path)
    return content


def read_text(name: str) -> str:
    """A shipped UTF-8 text (unpacked when the name ends in `.xz`), every line ending as "\\n"."""
    content = read_bytes(name)
    if name.endswith(".xz"):
        content = lzma.decompress(content)
    return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def read_rows(name: str) -> list[list[str]]:
    """The rows of a tab-separated file without a header line."""
    return [line.split("\t") for line in read_text(name).split("\n") if line]


def verify() -> list[Finding]:
    """Look at every file of the manifest again, whatever was checked before. Raises nothing."""
    try:
        files = manifest()
    except DataError as error:
        return [Finding(MANIFEST, False, str(error))]
    return [_verify_one(name) for name in files]


def _verify_one(name: str) -> Finding:
    _checked.discard(DATA_DIR / name)
    try:
        read_bytes(name)
    except DataError as error:
        return Finding(name, False, str(error))
    return Finding(name, True)


def must_match(path: Path, content: bytes, expected: DataFile) -> None:
    if len(content) != expected.size:
        raise DataError(
            f"The data file {path} is damaged: it has {len(content):,} bytes, "
            f"expected {expected.size:,}; {REMEDY}."
        )
    found = hashlib.sha256(content).hexdigest()
    if found != expected.sha256:
        raise DataError(
            f"The data file {path} is damaged or was changed: its sha256 is {found[:12]}…, "
            f"expected {expected.sha256[:12]}…; {REMEDY}."
        )
