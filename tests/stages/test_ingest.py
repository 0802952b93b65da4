"""Stage 1: what is taken from a student's files, and what is refused."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from autograder.errors import Refused
from autograder.model import Submission
from autograder.notebook_files import IngestLimits
from autograder.stages.ingest import ingest

WEEK = "week90_tiny"


def notebook(*cells: dict) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def code(source: object, grade_id: object = None, **more: object) -> dict:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id is not None else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "submitted" / "s1" / WEEK
    made.mkdir(parents=True)
    (made / f"{WEEK}.ipynb").write_bytes(notebook(code("x = 1", "double")))
    return made


def taken(folder: Path, **limits: int) -> Submission:
    return ingest(folder, "s1", WEEK, IngestLimits(**limits))


def test_only_sources_and_ids_are_kept(folder: Path) -> None:
    """Outputs, tags and all other metadata end at ingest."""
    cell = code(["a = 1\n", "b = 2"], "double", id="c1", outputs=[{"text": "forged"}])
    cell["metadata"]["tags"] = ["skip-execution"]
    (folder / f"{WEEK}.ipynb").write_bytes(notebook(cell))
    (found,) = taken(folder).notebooks[0].cells
    assert (found.kind, found.source, found.grade_id, found.cell_id) == (
        "code", "a = 1\nb = 2", "double", "c1",
    )  # fmt: skip
    assert set(vars(found)) == {"kind", "source", "grade_id", "cell_id"}


def test_attachments_come_with_the_submission(folder: Path) -> None:
    """Files beside the notebook are read, with their paths; checkpoints are left out."""
    (folder / "data").mkdir()
    (folder / "data" / "words.txt").write_text("a b")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "old.ipynb").write_text("{}")
    assert taken(folder).attachments == (("data/words.txt", b"a b"),)


def test_the_timestamp_is_read_and_not_an_attachment(folder: Path) -> None:
    """nbgrader's timestamp.txt gives the time of submission."""
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    found = taken(folder)
    assert str(found.timestamp) == "2026-01-02 03:04:05"
    assert found.attachments == ()


@pytest.mark.parametrize("content", ["2999-01-01 00:00:00 UTC", "yesterday", "\x00\xff"])
def test_an_impossible_timestamp_is_noted_and_ignored(folder: Path, content: str) -> None:
    """A time in the future, or garbage, does not count."""
    (folder / "timestamp.txt").write_text(content)
    found = taken(folder)
    assert found.timestamp is None
    assert "timestamp.txt" in found.notes[0]


def test_the_digest_follows_sources_and_attachments_only(folder: Path) -> None:
    """Rewriting outputs does not make a submission new; changing a source does."""
    first = taken(folder).digest
    (folder / f"{WEEK}.ipynb").write_bytes(notebook(code("x = 1", "double", outputs=["new"])))
    assert taken(folder).digest == first
    (folder / f"{WEEK}.ipynb").write_bytes(notebook(code("x = 2", "double")))
    assert taken(folder).digest != first


BAD_NOTEBOOKS = {
    "not JSON": (b"{not json", "not a notebook"),
    "not UTF-8": (b"\xff\xfe\x00{", "not UTF-8"),
    "nested too deeply": (b"[" * 100_000, "nested too deeply"),
    "a list": (b"[]", "no list of cells"),
    "format 3": (b'{"worksheets": []}', "no list of cells"),
    "cells that are no list": (b'{"cells": {"a": 1}}', "no list of cells"),
    "a cell that is a number": (notebook(7), "no known type"),  # type: ignore[arg-type]
    "an unknown cell type": (notebook({"cell_type": "magic", "source": ""}), "no known type"),
    "a source that is a number": (notebook(code(7)), "not text"),
    "a number without end": (b'{"cells": [], "n": ' + b"9" * 5_000 + b"}", "too long"),
    "a source of numbers": (notebook(code([1, 2])), "not text"),
}


