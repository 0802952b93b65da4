"""A student's notebook laid over the instructor's: what runs, in order, and what was put right.

Every cell of the instructor stands where the instructor put it, with the instructor's text;
solution cells carry the student's text; cells that the student added follow the cell they followed.
Grading and the students' self-check lay notebooks by this one rule. It runs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from course.notebook_format import normal
from course.recognition.answers import Reading
from course.recognition.cells import PreparedCell, StudentCell, TemplateCell
from course.recognition.code_reading import (
    added_lines,
    added_statements,
    bound_in,
    inert,
    newer_syntax,
)
from course.recognition.matching import How, KnownCell


@dataclass(frozen=True)
class Laid:
    """A student's notebook laid over the instructor's."""

    reading: Reading

    def cells(self) -> list[PreparedCell]:
        """All cells in the order in which they run."""
        cells = self._followers(-1)
        for index, known in enumerate(self.reading.known):
            cells.append(self._cell(index, known))
            cells.extend(self._additions(index, known))
            cells.extend(self._followers(index))
        return cells

    def _cell(self, index: int, known: KnownCell) -> PreparedCell:
        answer = self.reading.answers.get(index)
        if answer is not None:
            return from_template(known.cell, answer.source)
        sent = self.reading.sent_of.get(index)
        own = sent is not None and not known.cell.locked and not known.is_code_answer
        return from_template(known.cell, self._sent(sent).source if own else None)

    def _sent(self, index: int | None) -> StudentCell:
        assert index is not None
        return self.reading.sent.cells[index]

    def _additions(self, index: int, known: KnownCell) -> list[PreparedCell]:
        """What a student wrote into a locked cell: it stands behind it, as the student's own."""
        added = self._added.get(index, "")
        if not added or known.cell.grade:
            return []
        return [PreparedCell(known.cell.kind, inert(added), known.cell.kind == "code")]

    @cached_property
    def _added(self) -> dict[int, str]:
        """What stands in the student's copies of locked cells and not in the instructor's."""
        found = {}
        for one in self.reading.found:
            known, source = self.reading.known[one.known], self._sent(one.sent).source
            if known.cell.locked and normal(source) != known.text:
                added = added_statements if known.cell.kind == "code" else added_lines
                found[one.known] = added(source, known.text)
        return found

    # -------------------------------------------------------------------------------- own cells
    def _followers(self, index: int) -> list[PreparedCell]:
        return [self._own_cell(i) for i in self._own.get(index, [])]

    def _own_cell(self, index: int) -> PreparedCell:
        cell = self._sent(index)
        return PreparedCell(cell.kind, inert(cell.source), cell.kind == "code", sent=index)

    @cached_property
    def _own(self) -> dict[int, list[int]]:
        """The student's own cells, by the instructor's cell that they follow."""
        moved = {answer.moved for answer in self.reading.answers.values()}
        own: dict[int, list[int]] = {}
        for index, cell in enumerate(self.reading.sent.cells):
            if index in self.reading.known_of or index in moved or self._is_copy(cell):
                continue
            own.setdefault(self._anchor(index), []).append(index)
        return own

    def _is_copy(self, cell: StudentCell) -> bool:
        """Whether it says no more than a cell of the instructor, which stands in its place."""
        return normal(cell.source) in self._texts

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(known.text for known in self.reading.known if known.text)

    def _anchor(self, index: int) -> int:
        """The cell that a student's own follows, or the one before the answer that it helps.

        An answer that stood behind its check is moved up, and the code before it comes along.
        """
        anchor = self.reading.anchor(index)
        for later in range(index + 1, len(self.reading.sent.cells)):
            place = self._moved_up.get(later)
            if place is not None:
                return min(anchor, place - 1)
            if later in self.reading.known_of:
                break
        return anchor

    @cached_property
    def _moved_up(self) -> dict[int, int]:
        """The student's cells that stood behind their exercise's check, by where they stand now."""
        up = {answer.moved: place for place, answer in self.reading.answers.items()}
        up |= {one.sent: one.known for one in self.reading.found if one.how is How.FUNCTION}
        before = self.reading.anchor
        check = self.reading.check_of
        return {
            sent: place
            for sent, place in up.items()
            if sent is not None and before(sent) >= check(place)
        }

    # -------------------------------------------------------------------------------- notes
    def notes(self) -> Iterator[str]:
        """What was put back, moved, left out or changed, a sentence each."""
        yield from self.on_finding()
        yield from self._on_missing_cells()
        yield from (answer.note for answer in self.reading.answers.values() if answer.note)
        yield from self.on_later_definitions()
        yield from self._on_locked_cells()
        yield from self._on_newer_syntax()

    def on_finding(self) -> Iterator[str]:
        """Cells that were known by something else than their ids."""
        named = [
            f"{self.reading.known[one.known].label} in cell {one.sent + 1}"
            for one in self.reading.found
            if one.how in (How.FUNCTION, How.LIKENESS) and self.reading.known[one.known].is_exercise
        ]
        if named:
            yield f"Found by what they define, without their ids: {', '.join(named)}."
        texts = [one for one in self.reading.found if self._lost_its_id(one.known, one.how)]
        if texts:
            yield f"{len(texts)} cells have lost their ids; they were found by their text."

    def _lost_its_id(self, known: int, how: How) -> bool:
        return how is How.TEXT and self.reading.known[known].is_exercise

    def _on_missing_cells(self) -> Iterator[str]:
        known = enumerate(self.reading.known)
        missing = [
            cell.label
            for index, cell in known
            if cell.cell.grade_id
            and index not in self.reading.sent_of
            and index not in self.reading.answers
        ]
        if missing:
            names = ", ".join(f"'{name}'" for name in missing)
            what = "The cells" if len(missing) > 1 else "The cell"
            yield f"{what} {names} {'were' if len(missing) > 1 else 'was'} missing and put back."

    def on_later_definitions(self) -> Iterator[str]:
        """A second definition behind the check was not the one that the check saw."""
        for place, answer in self.reading.answers.items():
            known = self.reading.known[place]
            later = [
                index + 1
                for after, cells in self._own.items()
                for index in cells
                if after >= self.reading.check_of(place) and known.names & self._names(index)
            ]
            if later and not answer.note:
                yield (
                    f"{known.label} is defined again in cell {later[-1]}, behind its check; "
                    "the definition before the check was graded."
                )

    def _names(self, index: int) -> frozenset[str]:
        cell = self._sent(index)
        return bound_in(cell.source) if cell.kind == "code" else frozenset()

    def _on_locked_cells(self) -> Iterator[str]:
        for index, added in self._added.items():
            known = self.reading.known[index]
            if known.cell.grade:
                what = "the instructor's text was graded"
            elif known.cell.kind == "code":
                what = "what was added runs right behind the instructor's text"
            else:
                what = "what was written there stands right behind the instructor's text"
            said = f": {' / '.join(added.splitlines())[:150]}" if added else "."
            yield f"The locked cell '{known.label}' had been changed; {what}{said}"

    def _on_newer_syntax(self) -> Iterator[str]:
        for index, cell in enumerate(self.reading.sent.cells):
            mine = cell.kind == "code" and not self._is_copy(cell)
            newer = newer_syntax(cell.source) if mine else ""
            if newer:
                running = ".".join(map(str, sys.version_info[:2]))
                yield (
                    f"Cell {index + 1} uses {newer}, which Python {running}, with which it was "
                    "graded, cannot read."
                )


def from_template(cell: TemplateCell, source: str | None = None) -> PreparedCell:
    text = cell.source if source is None else inert(source)
    return PreparedCell(
        cell.kind, text, cell.kind == "code" and not cell.skip, cell.grade_id, cell.grade,
        cell.solution, cell,
    )  # fmt: skip
