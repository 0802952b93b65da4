"""Grade a week: ingest, prepare, execute, judge, record, for every submission that has changed."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from nbgrader.api import Gradebook

from autograder.course_folder import UNPROTECTED
from autograder.deadlines.course_toml import read_deadlines
from autograder.errors import Refused, UserError
from autograder.gradebook import open_gradebook
from autograder.journal import Journal, only_grader, open_journal, verdict_key
from autograder.judging.tricks import refuse_tricks
from autograder.light_imports import import_in_background
from autograder.model import (
    Entry,
    Execution,
    GradedSubmission,
    Judgement,
    PreparedNotebook,
    Submission,
    Template,
)
from autograder.notebook_files import shown, shown_id
from autograder.reference.build import load_references
from autograder.reference.suppositions import Suppositions
from autograder.run.batches import batches
from autograder.run.cells_to_run import submission_job
from autograder.run.cluster import refuse_unless_encrypted
from autograder.run.early_start import shared_spec
from autograder.run.gate import announcing, pass_gate
from autograder.run.judging_process import (
    JudgedNotebook,
    JudgingProcess,
    judged_with_names,
    judging,
)
from autograder.run.pool import Jobs, preheat
from autograder.run.preview import try_out
from autograder.run.progress import Watcher
from autograder.run.results import GradeRun, Options, stamped
from autograder.run.scheduling import Finished, default_workers, run_jobs
from autograder.run.whole_scores import settle_run
from autograder.sandbox.unprotected import WARNING
from autograder.stages.ingest import ingest
from autograder.stages.prepare import prepare, read_template
from autograder.stages.record import record, sweep
from autograder.week import Week

PUBLISHED_SEED = (
    "The seed is the published one: anybody can work out the hidden inputs and hand in a table of "
    "answers. For a real class run `autograder release` first: it draws a seed of your own."
)
_Done = tuple[GradedSubmission, Entry]


@dataclass(frozen=True)
class _Ready:
    """A submission on its way through execution; until it is handed in, without its attachments."""

    submission: Submission
    prepared: tuple[PreparedNotebook, ...]
    key: str
    has_attachments: bool = False


def grade(week: Week, options: Options | None = None, watcher: Watcher | None = None) -> GradeRun:
    """Grade every submission of a week that has changed since it was last graded.

    Raises:
        UserError: not released, nobody or not these students handed in, another grader at work,
            or something has to run and the sandbox does not hold.
        GraderFault: the reference could not be executed.
    """
    options, watcher = options or Options(), watcher or Watcher()
    started = time.monotonic()
    template = read_template(week)
    students = _chosen(week, options.students)
    deadlines = read_deadlines(week.course)
    with only_grader(week):
        provisioner = options.provisioner or week.course.settings.provisioner
        if provisioner == UNPROTECTED:
            watcher.say(WARNING)
        if week.course.has_published_seed:
            watcher.say(PUBLISHED_SEED)
        if options.scheduler is not None:
            refuse_unless_encrypted(options.scheduler, options.insecure_scheduler)
        gate = _gate(provisioner, options, watcher, week.course.settings.gpu)
        announce = announcing(watcher.say, gate)
        references = load_references(week, provisioner, announce)
        journal = open_journal(week)
        sweep(week)
        run = GradeRun(week.name, before=dict(journal.entries))
        grader = _Grader(
            week, template, Suppositions(week, references, provisioner, watcher.say), journal,
            options, provisioner, run,
            deadlines.factors(week.name),
        )  # fmt: skip
        for entry in grader.go(students, watcher, gate):
            run.graded.append(entry)
            watcher.done(entry)
        if not options.preview:
            settle_run(week, run, grader.arrived, references)
    run.seconds = time.monotonic() - started
    return run


def _chosen(week: Week, students: tuple[str, ...]) -> tuple[str, ...]:
    """These students, or everybody who handed in.

    Raises:
        UserError: nobody has handed in, or not all of these students.
    """
    here = week.students()
    strangers = sorted(set(students) - set(here))
    if strangers:
        raise UserError(
            f"No submission of '{week.name}' by {', '.join(strangers)}.",
            f"See who has handed in: submitted/STUDENT/{week.name}/. Nothing was graded.",
        )
    return students or tuple(here)


def _gate(
    provisioner: str, options: Options, watcher: Watcher, gpu: str | None
) -> Callable[[], None]:
    """What is called before any code runs. Only its first call in a run tries the sandbox.

    No line of a configuration leaves it out: only an option of this one run does.
    """

    @cache
    def gate() -> None:
        if options.provisioner != UNPROTECTED:
            pass_gate(provisioner, watcher.say, options.scheduler, gpu)

    return gate


class _Grader:
    """One run over a class: holds what is the same for every submission."""

    def __init__(
        self,
        week: Week,
        template: Template,
        suppositions: Suppositions,
        journal: Journal,
        options: Options,
        provisioner: str,
        run: GradeRun,
        factors: Mapping[str, float],
    ) -> None:
        self.week, self.template, self.suppositions = week, template, suppositions
        self.course = course = week.course
        self.journal, self.options, self.run = journal, options, run
        self.provisioner, self.factors = provisioner, factors
        self.arrived: dict[str, datetime | None] = {}
        self.stamp = "unsandboxed" if provisioner == UNPROTECTED else ""
        self.warm = shared_spec(week, provisioner, options.scheduler)
        keys = sorted(one.key for one in suppositions.references.values())
        self.setting = verdict_key(template, keys, course.settings.limits(week.name), self.stamp)

    def go(
        self, students: tuple[str, ...], watcher: Watcher, gate: Callable[[], None]
    ) -> Iterator[Entry]:
        """Sort the class into refused, unchanged and ready, and take the ready through the run."""
        ready: list[_Ready] = []
        refused: list[_Done] = []
        for student in students:
            try:
                ready.extend(self.changed(self.ingest(student)))
            except Refused as refusal:
                key = _refusal_key(str(refusal))
                known = self.known(shown_id(student), key)
                if known is None:
                    refused.append(self.review(shown_id(student), str(refusal), key))
                else:
                    self.run.unchanged.append(known)
        if ready:
            if self.options.scheduler is None:
                preheat(self.warm)  # while the sandbox tests itself
            imports = import_in_background("autograder.stages.save_scores", "nbval.plugin")
            gate()
            imports.join()
        watcher.start(len(ready) + len(refused))
        # closed at once when recording fails: an abandoned pool complains when Python ends
        with contextlib.closing(self.run_and_judge(ready)) as judged:
            yield from self.keep(itertools.chain(refused, judged))

    def run_and_judge(self, ready: list[_Ready]) -> Generator[_Done, None, None]:
        if not ready:  # starting a pool for nobody takes seconds
            return
        late: list[_Done] = []
        jobs = self.with_files(ready, late)
        workers = self.options.workers or _workers(self.week)
        run = run_jobs(jobs, workers, self.options.scheduler, self.warm, len(ready))
        judges = judging(self.suppositions.references, self.stamp)
        with judges as judge, contextlib.closing(run) as finished:
            for one in finished:
                yield self.finish(one, judge)
        yield from late

    def keep(self, finished: Iterable[_Done]) -> Iterator[Entry]:
        """Record in batches; an entry reaches the journal only after the gradebook has it."""
        if self.options.preview:
            yield from try_out(self.week, self.run, self.arrived, finished)
            return
        with open_gradebook(self.course) as gradebook:
            for batch in batches(finished):
                entries = self.write(gradebook, batch)
                self.journal.append(entries)
                _replace_pages(self.week, entries)
                yield from entries

    def write(self, gradebook: Gradebook, batch: list[_Done], again: bool = True) -> list[Entry]:
        """Record a batch. What cannot be recorded is found by itself and put into needs_review.

        Before that it is tried again: the run of another week may have added the same new student
        to the gradebook at the same moment.

        Raises:
            UserError: the gradebook or the disk takes nothing at all.
        """
        try:
            record(self.course, gradebook, [judged for judged, _ in batch])
            return [entry for _, entry in batch]
        except UserError:
            raise
        except Exception as error:
            if len(batch) > 1:
                return [entry for one in batch for entry in self.write(gradebook, [one])]
            if again:
                return self.write(gradebook, batch, again=False)
            judged, entry = batch[0]
            if judged.needs_review is not None:
                raise
            fault = _fault(f"it could not be recorded ({type(error).__name__}: {error})")
            return self.write(gradebook, [self.review(entry.student, fault)])

    def ingest(self, student: str) -> Submission:
        return ingest(self.week.folder("submitted", student), student, self.week.name)

    def changed(self, submission: Submission) -> list[_Ready]:
        """The submission if it has to be graded; nothing if the journal knows its verdict.

        Raises:
            Refused: its notebook or its answers cannot be told.
        """
        self.arrived[submission.student] = submission.timestamp
        key = self.key(submission)
        known = self.known(submission.student, key)
        if known is not None:
            self.run.unchanged.append(known)
            return []
        prepared = _honest(self, submission)
        bare = replace(submission, attachments=())  # a class's files together may not fit in memory
        return [_Ready(bare, prepared, key, bool(submission.attachments))]

    def with_files(self, items: list[_Ready], late: list[_Done]) -> Iterator[tuple[_Ready, Jobs]]:
        """Each submission with its attachments, read when it is its turn.

        What has changed since is taken as it is now; what may not be graded now goes to `late`.
        """
        for item in items:
            student = item.submission.student
            try:
                whole = self.whole(item)
            except Refused as refusal:
                late.append(self.review(student, str(refusal), _refusal_key(str(refusal))))
            else:
                yield whole, self.jobs(whole)

    def whole(self, item: _Ready) -> _Ready:
        """The submission with its attachments, and with whatever else has changed meanwhile."""
        if not item.has_attachments:
            return item
        submission = self.ingest(item.submission.student)
        self.arrived[submission.student] = submission.timestamp
        key = self.key(submission)
        return _Ready(submission, _honest(self, submission), key, True)

    def key(self, submission: Submission) -> str:
        """The hash of what decides the verdict: not when it came, which costs points afterwards."""
        return verdict_key(submission.digest, self.factors.get(submission.student), self.setting)

    def known(self, student: str, key: str) -> Entry | None:
        """The journal's last line on this student, if it still holds."""
        entry = self.journal.entries.get(student)
        return entry if entry and entry.key == key and not self.options.force else None

    def jobs(self, item: _Ready) -> Jobs:
        """What the workers are sent: sources and files, nothing else."""
        factor = self.factors.get(item.submission.student, 1.0)
        return tuple(
            submission_job(self.week, item.submission, prepared, factor, self.provisioner)
            for prepared in item.prepared
        )

    def finish(self, finished: Finished, judge: JudgingProcess) -> _Done:
        """Judge one submission that has come back; whatever goes wrong stays with this one."""
        item = finished.item
        if finished.fault:
            return self.review(item.submission.student, _fault(finished.fault), item=item)
        try:
            pairs = tuple(zip(item.prepared, finished.executions, strict=True))
            found = judged_with_names(judge, pairs, self.suppositions)
            return self.verdict(item, finished.executions, found)
        except Exception as error:
            return self.review(item.submission.student, _fault(f"{error}"), item=item)

    def verdict(
        self, item: _Ready, executions: tuple[Execution, ...], found: tuple[JudgedNotebook, ...]
    ) -> _Done:
        """What the gradebook, autograded/ and the journal get."""
        submission = item.submission
        judgements = tuple(one.judgement for one in found)
        fault = next((judgement.fault for judgement in judgements if judgement.fault), None)
        if fault:
            return self.review(submission.student, _fault(fault), item=item)
        pairs = zip(item.prepared, found, strict=True)
        notebooks = tuple((prepared.name, one.notebook) for prepared, one in pairs if one.notebook)
        graded = GradedSubmission(
            submission.week, submission.student, submission.timestamp, notebooks,
            submission.attachments,
        )  # fmt: skip
        return graded, _entry(item, executions, judgements, self.stamp)

    def review(self, student: str, reason: str, key: str = "", item: _Ready | None = None) -> _Done:
        """A submission that a person has to look at: no score, no zero, and the class goes on.

        Without a key the entry never counts as known, so the next run tries again.
        """
        timestamp = item.submission.timestamp if item else None
        judged = GradedSubmission(self.template.week, student, timestamp, needs_review=reason)
        return judged, Entry(student, key, None, 0.0, needs_review=reason, stamp=self.stamp)


