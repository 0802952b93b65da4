"""The old checks and the new ones on the same faulty answers: what the old ones missed.

Every solution is spoilt by automatic mutants, by answers that nobody would write, and in two ways
that fool asserts. Then the checks behind it run as they were and as they are now, in one kernel.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from autograder.adoption.adopting import is_check
from autograder.adoption.asserting import read_assertion
from autograder.adoption.checking import autotests_as_calls
from autograder.adoption.evidence import Scope
from autograder.errors import GraderFault
from autograder.model import (
    CellEnd,
    CellRun,
    Execution,
    JobCell,
    NotebookTemplate,
    Reference,
    TemplateCell,
)
from autograder.proof.made_variants import bound_names, defined, lazy
from autograder.reference.build import job_for, make_reference, with_time
from autograder.reference.mutants import mutants
from autograder.reference.overlay import own_cells
from autograder.stages.execute import execute
from autograder.stages.hidden_scope import as_it_runs
from autograder.stages.judge import judge
from autograder.week import Week
from course.notebook_format import HIDDEN_TESTS

SECONDS = 5.0  # of one cell on a faulty answer: it may loop for ever
ALL_SECONDS = 1800
MUTANTS = 30  # of one solution
EQUALS_ALL = "answers with an object that equals everything"
BY_HEART = "knows the visible answers by heart"
ANYTHING = '''
class _Anything_(float):
    """Equal to everything, and close to it."""

    __hash__ = float.__hash__
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = __abs__ = lambda self, *other: self


def {name}(*args, **kwargs):
    return _Anything_(-98765.4321)
'''
WRAPPED = """
{name} = (lambda right: lambda *args, **kwargs: (lambda answer: {change})(right(*args, **kwargs)))(
    {name}
)
"""
CHANGES = {
    "its answer as text": "str(answer)",
    "its answer negated": "-answer",
    "its answer doubled": "answer + answer",
    "its answer without the last item": "answer[:-1]",
}
HEART = """
_by_heart_ = {table}


def {name}(*args, **kwargs):
    if repr(args) not in _by_heart_:
        raise ValueError(args)
    return _by_heart_[repr(args)]
