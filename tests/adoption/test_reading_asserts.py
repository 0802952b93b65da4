"""What is read of a classic check, and the probes that are written for it."""

from __future__ import annotations

import ast

import pytest

from autograder.adoption.asserting import read_assertion
from autograder.adoption.checking import Check, read_check
from autograder.adoption.comparing import answers_by_heart
from autograder.adoption.evidence import Scope
from autograder.adoption.writing import shared, shown_text, write_check

STUDENT = frozenset({"f", "out"})
READ = {
    "assert f(2) == [1, 4]": ("f(2)", 1e-5, 1e-8),
    "assert [1, 4] == f(2)": ("f(2)", 1e-5, 1e-8),
    "assert f(x) == g(x)": ("f(x)", 1e-5, 1e-8),
    "assert abs(f(2) - 0.5) < 1e-3": ("f(2)", 0.0, 1e-3),
    "assert abs(0.5 - f(2)) <= 10 ** -2": ("f(2)", 0.0, 0.01),
    "assert f(2) == pytest.approx(0.5, rel=1e-2)": ("f(2)", 1e-2, 1e-12),
    "assert math.isclose(f(2), 0.5, abs_tol=0.1)": ("f(2)", 1e-6, 0.1),
    "assert np.allclose(f(x), y, atol=1e-4)": ("f(x)", 1e-5, 1e-4),
    "assert np.array_equal(f(x), y)": ("f(x)", 1e-5, 1e-8),
    "assert (f(x) == y).all()": ("f(x)", 1e-5, 1e-8),
    "np.testing.assert_allclose(f(x), y)": ("f(x)", 1e-6, 0.0),
    "np.testing.assert_allclose(f(x), y, 1e-3)": ("f(x)", 1e-3, 0.0),
    "np.testing.assert_array_equal(f(x), y)": ("f(x)", 1e-5, 1e-8),
    "np.testing.assert_almost_equal(f(2), 1, decimal=3)": ("f(2)", 0.0, 0.0015),
    "assert_equal(f(2), 1)": ("f(2)", 1e-5, 1e-8),
    "case.assertAlmostEqual(f(2), 1.5, delta=0.2)": ("f(2)", 0.0, 0.2),
    "pd.testing.assert_frame_equal(f(x), y)": ("table_of(f(x))", 1e-5, 1e-8),
    "assert out.shape == (2, 3)": ("out.shape", 1e-5, 1e-8),
    "assert len(out) == 3": ("len(out)", 1e-5, 1e-8),
    "assert f(2) is None": ("f(2)", 1e-5, 1e-8),
    "assert isinstance(out, dict)": ("bool(isinstance(out, dict))", 1e-5, 1e-8),
    "assert not f(4)": ("bool(f(4))", 1e-5, 1e-8),
    "assertRaises(ValueError, f, 0)": ("raised(ValueError, lambda: f(0))", 1e-5, 1e-8),
    "with pytest.raises(KeyError):\n    f(0)": ("raised(KeyError, lambda: f(0))", 1e-5, 1e-8),
    "try:\n    f(0)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no')": (
        "raised(ValueError, lambda: f(0))", 1e-5, 1e-8,
    ),
    "try:\n    f(0)\n    assert False\nexcept (ValueError, TypeError):\n    pass": (
        "raised((ValueError, TypeError), lambda: f(0))", 1e-5, 1e-8,
    ),
}  # fmt: skip
NOT_READ = (
    "assert f(2) > 0",
    "assert f(2) == out",
    "assert 3 in f(2)",
    "assert f(2) != 4",
    "assert 1 <= f(2) <= 3",
    "assert all(v > 0 for v in f(2))",
    "assert f(2) == 1 or f(2) == 2",
    "with pytest.raises(KeyError, match='no'):\n    f(0)",
    "try:\n    f(0)\nexcept ValueError as error:\n    assert 'n' in str(error)",
    "try:\n    f(0)\n    assert False\nexcept Exception:\n    pass",
    "print(f(2))",
)


@pytest.mark.parametrize("code", READ)
def test_an_assertion_gives_its_evidence(code: str) -> None:
    """The student's side is shown, as closely as the assertion looked; its answer is not copied."""
    (found,) = read_assertion(ast.parse(code).body[0], Scope(STUDENT)) or ()
    assert (shown_text(found), found.rtol, found.atol) == READ[code]


@pytest.mark.parametrize("code", NOT_READ)
def test_what_has_many_right_answers_is_not_read(code: str) -> None:
    """An order, a property, a choice: the reference's value is only one of those that pass."""
    assert not read_assertion(ast.parse(code).body[0], Scope(STUDENT))


