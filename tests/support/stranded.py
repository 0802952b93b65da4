"""A week with exercises left blank: which cells fail then, and which show the stand-in's banner.

    python stranded.py NOTEBOOK    # each exercise in turn, then all of them; one JSON line a cell

The notebook runs once, as its author wrote it and as students have it, without hidden checks. At
each solution cell a forked copy of the process goes on with the released stub in its place, so no
cell before it runs twice. Training is cut short with `lesson.steps`.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from course.lesson.fallback import STUBS, banner
from course.notebook_format import HIDDEN_TESTS, SOLUTION, Cell, read_cells, read_document

STUB = STUBS[0]
STUB_LINE = f'raise NotImplementedError("{STUB}: replace this line with your code, then run it.")'
ALL = "all of them"


@dataclass(frozen=True)
class Outcome:
    """What a cell did while `blank` was left blank: its error, the banners and the HTML it showed.

    `raised` is the type and the message of the error, both empty where there was none.
    """

    blank: str
    cell: str
    raised: tuple[str, str]
    banners: tuple[str, ...]
    shown: str


def outcomes(notebook: Path, weeks: Path | None = None) -> list[Outcome]:
    """Run a notebook with each exercise blank in turn, then with all, in a process of its own.

    Args:
        notebook: of source/.
        weeks: a folder to be looked for weeks' modules in, beside the course's own.
    """
    settings = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "WORD2CHAT_DEVICE": "cpu",
                "WORD2CHAT_QUICK": "1", "WORD2CHAT_STATE": "/nonexistent"}  # fmt: skip
    command = [sys.executable, __file__, str(notebook), *([str(weeks)] if weeks else [])]
    done = subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, timeout=3600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = (json.loads(line) for line in done.stdout.splitlines())
    return [Outcome(r["blank"], r["cell"], tuple(r["raised"]), tuple(r["banners"]), r["shown"])
            for r in rows]  # fmt: skip


def code_cells(notebook: Path) -> list[Cell]:
    """The code cells of a notebook, in order."""
    cells = read_cells(read_document(notebook.read_bytes()))
    return [cell for cell in cells if cell.kind == "code"]


def complaints(notebook: Path, weeks: Path | None = None) -> list[str]:
    """What is wrong with a week that shall strand nobody; nothing where all is well.

    Every cell counts. The check of a blank exercise must raise the stub's own error; no other cell
    may raise. A banner stands under every cell that asks `fallback` for a blank exercise, as often
    as it asks, and nowhere else. The last code cell names what is still to write.
    """
    cells = code_cells(notebook)
    last = cells[-1].label
    exercises = [cell.label for cell in cells if cell.solution]
    asked = {cell.label: _asked_for(cell.source) for cell in cells}
    found = []
    for one in outcomes(notebook, weeks):
        blank = exercises if one.blank == ALL else [one.blank]
        own_check = one.cell in [f"check_{name}" for name in blank]
        found += _wrong_end(one, own_check)
        expected = sorted(name for name in asked[one.cell] if name in blank)
        if sorted(one.banners) != expected:
            found.append(f"{_where(one)}: banners {sorted(one.banners)}, expected {expected}")
        if one.cell == last and any(f"<code>{name}</code>" not in one.shown for name in blank):
            found.append(f"{_where(one)}: the last code cell does not name what is still to write")
    return found


def _wrong_end(one: Outcome, own_check: bool) -> Iterator[str]:
    kind, message = one.raised
    if own_check and not (kind == "NotImplementedError" and message.startswith(STUB)):
        yield f"{_where(one)}: it should meet the stub first, and ended with {kind or 'no error'}"
    elif kind and not own_check:
        yield f"{_where(one)}: {kind}: {message[:200]}"


def _where(one: Outcome) -> str:
    return f"with {one.blank} blank, cell {one.cell}"


def _asked_for(source: str) -> list[str]:
    """The exercises that a cell asks stand-ins for: `lesson.fallback("bptt")`."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = [node for node in calls if getattr(node.func, "attr", "") == "fallback"]
    return [node.args[0].value for node in found if isinstance(node.args[0], ast.Constant)]


def share_of_solution(stand_in: str, solution: str) -> float:
    """How much of a solution can be read in a stand-in: the share of its statements found there.

    Names do not count, so renaming hides nothing. Docstrings are left out.
    """
    there, wanted = _statements(stand_in), _statements(solution)
    return sum(one in there for one in wanted) / len(wanted) if wanted else 0.0


def _statements(source: str) -> list[str]:
    tree = _Anonymous().visit(ast.parse(textwrap.dedent(source)))
    plain = (ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.For, ast.While, ast.If)
    found = [node for node in ast.walk(tree) if isinstance(node, plain)]
    heads = [_head(node) for node in found if not _is_text(node)]
    return [ast.dump(node) for node in heads]


class _Anonymous(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name("_", ast.Load())


def _head(node: ast.AST) -> ast.AST:
    """A loop or condition without its body, whose statements are counted by themselves."""
    return node.test if isinstance(node, (ast.While, ast.If)) else getattr(node, "iter", node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


# ------------------------------------------------------------------------------------ inside
def main() -> None:
    """Run the notebook, forking at each exercise."""
    notebook, *more = map(Path, sys.argv[1:])
    import course.weeks

    course.weeks.__path__ = [*map(str, more), *course.weeks.__path__]
    walk = _Walk(code_cells(notebook))
    walk.run_all()


class _Walk:
    def __init__(self, cells: list[Cell]) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        self.cells = cells
        self.exercises = [cell.label for cell in cells if cell.solution]
        without_history = Config({"HistoryManager": {"enabled": False}})
        self.shell = InteractiveShell.instance(config=without_history)

    def run_all(self) -> None:
        for place, cell in enumerate(self.cells):
            if cell.solution:
                if cell.label == self.exercises[0]:
                    self._fork(ALL, place)
                self._fork(cell.label, place)
            self._run(cell, "")

    def _fork(self, blank: str, place: int) -> None:
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            assert os.waitpid(pid, 0)[1] == 0, f"the run with {blank} blank died"
            return
        for cell in self.cells[place:]:
            print(json.dumps(asdict(self._run(cell, blank))))
        sys.stdout.flush()
        os._exit(0)

    def _run(self, cell: Cell, blank: str) -> Outcome:
        left = cell.solution and blank in (ALL, cell.label)
        source = SOLUTION.without(cell.source, STUB_LINE) if left else cell.source
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            done = self.shell.run_cell(HIDDEN_TESTS.without(source), store_history=False)
        error = done.error_before_exec or done.error_in_exec
        raised = (type(error).__name__, str(error)) if error else ("", "")
        assert blank or not error, f"the notebook itself fails at {cell.label}: {error!r}"
        text = said.getvalue()
        banners = [name for name in self.exercises for _ in range(text.count(banner(name)))]
        shown = getattr(done.result, "data", "")
        shown = shown if isinstance(shown, str) else ""
        return Outcome(blank, cell.label, raised, tuple(banners), shown)


if __name__ == "__main__":
    main()