@pytest.mark.parametrize("name", BAD_NOTEBOOKS)
def test_a_bad_notebook_is_refused_with_a_sentence(folder: Path, name: str) -> None:
    """Whatever is not a notebook is refused, and the reason names the file or the cell."""
    content, sentence = BAD_NOTEBOOKS[name]
    (folder / f"{WEEK}.ipynb").write_bytes(content)
    with pytest.raises(Refused, match=sentence):
        taken(folder)


ODD_METADATA = [7, [], {"nbgrader": 7}, {"nbgrader": {"grade_id": ["x"]}}, None]


@pytest.mark.parametrize("metadata", ODD_METADATA)
def test_odd_metadata_means_no_id(folder: Path, metadata: object) -> None:
    """Metadata of any shape is survived; it just names nothing."""
    cell = {"cell_type": "code", "source": "x", "metadata": metadata, "id": 5}
    (folder / f"{WEEK}.ipynb").write_bytes(notebook(cell))
    (found,) = taken(folder).notebooks[0].cells
    assert (found.grade_id, found.cell_id) == (None, None)


def test_lone_surrogates_do_not_break_later_stages(folder: Path) -> None:
    """JSON may hold half a character; it becomes a question mark."""
    raw = notebook(code("PLACE")).replace(b"PLACE", b"\\ud800")
    (folder / f"{WEEK}.ipynb").write_bytes(raw)
    assert taken(folder).notebooks[0].cells[0].source == "?"


def test_links_are_refused(folder: Path) -> None:
    """A symbolic link to another file is never followed."""
    (folder / "answers.txt").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="symbolic link"):
        taken(folder)


def test_a_notebook_that_is_a_link_is_refused(folder: Path) -> None:
    """The notebook itself may be the link."""
    path = folder / f"{WEEK}.ipynb"
    path.rename(folder.parent / "elsewhere.ipynb")
    path.symlink_to(folder.parent / "elsewhere.ipynb")
    with pytest.raises(Refused, match="symbolic link"):
        taken(folder)


@pytest.mark.parametrize("level", ["assignment", "student"])
def test_a_folder_that_is_a_link_is_refused(folder: Path, level: str) -> None:
    """Neither the assignment's folder nor the student's may point elsewhere."""
    target = folder if level == "assignment" else folder.parent
    moved = target.with_name("moved")
    target.rename(moved)
    target.symlink_to(moved)
    with pytest.raises(Refused):
        taken(folder)


def test_hard_links_are_refused(folder: Path) -> None:
    """A second name of somebody's file is not a copy of it."""
    secret = folder.parent.parent / "secret"
    secret.write_text("s")
    os.link(secret, folder / "mine.txt")
    with pytest.raises(Refused, match="hard link"):
        taken(folder)


# ------------------------------------------------------------------------------------ hard links
def backup(folder: Path, target: str) -> Path:
    """`cp -al submitted target`: the same files under second names."""
    copy = folder.parents[2] / target / folder.parent.name / folder.name
    copy.mkdir(parents=True)
    for path in folder.iterdir():
        os.link(path, copy / path.name)
    return copy


@pytest.mark.parametrize("target", ["backup", "old/submitted", "../elsewhere"])
def test_a_backup_by_hard_links_is_no_matter(folder: Path, target: str) -> None:
    """Within the course or beside it: every file has a second name, and is the student's."""
    (folder / "data.csv").write_text("a")
    backup(folder, target)
    assert taken(folder).attachments == (("data.csv", b"a"),)


def test_a_file_that_alone_has_a_name_elsewhere_is_refused(tmp_path: Path, folder: Path) -> None:
    """Beside a notebook of its own it is no backup; the sentence names the cause."""
    outside = tmp_path.parent / f"{tmp_path.name}-secret"
    outside.write_text("s")
    os.link(outside, folder / "mine.txt")
    with pytest.raises(Refused, match=r"'mine.txt' is a hard link: it has 2 names.*backup"):
        taken(folder)


