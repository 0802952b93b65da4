"""Stage 4, judge: compare a run's evidence with the reference's and reach a verdict per check.

Trusted, and it has no kernel: it sees only the bounded plain data that `execute` brought back.
Missing evidence earns nothing; our own failures are kept apart and never become a zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.judging.alike import answer_print
from autograder.judging.challenges import judge_entry
from autograder.judging.comparison import same_value
from autograder.judging.diagnosis import diagnose
from autograder.judging.differences import describe_difference
from autograder.judging.error_texts import LIBRARY, error_kind, shown_error
from autograder.judging.evidence import read_evidence
from autograder.judging.first_cause import FOLLOWS, error_of, first_cause
from autograder.judging.outputs import ASSERTS, OUTPUT, judge_display, judge_silence
from autograder.judging.vocabulary import Vocabulary
from autograder.model import (
    CellEnd,
    CellRun,
    ChallengeReference,
    CheckReference,
    CheckVerdict,
    Evidence,
    Execution,
    JudgedBy,
    Judgement,
    ProbeReference,
    ProbeVerdict,
    Reference,
    Verdict,
)


def judge(execution: Execution, reference: Reference, names: Vocabulary = LIBRARY) -> Judgement:
    """Reach the verdict on every check of the reference from one execution.

    Args:
        execution: what the kernel showed.
        reference: what is right.
        names: the words that feedback may repeat from it (see judging.vocabulary).
    """
    if execution.fault:
        return Judgement(execution.name, (), execution.fault)
    runs = {run.grade_id: run for run in execution.runs if run.grade_id}
    not_run = _not_run(execution)
    ids = {check.grade_id for check in reference.checks}
    checks = []
    for check in reference.checks:
        run = runs.get(check.grade_id) or CellRun(-1, check.grade_id, CellEnd.NOT_RUN)
        cause = first_cause(execution, run, ids, names)
        checks.append(_judge_check(check, _Run(run, not_run, cause, names)))
    return Judgement(execution.name, tuple(checks))


def _not_run(execution: Execution) -> tuple[Verdict, str]:
    """The verdict on what was not run, and a sentence on the cell after which nothing was."""
    ran = [run for run in execution.runs if run.end is not CellEnd.NOT_RUN]
    fatal = ran[-1] if ran and ran[-1].end in LIMITS else CellRun(-1, None, CellEnd.DEAD_KERNEL)
    verdict, reason = LIMITS[fatal.end]
    named = [run.grade_id for run in ran if run.grade_id]
    if fatal.grade_id:
        return verdict, f"not reached: in cell `{fatal.grade_id}`, {reason}"
    if fatal.index >= 0 and named:
        return verdict, f"not reached: in a cell behind `{named[-1]}`, {reason}"
    return verdict, f"not reached: in an earlier cell, {reason}"


@dataclass(frozen=True)
class _Run:
    """The run of one check, and what is known about what came before it."""

    cell: CellRun
    not_run: tuple[Verdict, str]  # the verdict and the reason where this was not run
    cause: str  # the error of an earlier cell, as a sentence
    names: Vocabulary


def _judge_check(check: CheckReference, run: _Run) -> CheckVerdict:
    if check.by is not JudgedBy.PROBES:
        return _judge_classic(check, run)
    shown = read_evidence(run.cell.outputs)
    probes: list[ProbeVerdict] = []
    for probe in check.probes:
        # What a kernel says about a lost probe is the student's to choose: one text a check.
        first = all(done.verdict is Verdict.PASS for done in probes)
        probes.append(_Probe(probe, shown.get(probe.label, []), run, first).judged())
    if check.challenge is not None:
        probes.append(_judge_challenge(check.challenge, run, not probes))
    lost = [probe for probe in probes if probe.verdict is not Verdict.PASS]
    answers = _answers(check, shown)
    mistake = diagnose(check, answers) if lost else None
    unnamed = bool(lost) and (mistake is None or mistake.general)
    return CheckVerdict(
        check.grade_id,
        _worst(lost),
        round(sum(probe.points for probe in probes), 6),
        check.points,
        tuple(probes),
        mistake,
        ": ".join(filter(None, error_of(run.cell))),
        answer=answer_print(answers) if unnamed else "",
    )


def _judge_classic(check: CheckReference, run: _Run) -> CheckVerdict:
    """The verdict on a check without probes: what it displays, or what its asserts say."""
    found = _classic_verdict(check, run)
    error = ": ".join(filter(None, error_of(run.cell)))
    return CheckVerdict(
        check.grade_id, found.verdict, found.points, check.points, (found,),
        visible_error=error, by=check.by,
    )  # fmt: skip


def _classic_verdict(check: CheckReference, run: _Run) -> ProbeVerdict:
    if run.cell.end is not CellEnd.OK:
        label = ASSERTS if check.by.forgeable else OUTPUT
        missing = ProbeReference(label, check.points, 0.0, 0.0, {})
        return _Probe(missing, [], run, True).judged()
    if check.display is not None:
        return judge_display(run.cell.outputs, check.display, check.points)
    return judge_silence(run.cell.outputs, check.points, check.by is JudgedBy.SCORE)


def _judge_challenge(challenge: ChallengeReference, run: _Run, first: bool) -> ProbeVerdict:
    """What an entry earned. Where none was displayed, the reason is told as for a probe."""
    found = judge_entry(run.cell.outputs, challenge, run.names if first else None)
    if found is not None:
        return found
    missing = ProbeReference(challenge.label, challenge.points, 0.0, 0.0, {})
    return _Probe(missing, [], run, first).judged()


@dataclass(frozen=True)
class _Probe:
    """One probe of the reference and what was shown for it."""

    reference: ProbeReference
    shown: list[Evidence]
    run: _Run
    first: bool  # of the lost ones in its check

    def judged(self) -> ProbeVerdict:
        if len(self.shown) != 1:
            return self._lost(*self._without_answer())
        answer, probe = self.shown[0].value, self.reference
        if same_value(answer, probe.value, probe.rtol, probe.atol):
            return ProbeVerdict(probe.label, Verdict.PASS, probe.points, probe.points)
        return self._lost(_kind_of_loss(answer), self._difference(answer))

    def _lost(self, verdict: Verdict, reason: str) -> ProbeVerdict:
        return ProbeVerdict(self.reference.label, verdict, 0.0, self.reference.points, reason)

    def _difference(self, answer: dict) -> str:
        reason = describe_difference(answer, self.reference, self.run.names, self.first)
        return self._with_cause(reason, answer.get("type", ""))

    def _with_cause(self, reason: str, error: str) -> str:
        """What an earlier cell raised, where a missing name follows from it."""
        if not (self.first and self.run.cause and error in FOLLOWS):
            return reason
        return (
            self.run.cause if self.run.cause.startswith("your") else f"{reason}; {self.run.cause}"
        )

    def _without_answer(self) -> tuple[Verdict, str]:
        end = self.run.cell.end
        if self.shown:
            return Verdict.WRONG, "several answers were displayed where one is expected"
        if end is CellEnd.NOT_RUN:
            return self.run.not_run
        if end in LIMITS:
            return LIMITS[end]
        if end is CellEnd.ERROR:
            return Verdict.ERROR, self._not_reached()
        return Verdict.WRONG, "no answer was displayed"

    def _not_reached(self) -> str:
        name, message = error_of(self.run.cell)
        said = shown_error(name, message, self.run.names) if self.first else error_kind(name)
        return self._with_cause(f"not reached: {said}", name)


def _kind_of_loss(answer: dict) -> Verdict:
    if answer["kind"] != "error":
        return Verdict.WRONG
    return Verdict.MEMORY_LIMIT if answer["type"] == "MemoryError" else Verdict.ERROR


LIMITS = {
    CellEnd.TIME_LIMIT: (Verdict.TIME_LIMIT, "it was still running at the time limit"),
    CellEnd.OUTPUT_LIMIT: (Verdict.OUTPUT_LIMIT, "it printed more than the output limit"),
    CellEnd.MEMORY_LIMIT: (Verdict.MEMORY_LIMIT, "it used more memory than the limit"),
    CellEnd.DEAD_KERNEL: (Verdict.DEAD_KERNEL, "the kernel died here"),
}


def _answers(check: CheckReference, shown: dict[str, list[Evidence]]) -> list[dict | None]:
    """The one answer to each probe; None where there is none or more than one."""
    found = [shown.get(probe.label, []) for probe in check.probes]
    return [some[0].value if len(some) == 1 else None for some in found]


def _worst(lost: list[ProbeVerdict]) -> Verdict:
    """The verdict on a check: pass, or the kind of its first lost probe."""
    return lost[0].verdict if lost else Verdict.PASS
