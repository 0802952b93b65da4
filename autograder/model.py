"""Every data class that passes between the stages, in the order of the stages.

    ingest    Submission: a student's files, reduced to sources
    prepare   Template, PreparedNotebook: the instructor's cells with the student's text in them
    execute   ExecutionJob -> Execution: what a kernel is sent, and the bounded outputs it displayed
    judge     Reference, Evidence -> Judgement: what is right, what was shown, what it is worth
    record    GradedSubmission, Entry: what the gradebook and the journal keep

All of it is plain, frozen data. Nothing here reads, runs or writes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.sandbox.limits import WARM_MODULES, Limits
from course.recognition.cells import (  # noqa: F401  these pass between stages too
    NotebookTemplate,
    PreparedCell,
    StudentCell,
    StudentNotebook,
    TemplateCell,
    Translation,
)

if TYPE_CHECKING:  # importing nbformat takes half a second that no worker needs
    from nbformat import NotebookNode


# ------------------------------ ingest: what a student sent
@dataclass(frozen=True)
class Submission:
    """One student's files for one week, read once and bounded."""

    student: str
    week: str
    notebooks: tuple[StudentNotebook, ...]
    attachments: tuple[tuple[str, bytes], ...]
    timestamp: datetime | None
    digest: str  # of everything that can change the verdict
    notes: tuple[str, ...] = field(default=())
    unread: tuple[tuple[str, str], ...] = ()  # notebooks that cannot be read, and why


# ------------------------------ prepare: the instructor's cells, and what is rebuilt on them
@dataclass(frozen=True)
class Template:
    """What every submission of a week is rebuilt on."""

    week: str
    notebooks: tuple[NotebookTemplate, ...]
    source: Path | None = field(default=None, repr=False, compare=False)  # where the weeks stand


@dataclass(frozen=True)
class PreparedNotebook:
    """A rebuilt notebook, with notes on what was put right."""

    student: str
    week: str
    name: str
    cells: tuple[PreparedCell, ...]
    notes: tuple[str, ...] = ()
    language: str = "en"  # of the edition that the student has


# ------------------------------ execute: what is sent to a kernel, and what comes back
class CellEnd(StrEnum):
    """How the run of one cell ended."""

    OK = "ok"
    ERROR = "error"
    TIME_LIMIT = "time limit"
    OUTPUT_LIMIT = "output limit"
    MEMORY_LIMIT = "memory limit"
    DEAD_KERNEL = "dead kernel"
    NOT_RUN = "not run"  # the kernel was gone, or the submission's time was used up


@dataclass(frozen=True)
class JobCell:
    """Source to run, and the index of its cell in the prepared notebook."""

    index: int
    source: str
    grade_id: str | None = None
    seconds: float | None = None  # None: the limit of the job


@dataclass(frozen=True)
class ExecutionJob:
    """Everything that a run needs; plain data that can travel to another machine."""

    name: str  # for logs and progress: week/student
    cells: tuple[JobCell, ...]
    seed: str
    limits: Limits = field(default_factory=Limits)
    files: tuple[tuple[str, bytes], ...] = ()
    provisioner: str = "word2chat-sandbox"
    warm_modules: tuple[str, ...] = WARM_MODULES
    gpu: str | None = None


@dataclass(frozen=True)
class CellRun:
    """What one cell did. Outputs are nbformat output dictionaries, bounded and schema-checked."""

    index: int
    grade_id: str | None
    end: CellEnd
    outputs: tuple[dict, ...] = ()
    seconds: float = 0.0


class Doubt(StrEnum):
    """Why a run has to be repeated, with nothing beside it, before it is believed."""

    KILLED = "a signal ended the kernel, and it may not have been the student's"
    FULL_GPU = "there was no memory left on the GPU, which others used too"
    STARVED = "it was kept from computing by something else on the machine"


@dataclass(frozen=True)
class Execution:
    """What a run brought back. With a `fault` the run says nothing about the student."""

    name: str
    runs: tuple[CellRun, ...]
    seconds: float
    fault: str | None = None
    doubt: Doubt | None = None
    peak_mb: int | None = None  # of memory; None where nobody could count it


# ------------------------------ judge: evidence, reference, verdicts
@dataclass(frozen=True)
class Evidence:
    """One probe as displayed. Points and tolerances count only when the reference says them."""

    label: str
    value: dict
    points: float
    rtol: float
    atol: float


@dataclass(frozen=True)
class MistakeReference:
    """A known mistake and what it displays at the probes of its check.

    A `general` one can be made at any exercise. It is found by how an answer relates to the right
    one (see judging.generic) and has no values then, or was made by machine.
    """

    name: str
    en: str
    ko: str
    values: tuple[dict, ...]
    general: bool = False


@dataclass(frozen=True)
class ProbeReference:
    """One probe: what it is worth, how closely it is compared, and the right answer."""

    label: str
    points: float
    rtol: float
    atol: float
    value: dict


