"""A new week: its notebook, mistakes, figures and tests as a working skeleton, for the author.

The skeleton's one exercise is an example that runs, so that `autograder prove` is green from the
first minute on; `TODO` marks what the author has to write. Nothing that exists is overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.templates import FOLDER
from course.notebook_format import CHECK_TAG, SKIP_TAG

TEMPLATES = FOLDER / "new_week"
NAME = re.compile(r"week(\d\d)_([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")
CELL = re.compile(r"^# %% (code|markdown) (.+)\n", re.MULTILINE)
SYLLABUS_ROW = re.compile(r"^\| (\d\d) \| `(week\d\d_\w+)` \|.*$", re.MULTILINE)
BEGUN = "in work"  # a week's state in the syllabus until it is ready
KERNEL = {"name": "word2chat", "display_name": "word2chat (CPU)", "language": "python"}
STAND_INS = "stand_ins/__init__.py"  # a folder, so that the sandbox can show it empty
MODULES = ("__init__.py", "plots.py", "widgets.py", "toys.py", "lesson.py", STAND_INS)
FLAGS: dict[str, dict[str, bool]] = {
    "set-up": {"locked": True},
    "solution": {"solution": True},
    "check": {"grade": True, "locked": True},
    "written": {"task": True, "locked": True},
}
TAGS = {"playground": [SKIP_TAG], "check": [CHECK_TAG]}


@dataclass(frozen=True)
class NewWeek:
    """What was written, as paths below the course folder."""

    week: str
    files: tuple[str, ...]
    changed: tuple[str, ...]


def new_week(course: Course, name: str, title: str) -> NewWeek:
    """Write the skeleton of a week, and its row of the syllabus.

    Args:
        course: the course folder.
        name: weekNN_topic, in small letters.
        title: what the notebook's first line says behind the number.

    Raises:
        UserError: the name or the title has no right form, the week or one of its files is there,
            or the syllabus gives the number to another week. Nothing was written.
    """
    words = _words(name, title)
    files = {course.root / path: text for path, text in _files(words).items()}
    _refuse_what_exists(course, name, words["number"], list(files))
    syllabus = course.root / "course" / "guide" / "syllabus.md"
    changed = {}
    if syllabus.is_file():
        changed[syllabus] = _with_row(syllabus.read_text("utf-8"), name, words["number"], title)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    for path, text in changed.items():
        path.write_text(text, "utf-8")
    written = (str(path.relative_to(course.root)) for path in files)
    return NewWeek(name, tuple(written), tuple(str(p.relative_to(course.root)) for p in changed))


def _words(name: str, title: str) -> dict[str, str]:
    """What stands in the templates' places, by the name of the place."""
    found = NAME.fullmatch(name)
    if found is None:
        raise UserError(
            f"'{name}' is no name of a week.",
            "Write weekNN_topic, in small letters, such as week04_attention.",
        )
    if not title.strip() or not title.isprintable() or "|" in title:
        raise UserError(
            "The title is empty, more than a line, or holds a |.", 'Write it as "Attention (2015)".'
        )
    number, topic = found.groups()
    following = f"{int(number) + 1:02d}"
    return {
        "week": name, "number": number, "topic": topic, "title": title.strip(), "next": following,
    }  # fmt: skip


def _refuse_what_exists(course: Course, name: str, number: str, paths: list[Path]) -> None:
    taken = [week for week in course.weeks() if week.startswith(f"week{number}_")]
    if taken:
        raise UserError(f"Week {number} exists: source/{taken[0]}/.", "Choose another number.")
    there = [path for path in paths if path.exists()]
    if there:
        raise UserError(
            f"{there[0].relative_to(course.root)} exists already; nothing was written.",
            f"Move it away if {name} shall begin anew.",
        )


# ------------------------------------------------------------------------------------ files
def _files(words: dict[str, str]) -> dict[str, str]:
    """Every file of the skeleton, by its path below the course folder."""
    week = words["week"]
    folder = f"course/weeks/{week}"
    modules = {f"{folder}/{name}": f"{_template(name)}.txt" for name in MODULES}
    texts = {
        f"autograder/mistakes/{week}.py": "mistakes.py.txt",
        **modules,
        f"tests/weeks/test_{week}.py": "test_week.py.txt",
    }
    notebook = nbformat.writes(percent_notebook(_filled("notebook.txt", words))) + "\n"
    return {
        f"source/{week}/{week}.ipynb": notebook,
        **{path: _filled(template, words) for path, template in texts.items()},
    }


def _template(module: str) -> str:
    return "stand_ins.py" if module == STAND_INS else module


def _filled(template: str, words: dict[str, str]) -> str:
    text = (TEMPLATES / template).read_text("utf-8")
    for place, word in words.items():
        text = text.replace(f"{{{{{place}}}}}", word)
    return text


def percent_notebook(text: str, kernel: dict[str, str] = KERNEL) -> NotebookNode:
    """The notebook that is written as percent cells."""
    return new_notebook(cells=list(_cells(text)), metadata={"kernelspec": kernel})


def _cells(text: str) -> Iterator[NotebookNode]:
    _, *parts = CELL.split(text)
    for cell_type, header, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        fields = dict(field.split("=") for field in header.split())
        make = new_code_cell if cell_type == "code" else new_markdown_cell
        yield make(source.strip("\n"), id=fields["id"], metadata=_metadata(cell_type, fields))


def _metadata(cell_type: str, fields: dict[str, str]) -> dict:
    """nbgrader's flags and the tag of a kind of cell; nothing for plain text."""
    kind = fields.get("kind", "")
    metadata: dict = {"tags": TAGS[kind]} if kind in TAGS else {}
    if kind in FLAGS:
        plain = {"grade": False, "solution": False, "locked": False, "task": False}
        common = {"schema_version": 3, "grade_id": fields["id"], "cell_type": cell_type}
        points = {"points": int(fields["points"])} if "points" in fields else {}
        metadata["nbgrader"] = {**common, **plain, **FLAGS[kind], **points}
    return metadata


# ------------------------------------------------------------------------------------ syllabus
def _with_row(page: str, name: str, number: str, title: str) -> str:
    """The syllabus with the week's row, its state `in work`; other words of a row are kept."""
    rows = {row[1]: row for row in SYLLABUS_ROW.finditer(page)}
    if number in rows and rows[number][2] != name:
        raise UserError(
            f"The syllabus announces week {number} as {rows[number][2]}.",
            "Take that name, or change the row in course/guide/syllabus.md.",
        )
    if number in rows:
        row = rows[number][0]
        return page.replace(row, re.sub(r"\| [^|]* \|$", f"| {BEGUN} |", row))
    before = [row for row in rows.values() if row[1] < number]
    if not before:
        return page
    new = f"| {number} | `{name}` | {title.strip()} | {BEGUN} |"
    return page.replace(before[-1][0], f"{before[-1][0]}\n{new}")
