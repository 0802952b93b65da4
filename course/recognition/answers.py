"""Where a student's answers are: in their own cells, or wherever else they were written.

The cell of an exercise may be gone, hold its stub, or hold half of the work, while the function
stands in a fresh cell, in the cell of another exercise, in a playground or in an edited check. What
the student defined counts, and a stub that is put back never hides it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from course.notebook_format import normal
from course.phrases import SOURCE_LANGUAGE
from course.recognition.cells import NotebookTemplate, StudentCell, StudentNotebook
from course.recognition.code_reading import (
    added_statements,
    bound_in,
    definitions,
    functions_in,
    unfenced,
    words_in,
)
from course.recognition.matching import Found, How, KnownCell, find_cells, known_cells


@dataclass(frozen=True)
class Answer:
    """What stands in the cell of an exercise, and a remark where it was not found there."""

    source: str
    note: str = ""
    moved: int | None = None  # the student's own cell that stands here and nowhere else


@dataclass(frozen=True)
class Reading:
    """A student's notebook read as one of the instructor's."""

    sent: StudentNotebook
    template: NotebookTemplate
    found: tuple[Found, ...] = field(default=())
    language: str = SOURCE_LANGUAGE  # of the edition that the student has

    @cached_property
    def known(self) -> tuple[KnownCell, ...]:
        """The instructor's cells as students get them."""
        return known_cells(self.template)

    @cached_property
    def sent_of(self) -> dict[int, int]:
        """The student's cell of each instructor's cell that was found."""
        return {found.known: found.sent for found in self.found}

    @cached_property
    def known_of(self) -> dict[int, int]:
        """The other way round."""
        return {found.sent: found.known for found in self.found}

    @property
    def exercises(self) -> int:
        """How many cells that only this notebook has are there."""
        return sum(self.known[f.known].is_exercise for f in self.found if f.how is not How.PLACE)

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """What stands in each solution cell of code that was found, or whose work was."""
        cells = (i for i, known in enumerate(self.known) if known.is_code_answer)
        found = ((index, self._answer(index)) for index in cells)
        return {index: answer for index, answer in found if answer is not None}

    @cached_property
    def written(self) -> dict[str, str]:
        """What the student wrote in place of each stub, in normal form, by the cell's name."""
        code = {index: normal(answer.source) for index, answer in self.answers.items()}
        words = {
            found.known: normal(self.sent.cells[found.sent].source)
            for found in self.found
            if self.known[found.known].awaits_words
            or (
                self.known[found.known].cell.solution and not self.known[found.known].is_code_answer
            )
        }
        both = {**code, **words}
        return {
            self.known[i].label: text
            for i, text in both.items()
            if text not in ("", self.known[i].text)
        }

    # -------------------------------------------------------------------------------- one exercise
    def _answer(self, index: int) -> Answer | None:
        known, own = self.known[index], self.sent_of.get(index)
        text = None if own is None else self._code(self.sent.cells[own])
        if text is not None and self._is_work(known, text):
            return Answer(text)
        definers = [i for i in self._defining(known) if i != own]
        if definers:
            return self._from(index, definers[-1], text)
        return None if text is None else Answer(text)

    @staticmethod
    def _code(cell: StudentCell) -> str:
        """The text of a cell that holds code, whatever kind of cell an editor has made of it."""
        return cell.source if cell.kind == "code" else unfenced(cell.source)

    @staticmethod
    def _is_work(known: KnownCell, text: str) -> bool:
        if normal(text) == known.text:
            return False
        return not known.names or bool(known.names & bound_in(text))

    def _defining(self, known: KnownCell) -> list[int]:
        """The student's cells of code that define the function of an exercise, stubs left out."""
        return [
            index
            for index, cell in enumerate(self.sent.cells)
            if cell.kind == "code"
            and known.names & bound_in(cell.source)
            and normal(cell.source) != known.text
            and known.names & bound_in(self.own_part(index, cell))
        ]

    def own_part(self, index: int, cell: StudentCell) -> str:
        """What the student wrote in a cell: in one of the instructor's, only what was added."""
        known = self.known_of.get(index)
        if known is None or self.known[known].is_code_answer:
            return cell.source
        if normal(cell.source) == self.known[known].text:
            return ""
        return added_statements(cell.source, self.known[known].text)

    def _from(self, index: int, definer: int, text: str | None) -> Answer:
        """The answer to an exercise whose own cell does not define it, from the cell that does."""
        known = self.known[index]
        helps = "" if text is None or normal(text) == known.text else text  # half of the work
        source = (
            "" if self._runs_in_time(index, definer, text is None) else self._work(index, definer)
        )
        where = f"{listed(known.names)} is defined in cell {definer + 1} as it was handed in"
        parts = [part for part in (helps, source) if part] or [f"# {where}."]
        moved = definer if source and definer not in self.known_of else None
        return Answer("\n\n".join(parts), self._on(index, definer, text), moved)

    def _runs_in_time(self, index: int, definer: int, gone: bool) -> bool:
        """Whether a cell stands, or will stand, where its definition reaches the check."""
        place = self.known_of.get(definer)
        if place is None:
            return not gone and self.anchor(definer) < self.check_of(index)
        return self.known[place].is_code_answer and place < self.check_of(index)

    def _work(self, index: int, definer: int) -> str:
        """What is taken over from a cell: all of an answer, of another cell what defines it."""
        cell, place = self.sent.cells[definer], self.known_of.get(definer)
        if place is None or self.known[place].is_code_answer:
            return cell.source
        return definitions(self.own_part(definer, cell), self.known[index].names)

    def _on(self, index: int, definer: int, text: str | None) -> str:
        known = self.known[index]
        state = "does not define it" if text is not None else "was gone"
        if text is not None and normal(text) == known.text:
            state = "still holds its stub"
        where = f"{listed(known.names)} was found in cell {definer + 1}"
        return f"The cell '{known.label}' {state}; {where}, and graded."

    def anchor(self, sent: int) -> int:
        """The instructor's cell that one of the student's own follows; -1 before the first."""
        before = [found.known for found in self.found if found.sent < sent]
        return before[-1] if before else -1

    def check_of(self, index: int) -> int:
        """The first check behind an exercise; checks stand behind what they try."""
        checks = (i for i in range(index + 1, len(self.known)) if self.known[i].cell.grade)
        return next(checks, len(self.known))

    def what_is_lost(self) -> str:
        """A sentence where the cell of an exercise is gone and there is a function that nothing
        calls: nothing of a student's may be lost without a person's look at it. Else empty.
        """
        if all(i in self.answers for i, known in enumerate(self.known) if known.is_code_answer):
            return ""
        strange = self._unused_functions()
        for index, known in enumerate(self.known):
            if known.is_code_answer and index not in self.answers and strange:
                where = "; ".join(f"cell {number}: {listed(names)}" for number, names in strange)
                return (
                    f"The cell '{known.label}' is gone from {self.sent.file}, and nothing there "
                    f"defines {listed(known.names) or 'it'}. Is one of these meant: {where[:200]}? "
                    "If so, give it the right name there; if not, put the cell of the release "
                    "back. Then grade again."
                )
        return ""

    def _unused_functions(self) -> list[tuple[int, frozenset[str]]]:
        """Functions in cells of the student's own that no other cell speaks of, by cell number."""
        expected = frozenset().union(*(known.names for known in self.known))
        spoken = Counter(word for cell in self.sent.cells for word in words_in(cell.source))
        found = []
        for index, cell in enumerate(self.sent.cells):
            if cell.kind == "code" and index not in self.known_of:
                names = functions_in(cell.source) - expected
                unused = frozenset(name for name in names if spoken[name] == 1)
                found += [(index + 1, unused)] if unused else []
        return found


def recognised(
    sent: StudentNotebook, template: NotebookTemplate, language: str = SOURCE_LANGUAGE
) -> Reading:
    """Recognise a student's cells as those of one of the week's notebooks, in its language.

    Args:
        sent: what the student has, in the language of the template.
        template: the instructor's notebook.
        language: of the edition that the student has.
    """
    return Reading(sent, template, find_cells(sent, known_cells(template)), language)


def listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
