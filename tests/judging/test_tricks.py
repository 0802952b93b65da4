"""Known tricks on asserts are told from what honest students write."""

from __future__ import annotations

import pytest

from autograder.errors import Refused
from autograder.judging.tricks import refuse_tricks, tricks_in
from autograder.model import (
    CheckReference,
    JudgedBy,
    PreparedCell,
    PreparedNotebook,
    Reference,
    TemplateCell,
)

USED = ("AssertionError", "abs", "sorted", "isclose", "assert_allclose", "squares")
HOSTILE = {
    "get_ipython().ast_transformers.append(Drop())": "how later cells are compiled",
    "ip = get_ipython()\nip.run_cell = lambda *a: None": "what runs cells",
    "get_ipython().events.register('pre_run_cell', hook)": "hooks into later cells",
    "get_ipython().set_custom_exc((Exception,), hush)": "catches the errors",
    "get_ipython().input_transformers_cleanup.append(cut)": "rewrites the text",
    "AssertionError = SystemExit": "gives `AssertionError` another meaning",
    "def abs(x):\n    return 0": "gives `abs` another meaning",
    "sorted = lambda x: [1, 2]": "gives `sorted` another meaning",
    "import builtins\nbuiltins.abs = squares": "replaces `builtins.abs`",
    "__builtins__['abs'] = squares": "replaces `__builtins__['abs']`",
    "import numpy as np\nnp.testing.assert_allclose = print": "replaces `np.testing.assert_",
    "import pytest\npytest.approx = print": "replaces `pytest.approx`",
    "import unittest\nsetattr(unittest.TestCase, 'assertEqual', print)": "something of `unittest",
    "import sys\nsys.modules['numpy.testing'] = fake": "replaces `sys.modules['numpy.testing']`",
    "assert_allclose = print": "gives `assert_allclose` another meaning",
    "def isclose(a, b):\n    return True": "gives `isclose` another meaning",
    "class Yes:\n    def __eq__(self, other):\n        return True": "says the same to everything",
    "class Yes:\n    __eq__ = lambda self, other: True": "says the same to everything",
    "import sys\nsys.settrace(spy)": "traces what runs after it",
    "import inspect\ninspect.currentframe().f_back": "looks into the frame",
}
HONEST = (
    "def squares(n):\n    return [i * i for i in range(n)]",
    "sum = 0\nlist = [1, 2]\nabs = 3",
    "def max(values):\n    return values[0]",  # no check rests on it
    "class Point:\n    def __eq__(self, other):\n        return self.x == other.x",
    "class Bag:\n    def __init__(self):\n        self.abs = 1\n        self.raises = []",
    "import numpy as np\nassert np.testing.assert_allclose(squares(2), 4) is None",
    "def helper():\n    sorted = 1\n    return sorted",
    "%matplotlib inline",
    "get_ipython().run_line_magic('matplotlib', 'inline')",
    "try:\n    squares(0)\nexcept AssertionError:\n    pass",
)


@pytest.mark.parametrize("code", HOSTILE)
def test_a_known_trick_is_told_in_a_sentence(code: str) -> None:
    """With its line; the text is read and never run."""
    found = tricks_in(code, USED)
    assert found and any(HOSTILE[code] in does for _, does in found)


@pytest.mark.parametrize("code", HONEST)
def test_honest_code_has_no_trick(code: str) -> None:
    """Accidents with names, comparisons that compare, and what no check rests on."""
    assert tricks_in(code, USED) == []


# ------------------------------------------------------------------------------------ submissions
def prepared(answer: str) -> PreparedNotebook:
    def template(source: str, grade_id: str, **flags: bool) -> TemplateCell:
        plain = {"locked": False, "grade": False, "solution": False, "task": False}
        return TemplateCell(
            "code", source, grade_id, grade_id, **plain | flags, points=1, skip=False
        )

    asked = template("def squares(n):\n    raise NotImplementedError", "squares", solution=True)
    check = template("assert abs(squares(2) - 4) < 1", "check", grade=True, locked=True)
    cells = (
        PreparedCell("code", answer, True, "squares", solution=True, template=asked),
        PreparedCell("code", check.source, True, "check", grade=True, template=check),
    )
    return PreparedNotebook("eve", "ps1", "problem1", cells)


def reference(by: JudgedBy) -> dict[str, Reference]:
    checks = (CheckReference("check", 1, (), by=by),)
    return {"problem1": Reference("ps1", "problem1", "s", "k", checks, 1.0)}


def test_a_trick_waits_for_a_person_only_where_asserts_decide() -> None:
    """The reason names cell, line and what to do; who has been read is graded."""
    hostile = (prepared("def abs(x):\n    return 0"),)
    with pytest.raises(Refused, match=r"`squares`, line 1, gives `abs`.*c\.Grading\.looked_at"):
        refuse_tricks(hostile, reference(JudgedBy.ASSERTS))
    refuse_tricks(hostile, reference(JudgedBy.ASSERTS), ["eve"])
    refuse_tricks(hostile, reference(JudgedBy.PROBES))
    refuse_tricks(hostile, reference(JudgedBy.OUTPUTS))


def test_what_the_exercise_asks_for_is_no_trick() -> None:
    """A function that the released cell begins is the student's to write."""
    refuse_tricks((prepared("def squares(n):\n    return n * n"),), reference(JudgedBy.ASSERTS))
