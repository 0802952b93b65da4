"""One week of a course: opened once, and handed on to whatever needs it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.challengebook import OpenChallenge, load_challenge
from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.mistakebook import MistakeBook, MistakeFileError, load_mistakes
from autograder.model import NotebookTemplate, TemplateCell
from autograder.sandbox.limits import WARM_MODULES
from course.notebook_format import Cell, NotebookError, read_cells, read_document, read_warm_modules

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
    paths = course.source_notebooks(name)
    return Week(course, name, tuple(read_source(path) for path in paths))


def read_source(path: Path) -> NotebookTemplate:
    """An instructor's notebook, solutions included: what the reference is executed from.

    Raises:
        UserError: it is not a notebook, or the points of a cell are no number.
    """
    try:
        document = read_document(path.read_bytes())
        cells, warm = read_cells(document), read_warm_modules(document)
    except NotebookError as error:
        raise UserError(
            f"{path.name} in source/ {error}.", "Open it in JupyterLab, repair it and save it."
        ) from error
    return NotebookTemplate(path.stem, tuple(_template_cell(path, cell) for cell in cells), warm)


def _template_cell(path: Path, cell: Cell) -> TemplateCell:
    if cell.points is None:
        raise UserError(
            f"The points of '{cell.label}' in {path.name} are no number.",
            "Set them in JupyterLab's Create Assignment panel.",
        )
    return TemplateCell(
        kind=cell.kind,
        source=cell.source,
        grade_id=cell.grade_id if cell.tracked else None,
        cell_id=cell.id or f"cell-{cell.index}",
        locked=cell.locked,
        grade=cell.grade,
        solution=cell.solution,
        task=cell.task,
        points=cell.points,
        skip=cell.skip,
    )
