"""What a hidden check asks: the calls that it makes, with their inputs, from the instructor's run.

The instructor's own notebook runs once more in the sandbox, with every function of its solutions
wrapped so that a call is printed before it is made. No student's code is near.
"""

from __future__ import annotations

import ast

from autograder import syntax
from autograder.errors import GraderFault
from autograder.judging.evidence import read_evidence
from autograder.model import CellRun, JobCell, NotebookTemplate
from autograder.reference.build import job_for, with_time
from autograder.reference.overlay import own_cells
from autograder.stages.execute import execute
from autograder.week import Week

MOST_CHARS = 4_000
SECONDS = 900
WATCH = """
def _watched(name, function):
    import functools
    @functools.wraps(function)
    def call(*args, **kwargs):
        said = [repr(one)[:1500] for one in args]
        said += [f"{{key}}={{one!r}}"[:1500] for key, one in kwargs.items()]
        print(f"{{name}}({{', '.join(said)}})"[:4000])
        return function(*args, **kwargs)
    return call
for _name in {names!r}:
    globals()[_name] = _watched(_name, globals()[_name])
del _name, _watched
"""


def asked_of(
    week: Week, notebook: str, provisioner: str | None = None
) -> dict[str, dict[str, str]]:
    """For each check, for each label of a probe, the calls that led to its answer.

    Raises:
        GraderFault: the instructor's notebook does not run.
    """
    book = next(one for one in week.notebooks if one.name == notebook)
    job = job_for(week, "asking", tuple(_cells(book)), None, provisioner)
    run = execute(with_time(job, SECONDS))
    if run.fault:
        raise GraderFault(f"The notebook of {week.name} could not be executed: {run.fault}")
    return {one.grade_id: _calls(one) for one in run.runs if one.grade_id}


def _cells(book: NotebookTemplate) -> list[JobCell]:
    """The instructor's cells, with each solution's functions watched behind it."""
    cells = []
    for cell in own_cells(book):
        cells.append(cell)
        template = book.cells[cell.index]
        names = _functions(template.source) if template.solution else []
        if names:
            cells.append(JobCell(-1, WATCH.format(names=names)))
    return cells


def _functions(source: str) -> list[str]:
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError):  # a magic: nothing to watch
        return []
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def _calls(run: CellRun) -> dict[str, str]:
    """What was printed before each probe was displayed, since the one before it."""
    found: dict[str, str] = {}
    said = ""
    for output in run.outputs:
        if output["output_type"] == "stream":
            said += output["text"]
        for label in read_evidence([output]):
            found[label], said = said.strip()[-MOST_CHARS:], ""
    return found
