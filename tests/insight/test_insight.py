"""What the report draws from a class: probes, unnamed mistakes, likeness, trends."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.course_folder import open_course
from autograder.insight.items import correlation, items_of
from autograder.insight.outliers import heavy, slow
from autograder.insight.similar import pairs, tokens
from autograder.insight.sources import sources_of
from autograder.insight.trends import Trend, sections_of, trends_of
from autograder.insight.unnamed import groups_of
from autograder.judging.alike import answer_print
from autograder.mistakebook import load_mistakes
from autograder.model import CheckVerdict, Entry, Judgement, ProbeVerdict, Verdict
from autograder.roster.store import ClassMember
from autograder.week import open_week


def entry(student: str, points: dict[str, float], answer: str = "", void: bool = False) -> Entry:
    """A submission with one check "double" of probes worth 1."""
    kind = Verdict.VOID if void else Verdict.WRONG
    probes = tuple(
        ProbeVerdict(label, Verdict.PASS if got else Verdict.WRONG, got, 1.0, "" if got else "why")
        for label, got in points.items()
    )
    check = CheckVerdict("check_double", kind, sum(points.values()), 3.0, probes, answer=answer)
    return Entry(student, "key", check.points, 3.0, judgements=(Judgement(WEEK, (check,)),))


# ------------------------------------------------------------------------------------ machine
def test_who_took_far_more_time_or_memory_than_the_class_is_named() -> None:
    """The most first; twice of little is no matter, nor is what was never measured."""
    usual = [replace(entry(f"s{i}", {}), seconds=2.0 + i / 10, peak_mb=60 + i) for i in range(9)]
    odd = [replace(entry("loop", {}), seconds=26.0, peak_mb=70),
           replace(entry("copies", {}), seconds=9.0, peak_mb=900),
           replace(entry("grows", {}), seconds=2.0, peak_mb=1_500),
           replace(entry("twice", {}), seconds=8.5, peak_mb=130),
           replace(entry("before", {}), seconds=0.0, peak_mb=None)]  # fmt: skip
    assert slow([*usual, *odd]) == (("loop", 26.0),)
    assert heavy([*usual, *odd]) == (("grows", 1_500), ("copies", 900))
    assert slow(()) == heavy(odd[-1:]) == ()


# ------------------------------------------------------------------------------------ probes
def test_a_probe_is_as_hard_as_it_was_and_tells_whom_it_tells() -> None:
    """Half the class has `a`, and those have the rest; `odd` is right for the weak alone."""
    strong = [entry(f"s{i}", {"a": 1, "b": 1, "odd": 0}) for i in range(10)]
    weak = [entry(f"w{i}", {"a": 0, "b": 0, "odd": 1}) for i in range(10)]
    first, second, odd = items_of([*strong, *weak])
    assert (first.check, first.label, first.difficulty, first.students) == ("double", "a", 0.5, 20)
    assert odd.discrimination == pytest.approx(-1) and odd.doubtful
    assert not any(one.doubtful for one in items_of([*strong[:4], *weak[:4]]))  # too few to say
    assert first.discrimination is None and not first.doubtful  # the rest is 1 for everybody
    assert items_of([entry("s", {"a": 1}, void=True)]) == ()
    assert second.most == 1.0


def test_the_correlation_is_pearsons() -> None:
    """Against numbers worked out by hand; None where one side never varies."""
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert correlation([0, 1, 2], [1, 0, 2]) == pytest.approx(0.5)
    assert correlation([1, 1, 1], [1, 2, 3]) is None


# ------------------------------------------------------------------------------------ unnamed
def test_equal_wrong_answers_are_one_group_with_a_cell_to_fill_in(tmp_path: Path) -> None:
    """Two of three answered alike; the shorter code is shown, and the cell is one of the book's."""
    entries = [entry("a", {"m": 0}, "x"), entry("b", {"m": 0}, "x"), entry("c", {"m": 0}, "y")]
    sources = {"a": {"double": "def double(x):\n    return x + 1"}, "b": {"double": "# %%\n" * 40}}
    (group,) = groups_of(entries, sources)
    assert (group.exercise, group.students, group.reason) == ("double", ("a", "b"), "why")
    path = tmp_path / "week.py"
    path.write_text(f'"""Known mistakes."""\n{group.stub}', "utf-8")
    (mistake,) = load_mistakes(path, ("double",)).mistakes
    assert (mistake.name, mistake.source) == ("todo-1", "def double(x):\n    return x + 1")
    assert groups_of(entries[1:], sources) == ()


def test_answers_are_alike_at_six_digits() -> None:
    """What reads the same is the same; nothing shown and nothing written is no group."""

    def number(value: float) -> dict:
        return {"kind": "array", "dtype": "float", "shape": [], "values": [value]}

    missing = {"kind": "error", "type": "NotImplementedError", "message": "Not written yet"}
    assert answer_print([number(1 / 3), None]) == answer_print([number(0.33333334), None]) != ""
    assert answer_print([number(0.3), None]) != answer_print([None, number(0.3)])
    assert answer_print([None, None]) == answer_print([missing, missing]) == ""


