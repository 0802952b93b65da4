"""Stage 4, judge: compare a run's evidence with the reference's and reach a verdict per check.

Trusted, and it has no kernel: it sees only the bounded plain data that `execute` brought back.
Missing evidence earns nothing; our own failures are kept apart and never become a zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.judging.comparison import same_value
from autograder.judging.diagnosis import diagnose
from autograder.judging.differences import describe_difference
from autograder.judging.error_texts import LIBRARY, error_kind, shown_error
from autograder.judging.evidence import read_evidence
from autograder.judging.vocabulary import Vocabulary
from autograder.model import (
    CellEnd,
    CellRun,
    CheckReference,
    CheckVerdict,
    Evidence,
    Execution,
    Judgement,
    ProbeReference,
    ProbeVerdict,
    Reference,
    Verdict,
)

MESSAGE_CHARS = 300


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
    end_of_all = _fatal_end(execution)
    checks = tuple(
        _judge_check(check, runs.get(check.grade_id), end_of_all, names)
        for check in reference.checks
    )
    return Judgement(execution.name, checks)


def _fatal_end(execution: Execution) -> CellEnd:
    """Why cells after some point were not run: how the last one ended that was."""
    ends = [run.end for run in execution.runs if run.end is not CellEnd.NOT_RUN]
    fatal = bool(ends) and ends[-1] not in (CellEnd.OK, CellEnd.ERROR)
    return ends[-1] if fatal else CellEnd.DEAD_KERNEL


def _judge_check(
    check: CheckReference, run: CellRun | None, end_of_all: CellEnd, names: Vocabulary
) -> CheckVerdict:
    run = run or CellRun(-1, check.grade_id, CellEnd.NOT_RUN)
    shown = read_evidence(run.outputs)
    probes: list[ProbeVerdict] = []
    for probe in check.probes:
        # What a kernel says about a lost probe is the student's to choose: one text a check.
        first = all(done.verdict is Verdict.PASS for done in probes)
        found = _Probe(probe, shown.get(probe.label, []), names, first)
        probes.append(found.judged(run, end_of_all))
    lost = [probe for probe in probes if probe.verdict is not Verdict.PASS]
    return CheckVerdict(
        check.grade_id,
        _worst(lost),
        round(sum(probe.points for probe in probes), 6),
        check.points,
        tuple(probes),
        diagnose(check, _answers(check, shown)) if lost else None,
        _visible_error(run),
    )


@dataclass(frozen=True)
class _Probe:
    """One probe of the reference and what was shown for it."""

    reference: ProbeReference
    shown: list[Evidence]
    names: Vocabulary
    first: bool  # of the lost ones in its check

    def judged(self, run: CellRun, end_of_all: CellEnd) -> ProbeVerdict:
        if len(self.shown) != 1:
            return self._lost(*self._without_answer(run, end_of_all))
        answer, probe = self.shown[0].value, self.reference
        if same_value(answer, probe.value, probe.rtol, probe.atol):
            return ProbeVerdict(probe.label, Verdict.PASS, probe.points, probe.points)
        reason = describe_difference(answer, probe, self.names, self.first)
        return self._lost(_kind_of_loss(answer), reason)

    def _lost(self, verdict: Verdict, reason: str) -> ProbeVerdict:
        return ProbeVerdict(self.reference.label, verdict, 0.0, self.reference.points, reason)

    def _without_answer(self, run: CellRun, end_of_all: CellEnd) -> tuple[Verdict, str]:
        if self.shown:
            return Verdict.WRONG, "several answers were displayed where one is expected"
        if run.end is CellEnd.NOT_RUN:
            verdict, reason = LIMITS[end_of_all]
            return verdict, f"not reached: in an earlier cell, {reason}"
        if run.end in LIMITS:
            return LIMITS[run.end]
        if run.end is CellEnd.ERROR:
            return Verdict.ERROR, f"not reached: {self._end_of(run)}"
        return Verdict.WRONG, "no answer was displayed"

    def _end_of(self, run: CellRun) -> str:
        name, _, message = _visible_error(run).partition(": ")
        return shown_error(name, message, self.names) if self.first else error_kind(name)


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


def _visible_error(run: CellRun) -> str:
    for output in run.outputs:
        if output.get("output_type") == "error":
            return f"{output['ename']}: {output['evalue']}"[:MESSAGE_CHARS]
    return ""
