"""One week of a course: opened once, and handed on to whatever needs it."""

from __future__ import annotations

import codecs
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.challengebook import OpenChallenge, load_challenge
from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.mistakebook import MistakeBook, MistakeFileError, load_mistakes
from autograder.model import NotebookTemplate, TemplateCell
from autograder.notebook_files import IngestLimits, is_junk, read_files
from autograder.sandbox.limits import WARM_MODULES
from course.notebook_format import (
    Cell,
    NotebookError,
    as_dict,
    read_cells,
    read_document,
    read_language,
    read_warm_modules,
)
from course.recognition.cells import template_cell

ID = re.compile(r"[a-zA-Z0-9_-]+")  # as the schema of nbgrader's metadata has it
OTHER_KERNELS = {  # by the first word of the name that Jupyter knows them by
    "ir": "r", "ijavascript": "javascript", "ihaskell": "haskell", "gophernotes": "go",
    **{name: name for name in ("julia", "bash", "octave", "matlab", "scala", "java", "sas",
                               "stata", "sql", "rust")},
}  # fmt: skip
MISTAKES = Path(__file__).parent / "mistakes"


@dataclass(frozen=True)
class Week:
    """A week (nbgrader's assignment) of an opened course, with its notebooks of source/ parsed.

    The parsed notebooks hold the solutions: nothing of them may reach a student's kernel.
    """

    course: Course
    name: str
    notebooks: tuple[NotebookTemplate, ...]

    def folder(self, step: str, student: str = ".") -> Path:
        """The folder of one step, as nbgrader lays it out: source, release, submitted, …"""
        return self.course.folder(step, self.name, student)

    def source(self, notebook: str) -> Path:
        """The instructor's file of one of the notebooks."""
        return self.folder("source") / f"{notebook}.ipynb"

    @property
    def exercises(self) -> tuple[str, ...]:
        """The grade_ids of the solution cells that hold code."""
        return tuple(
            cell.grade_id
            for notebook in self.notebooks
            for cell in notebook.cells
            if cell.solution and cell.kind == "code" and cell.grade_id
        )

    @property
    def warm_modules(self) -> tuple[str, ...]:
        """What is imported once, before submissions are forked: what the notebooks declare.

        A week that needs a large library says so in its notebook, and no other week pays for it.
        """
        declared = [n.warm_modules for n in self.notebooks if n.warm_modules is not None]
        if not declared:
            return WARM_MODULES
        return tuple(dict.fromkeys(name for names in declared for name in names))

    @property
    def mistakes_file(self) -> Path:
        """Where the week's known mistakes stand; a week need not have any."""
        return mistakes_file(self.course, self.name)

    def only(self, notebook: NotebookTemplate) -> Week:
        """The week with one of its notebooks alone, and what is known of its exercises."""
        if len(self.notebooks) == 1:
            return self
        alone = replace(self, notebooks=(notebook,))
        # read as a whole, before it is parted: the file may speak of every notebook's exercises
        alone.__dict__["book"] = self.book.of(alone.exercises)
        return alone

    @cached_property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """What lies beside the notebooks in source/: data and pictures, by relative path.

        Raises:
            UserError: a link, or more than a submission may hold.
        """
        folder = self.folder("source")
        try:
            found = read_files(folder, IngestLimits(), backed_up=True) if folder.is_dir() else {}
        except Refused as refusal:
            raise UserError(f"The files of {self.name} in source/ cannot be used: {refusal}") from (
                refusal
            )
        kept = (item for item in sorted(found.items()) if not item[0].endswith(".ipynb"))
        return tuple((path, content) for path, content in kept if not is_junk(path))

    @cached_property
    def book(self) -> MistakeBook:
        """The known mistakes, variants and accepted survivors; empty when there is no file.

        Raises:
            UserError: the file breaks the format.
        """
        if not self.mistakes_file.is_file():
            return MistakeBook(self.mistakes_file)
        try:
            return load_mistakes(self.mistakes_file, self.exercises)
        except MistakeFileError as error:
            raise UserError(str(error), "Repair the mistakes file.") from error

    @cached_property
    def challenge(self) -> OpenChallenge | None:
        """The open challenge's hidden set and rivals; a week need not have one.

        Raises:
            UserError: its file cannot be used.
        """
        return load_challenge(self.course, self.name)

    def students(self) -> list[str]:
        """The students who have a folder for this week under submitted/, sorted.

        Raises:
            UserError: nobody has.
        """
        submitted = self.course.root / self.course.coursedir.submitted_directory
        found = sorted(
            entry.name
            for entry in (os.scandir(submitted) if submitted.is_dir() else [])
            if os.path.lexists(os.path.join(entry.path, self.name))
        )
        if not found:
            raise UserError(
                f"No submissions of '{self.name}': {submitted.name}/ holds none.",
                "Collect them with `nbgrader collect` or `autograder collect`, or put them in "
                f"{submitted.name}/STUDENT/{self.name}/.",
            )
        return found


