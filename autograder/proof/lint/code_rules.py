"""Rules on code: the order of the cells, solutions, checks and their probes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder import syntax
from autograder.proof.lint.manuscript import HEADING, Manuscript, StoredCell, exercise_in
from autograder.proof.lint.rule import Fault, rule
from course.notebook_format import HIDDEN_TESTS, SOLUTION

FEWEST_EXERCISES, MOST_EXERCISES = 5, 10
FEWEST_POINTS, MOST_POINTS = 30, 40
MOST_SUPPORT_CELLS = 4
SHORTEST_DOCSTRING = 40
ONE_THREAD = "torch.set_num_threads(1)"
YES_NO_CALLS = ("bool", "all", "any", "isinstance", "allclose", "equal", "isclose", "hasattr")


# ------------------------------------------------------------------------------------ the order
@rule("One locked cell with the grade_id `setup`: all imports, and one thread.")
def set_up(week: Manuscript) -> Iterator[Fault]:
    """One set-up cell, the first code that counts, with one thread; few other support cells."""
    support = [c for c in week.code if c.has_nbgrader and not (c.grade or c.solution)]
    names = [cell.label for cell in support]
    if names.count("setup") != 1:
        yield Fault(f"support cells {names}: exactly one must be `setup`")
        return
    cell = support[names.index("setup")]
    if names[0] != "setup":
        yield Fault("the set-up cell is not the first", cell)
    if len(support) > MOST_SUPPORT_CELLS:
        yield Fault(f"{len(support)} support cells: keep them few", support[-1])
    if ONE_THREAD not in cell.source:
        yield Fault(f"no {ONE_THREAD} in the set-up cell", cell)


@rule("A heading `## Exercise k: name (N points)`, then the solution `name`, then `check_name`.")
def exercise_cells(week: Manuscript) -> Iterator[Fault]:
    """5 to 10 exercises, numbered; in each one solution cell, then its check cell, same name."""
    count = len(week.sections)
    if not FEWEST_EXERCISES <= count <= MOST_EXERCISES:
        yield Fault(
            f"{count} headings `## Exercise k: name (N points)`, "
            f"expected {FEWEST_EXERCISES} to {MOST_EXERCISES}",
            todo=0 < count < FEWEST_EXERCISES,
        )
    if len(week.solutions) != count or len(week.checks) != count:
        yield Fault(
            f"{count} exercise headings, {len(week.solutions)} solution cells, "
            f"{len(week.checks)} check cells: one of each per exercise"
        )
    for number, section in enumerate(week.sections, start=1):
        yield from _section_faults(number, section)


def _section_faults(number: int, section: list[StoredCell]) -> Iterator[Fault]:
    heading = section[0]
    title = HEADING.search(heading.text)
    found = exercise_in(section)
    if found is None or title is None:
        yield Fault("it needs one solution cell and one check cell before the next ##", heading)
        return
    if found.number != number:
        yield Fault(f"`{title[0]}`: this is exercise {number}", heading)
    if section.index(found.solution) > section.index(found.check):
        yield Fault("the check stands before the solution", found.check)
    if found.check.grade_id != f"check_{found.name}":
        yield Fault(f"{found.check.grade_id}: expected check_{found.name}", found.check)
    inside = section[section.index(found.solution) + 1 : section.index(found.check)]
    if any(cell.kind == "code" for cell in inside):
        yield Fault("code between solution and check", found.check)


@rule("Make the heading, the points of the check cell and its probes agree.")
def points(week: Manuscript) -> Iterator[Fault]:
    """Headings and check cells agree on the points, and a week has 30 to 40 of them."""
    for found in week.exercises:
        stored = found.check.points
        if stored != found.points:
            what = f"{found.points} points in the heading, {stored or 0:g} in the check cell"
            yield Fault(what, found.check)
    total = sum(cell.points or 0 for cell in (*week.checks, *week.entry_checks))
    if not FEWEST_POINTS <= total <= MOST_POINTS:
        what = f"{total:g} points in all checks, expected {FEWEST_POINTS} to {MOST_POINTS}"
        yield Fault(what, todo=total < FEWEST_POINTS)


# ------------------------------------------------------------------------------------ solutions
@rule("See `Solution cell` in course/guide/authoring.md.")
def solution_form(week: Manuscript) -> Iterator[Fault]:
    """A solution cell defines one typed, documented name, its body in a closed region."""
    for cell in week.solutions:
        yield from (Fault(problem, cell) for problem in _solution_problems(cell))


def _solution_problems(cell: StoredCell) -> Iterator[str]:
    tree = _parsed(cell.source)
    if tree is None:
        yield "not Python"
        return
    if SOLUTION.begin not in cell.source:
        yield f"no {SOLUTION.begin}"
    if cell.source.count(SOLUTION.begin) != cell.source.count(SOLUTION.end):
        yield "a solution region is not closed"
    if any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree)):
        yield "imports: they belong into the set-up cell"
    stub = _parsed(SOLUTION.without(cell.source, "raise NotImplementedError()"))
    if stub is None:
        yield "the stub that students get is not Python: is the region's indentation right?"
        return
    defined = [node for node in stub.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    if cell.grade_id not in [node.name for node in defined]:
        yield f"the stub defines {[node.name for node in defined]}, not {cell.grade_id}"
    for node in defined:
        yield from _definition_problems(node)


def _definition_problems(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    if len(ast.get_docstring(node) or "") < SHORTEST_DOCSTRING:
        yield f"{node.name} has no docstring that says meaning and shapes"
    for function in ast.walk(node):
        if isinstance(function, ast.FunctionDef):
            arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            untyped = [a.arg for a in arguments if a.annotation is None and a.arg != "self"]
            if untyped:
                yield f"{function.name}: no type for {', '.join(untyped)}"
            if function.returns is None:
                yield f"{function.name}: no return type"


def _parsed(source: str) -> ast.Module | None:
    try:
        return syntax.parse(source)
    except (SyntaxError, ValueError):  # ValueError: a NUL character
        return None


# ------------------------------------------------------------------------------------ checks
@rule("See `Check cell` in course/guide/authoring.md.")
def check_form(week: Manuscript) -> Iterator[Fault]:
    """A check cell: hidden probes first, then asserts that each say symptom and likely cause."""
    for cell in week.checks:
        yield from (Fault(problem, cell) for problem in _check_problems(cell, week.names))


def _check_problems(cell: StoredCell, exercises: list[str]) -> Iterator[str]:
    if not cell.source.startswith(HIDDEN_TESTS.begin):
        yield f"its first line is not {HIDDEN_TESTS.begin}"
    marks = (HIDDEN_TESTS.begin, HIDDEN_TESTS.end)
    if any(cell.source.count(mark) != 1 for mark in marks):
        yield "it needs exactly one hidden region"
    hidden = _parsed(HIDDEN_TESTS.inside(cell.source))
    visible = _parsed(HIDDEN_TESTS.without(cell.source))
    if hidden is None or visible is None:
        yield "the hidden or the visible part is not Python by itself"
        return
    yield from _assert_problems(visible)
    if "all passed" not in cell.source:
        yield "its last line does not print that the visible checks passed"
    secret = (_bound(hidden) - _bound(visible)) & _loaded(visible)
    if secret:
        yield f"the visible part uses hidden names: {', '.join(sorted(secret))}"
    if "course.probes." in ast.unparse(visible) and "course.probes" not in _imported(visible):
        yield "the visible part does not import course.probes: students run it alone"
    others = (_loaded(hidden) | _loaded(visible)) & set(exercises)
    others -= {cell.label.removeprefix("check_")}
    if others:
        yield f"it calls other exercises ({', '.join(sorted(others))}): a mistake costs twice"


def _assert_problems(visible: ast.Module) -> Iterator[str]:
    asserts = [node for node in ast.walk(visible) if isinstance(node, ast.Assert)]
    if not asserts:
        yield "no visible assert"
    for node in asserts:
        if node.msg is None:
            yield f"an assert without a message: {ast.unparse(node.test)[:60]}"
        if "allclose(" in ast.unparse(node.test):
            yield "allclose takes one number for many; use course.probes.close"


def _bound(tree: ast.Module) -> set[str]:
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_store(n)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        if isinstance(node, ast.arg):
            names.add(node.arg)
    return names


def _imported(tree: ast.Module) -> set[str]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return {alias.name for node in nodes for alias in node.names}


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _loaded(tree: ast.Module) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not _is_store(n)}


# ------------------------------------------------------------------------------------ probes
@rule("Write probe('label', function, *inputs, points=N) with literals that sum to the cell's.")
def probes(week: Manuscript) -> Iterator[Fault]:
    """Probe points sum to the cell's points; labels are unique; all of it is written out."""
    for cell in week.checks:
        yield from (Fault(problem, cell) for problem in _probe_problems(cell))