def test_both_sides_of_and_are_evidence_and_the_message_is_kept() -> None:
    """`assert a and b, text` is two probes with one text."""
    code = "assert f(1) == 1 and f(2) == 4, 'two squares'"
    found = read_assertion(ast.parse(code).body[0], Scope(STUDENT)) or []
    assert [(shown_text(one), one.message) for one in found] == [
        ("f(1)", "two squares"), ("f(2)", "two squares"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------ cells
def read(source: str, *later: str) -> Check:
    return read_check(source, frozenset({"f"}), frozenset(later))


def written(source: str, points: float = 1.0):
    return write_check(source, points, read(source), frozenset({"f"}), draw=True)


def test_a_loop_over_cases_is_one_probe_of_all_of_them() -> None:
    """What the loop computes on the way is computed there too, and copied when it is shown."""
    source = "for x, y in [(1, 1), (2, 4)]:\n    got = f(x)\n    assert got == y, 'squares'"
    (probe,) = written(source).probes
    assert (probe.label, probe.call) == ("squares", "lambda: cases_in_line_1()")
    assert "shown.append(deepcopy(got))" in written(source).source


def test_a_test_function_is_called_by_a_probe() -> None:
    """Its assertions collect what they looked at."""
    source = "def test_f(n):\n    assert f(n) == n\n\ntest_f(3)\ntest_f(4)"
    assert [probe.call for probe in written(source).probes] == [
        "lambda: test_f(3)", "lambda: test_f(4)",
    ]  # fmt: skip


def test_what_has_no_reading_stays_in_a_cell_of_its_own() -> None:
    """With its share of the points, and with the support that it needs."""
    made = written("x = 4\nassert f(x) == 16\nassert f(x) > 0", points=2)
    assert (made.points, made.rest_points) == (1.0, 1.0)
    assert made.rest.split("\n")[1:-1] == ["x = 4", "assert f(x) > 0"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("old = f\ndel f\nassert old(1) == 1", "deletes the student's `f`"),
        ("%time f(3)\nassert f(1) == 1", "no plain Python"),
        ("f = None\nassert f == None", "changes or deletes"),
        ("exec('assert f(1) == 1')\nassert f(1) == 1", "uses `exec`"),
        ("assert f(1) > 0", "no assertion in it has a reading"),
        (
            "### BEGIN HIDDEN TESTS\nimport numpy as np\nassert f(1) == 1\n### END HIDDEN TESTS",
            "binds `np`",
        ),
    ],
)
def test_a_check_that_reaches_into_the_notebook_stays(source: str, why: str) -> None:
    """Probes run in a scope of their own, where such a check would not do what it did."""
    assert why in read(source, "np").reason


def test_hidden_cases_tell_neither_input_nor_answer() -> None:
    """A label is shown to students; the code of a hidden assertion is not."""
    source = "### BEGIN HIDDEN TESTS\nassert f(31) == 961\n### END HIDDEN TESTS\nassert f(1) == 1"
    assert [p.label for p in written(source).probes][:2] == ["hidden case 1", "f(1)"]
    assert "961" not in written(source).source


def test_autotests_of_nbgrader_are_read() -> None:
    """Each expression of the line is shown, and the line is gone."""
    made = written("### AUTOTEST f(1); f(2)\n### HASHED AUTOTEST f(7)")
    assert [probe.label for probe in made.probes][:3] == ["f(1)", "f(2)", "f(7)"]
    assert "AUTOTEST" not in made.source


def test_inputs_are_drawn_between_those_of_the_check() -> None:
    """Numbers of one kind at one argument; they weigh as much as the fixed cases together."""
    made = written("assert f([1, 2], 0.5) == 3\nassert f([9], -1.5) == 4", points=1)
    (drawn,) = made.drawn
    assert drawn.ranges == "1 to 9, -1.5 to 0.5"
    assert drawn.calls[0] == "f([whole(rng, 1, 9), whole(rng, 1, 9)], part(rng, -1.5, 0.5))"
    assert "points=0.5" in made.source.split("f, drawn inputs")[1]


def test_nothing_is_drawn_where_there_is_no_room() -> None:
    """From two equal numbers, or from words, no other input follows."""
    assert not written("assert f(2) == 4\nassert f('a') == 'b'").drawn


def test_shares_sum_to_the_points() -> None:
    """In hundredths, whatever the weights."""
    for points, weights in ((1, [1, 1, 1]), (0.5, [1, 2, 4]), (2.25, [1] * 7), (0, [1, 1])):
        assert round(sum(shared(points, weights)), 6) == points


def test_visible_answers_can_be_learnt_by_heart() -> None:
    """The trick that the comparison plays: a table of what the asserts tell."""
    told = answers_by_heart("f", ["assert f(2) == 4\nassert_equal(f(3, 'a'), [9])"])
    assert told == {"(2,)": 4, "(3, 'a')": [9]}