def _workers(week: Week) -> int:
    return default_workers(week.course.settings.limits(week.name).memory_mb)


def _honest(grader: _Grader, submission: Submission) -> tuple[PreparedNotebook, ...]:
    """The submission rebuilt.

    Raises:
        Refused: its answers cannot be told, or hold a known trick where asserts decide.
    """
    prepared = prepare(submission, grader.template)
    refuse_tricks(prepared, grader.suppositions.references, grader.course.settings.looked_at)
    return prepared


def _entry(
    item: _Ready, executions: tuple[Execution, ...], judgements: tuple[Judgement, ...], stamp: str
) -> Entry:
    """What the journal gets."""
    notes = tuple(note for prepared in item.prepared for note in prepared.notes)
    seconds = round(sum(execution.seconds for execution in executions), 3)
    points = round(sum(judgement.points for judgement in judgements), 6)
    most = round(sum(judgement.max_points for judgement in judgements), 6)
    peaks = (one.peak_mb for one in executions if one.peak_mb is not None)
    return Entry(
        item.submission.student, item.key, points, most, None, judgements, notes, seconds,
        stamped(stamp, judgements), max(peaks, default=None),
    )  # fmt: skip


def _replace_pages(week: Week, entries: list[Entry]) -> None:
    """Nobody reads the page of a submission before, when the new one waits for a person."""
    if any(entry.needs_review for entry in entries):
        from autograder.pages.feedback import replace_old_pages

        replace_old_pages(week, entries)


def _refusal_key(reason: str) -> str:
    return verdict_key("refused", reason)


def _fault(text: str) -> str:
    # a worker on another machine may have written it: no control sequence reaches the terminal
    return f"Our fault, not the student's: {shown(text, 500)}. Run the command again."