@dataclass(frozen=True)
class ChallengeReference:
    """An open challenge: what came behind each context, and the curve from scores to points.

    Scores are in `unit`; `own` is that of the course's own entry.
    """

    label: str
    points: float
    unit: str
    classes: int
    targets: tuple[int, ...]
    curve: tuple[tuple[float, float], ...]
    numbers: int = 0  # the most that a predictor may hold; 0: any
    own: float | None = None
    measure: str = "bits"  # a name in course.challenges.measures


class JudgedBy(StrEnum):
    """What decides about a check."""

    PROBES = "probes"  # and entries to challenges
    OUTPUTS = "outputs"  # what it displays is compared, outside the kernel
    ASSERTS = "asserts"  # it raises nothing: decided where the student's code runs
    SCORE = "score"  # its last line shows its score: decided there too

    @property
    def forgeable(self) -> bool:
        """Whether the verdict is reached in the student's own process."""
        return self in (JudgedBy.ASSERTS, JudgedBy.SCORE)


@dataclass(frozen=True)
class DisplayReference:
    """What a check without probes displays: texts by kind, sanitised as nbval does it."""

    texts: dict[str, tuple[str, ...]]
    sanitize: tuple[tuple[str, str], ...] = ()  # pattern and replacement


@dataclass(frozen=True)
class CheckReference:
    """A graded cell."""

    grade_id: str
    points: float
    probes: tuple[ProbeReference, ...]
    mistakes: tuple[MistakeReference, ...] = ()
    challenge: ChallengeReference | None = None
    as_if: tuple[MistakeReference, ...] = ()  # made by machine, see reference.suppositions
    near_misses: tuple[MistakeReference, ...] = ()
    by: JudgedBy = JudgedBy.PROBES
    display: DisplayReference | None = None  # where outputs decide


@dataclass(frozen=True)
class Reference:
    """What one notebook is judged against. It never leaves the judge."""

    week: str
    notebook: str
    seed: str
    key: str
    checks: tuple[CheckReference, ...]
    seconds: float  # of the graded part of the instructor's own run


class Verdict(StrEnum):
    """What was found, kept apart so that a reader knows what to do next."""

    PASS = "pass"
    PARTLY = "partly"  # an entry to an open challenge that earned some of its points
    WRONG = "wrong"
    ERROR = "error"  # the student's code raised
    TIME_LIMIT = "time limit"
    MEMORY_LIMIT = "memory limit"
    OUTPUT_LIMIT = "output limit"
    DEAD_KERNEL = "dead kernel"
    GRADER_FAULT = "grader fault"
    VOID = "void"  # the check itself was broken; see voided


@dataclass(frozen=True)
class ProbeVerdict:
    """One probe: what it earned, and a sentence that says why."""

    label: str
    verdict: Verdict
    points: float
    max_points: float
    reason: str = ""


FORGEABLE = "by asserts, forgeable"  # the stamp of a verdict of the student's own process


@dataclass(frozen=True)
class CheckVerdict:
    """One graded cell: the sum of its probes, and the known mistake if one was recognised."""

    grade_id: str
    verdict: Verdict
    points: float
    max_points: float
    probes: tuple[ProbeVerdict, ...]
    mistake: MistakeReference | None = None
    visible_error: str = ""  # what ended the cell, bounded; see messages.shown_by_check
    by: JudgedBy = JudgedBy.PROBES
    answer: str = ""  # of a wrong one without a name: equal for equal answers, see judging.alike

    @property
    def exercise(self) -> str:
        return self.grade_id.removeprefix("check_")

    @property
    def stamp(self) -> str:
        """A remark that its points carry wherever they are shown."""
        return FORGEABLE if self.by.forgeable else ""


@dataclass(frozen=True)
class Judgement:
    """The verdict on one notebook of one submission."""

    name: str
    checks: tuple[CheckVerdict, ...]
    fault: str | None = None

    @property
    def points(self) -> float:
        return round(sum(check.points for check in self.checks), 6)

    @property
    def max_points(self) -> float:
        return round(sum(check.max_points for check in self.checks), 6)


# ------------------------------ record: what the gradebook and the journal get
@dataclass(frozen=True)
class GradedSubmission:
    """One submission, ready to be written. With `needs_review` it has no score and no notebooks."""

    week: str
    student: str
    timestamp: datetime | None = None
    notebooks: tuple[tuple[str, NotebookNode], ...] = ()
    attachments: tuple[tuple[str, bytes], ...] = ()
    needs_review: str | None = None


@dataclass(frozen=True)
class Entry:
    """One line: a submission, what decided its verdict, and the verdict."""

    student: str
    key: str
    score: float | None
    max_score: float
    needs_review: str | None = None
    judgements: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    stamp: str = ""  # 'unsandboxed' when it was; FORGEABLE when asserts decided
    peak_mb: int | None = None  # the most memory at once, of any of its notebooks
