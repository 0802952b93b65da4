"""Stage 2, prepare: instructor's cells from the gradebook, the student's *source* in its place.

The template of a week is read once for a whole class. A submission is rebuilt on it: every cell of
the instructor stands where the instructor put it, with the instructor's text; solution cells carry
the student's text; cells that the student added follow the cell they followed. Whatever was put
back, moved or left out is said in a note, and what cannot be found is refused with a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nbgrader.api import Gradebook, MissingEntry

from autograder.errors import UserError
from autograder.gradebook import open_gradebook, patiently
from autograder.model import (
    NotebookTemplate,
    PreparedCell,
    PreparedNotebook,
    StudentCell,
    Submission,
    Template,
    TemplateCell,
)
from autograder.stages.answers import Reading
from autograder.stages.choosing import Choice, choose
from autograder.stages.code_reading import (
    added_lines,
    added_statements,
    inert,
    names_in,
    newer_syntax,
)
from autograder.stages.matching import How, KnownCell
from autograder.translation.catalog import catalogs
from autograder.translation.undo import translation_of
from autograder.week import Week
from course.notebook_format import normal
from course.phrases import SOURCE_LANGUAGE, Message

NOTE_CHARS = 300


def prepare(submission: Submission, template: Template) -> tuple[PreparedNotebook, ...]:
    """Rebuild each notebook of the week; of several, one that is missing is rebuilt as empty.

    Raises:
        Refused: none of this week's notebooks is there, or two could be meant, or the cell of an
            exercise is gone and what may be its answer is not called so.
    """
    choices = choose(submission, template)
    of_all = [submission.notes, *[()] * (len(choices) - 1)]  # what concerns all stands at the first
    return tuple(_rebuild(submission, *one) for one in zip(choices, of_all, strict=True))


# ------------------------------------------------------------------------------------ rebuilding
def _rebuild(submission: Submission, choice: Choice, of_all: tuple[str, ...]) -> PreparedNotebook:
    if choice.reading is None:
        cells, language = [_from_template(cell) for cell in choice.template.cells], SOURCE_LANGUAGE
        notes = (*of_all, *choice.notes)
    else:
        choice.reading.refuse_what_is_lost()
        laid, language = _Laid(choice.reading), choice.reading.language
        cells, notes = laid.cells(), (*of_all, *choice.notes, *laid.notes())
    return PreparedNotebook(
        submission.student, submission.week, choice.template.name, tuple(cells),
        tuple(note[:NOTE_CHARS] for note in notes), language,
    )  # fmt: skip


@dataclass(frozen=True)
class _Laid:
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
            return _from_template(known.cell, answer.source)
        sent = self.reading.sent_of.get(index)
        own = sent is not None and not known.cell.locked and not known.is_code_answer
        return _from_template(known.cell, self._sent(sent).source if own else None)

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
        cells = (self._sent(i) for i in self._own.get(index, []))
        return [PreparedCell(cell.kind, inert(cell.source), cell.kind == "code") for cell in cells]

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
        yield from self._on_finding()
        yield from self._on_missing_cells()
        yield from (answer.note for answer in self.reading.answers.values() if answer.note)
        yield from self._on_later_definitions()
        yield from self._on_locked_cells()
        yield from self._on_newer_syntax()

    def _on_finding(self) -> Iterator[str]:
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

    def _on_later_definitions(self) -> Iterator[str]:
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
        return names_in(cell.source) if cell.kind == "code" else frozenset()

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


def _from_template(cell: TemplateCell, source: str | None = None) -> PreparedCell:
    text = cell.source if source is None else inert(source)
    return PreparedCell(
        cell.kind, text, cell.kind == "code" and not cell.skip, cell.grade_id, cell.grade,
        cell.solution, cell,
    )  # fmt: skip


# ------------------------------------------------------------------------------------ template
def read_template(week: Week) -> Template:
    """Read a week's cells from the gradebook, in the order of the source notebook.

    Raises:
        UserError: the week was never released, or source/ has changed since.
    """
    with open_gradebook(week.course) as gradebook:
        released = patiently(
            lambda: [_released(gradebook, week.name, notebook) for notebook in week.notebooks],
            gradebook.db.rollback,
        )
    known = catalogs(week.course.root, week.name)
    notebooks = (_with_translations(notebook, known) for notebook in released)
    return Template(week.name, tuple(notebooks), week.folder("source").parent)


def _with_translations(
    notebook: NotebookTemplate, known: dict[str, tuple[Message, ...]]
) -> NotebookTemplate:
    made = [translation_of(notebook.cells, messages, name) for name, messages in known.items()]
    return replace(notebook, translations=tuple(made))


def _released(gradebook: Gradebook, week: str, source: NotebookTemplate) -> NotebookTemplate:
    """A notebook of source/ with the texts of its release, which the gradebook keeps."""
    name = source.name
    try:
        notebook = gradebook.find_notebook(name, week)
    except MissingEntry:
        raise UserError(
            f"'{week}' has not been released: the gradebook does not know {name}.ipynb.",
            f"Run `autograder release {week}` (or `nbgrader generate_assignment {week}`) first.",
        ) from None
    stored = {cell.name: cell for cell in notebook.source_cells}
    return NotebookTemplate(name, tuple(_as_stored(cell, stored, week) for cell in source.cells))


def _as_stored(cell: TemplateCell, stored: dict, week: str) -> TemplateCell:
    """The cell with the text that the gradebook keeps: hidden checks in, solutions out."""
    if not cell.grade_id:
        return cell
    kept = stored.get(cell.grade_id)
    if kept is None or (kept.locked and kept.source != cell.source):
        raise UserError(
            f"source/{week} has changed since it was released (cell '{cell.grade_id}').",
            f"Run `autograder release {week}` again, then grade.",
        )
    return replace(cell, source=kept.source, locked=bool(kept.locked), checksum=kept.checksum)
