"""What the engine keeps as JSON: data classes to text and back, and files written whole or not."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, TypeVar

from cattrs import Converter

T = TypeVar("T")
_CONVERTER = Converter(forbid_extra_keys=True, detailed_validation=False)


class Damaged(ValueError):
    """A stored text is no JSON, or not of the form that this version writes."""


def as_json(value: Any) -> str:
    """A data class as one line of JSON."""
    return json.dumps(dataclasses.asdict(value))


def from_json(kind: type[T], text: str | bytes) -> T:
    """The data class that `as_json` wrote.

    Raises:
        Damaged: it is no JSON, or a field of it is missing, unknown or no such value.
    """
    try:
        return _CONVERTER.structure(json.loads(text), kind)
    except Exception as error:  # cattrs names a dozen kinds of them, all with this one meaning
        raise Damaged(f"no {kind.__name__}: {type(error).__name__}: {error}") from error


def write_atomically(path: Path, content: str | bytes) -> None:
    """Put a file in place in one step: who reads it finds the old one or the new one, whole.

    Folders on the way are made. Two processes may write the same file: the later one stays.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