def test_a_link_to_a_neighbours_work_is_refused_beside_a_backup(folder: Path) -> None:
    """A copy of submitted/ does not make another student's notebook one's own."""
    other = folder.parent.parent / "s2" / folder.name
    other.mkdir(parents=True)
    notebook_file = folder / f"{WEEK}.ipynb"
    notebook_file.rename(other / notebook_file.name)
    os.link(other / notebook_file.name, notebook_file)
    backup(folder, "backup")
    with pytest.raises(Refused, match="hard link to another file"):
        taken(folder)


def test_a_link_made_between_two_readings_is_seen(folder: Path) -> None:
    """The table of names is read anew when a file was linked since."""
    backup(folder, "backup")
    assert taken(folder)
    os.link(folder / f"{WEEK}.ipynb", folder.parents[2] / "answers.ipynb")
    with pytest.raises(Refused, match=r"here answers.ipynb"):
        taken(folder)


def test_pipes_are_refused(folder: Path) -> None:
    """A pipe would make the grader wait for ever."""
    os.mkfifo(folder / "pipe")
    with pytest.raises(Refused, match="not a regular file"):
        taken(folder)


CAPS = {
    "notebook_bytes": (10, "too large"),
    "total_bytes": (10, "too large"),
    "files": (0, "more than 0 files"),
    "cells": (0, "more than 0"),
    "source_chars": (3, "characters of source"),
}


@pytest.mark.parametrize("cap", CAPS)
def test_each_cap_refuses(folder: Path, cap: str) -> None:
    """Every cap has an effect and a sentence."""
    value, sentence = CAPS[cap]
    with pytest.raises(Refused, match=sentence):
        taken(folder, **{cap: value})


def test_deep_folders_are_refused(folder: Path) -> None:
    """Nesting is capped."""
    (folder / "a/b/c/d/e/f/g/h").mkdir(parents=True)
    with pytest.raises(Refused, match="nested"):
        taken(folder)


@pytest.mark.parametrize("student", ["../s2", "a/b", ".hidden", "-rf", "", "x" * 65, "a b", "é"])
def test_odd_student_ids_are_refused(folder: Path, student: str) -> None:
    """Identity is a plain word; it never reaches a path otherwise."""
    with pytest.raises(Refused, match="student id"):
        ingest(folder, student, WEEK)


def test_a_submission_without_a_notebook_is_refused(folder: Path) -> None:
    """An empty folder is not an empty answer."""
    (folder / f"{WEEK}.ipynb").unlink()
    with pytest.raises(Refused, match="No notebook"):
        taken(folder)


def test_odd_file_names_are_refused(folder: Path) -> None:
    """Line breaks and backslashes in names would confuse every later reader."""
    (folder / "a\nb").write_text("x")
    with pytest.raises(Refused, match="odd characters"):
        taken(folder)


