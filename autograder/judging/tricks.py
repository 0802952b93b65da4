"""Known tricks on checks that decide by asserts, found in the text of a submission before it runs.

An assert is decided in the student's own process, so nothing can be ruled out there. What is looked
for are the ways that are known, each of which an honest answer has no use for. A submission that
goes one of them is not a zero: it waits for a person.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder import syntax
from autograder.errors import Refused
from autograder.model import PreparedCell, PreparedNotebook, Reference

BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
TESTING = frozenset(
    ("testing", "pytest", "unittest", "TestCase", "builtins", "__builtins__", "math")
)
ASSERTING = re.compile(r"assert(_\w+|[A-Z]\w*)")
COMPARING = ("raises", "approx", "isclose", "allclose", "array_equal")
SHELL = {
    "ast_transformers": "changes how later cells are compiled (`ast_transformers`)",
    "ast_node_interactivity": "changes what later cells display (`ast_node_interactivity`)",
    "input_transformers_post": "rewrites the text of later cells (`input_transformers_post`)",
    "input_transformers_cleanup": "rewrites the text of later cells (`input_transformers_cleanup`)",
    "run_cell": "replaces or calls what runs cells (`run_cell`)",
    "run_cell_async": "replaces or calls what runs cells (`run_cell_async`)",
    "run_code": "replaces or calls what runs cells (`run_code`)",
    "run_ast_nodes": "replaces or calls what runs cells (`run_ast_nodes`)",
    "set_custom_exc": "catches the errors of later cells (`set_custom_exc`)",
    "showtraceback": "hides the errors of later cells (`showtraceback`)",
    "user_ns": "reaches into the notebook's names (`user_ns`)",
}
PYTHON = {
    ("sys", "settrace"): "traces what runs after it (`sys.settrace`)",
    ("sys", "setprofile"): "traces what runs after it (`sys.setprofile`)",
    ("sys", "_getframe"): "looks into the frame that calls it (`sys._getframe`)",
    ("sys", "excepthook"): "catches later errors (`sys.excepthook`)",
    ("inspect", "stack"): "looks into the frame that calls it (`inspect.stack`)",
    ("inspect", "currentframe"): "looks into the frame that calls it (`inspect.currentframe`)",
    ("gc", "get_objects"): "looks through everything in memory (`gc.get_objects`)",
    ("gc", "get_referrers"): "looks through everything in memory (`gc.get_referrers`)",
    ("ctypes", "pythonapi"): "reaches under Python (`ctypes.pythonapi`)",
    ("events", "register"): "hooks into later cells (`events.register`)",
}
ALWAYS = (
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__bool__",
    "__instancecheck__",
)


@dataclass(frozen=True)
class Trick:
    """What a cell does that an honest answer has no use for."""

    cell: str
    line: int
    does: str

    def __str__(self) -> str:
        return f"`{self.cell}`, line {self.line}, {self.does}"


def refuse_tricks(
    prepared: Iterable[PreparedNotebook],
    references: Mapping[str, Reference],
    looked_at: Iterable[str] = (),
) -> None:
    """Keep a submission for a person where asserts decide and a known trick stands in it.

    Args:
        prepared: the notebooks of one submission.
        references: what they are judged against, by name.
        looked_at: students whose work a person has looked at already.

    Raises:
        Refused: with the first three tricks, each with its cell and line.
    """
    for notebook in prepared:
        checks = references[notebook.name].checks
        if notebook.student in looked_at or not any(check.by.forgeable for check in checks):
            continue
        found = [str(trick) for trick in tricks(notebook.cells)]
        if found:
            raise Refused(
                f"Asserts decide in {notebook.name}, and {'; '.join(found[:3])}: this can make "
                "them pass. Read it; if it is honest, name the student in c.Grading.looked_at."
            )


def tricks(cells: Iterable[PreparedCell]) -> Iterator[Trick]:
    """The tricks in the cells whose text is the student's."""
    cells = list(cells)
    decisive = _used_by_checks(cells) - _asked_for(cells)
    for number, cell in enumerate(cells, start=1):
        if cell.run and cell.kind == "code" and not _is_instructors(cell):
            name = cell.grade_id or f"cell {number}"
            yield from (Trick(name, line, does) for line, does in tricks_in(cell.source, decisive))


