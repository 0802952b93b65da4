"""What an author wrote for one week, read once for all rules: the notebook and what stands beside.

A manuscript is read more patiently than a `Week`: a rule shall say what is wrong with it, so a
notebook that breaks rules must still be looked at.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.challengebook import asks_for_entry
from autograder.course_folder import Course
from autograder.mistakebook import MistakeBook, load_mistakes
from autograder.week import mistakes_file
from course.notebook_format import Cell, read_cells, read_document
from course.probes import MIME

HEADING = re.compile(r"^## Exercise (\d+): (.+?) \((\d+) points?(?:, [^)]*)?\)\s*$", re.MULTILINE)
SECTION = re.compile(r"^##? ", re.MULTILINE)


@dataclass(frozen=True)
class StoredCell(Cell):
    """A cell with what the file stores beside its text: outputs, metadata, the count of its run."""

    node: NotebookNode = field(default_factory=NotebookNode, repr=False, compare=False)

    @property
    def outputs(self) -> list[NotebookNode]:
        return self.node.get("outputs", [])

    @property
    def text(self) -> str:
        """What a student reads here: the source of a markdown cell, nothing of others."""
        return self.source if self.kind == "markdown" else ""

    @property
    def has_nbgrader(self) -> bool:
        """Whether nbgrader's metadata is there at all, with flags or without."""
        return "nbgrader" in self.node.metadata

    @property
    def evidence(self) -> list[dict]:
        """What the probes of a check cell displayed when the notebook was stored."""
        found = [output.get("data", {}).get(MIME) for output in self.outputs]
        return [json.loads(item) if isinstance(item, str) else item for item in found if item]


@dataclass(frozen=True)
class Exercise:
    """One exercise: the cells from its heading up to the next section's."""

    name: str
    number: int
    points: int
    cells: tuple[StoredCell, ...]
    solution: StoredCell
    check: StoredCell

    @property
    def before(self) -> str:
        """The text between the heading and the solution cell."""
        return text_of(self.cells[: self.cells.index(self.solution)])

    @property
    def asks(self) -> bool:
        """Whether a prediction is asked for by a click, before the solution cell."""
        before = self.cells[: self.cells.index(self.solution)]
        return any(cell.kind == "code" and ".ask(" in cell.source for cell in before)

    @property
    def between(self) -> str:
        """The text between the solution cell and the check cell: the hints."""
        first, last = self.cells.index(self.solution), self.cells.index(self.check)
        return text_of(self.cells[first:last])


@dataclass(frozen=True)
class Manuscript:
    """The files of one week in source/, in autograder/mistakes/ and in course/weeks/."""

    name: str
    path: Path
    mistakes_path: Path
    folder: Path  # course/weeks/NAME

    @cached_property
    def document(self) -> dict:
        return read_document(self.path.read_bytes())

    @cached_property
    def notebook(self) -> NotebookNode:
        return nbformat.reads(json.dumps(self.document), as_version=4)

    @cached_property
    def cells(self) -> list[StoredCell]:
        read = zip(read_cells(self.document), self.notebook.cells, strict=True)
        return [StoredCell(**vars(cell), node=node) for cell, node in read]

    @cached_property
    def code(self) -> list[StoredCell]:
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def checks(self) -> list[StoredCell]:
        """The checks with right and wrong answers."""
        return [c for c in self.code if c.grade and c not in self.entry_checks]

    @cached_property
    def solutions(self) -> list[StoredCell]:
        """The solutions of exercises that have right and wrong answers."""
        entries = [(cell.grade_id or "").removeprefix("check_") for cell in self.entry_checks]
        return [cell for cell in self.code if cell.solution and cell.grade_id not in entries]

    @cached_property
    def entry_checks(self) -> list[StoredCell]:
        """The checks that show an entry to an open challenge."""
        return [cell for cell in self.code if cell.grade and asks_for_entry(cell.source)]

    @cached_property
    def names(self) -> list[str]:
        """The exercises, by the grade_ids of their solution cells."""
        return [cell.grade_id or "" for cell in self.solutions]

    @cached_property
    def top(self) -> list[StoredCell]:
        """All cells before the first exercise."""
        found = [cell.index for cell in self.cells if HEADING.search(cell.text)]
        return self.cells[: found[0]] if found else self.cells

    @cached_property
    def opening(self) -> str:
        """All text before the first exercise."""
        return text_of(self.top)

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The well-formed exercises; a rule says what is wrong with the others."""
        return [found for section in self.sections if (found := exercise_in(section)) is not None]

    @cached_property
    def sections(self) -> list[list[StoredCell]]:
        """Cells from each exercise heading to the next heading of level 1 or 2."""
        sections: list[list[StoredCell]] = []
        inside = False
        for cell in self.cells:
            if HEADING.search(cell.text):
                sections.append([])
                inside = True
            elif SECTION.search(cell.text):
                inside = False
            if inside:
                sections[-1].append(cell)
        return sections

    @cached_property
    def book(self) -> MistakeBook:
        return load_mistakes(self.mistakes_path, self.names)


def manuscript(course: Course, name: str) -> Manuscript:
    """The files of a week, whether or not they are there; nothing is read yet."""
    path = course.folder("source", name) / f"{name}.ipynb"
    return Manuscript(
        name, path, mistakes_file(course, name), course.root / "course" / "weeks" / name
    )


def exercise_in(section: list[StoredCell]) -> Exercise | None:
    """The exercise of a section; None unless it has one solution cell and one check cell."""
    solutions = [cell for cell in section if cell.kind == "code" and cell.solution]
    checks = [cell for cell in section if cell.kind == "code" and cell.grade]
    title = HEADING.search(section[0].text)
    if title is None or len(solutions) != 1 or len(checks) != 1:
        return None
    name = solutions[0].grade_id or ""
    return Exercise(name, int(title[1]), int(title[3]), tuple(section), solutions[0], checks[0])


def text_of(cells: list[StoredCell] | tuple[StoredCell, ...]) -> str:
    """The text of some cells, a blank line between them."""
    return "\n\n".join(cell.text for cell in cells if cell.kind == "markdown")