# ------------------------------------------------------------------------------------ beside it
JUNK = {
    "a shadow that macOS leaves": (f"._{WEEK}.ipynb", b"\x00\x05\x16\x07\xb0\xb0"),
    "an empty notebook": ("Untitled.ipynb", b""),
    "a notebook of format 3": ("old.ipynb", b'{"worksheets": [], "nbformat": 3}'),
    "a notebook that breaks off": ("draft.ipynb", b'{"cells": ['),
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_beside_a_good_notebook_does_not_block_it(folder: Path, name: str) -> None:
    """It is named with the reason, so that a later stage can say it or ask."""
    file, content = JUNK[name]
    (folder / file).write_bytes(content)
    found = taken(folder)
    assert [one.name for one in found.notebooks] == [WEEK]
    assert [path for path, _ in found.unread] == [file]
    assert file not in dict(found.attachments)


@pytest.mark.parametrize(
    "path",
    [f"{WEEK}.ipynb.json", f"{WEEK.upper()}.IPYNB", f"work/{WEEK}.ipynb", f"{WEEK}.ipynb.txt",
     f".ipynb_checkpoints/{WEEK}-checkpoint.ipynb", f"{WEEK} (1).ipynb"],
)  # fmt: skip
def test_a_notebook_under_an_odd_name_is_read(folder: Path, path: str) -> None:
    """Double endings, capitals, a folder down, or only JupyterLab's own copy: it is a notebook."""
    place = folder / path
    place.parent.mkdir(exist_ok=True)
    (folder / f"{WEEK}.ipynb").rename(place)
    (found,) = taken(folder).notebooks
    assert (found.file, found.cells[0].source) == (path, "x = 1")


def test_a_submission_without_a_notebook_names_what_is_there(folder: Path) -> None:
    """The instructor reads the list in place of `No notebook`."""
    (folder / f"{WEEK}.ipynb").rename(folder / "homework.pdf")
    with pytest.raises(Refused, match=r"No notebook was found.*homework.pdf"):
        taken(folder)


def test_names_take_one_form(folder: Path) -> None:
    """Decomposed Hangul is composed; the blank that macOS writes before PM is a blank."""
    (folder / "\u1112\u1161\u11ab.txt").write_text("x")
    (folder / "Screenshot at 9.41\u202fPM.png").write_text("x")
    assert [path for path, _ in taken(folder).attachments] == [
        "Screenshot at 9.41 PM.png",
        "한.txt",
    ]


@pytest.mark.parametrize("path", ["d/" * 5 + "x" * 241, "/".join(["e" * 200] * 5)])
def test_paths_that_no_later_stage_could_write_are_refused(folder: Path, path: str) -> None:
    """At ingest, with a sentence: later it would be our fault, again and again."""
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text("x")
    with pytest.raises(Refused, match="too long"):
        taken(folder)


@pytest.mark.parametrize("cell", ["in the text", "beside the text"])
def test_a_pasted_picture_becomes_a_file(folder: Path, cell: str) -> None:
    """As Colab and as JupyterLab keep it: the text names the file, and is short again."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(300_000)
    text = base64.b64encode(picture).decode()
    made = {"cell_type": "markdown", "metadata": {}, "id": "a"}
    if cell == "in the text":
        made["source"] = f"See ![p](data:image/png;base64,{text}) there"
    else:
        made |= {"source": "See ![p](attachment:p.png) there",
                 "attachments": {"p.png": {"image/png": text}}}  # fmt: skip
    (folder / f"{WEEK}.ipynb").write_bytes(notebook(code("x = 1"), made))
    found = taken(folder)
    assert found.notebooks[0].cells[1].source == "See ![p](pasted_pictures/1_cell_2.png) there"
    assert found.attachments == (("pasted_pictures/1_cell_2.png", picture),)
    assert "Pictures pasted into the text: 1" in found.notes[0]


def test_what_only_says_that_it_is_a_picture_is_not_kept(folder: Path) -> None:
    """Neither the file's name nor its kind is believed; the text says that something was there."""
    made = {"cell_type": "markdown", "source": "![x](data:image/svg+xml;base64,PHN2Zz4=)"}
    (folder / f"{WEEK}.ipynb").write_bytes(notebook(code("x = 1"), made))
    found = taken(folder)
    assert found.attachments == ()
    assert "not kept" in found.notebooks[0].cells[1].source


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02 23:30:00.000000 KST", "2026-03-02 14:30:00"),
        ("2026-03-02 23:30:00 +0900", "2026-03-02 14:30:00"),
        ("2026-03-02 23:30:00 Asia/Seoul", "2026-03-02 14:30:00"),
        ("2026-03-02 23:30:00.123456", "2026-03-02 23:30:00.123456"),
    ],
)
def test_the_zone_of_a_timestamp_counts(folder: Path, text: str, moment: str) -> None:
    """nbgrader writes the exchange's zone by its abbreviation; it was read as UTC."""
    (folder / "timestamp.txt").write_text(text)
    found = ingest(folder, "s1", "week")
    assert (str(found.timestamp), found.notes) == (moment, ())


@pytest.mark.parametrize("zone", ["CST", "IST", "XYZ"])
def test_a_zone_that_means_several_is_refused_aloud(folder: Path, zone: str) -> None:
    """China, Chicago or Havana: nobody is late by a guess."""
    (folder / "timestamp.txt").write_text(f"2026-03-02 23:30:00 {zone}")
    found = ingest(folder, "s1", "week")
    assert found.timestamp is None
    assert f"time zone '{zone}'" in found.notes[0]