# ------------------------------------------------------------------------------------ likeness
STUB = "def row_means(x):\n    # YOUR CODE HERE\n    raise NotImplementedError"
REFERENCE = """def row_means(x):
    total = x.sum(-1)
    count = x.shape[-1]
    return total / count if count else total"""
ONE = """def row_means(x):
    found = []
    for line in x:
        kept = [value for value in line.tolist() if value == value]
        if not kept:
            found.append(0.0)
            continue
        centre = sum(kept) / len(kept)
        found.append(round(centre, 6) if abs(centre) > 1e-9 else 0.0)
    return torch.tensor(found, dtype=x.dtype, device=x.device).reshape(len(found))"""
OTHER = """def row_means(x):
    n, d = x.shape
    weights = torch.full((d, 1), 1.0 / max(d, 1), dtype=x.dtype)
    y = torch.nan_to_num(x, nan=0.0).double().matmul(weights.double())
    assert y.shape == (n, 1), "one mean a row"
    return y.squeeze(1).to(x.dtype).clone().contiguous()"""


def disguised(code: str) -> str:
    """The code with other names, other comments and another layout."""
    names = {"found": "out", "line": "r", "kept": "zahlen", "value": "v", "centre": "m"}
    for old, new in names.items():
        code = re.sub(rf"\b{old}\b", new, code)
    return "# all my own work\n" + code.replace("    ", "  ").replace("\n", "  # so\n")


def test_a_disguised_copy_is_found_and_nobody_else() -> None:
    """Names, comments and layout hide nothing; another way to do it is no copy."""
    sources = {
        "a": {"row_means": ONE}, "b": {"row_means": OTHER}, "c": {"row_means": disguised(ONE)},
        "d": {"row_means": REFERENCE}, "e": {"row_means": REFERENCE}, "f": {},
    }  # fmt: skip
    (found,) = pairs(sources, [STUB, REFERENCE])
    assert (found.students, found.share) == (("a", "c"), 1.0)
    assert found.cells[0][0] == "row_means" and found.codes == (ONE, disguised(ONE))


def test_what_many_have_is_an_idiom() -> None:
    """A passage that more than a quarter of the class wrote names nobody."""
    sources = {f"s{i}": {"row_means": ONE} for i in range(8)}
    assert pairs(sources, [STUB]) == ()


def test_tokens_survive_any_text() -> None:
    """An open string, a backslash at the end, Hangul: no error, and strings tell nothing."""
    assert tokens("x = 'abc'  # c\n") == ["x", "=", "S"]
    assert tokens("값.sum(y)", frozenset()) == ["V", ".", "sum", "(", "V", ")"]
    for text in ("'open", '"""open', "a\\", "", "\0\ud800"):
        assert isinstance(tokens(text, frozenset()), list)


def test_code_is_read_from_what_was_graded(tmp_path: Path) -> None:
    """The student's own cells, with and without an id; locked ones and damaged files are not."""
    week = open_week(open_course(make_course(tmp_path)), WEEK)
    folder = week.folder("autograded", "s1")
    folder.mkdir(parents=True)
    cells = [
        {"cell_type": "code", "source": "a", "metadata": {"nbgrader": {"grade_id": "double"}}},
        {"cell_type": "code", "source": "b", "metadata": {}},
        {"cell_type": "code", "source": "c", "metadata": {"nbgrader": {"locked": True}}},
        {"cell_type": "markdown", "source": "d", "metadata": {}},
    ]
    (folder / f"{WEEK}.ipynb").write_text(json.dumps({"cells": cells}))
    (folder / "odd.ipynb").write_text("{")
    assert sources_of(week, ["s1", "s2"]) == {
        "s1": {"double": "a", f"{WEEK}, cell 2": "b"}, "s2": {},
    }  # fmt: skip


# ------------------------------------------------------------------------------------ trends
def test_a_fall_is_told_from_a_bad_start() -> None:
    """Against one's own earlier weeks; who never had a score has not fallen."""
    shares = {"w0": {"a": 0.9, "b": 0.5}, "w1": {"a": 0.8, "b": 0.6}, "w2": {"a": 0.5, "b": 0.6}}
    found = trends_of(shares, ["a", "b", "c"])
    assert [found[who].fallen for who in "abc"] == [True, False, False]
    assert (found["a"].words, found["c"].words) == ("90 80 50", "– – –")
    assert Trend("a", (0.9, None)).fallen


def test_sections_stand_beside_each_other() -> None:
    """How many handed in, and the mean of those who have a score; one section is no comparison."""
    members = {
        name: ClassMember(name, section=section)
        for name, section in (("a", "1"), ("b", "1"), ("c", ""), ("d", "1"))
    }
    one, other = sections_of(members, {"a": 0.5, "b": None, "c": 1.0}, {"a", "b", "c"})
    assert (one.name, one.students, one.share) == ("(none)", 1, 1.0)
    assert (other.students, other.handed_in, other.share) == (3, 2, 0.5)
    assert sections_of({"a": members["a"]}, {}, set()) == ()
