"""A new course on this engine, for any subject: settings, one assignment that works, a README."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.edition.new_week import percent_notebook
from autograder.errors import UserError
from autograder.templates import FOLDER

TEMPLATES = FOLDER / "new_course"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
EXAMPLE = "example"
FILES = {
    "nbgrader_config.py": "nbgrader_config.py.txt",
    "README.md": "README.md.txt",
    ".gitignore": "gitignore.txt",
}


@dataclass(frozen=True)
class NewCourse:
    """What was written, as paths below the course folder."""

    root: Path
    files: tuple[str, ...]


def new_course(root: Path) -> NewCourse:
    """Write a course folder, named as the course.

    Raises:
        UserError: the folder holds something already, or its name cannot be a course's. Nothing was
            written.
    """
    if NAME.fullmatch(root.name) is None:
        raise UserError(
            f"'{root.name}' is no name of a course.",
            "Take letters, digits, `-`, `_` and `.`, such as statistics-2027.",
        )
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError(f"{root} is not empty; nothing was written.", "Name a new folder.")
    texts = {name: _filled(template, root.name) for name, template in FILES.items()}
    notebook = percent_notebook(_filled("example.txt", root.name), KERNEL)
    texts[f"source/{EXAMPLE}/{EXAMPLE}.ipynb"] = nbformat.writes(notebook) + "\n"
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return NewCourse(root, tuple(texts))


def _filled(template: str, course: str) -> str:
    return (TEMPLATES / template).read_text("utf-8").replace("{{course}}", course)