def _is_instructors(cell: PreparedCell) -> bool:
    return cell.template is not None and cell.template.locked


def _asked_for(cells: Iterable[PreparedCell]) -> set[str]:
    """What the instructor's own text defines, such as a function `max` to be written."""
    found = set()
    for cell in cells:
        text = cell.template.source if cell.template else ""
        found |= set(re.findall(r"^[ \t]*(?:def|class)[ \t]+(\w+)", text, re.MULTILINE))
    return found


def _used_by_checks(cells: Iterable[PreparedCell]) -> set[str]:
    """The names that checks read, and the error that an assert raises."""
    texts = (cell.source for cell in cells if cell.grade and _is_instructors(cell))
    return {"AssertionError"}.union(*(re.findall(r"\w+", text) for text in texts))


def tricks_in(source: str, decisive: Iterable[str] = ()) -> list[tuple[int, str]]:
    """The tricks in one text: line, and what is done there. What is no Python has none.

    Args:
        source: of a cell.
        decisive: the names that checks rest on, except those that an exercise asks for.
    """
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = {
        (getattr(node, "lineno", 0), does)
        for node in ast.walk(tree)
        for does in (*_reached(node), *_replaced(node), *_always(node))
    }
    return sorted(found | set(_rebound(tree, set(decisive))))


def _reached(node: ast.AST) -> Iterator[str]:
    """Parts of IPython and Python that run, trace or watch other code."""
    if not isinstance(node, ast.Attribute):
        return
    if node.attr in SHELL:
        yield SHELL[node.attr]
    if does := PYTHON.get((_last(node.value), node.attr)):
        yield does


def _last(node: ast.AST) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _replaced(node: ast.AST) -> Iterator[str]:
    """`np.testing.assert_allclose = …`, `builtins.abs = …`, `setattr(builtins, …)`."""
    if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        if _is_decisive_place(node):
            yield f"replaces `{ast.unparse(node)}`"
    elif isinstance(node, ast.Call) and _last(node.func) == "setattr" and node.args:
        module = node.args[0]
        if _last(module) in TESTING:
            yield f"replaces something of `{ast.unparse(module)}`"


def _is_decisive_place(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return _last(node.value) in TESTING or bool(ASSERTING.fullmatch(node.attr))
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value) in ("__builtins__", "sys.modules")
    return False


def _always(node: ast.AST) -> Iterator[str]:
    """A class that compares in one way whatever it meets."""
    if not isinstance(node, ast.ClassDef):
        return
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name in ALWAYS and _is_constant(part.body):
            yield f"defines `{node.name}`, whose `{part.name}` says the same to everything"
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Lambda):
            names = [_last(target) for target in part.targets]
            if set(names) & set(ALWAYS) and isinstance(part.value.body, ast.Constant):
                yield f"defines `{node.name}`, whose `{names[0]}` says the same to everything"


def _is_constant(body: list[ast.stmt]) -> bool:
    last = body[-1]
    return (
        isinstance(last, ast.Return)
        and isinstance(last.value, ast.Constant)
        and all(isinstance(one, ast.Expr) for one in body[:-1])
    )


def _rebound(tree: ast.Module, decisive: set[str]) -> Iterator[tuple[int, str]]:
    """Builtins and testing functions that get another meaning in the whole notebook.

    `sum = 0` is an accident that many have; a function or a class of that name is not.
    """
    for node in tree.body:
        for name, made in _made(node):
            theirs = name in BUILTINS or name in COMPARING or ASSERTING.fullmatch(name)
            if theirs and name in decisive and (made or _is_error(name)):
                yield node.lineno, f"gives `{name}` another meaning"


def _made(node: ast.stmt) -> Iterator[tuple[str, bool]]:
    """Each name that a statement binds, and whether it is bound to code."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name, True
    if isinstance(node, ast.Assign):
        code = isinstance(node.value, (ast.Lambda, ast.Name))
        names = [one for target in node.targets for one in ast.walk(target)]
        yield from ((one.id, code) for one in names if isinstance(one, ast.Name))


def _is_error(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)
