"""A small class for the demonstration: eleven submissions made by code from a release notebook.

Nothing is checked in: right answers are taken from the source notebook, others from the week's
correct variants and known mistakes. Each member states what the grader must find.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.model import NotebookTemplate
from autograder.week import Week
from course.notebook_format import CODE_STUB, SOLUTION

STUB = re.compile(rf"^([ \t]*)# {CODE_STUB}\n[ \t]*raise NotImplementedError\(.*\)", re.MULTILINE)

FORGERY = """
import ast
class DropAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(DropAsserts())
def publish(*_):
    get_ipython().display_pub.publish({"text/plain": "100"})
get_ipython().events.register("post_run_cell", publish)
"""


@dataclass(frozen=True)
class Member:
    """One sample submission: its id, its notebook (bytes), and what must come of it."""

    student: str
    content: bytes
    expected: Callable[[dict[str, float], dict[str, float]], bool]
    promise: str  # the expectation in words


class _ReleasedWeek:
    """The released week, its solutions, variants and mistakes, by exercise."""

    def __init__(self, week: Week) -> None:
        self.source: NotebookTemplate = week.notebooks[0]
        released = week.folder("release") / f"{self.source.name}.ipynb"
        self.notebook: dict = json.loads(released.read_text("utf-8"))
        answers = [cell for cell in self.source.cells if cell.solution and cell.kind == "code"]
        self.solutions = {
            cell.grade_id: SOLUTION.unmarked(cell.source) for cell in answers if cell.grade_id
        }
        self.book = week.book

    def stub(self, exercise: str, body: str) -> str:
        """The released stub of an exercise with another body."""
        source = next(c for c in self.notebook["cells"] if _grade_id(c) == exercise)["source"]
        return STUB.sub(lambda found: found[1] + body, "".join(source))

    def filled(self, answers: dict[str, str], drop: str | None = None) -> bytes:
        """The release notebook with answers in place, and perhaps without one cell."""
        notebook = copy.deepcopy(self.notebook)
        for cell in notebook["cells"]:
            cell["source"] = answers.get(_grade_id(cell) or "", cell["source"])
        notebook["cells"] = [c for c in notebook["cells"] if drop is None or _grade_id(c) != drop]
        return json.dumps(notebook).encode()


def _grade_id(cell: dict) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


Points = dict[str, float]


def _all(points: Points, most: Points) -> bool:
    return points == most


def _none(points: Points, most: Points) -> bool:
    return bool(points) and not any(points.values())


def _only(*exercises: str) -> Callable[[Points, Points], bool]:
    """Full points at these checks and none at the others."""
    right = {f"check_{exercise}" for exercise in exercises}

    def holds(points: Points, most: Points) -> bool:
        return all(points[c] == (most[c] if c in right else 0) for c in most)

    return holds


def _less_at(exercise: str) -> Callable[[Points, Points], bool]:
    """Points lost at this check, full points at all others."""
    check = f"check_{exercise}"

    def holds(points: Points, most: Points) -> bool:
        others = all(points[name] == most[name] for name in most if name != check)
        return others and points[check] < most[check]

    return holds


def make_members(week: Week) -> list[Member]:
    """The eleven sample submissions of a released week."""
    made = _ReleasedWeek(week)
    right, names = made.solutions, list(made.solutions)
    middle = names[len(names) // 2]
    mistake = made.book.mistakes[0]
    another_way = {**right, **{v.exercise: v.source for v in made.book.variants}}
    wrong = {**right, mistake.exercise: f"{right[mistake.exercise]}\n\n{mistake.source}"}
    warns = {**right, names[0]: f"import sys\nprint('old', file=sys.stderr)\n{right[names[0]]}"}
    loops = {**right, middle: made.stub(middle, "while True:\n        pass")}
    dies = {**right, middle: made.stub(middle, "import os; os._exit(1)")}
    half = {name: right[name] for name in names[: len(names) // 2]}
    forges = {names[0]: FORGERY + made.stub(names[0], "return 100")}
    return [
        Member("s01-perfect", made.filled(right), _all, "full points"),
        Member("s02-another-way", made.filled(another_way), _all, "full points"),
        Member(
            "s03-known-mistake", made.filled(wrong), _less_at(mistake.exercise),
            f"points lost at {mistake.exercise} only; '{mistake.name}' named in the feedback",
        ),
        Member("s04-half-done", made.filled(half), _only(*half), "the points of the first half"),
        Member("s05-empty", made.filled({}), _none, "0 points"),
        Member("s06-warns-on-stderr", made.filled(warns), _all, "full points"),
        Member("s07-loops-for-ever", made.filled(loops), _less_at(middle), "all other checks"),
        Member("s08-kernel-dies", made.filled(dies), _only(*names[: len(names) // 2]),
               "the checks before the death"),
        Member("s09-forges", made.filled(forges), _none, "0 points"),
        Member("s10-deleted-a-check", made.filled(right, drop=f"check_{middle}"), _all,
               "full points: the check is put back"),
        Member("s11-not-a-notebook", b"my answers are in the other file", lambda p, _: not p,
               "needs a review, no score"),
    ]  # fmt: skip


def solved_notebooks(week: Week, count: int) -> Iterator[bytes]:
    """The released notebook with every solution in place, each with a comment of its own."""
    made = _ReleasedWeek(week)
    first = next(iter(made.solutions))
    for number in range(count):
        answer = f"# submission {number}\n{made.solutions[first]}"
        yield made.filled({**made.solutions, first: answer})


def write_members(week: Week, members: list[Member]) -> None:
    """Put the submissions where nbgrader collects them; unchanged ones are left alone."""
    name = f"{week.notebooks[0].name}.ipynb"
    for member in members:
        path = week.folder("submitted", member.student) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.is_file() and path.read_bytes() == member.content):
            path.write_bytes(member.content)
