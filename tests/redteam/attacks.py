"""What an attack is: a submission with a wrong solution that tries to get something for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.notebook_files import shown_id

WRONG = {
    "double": "def double(x):\n    return 3 * x",
    "row_sums": "def row_sums(x):\n    return x.sum(0)",
}
ARMED = "the attack was armed"


@dataclass(frozen=True, repr=False)
class Attack:
    """One hostile submission.

    `code` is appended to the wrong solution of the first exercise. It runs before any check, and
    what it prints is kept. Words between @ signs are filled in by the arena (see `Arena.words`).
    """

    name: str
    code: str = ""
    score: float | None = 0.0  # None: the submission must be put into needs_review
    armed: bool = True  # the code runs to its end; False where it kills or hangs its kernel
    answers: Mapping[str, str] = field(default_factory=dict)  # in place of WRONG, by grade_id
    files: Mapping[str, bytes] = field(default_factory=dict)
    change: Callable[[NotebookNode], NotebookNode | bytes] | None = None
    plant: Callable[[Path], None] | None = None  # what it does to its submitted folder
    student: str = ""  # the folder's name, where it is not the attack's
    says: str = ""  # must be in what the instructor reads: a verdict, or the reason for the review
    slow: bool = False

    @property
    def who(self) -> str:
        """The student that the attacker hands in as."""
        return self.student or self.name

    @property
    def shown(self) -> str:
        """How grading calls that student."""
        return shown_id(self.who)

    def sources(self, words: Mapping[str, str]) -> dict[str, str]:
        """The student's cells, with the attack in the first one."""
        armed = f"\nprint({ARMED!r})" if self.armed else ""
        sources = {**WRONG, **self.answers}
        sources["double"] += f"\n\n{self.code.strip()}{armed}"
        for word, value in words.items():
            sources = {cell: text.replace(f"@{word}@", value) for cell, text in sources.items()}
        return sources


def snippets(codes: Mapping[str, str], **same: object) -> list[Attack]:
    """Attacks that differ in nothing but their name and their code."""
    return [Attack(name, code, **same) for name, code in codes.items()]  # type: ignore[arg-type]