def _probe_problems(cell: StoredCell) -> Iterator[str]:
    calls = list(probe_calls(cell.source))
    labels = [_literal(call.args[0]) if call.args else None for call in calls]
    worth = [points_of(call) for call in calls]
    if not calls:
        yield "no probe"
    elif None in labels or None in worth:
        yield "a label or points that are not written as literals"
    else:
        yield from _worth_problems(cell, labels, [value for value in worth if value is not None])


def _worth_problems(cell: StoredCell, labels: list, worth: list[float]) -> Iterator[str]:
    if len(set(labels)) < len(labels):
        yield "a label is used twice"
    if sum(worth) != cell.points:
        yield f"probes sum to {sum(worth)}, the cell has {cell.points or 0:g} points"
    if min(worth) <= 0:
        yield "a probe without points"


def probe_calls(source: str) -> Iterator[ast.Call]:
    """The calls of `probe` in a check cell's hidden region."""
    tree = _parsed(HIDDEN_TESTS.inside(source)) or ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "probe":
            yield node


def points_of(call: ast.Call) -> float | None:
    """What a call of `probe` is worth; None where that is not written as a number."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "points"]
    node = given[0] if given else ast.Constant(1)
    value = _literal(node)
    return value if isinstance(value, (int, float)) else None


def _literal(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


@rule("Show the numbers that the answer follows from; a guess must not earn points.")
def no_yes_or_no(week: Manuscript) -> Iterator[Fault]:
    """A probe shows numbers or text, never an answer that could be guessed in five tries."""
    for cell in week.checks:
        for call in probe_calls(cell.source):
            if len(call.args) > 1 and _is_yes_or_no(call.args[1]):
                yield Fault(f"a probe of True or False: {ast.unparse(call)[:80]}", cell)


def _is_yes_or_no(node: ast.expr) -> bool:
    body = node.body if isinstance(node, ast.Lambda) else node
    if isinstance(body, (ast.Compare, ast.BoolOp)):
        return True
    if isinstance(body, ast.UnaryOp):
        return isinstance(body.op, ast.Not)
    if not isinstance(body, ast.Call):
        return False
    name = body.func.attr if isinstance(body.func, ast.Attribute) else getattr(body.func, "id", "")
    whole = not body.args[1:] and not body.keywords  # mask.all(dim=0) is not one answer
    return name in YES_NO_CALLS and (whole or name not in ("all", "any"))