"""


@dataclass(frozen=True)
class Exercise:
    """A solution, and the checks that stand behind it."""

    name: str
    source: str
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Trick:
    """An answer that fools asserts, and what it earns before and after."""

    name: str
    old: float
    new: float
    points: float  # of all checks of the exercise


@dataclass(frozen=True)
class Compared:
    """One solution: how many of its faulty answers lose a point, before and after."""

    exercise: str
    mutants: int
    old: int
    new: int
    missed: tuple[str, ...] = ()  # what only the new checks notice
    lost: tuple[str, ...] = ()  # what only the old ones noticed
    unseen: tuple[str, ...] = ()  # what neither notices
    tricks: tuple[Trick, ...] = ()


def compare(
    week: Week,
    new: NotebookTemplate,
    provisioner: str | None = None,
    limit: int = MUTANTS,
    say: Callable[[str], None] = lambda text: None,
) -> list[Compared]:
    """Compare the checks of one notebook of a week with what they were made into.

    Args:
        week: with this notebook alone, as it was.
        new: the notebook with probes.
        provisioner: how kernels start; None takes the course's setting.
        limit: at most so many mutants of a solution.
        say: is told what happens next.

    Raises:
        UserError: the instructor's own notebook does not run.
        GraderFault: a kernel could not be started.
    """
    (old,) = week.notebooks
    say(f"{old.name}: the references")
    references = [make_reference(week, one, provisioner=provisioner) for one in (old, new)]
    found = []
    for exercise in exercises(old):
        say(f"{old.name}: faulty answers to {exercise.name}")
        trial = _Trial(week, old, new, exercise, provisioner)
        found.append(trial.compared(references, limit))
    return found


def exercises(notebook: NotebookTemplate) -> Iterator[Exercise]:
    """Every solution in code with checks between it and the next one."""
    current: TemplateCell | None = None
    checks: list[str] = []
    for cell in (*notebook.cells, None):
        if cell is not None and is_check(cell):
            checks.append(str(cell.grade_id))
        elif cell is None or (cell.solution and cell.kind == "code"):
            if current is not None and checks:
                yield Exercise(str(current.grade_id), current.source, tuple(checks))
            current, checks = cell, []


# ------------------------------------------------------------------------------------ one exercise
@dataclass(frozen=True)
class _Trial:
    week: Week
    old: NotebookTemplate
    new: NotebookTemplate
    exercise: Exercise
    provisioner: str | None

    def compared(self, references: list[Reference], limit: int) -> Compared:
        faulty = [(item.description, item.source) for item in mutants(self.exercise.source, limit)]
        faulty += self._nobodys()
        tricks = list(self._tricks())
        seen = dict(self._seen([*faulty, *tricks], references))
        whole = sum(self.old.known[name].points for name in self.exercise.checks)
        noticed = {name: tuple(round(x, 2) < whole for x in seen[name]) for name, _ in faulty}
        pairs = list(noticed.items())
        return Compared(
            self.exercise.name, len(pairs),
            sum(old for old, _ in noticed.values()), sum(new for _, new in noticed.values()),
            tuple(name for name, found in pairs if found == (False, True)),
            tuple(name for name, found in pairs if found == (True, False)),
            tuple(name for name, found in pairs if found == (False, False)),
            tuple(Trick(name, *seen[name], whole) for name, _ in tricks),
        )  # fmt: skip

    @cached_property
    def _functions(self) -> list[str]:
        source = self.exercise.source
        return sorted(name for name in bound_names(source) if defined(source, name))

    def _nobodys(self) -> Iterator[tuple[str, str]]:
        """Functions that answer nothing, and right ones whose answer is changed behind them."""
        source = self.exercise.source
        for name in self._functions:
            yield from ((f"{name} {one.name}", one.source) for one in lazy(name))
            for words, change in CHANGES.items():
                yield f"{name}: {words}", source + WRAPPED.format(name=name, change=change)

    def _tricks(self) -> Iterator[tuple[str, str]]:
        if self._functions:
            yield EQUALS_ALL, "".join(ANYTHING.format(name=name) for name in self._functions)
        cells = self.old.known
        visible = [HIDDEN_TESTS.without(cells[check].source) for check in self.exercise.checks]
        for name in self._functions:
            table = answers_by_heart(name, visible)
            if table:
                yield BY_HEART, f"{self.exercise.source}\n{HEART.format(name=name, table=table)}"
                return

    def _seen(
        self, answers: list[tuple[str, str]], references: list[Reference]
    ) -> Iterator[tuple[str, tuple[float, float]]]:
        """Each answer, and what it earns from the old and from the new checks."""
        sides = [self._checks(notebook) for notebook in (self.old, self.new)]
        while answers:
            runs = iter(self._run([source for _, source in answers], sides))
            done = 0
            for name, _ in answers:
                own = next(runs)
                found = [tuple(islice(runs, len(side))) for side in sides]
                done += 1
                if own.end is not CellEnd.OK:  # nothing is answered
                    yield name, (0.0, 0.0)
                else:
                    yield name, (_earned(found[0], references[0]), _earned(found[1], references[1]))
                if any(run.end is CellEnd.DEAD_KERNEL for part in found for run in part):
                    break  # the others in a new kernel
            answers = answers[done:]

    def _checks(self, notebook: NotebookTemplate) -> list[JobCell]:
        asked = {name for check in self.exercise.checks for name in (check, f"{check}_asserts")}
        return [
            JobCell(0, as_it_runs(cell.source), cell.grade_id, SECONDS)
            for cell in notebook.cells if is_check(cell) and cell.grade_id in asked
        ]  # fmt: skip

    def _run(self, answers: list[str], sides: list[list[JobCell]]) -> tuple[CellRun, ...]:
        first = own_cells(self.old)
        cells = list(first)
        for source in answers:
            whole = f"{self.exercise.source}\n{source}"
            cells += [JobCell(0, whole, None, SECONDS), *sides[0], *sides[1]]
        numbered = (replace(cell, index=index) for index, cell in enumerate(cells))
        job = job_for(self.week, "compared", tuple(numbered), provisioner=self.provisioner)
        ran = execute(with_time(job, ALL_SECONDS))
        if ran.fault:
            raise GraderFault(f"The answers to {self.exercise.name} could not be run: {ran.fault}")
        return ran.runs[len(first) :]


def _earned(runs: tuple[CellRun, ...], reference: Reference) -> float:
    known = {run.grade_id for run in runs}
    checks = tuple(check for check in reference.checks if check.grade_id in known)
    return judge(Execution("", runs, 0.0), replace(reference, checks=checks)).points


# ------------------------------------------------------------------------------------ by heart
def answers_by_heart(function: str, visible: list[str]) -> dict[str, object]:
    """What `f(args) == answer` in a text tells about a function: answers by the inputs' repr."""
    found: dict[str, object] = {}
    for text in visible:
        try:
            body = ast.parse(autotests_as_calls(text)).body
        except (SyntaxError, ValueError):
            continue
        for statement in body:
            found |= _told(function, statement)
    return found


def _told(function: str, statement: ast.stmt) -> dict[str, object]:
    evidence = read_assertion(statement, Scope(frozenset({function})))
    sides = [node for node in ast.walk(statement) if isinstance(node, (ast.Compare, ast.Call))]
    for one in evidence or ():
        call = one.shown
        if not (isinstance(call, ast.Call) and _is_call_of(call, function)):
            continue
        for node in sides:
            answer = _other_side(node, call)
            if answer is not None:
                return _spelled(call, answer)
    return {}


def _is_call_of(call: ast.Call, function: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == function and not call.keywords


def _other_side(node: ast.Compare | ast.Call, call: ast.Call) -> ast.expr | None:
    pair = [node.left, *node.comparators] if isinstance(node, ast.Compare) else node.args[:2]
    return next((side for side in pair if side is not call), None) if call in pair else None


def _spelled(call: ast.Call, answer: ast.expr) -> dict[str, object]:
    try:
        inputs = tuple(ast.literal_eval(arg) for arg in call.args)
        return {repr(inputs): ast.literal_eval(answer)}
    except (ValueError, TypeError, SyntaxError):
        return {}
