"""A student's notebook as grading runs it: shipped cells in their places, the student's in theirs.

Locked cells have their shipped text; a solution cell has the student's, wherever the function now
stands; cells of the student's own follow the shipped cell that they followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from course.notebook_format import SKIP_TAG, Cell
from course.student.submission import Notebook


def as_graded(notebook: Notebook, shipped: Notebook | None) -> list[Cell]:
    """The cells in the order in which grading runs them; as they stand without a shipped copy."""
    return list(notebook.cells) if shipped is None else _Rebuilt(notebook, shipped).cells()


def defines(cell: Cell, name: str) -> bool:
    """Whether a code cell defines a function or class of this name, not inside another one."""
    definition = re.compile(rf"^(?:async +)?(?:def|class) +{re.escape(name)}\b", re.MULTILINE)
    return cell.kind == "code" and definition.search(cell.source) is not None


@dataclass(frozen=True)
class _Rebuilt:
    """A student's notebook laid over the shipped one; cells are named by their places in these."""

    notebook: Notebook
    shipped: Notebook

    def cells(self) -> list[Cell]:
        cells = self._own(-1)
        for place, cell in enumerate(self.shipped.cells):
            if place in self._answers:
                cells.append(self._answered(cell, self.notebook.cells[self._answers[place]]))
            elif cell.tracked:
                cells.append(cell)
            cells += self._own(place)
        return cells

    @cached_property
    def _answers(self) -> dict[int, int]:
        """For each shipped cell the student's cell that stands for it."""
        found = dict(self._matched)
        taken = set(found.values())
        for place, cell in enumerate(self.shipped.cells):
            if place not in found and cell.solution and cell.grade_id:
                moved = self._defining(cell.grade_id, taken)
                found |= {} if moved is None else {place: moved}
        return found

    def _defining(self, name: str, taken: set[int]) -> int | None:
        """The last cell of the student's own that defines an exercise whose cell is gone."""
        cells = enumerate(self.notebook.cells)
        found = [i for i, cell in cells if i not in taken and defines(cell, name)]
        return found[-1] if found else None

    @cached_property
    def _matched(self) -> dict[int, int]:
        """Shipped cells that are there: known by grade_id, by id, or as a playground by text."""
        matched: dict[int, int] = {}
        for index, cell in enumerate(self.notebook.cells):
            place = self._place(cell)
            if place is not None:
                matched.setdefault(place, index)
        return matched

    def _place(self, cell: Cell) -> int | None:
        for key in (cell.grade_id, cell.id, cell.source.strip()):
            if key and key in self._known:
                return self._known[key]
        return None

    @cached_property
    def _known(self) -> dict[str, int]:
        """Places of the shipped cells by what they are known by."""
        known: dict[str, int] = {}
        for place, cell in enumerate(self.shipped.cells):
            keys = (cell.grade_id if cell.tracked else cell.id, cell.skip and cell.source.strip())
            known |= {key: place for key in keys if key and key not in known}
        return known

    # -------------------------------------------------------------------------- the student's own
    def _own(self, place: int) -> list[Cell]:
        """The cells of the student's own that follow a shipped cell."""
        return [self._plain(self.notebook.cells[i]) for i in self._followers.get(place, [])]

    @cached_property
    def _followers(self) -> dict[int, list[int]]:
        used, anchor = set(self._answers.values()), -1
        places = {index: place for place, index in self._matched.items()}
        found: dict[int, list[int]] = {}
        for index, cell in enumerate(self.notebook.cells):
            anchor = places.get(index, anchor)
            if index not in used and not self._repeats(cell):
                found.setdefault(anchor, []).append(index)
        return found

    def _repeats(self, cell: Cell) -> bool:
        """Whether it is a second copy of a locked cell, which says nothing new."""
        place = self._place(cell)
        return place is not None and self.shipped.cells[place].locked

    def _answered(self, shipped: Cell, answer: Cell) -> Cell:
        return shipped if shipped.locked else replace(shipped, source=answer.source)

    def _plain(self, cell: Cell) -> Cell:
        """The student's cell without marks; one that grading skips by its text or id is skipped."""
        place = self._place(cell)
        skip = place is not None and self.shipped.cells[place].skip
        tags = (SKIP_TAG,) if skip else ()
        return replace(cell, grade_id=None, grade=False, solution=False, tags=tags)
