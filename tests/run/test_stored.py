"""What the engine keeps as JSON comes back as it was, and a file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.model import (
    CheckReference,
    CheckVerdict,
    Entry,
    Judgement,
    MistakeReference,
    ProbeReference,
    ProbeVerdict,
    Reference,
    Verdict,
)
from autograder.stored import Damaged, as_json, from_json, write_atomically

MISTAKE = MistakeReference(
    "swapped", "hint", "힌트", ({"kind": "none"}, {"kind": "text", "text": "a"})
)
PROBE = ProbeVerdict("one step", Verdict.TIME_LIMIT, 0.0, 2.0, "too slow")
CHECK = CheckVerdict("check_f", Verdict.TIME_LIMIT, 0.0, 2.0, (PROBE, PROBE), MISTAKE, "an error")
ENTRY = Entry("s1", "key", None, 2.0, "why", (Judgement("week", (CHECK,)),), ("a note",), 1.5, "")
REFERENCE = Reference(
    "week", "week", "seed", "key",
    (CheckReference("check_f", 2.0, (ProbeReference("a", 2.0, 1e-5, 1e-8, {"kind": "none"}),),
                    (MISTAKE,)),),
    3.25,
)  # fmt: skip


@pytest.mark.parametrize("value", [ENTRY, REFERENCE], ids=["journal", "reference"])
def test_a_data_class_comes_back_as_it_was(value: Entry | Reference) -> None:
    """Tuples, enumerations, nested classes and bundles survive the way through JSON."""
    assert from_json(type(value), as_json(value)) == value
    assert "\n" not in as_json(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "1",
        "[]",
        "{}",
        as_json(ENTRY)[:-9],
        as_json(ENTRY).replace('"student"', '"pupil"'),
        as_json(ENTRY).replace('"time limit"', '"bored"'),
        as_json(ENTRY).replace('"judgements": [', '"judgements": [7, '),
        as_json(ENTRY).replace('"notes"', '"colour": 1, "notes"'),
    ],
)
def test_damage_and_other_forms_are_one_kind_of_error(text: str) -> None:
    """No JSON, a missing or unknown field, a value that does not exist: all are `Damaged`."""
    with pytest.raises(Damaged, match="no Entry"):
        from_json(Entry, text)


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """Folders are made, texts and bytes are written, and nothing else is left beside them."""
    path = tmp_path / "new" / "file.json"
    write_atomically(path, "가")
    assert path.read_text("utf-8") == "가"
    write_atomically(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """The old content stays, and no partial file is left behind."""
    path = tmp_path / "file.json"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError):
        write_atomically(folder, "text")
    assert sorted(tmp_path.iterdir()) == [path, folder]
