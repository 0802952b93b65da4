"""Release a week: make sure that its reference is sound, then generate release/ with nbgrader."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.edition.expected import write_expected
from autograder.edition.revising import revise
from autograder.errors import UserError
from autograder.judging.comparison import same_value
from autograder.judging.outputs import same_texts
from autograder.model import CheckReference, Reference
from autograder.reference.build import load_references, make_reference
from autograder.week import Week
from course.notebook_format import GO_ON_TAG

SAME_SCORE = 0.01  # in the unit of a challenge


@dataclass(frozen=True)
class Released:
    """What a release made."""

    week: str
    notebooks: tuple[Path, ...]
    points: float
    seconds: float  # of the reference's graded part


def release(
    week: Week,
    provisioner: str | None = None,
    say: Callable[[str], None] = print,
    proved: bool = False,
    revised: bool = False,
) -> Released:
    """Run the reference twice, compare the two runs, and generate release/ from source/.

    Args:
        week: what to release.
        provisioner: how kernels start; None takes the course's setting.
        say: is told what happens next.
        proved: the proof has just run the reference again and compared it; not once more here.
        revised: cells may be others than those that were handed in (see `revising`).

    Raises:
        UserError: the reference fails, or is not the same twice, or nbgrader refuses the notebook.
    """
    first = load_references(week, provisioner, say)
    for notebook in () if proved else week.notebooks:
        say(f"Executing the reference of {notebook.name} a second time …")
        again = make_reference(week.only(notebook), notebook, provisioner=provisioner, mistakes=())
        _same_twice(first[notebook.name], again)
    if revised and revise(week):
        say(f"The gradebook has the cells of {week.name} as they are now: grade it anew.")
    generate(week)
    notebooks = tuple(sorted(week.folder("release").glob("*.ipynb")))
    points = sum(check.points for reference in first.values() for check in reference.checks)
    return Released(week.name, notebooks, points, sum(r.seconds for r in first.values()))


def _same_twice(first: Reference, again: Reference) -> None:
    for one, other in zip(first.checks, again.checks, strict=True):
        _same_display(first, one, other)
        for probe, twin in zip(one.probes, other.probes, strict=True):
            if not same_value(twin.value, probe.value, probe.rtol, probe.atol):
                raise UserError(
                    f"The reference of {first.notebook} is not the same twice: "
                    f"'{probe.label}' in '{one.grade_id}'.",
                    "Give every random number of that check a seed.",
                )
        _same_score(first, one, other)


def _same_display(first: Reference, one: CheckReference, other: CheckReference) -> None:
    """What is judged by its output displays the same again, within the tolerance."""
    if one.display is None:
        return
    if other.display is None or not same_texts(other.display.texts, one.display.texts):
        raise UserError(
            f"The reference of {first.notebook} does not display the same twice: '{one.grade_id}'.",
            "Give its random numbers a seed, sanitise what changes (c.Grading.sanitize_with), or "
            "tag the cell nbval-ignore-output.",
        )


def _same_score(first: Reference, one: CheckReference, other: CheckReference) -> None:
    """The course's own entry to a challenge has one score."""
    if one.challenge is None or other.challenge is None:
        return
    scores = [found.own or 0.0 for found in (one.challenge, other.challenge)]
    if abs(scores[0] - scores[1]) > SAME_SCORE:
        raise UserError(
            f"The entry of {first.notebook} at '{one.grade_id}' has the scores {scores[0]} and "
            f"{scores[1]} in two runs.",
            "Give every random number of that entry a seed.",
        )


def generate(week: Week) -> None:
    """`nbgrader generate_assignment WEEK --force`, through nbgrader's own converter.

    The expected pictures that the texts link are written anew from the stored outputs.

    Raises:
        UserError: nbgrader refuses; its reason is in the message.
    """
    course = week.course
    write_expected(week)
    root = str(course.root)
    config = copy.deepcopy(course.config)
    for part in ("header", "footer"):  # nbgrader looks for them in the current folder
        if name := config.IncludeHeaderFooter.get(part, ""):
            config.IncludeHeaderFooter[part] = str(course.root / name)
    coursedir = CourseDirectory(config=course.config, root=root, assignment_id=week.name)
    coursedir.student_id = "."
    log = _Kept()
    converter = GenerateAssignment(coursedir=coursedir, config=config, log=log.logger)
    converter.force = True
    try:
        converter.start()
    except NbGraderException:
        raise UserError(
            f"nbgrader could not generate release/{week.name}: {log.last_error()}.",
            f"See the full text with `nbgrader generate_assignment {week.name} --force`.",
        ) from None
    for path in week.folder("release").glob("*.ipynb"):
        go_on_after_checks(path)


def go_on_after_checks(path: Path) -> None:
    """Tag the checks, so that Run All goes on behind a failed one, down to the summary.

    In the student's notebook alone: in source/ a check that fails stops whoever runs it.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            tags = cell.metadata.get("tags", [])
            cell.metadata["tags"] = [*tags, *({GO_ON_TAG} - set(tags))]
    nbformat.write(notebook, path)


class _Kept(logging.Handler):
    """A logger that keeps nbgrader's errors instead of printing them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.logger = logging.Logger("generate_assignment")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def last_error(self) -> str:
        """The last line of a traceback, or the whole of what nbgrader says in its own words."""
        tracebacks = [line for line in self.lines if "Traceback" in line]
        if tracebacks:
            return tracebacks[-1].strip().splitlines()[-1].rstrip(".")
        said = (self.lines or ["no reason given"])[-1]
        return " ".join(said.replace("**", "").split()).rstrip(". ")
