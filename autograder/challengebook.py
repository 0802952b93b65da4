"""Open challenges: a week's hidden set, and the rivals that its curve is proved with.

    autograder/challenges/week02_rnn.py             CHALLENGE, and hidden(seed) -> Windows
    autograder/challenges/entries/week02_rnn.py     entries in percent cells, read as text

    # %% entry=unigram points=0..0.5
    def best_predictor(text): ...

Neither is released, published, or shown in a sandbox. A kernel gets the contexts of the hidden set
with the check that asks for them; the targets stay with the judge.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType

from autograder import syntax
from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.model import ChallengeReference, JobCell, NotebookTemplate
from autograder.stored import Damaged, as_json, from_json, write_atomically
from course.challenges.entries import pack
from course.challenges.task import Challenge, Windows
from course.notebook_format import HIDDEN_TESTS

CHALLENGES = Path(__file__).parent / "challenges"
HEADER = re.compile(r"# %% entry=([a-z0-9-]+) points=([0-9.]+)\.\.([0-9.]+)\s*")
FORM = 2  # of a stored hidden set: contexts and examples together
CALL = re.compile(r"^[ \t]*challenge\(", re.MULTILINE)


@dataclass(frozen=True)
class Rival:
    """An entry with the points that it must earn: from `least` to `most`."""

    name: str
    least: float
    most: float
    source: str


@dataclass(frozen=True)
class _Stored:
    """A hidden set as it is kept: making it again takes seconds."""

    packed: str
    targets: tuple[int, ...]


@dataclass(frozen=True)
class OpenChallenge:
    """A week's challenge, with its hidden set under this folder's secret."""

    challenge: Challenge
    packed: str  # the contexts and the examples, as a kernel is handed them
    targets: tuple[int, ...]
    rivals: tuple[Rival, ...]

    @cached_property
    def digest(self) -> str:
        """The hash of everything that can change a score."""
        task = self.challenge
        rules = (task.name, task.unit, task.measure, task.curve, task.numbers)
        told = (*rules, self.packed, self.targets)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def reference(self) -> ChallengeReference:
        """What the judge compares with; the course's own score is not known yet."""
        task = self.challenge
        return ChallengeReference(
            task.name, task.points, task.unit, len(task.classes), self.targets, task.curve,
            task.numbers, measure=task.measure,
        )  # fmt: skip


def load_challenge(course: Course, week: str) -> OpenChallenge | None:
    """The challenge of a week; None where it has none.

    Raises:
        UserError: its files cannot be used.
    """
    path = _file(course, f"{week}.py")
    if not path.is_file():
        return None
    try:
        module = _module(path)
        rivals = _rivals(_file(course, f"entries/{week}.py"))
        stored = _stored(course, week, module, path)
        return OpenChallenge(module.CHALLENGE, stored.packed, stored.targets, rivals)
    except UserError:
        raise
    except Exception as error:  # the file is a program: it may raise anything
        raise UserError(
            f"The challenge of {week} cannot be used: {type(error).__name__}: {error}",
            f"Repair {path.name}; the authoring guide shows its form.",
        ) from error


def _file(course: Course, name: str) -> Path:
    """The course folder's own file, or else the one beside the engine."""
    own = course.root / "autograder" / "challenges" / name
    return own if own.is_file() else CHALLENGES / name


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"challenge_of_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def other_draw(challenge: OpenChallenge, course: Course, week: str, seed: str) -> OpenChallenge:
    """A week's challenge with a hidden set under another secret, for the proof."""
    hidden = _made(_module(_file(course, f"{week}.py")), seed)
    return replace(challenge, packed=hidden.packed, targets=hidden.targets)


def _made(module: ModuleType, seed: str) -> _Stored:
    found: Windows = module.hidden(seed)
    return _Stored(pack(found), tuple(map(int, found.targets)))


def _stored(course: Course, week: str, module: ModuleType, path: Path) -> _Stored:
    """The hidden set under this folder's secret, as it was stored or made anew."""
    seed = hashlib.sha256(f"{course.hidden_seed}/{week}".encode()).hexdigest()
    told = (FORM, seed, path.read_bytes(), module.CHALLENGE.curve)
    key = hashlib.sha256(repr(told).encode())
    place = course.state / "hidden" / f"{week}-{key.hexdigest()[:16]}.json"
    with contextlib.suppress(OSError, Damaged):
        return from_json(_Stored, place.read_bytes())
    stored = _made(module, seed)
    write_atomically(place, as_json(stored))
    return stored


def _rivals(path: Path) -> tuple[Rival, ...]:
    """The entries of a percent file.

    Raises:
        UserError: there is none, or a header has another form.
    """
    text = path.read_text("utf-8") if path.is_file() else ""
    found = []
    for part in text.split("\n# %% ")[1:]:
        header, _, source = f"# %% {part}".partition("\n")
        form = HEADER.fullmatch(header)
        if form is None:
            raise UserError(
                f"entries/{path.name}: '{header}' has another form than "
                "'# %% entry=NAME points=LEAST..MOST'.", "Repair the line.",
            )  # fmt: skip
        found.append(Rival(form[1], float(form[2]), float(form[3]), source.strip("\n")))
    if not found:
        raise UserError(
            f"There is no entry in entries/{path.name}, so the curve cannot be proved.",
            "Write a naive and a good one (see the authoring guide).",
        )
    return tuple(found)


# ------------------------------------------------------------------------------------ cells
def asks_for_entry(source: str) -> bool:
    """Whether a check cell's hidden region calls `challenge(…)`."""
    return CALL.search(HIDDEN_TESTS.inside(source)) is not None


def challenge_cells(notebook: NotebookTemplate) -> frozenset[str]:
    """The grade_ids of challenges' checks and of their exercises."""
    checks = [name for name, cell in notebook.known.items()
              if cell.grade and cell.kind == "code" and asks_for_entry(cell.source)]  # fmt: skip
    return frozenset([*checks, *(name.removeprefix("check_") for name in checks)])


def with_contexts(cells: Iterable[JobCell], challenge: OpenChallenge | None) -> tuple[JobCell, ...]:
    """The cells, with the contexts handed over at the head of a check that shows an entry."""
    if challenge is None:
        return tuple(cells)
    hand = f"__import__('course.challenges').challenges.hand_over({challenge.challenge.name!r}, "
    hand += f"{challenge.packed!r})"
    return tuple(_handed(cell, hand) for cell in cells)


def _handed(cell: JobCell, hand: str) -> JobCell:
    shows_entry = (cell.grade_id or "").startswith("check_") and "challenge(" in cell.source
    if not shows_entry or "hand_over(" in cell.source:  # of another draw
        return cell
    return replace(cell, source=f"{hand}{_joint(cell.source)}{cell.source}")


def _joint(source: str) -> str:
    """What may stand between a statement and a cell: on one line, the lines keep their numbers."""
    try:
        syntax.parse(f"0; {source}")
    except (SyntaxError, ValueError):
        return "\n"
    return "; "
