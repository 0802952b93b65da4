"""How nbgrader's own commands reach the engine: two preprocessors and a hook, by configuration.

`nbgrader autograde` and the formgrader's button read a submission, run `sanitize_preprocessors`,
then `autograde_preprocessors`, then store the score. `Rebuild` and `ExecuteAndJudge` stand in those
lists (see nbgrader_config.py) and call the same stages as `autograder grade`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import base
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import find_all_files

from autograder.course_folder import CONFIG_FILE, Course, course_from_config, open_course
from autograder.deadlines.course_toml import read_deadlines
from autograder.errors import GraderFault, Refused, UserError
from autograder.gradebook import open_gradebook
from autograder.judging.tricks import refuse_tricks
from autograder.model import (
    Entry,
    Execution,
    ExecutionJob,
    GradedSubmission,
    PreparedNotebook,
    Submission,
)
from autograder.notebook_files import shown_id
from autograder.pages.feedback import replace_old_pages
from autograder.pages.judged_notebook import bare_notebook
from autograder.reference.build import load_references
from autograder.reference.suppositions import Suppositions
from autograder.run.cells_to_run import submission_job
from autograder.run.gate import pass_gate
from autograder.run.judging_process import NotJudged, judged_with_names, judging
from autograder.stages.execute import execute_alone
from autograder.stages.ingest import ingest
from autograder.stages.prepare import prepare, read_template
from autograder.stages.record import is_inert, record
from autograder.week import Week, open_week

_refused: set[str] = set()  # folders of which nbgrader must copy nothing


def refuse_odd_submissions(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's `pre_convert_hook`: nothing of an odd submission is copied, read or run.

    nbgrader calls it before it copies a submission. Emptying the list of notebooks makes nbgrader
    report the submission, remove what it made of it and go on with the class.
    """
    folder = Path(notebooks[0]).parent
    if folder.parent.parent.name != "submitted":
        return  # nbgrader's other converters share the hook's name, not its meaning
    reason = _refusal(folder, notebooks)
    if reason:
        _refused.add(os.path.abspath(folder))  # first: nbgrader goes on when a hook fails
        notebooks.clear()
        _ask_for_review(open_course(_root_of(folder)), folder.name, folder.parent.name, reason)
        print(f"{shown_id(folder.parent.name)} needs a review: {reason}")


def _refusal(folder: Path, notebooks: list[str]) -> str:
    """Why nbgrader must not touch a submission; empty when it may.

    What nbgrader itself could not read would keep the score of the submission before it.
    """
    _refused.discard(os.path.abspath(folder))
    try:
        prepared = _prepared(open_course(_root_of(folder)), folder.name, folder.parent.name)[1]
        names = [f"{found.name}.ipynb" for found in prepared]
        notebooks[:] = [path for path in notebooks if Path(path).name in names]
        if not notebooks:
            raise Refused("Its notebook has another name, which `autograder grade` alone can read.")
        for notebook in notebooks:
            nbformat.read(notebook, as_version=4)
    except Refused as refusal:
        return str(refusal)
    except Exception as error:
        return f"It cannot be read ({type(error).__name__}: {error})."
    return ""


def _files_to_copy(path: str, exclude: list[str] | None = None) -> list[str]:
    """nbgrader's list of attachments, which it copies with links followed, hook or no hook.

    What a browser would run stays in submitted/: the formgrader serves autograded/ as pages.
    """
    found = find_all_files(path, exclude)
    if Path(path).parent.parent.name != "submitted":
        return found
    if os.path.abspath(path) in _refused:
        return []
    return [file for file in found if is_inert(file)]


base.find_all_files = _files_to_copy


def _prepared(
    course: Course, week: str, student: str
) -> tuple[Submission, tuple[PreparedNotebook, ...]]:
    """Ingest and prepare, from the files as submitted.

    Raises:
        Refused: the submission is odd.
    """
    submission = ingest(course.folder("submitted", week, student), student, week)
    return submission, prepare(submission, read_template(open_week(course, week)))


def _ask_for_review(course: Course, week: str, student: str, reason: str) -> None:
    with open_gradebook(course) as gradebook:
        record(course, gradebook, [GradedSubmission(week, student, needs_review=reason)])
    entry = Entry(student, "", None, 0.0, needs_review=reason)
    replace_old_pages(open_week(course, week), [entry])


def _root_of(folder: Path) -> Path:
    return next(parent for parent in folder.resolve().parents if (parent / CONFIG_FILE).is_file())


class _Stage(NbGraderPreprocessor):
    """What both preprocessors need: the course and the submission that nbgrader is working on."""

    def course(self) -> Course:
        from nbgrader.coursedir import CourseDirectory

        root = CourseDirectory(config=self.config).root
        return course_from_config(Path(root), self.config)

    def prepared(self, course: Course, resources: dict) -> tuple[Submission, PreparedNotebook]:
        """Ingest and prepare, from the files as submitted.

        Raises:
            GraderFault: the submission is odd; it has been put into needs_review.
        """
        names = resources["nbgrader"]
        week, student = names["assignment"], names["student"]
        try:
            submission, prepared = _prepared(course, week, student)
        except Refused as refusal:
            self.needs_review(course, week, student, str(refusal))
        return submission, {found.name: found for found in prepared}[names["notebook"]]

    def needs_review(self, course: Course, week: str, student: str, reason: str) -> NoReturn:
        _ask_for_review(course, week, student, reason)
        raise GraderFault(f"{student} needs a review: {reason}")


class Rebuild(_Stage):
    """Stages 1 and 2: the notebook rebuilt on the gradebook's cells, without outputs."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        _, prepared = self.prepared(self.course(), resources)
        return bare_notebook(prepared), resources


class ExecuteAndJudge(_Stage):
    """Stages 3 and 4: run in the sandbox, compare with the reference, put the verdicts in place."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course = self.course()
        submission, prepared = self.prepared(course, resources)
        try:
            settings = course.settings
            pass_gate(settings.provisioner, self.log.info, gpu=settings.gpu)
        except UserError as refusal:
            self.needs_review(course, submission.week, submission.student, refusal.happened)
        execution, suppositions = self.run(course, submission, prepared)
        try:
            with judging(suppositions.references) as judge:
                (judged,) = judged_with_names(judge, ((prepared, execution),), suppositions)
        except NotJudged as failure:
            self.needs_review(course, submission.week, submission.student, str(failure))
        if judged.notebook is None:
            fault = str(judged.judgement.fault)
            self.needs_review(course, submission.week, submission.student, fault)
        return judged.notebook, resources

    def run(
        self, course: Course, submission: Submission, prepared: PreparedNotebook
    ) -> tuple[Execution, Suppositions]:
        week = open_week(course, submission.week)
        references = load_references(week, say=self.log.info)
        try:
            refuse_tricks((prepared,), references, course.settings.looked_at)
        except Refused as refusal:
            self.needs_review(course, submission.week, submission.student, str(refusal))
        suppositions = Suppositions(week, references, say=self.log.info)
        return execute_alone(job_of(week, submission, prepared)), suppositions


def job_of(week: Week, submission: Submission, prepared: PreparedNotebook) -> ExecutionJob:
    """What the worker is sent, with the time that an accommodation gives."""
    factors = read_deadlines(week.course).factors(week.name)
    return submission_job(week, submission, prepared, factors.get(submission.student, 1.0))