def mistakes_file(course: Course, name: str) -> Path:
    """The mistakes file of a week: the course folder's own, or else the one beside the engine."""
    own = course.root / "autograder" / "mistakes" / f"{name}.py"
    return own if own.is_file() else MISTAKES / own.name


def open_week(course: Course, name: str) -> Week:
    """Open a week: parse the instructor's notebooks, once.

    Raises:
        UserError: no such week, or a notebook of it cannot be read.
    """
    before, after = (_frame(course, part) for part in ("header", "footer"))
    notebooks = [read_source(path) for path in course.source_notebooks(name)]
    framed = (replace(one, cells=(*before, *one.cells, *after)) for one in notebooks)
    return Week(course, name, tuple(framed))


def _frame(course: Course, part: str) -> tuple[TemplateCell, ...]:
    """The cells of nbgrader's header or footer, which every released notebook begins or ends with.

    Raises:
        UserError: the configuration names a notebook that cannot be read.
    """
    name = course.config.IncludeHeaderFooter.get(part, "")
    if not name:
        return ()
    path = course.root / name
    if not path.is_file():
        raise UserError(
            f"The {part} {name} of c.IncludeHeaderFooter is not in the course folder.",
            f"Put it there, or remove c.IncludeHeaderFooter.{part} from nbgrader_config.py.",
        )
    cells = read_source(path).cells
    return tuple(replace(cell, cell_id=f"{part}-{cell.cell_id}") for cell in cells)


def read_source(path: Path) -> NotebookTemplate:
    """An instructor's notebook, solutions included: what the reference is executed from.

    Raises:
        UserError: it is not a notebook, or the points of a cell are no number.
    """
    content = path.read_bytes()
    _refuse_old_forms(path, content)
    try:
        document = read_document(content)
        cells, warm = read_cells(document), read_warm_modules(document)
        language = read_language(document) or _by_name(document)
    except NotebookError as error:
        raise UserError(
            f"{path.name} in source/ {error}.", "Open it in JupyterLab, repair it and save it."
        ) from error
    _refuse_unless_clear(path, cells, language)
    return NotebookTemplate(path.stem, tuple(_template_cell(path, cell) for cell in cells), warm)


def _refuse_old_forms(path: Path, content: bytes) -> None:
    """What our own reader would take, or call no notebook, and nbgrader does not release."""
    if content.startswith(codecs.BOM_UTF8):
        raise UserError(
            f"{path.name} in source/ begins with a byte order mark, which nbgrader cannot read.",
            "Save it as UTF-8 without one, or open it in JupyterLab and save it there.",
        )
    if b'"worksheets"' in content and b'"nbformat": 4' not in content:
        raise UserError(
            f"{path.name} in source/ is a notebook of format 3, as Jupyter wrote them before 2015.",
            f"Run `jupyter nbconvert --to notebook --inplace {path.name}` beside it.",
        )


def _by_name(document: dict[str, Any]) -> str:
    """The language that the name of a kernel tells, where the notebook does not say it."""
    kernel = as_dict(as_dict(document.get("metadata")).get("kernelspec")).get("name")
    first = re.split(r"[^a-z]", kernel.lower())[0] if isinstance(kernel, str) else ""
    return OTHER_KERNELS.get(first, "")


def _refuse_unless_clear(path: Path, cells: Sequence[Cell], language: str) -> None:
    if language not in ("", "python", "ipython", "python3"):
        raise UserError(
            f"{path.name} in source/ is written for a kernel of '{language[:40]}'.",
            "Only Python notebooks can be graded here; grade this one with nbgrader's autograde.",
        )
    counts = Counter(cell.grade_id for cell in cells if cell.tracked)
    twice = [str(name) for name, count in counts.items() if count > 1]
    if twice:
        raise UserError(
            f"{path.name} in source/ has several cells with the id '{twice[0]}'.",
            "Give each its own ID in JupyterLab's Create Assignment panel, then release it.",
        )
    odd = [name for name in counts if name and not ID.fullmatch(name)]
    if odd:
        raise UserError(
            f"{path.name} in source/ has a cell with the id '{odd[0][:50]}': nbgrader refuses it.",
            "Take letters, digits, `-` and `_` for it in the Create Assignment panel.",
        )


def _template_cell(path: Path, cell: Cell) -> TemplateCell:
    if cell.points is None or cell.points < 0:
        what = "no number" if cell.points is None else "less than 0"
        raise UserError(
            f"The points of '{cell.label}' in {path.name} are {what}.",
            "Set them in JupyterLab's Create Assignment panel.",
        )
    return template_cell(cell)
