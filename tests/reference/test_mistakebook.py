"""Reading a mistakes file: what it holds, and what is said when it cannot be used."""

from pathlib import Path

import pytest

from autograder.mistakebook import (
    Mistake,
    MistakeFileError,
    Survivor,
    Variant,
    load_mistakes,
    parse_mistakes,
)

GOOD = '''"""Known mistakes of week 99."""
# A comment is welcome.

# %% exercise=double name=adds-one
# en: One more is not twice as much:
#    what is double(5)?
# ko: 하나를 더한 것은 두 배가 아닙니다.
def double(x):
    return x + 1


# %% exercise=double variant=shift
def double(x):
    return x << 1

# %% exercise=double survivor=`2 * x` -> `x * 2`
# why: Numbers commute.
'''


def parse(text: str, exercises=None):
    return parse_mistakes(text, Path("week99_toy.py"), exercises)


def problems(text: str, exercises=None) -> str:
    with pytest.raises(MistakeFileError) as caught:
        parse(text, exercises)
    return str(caught.value)


def mistake(header="exercise=f name=wrong", notes="# en: a\n# ko: 가\n", code="f = 1") -> str:
    return f"# %% {header}\n{notes}{code}\n"


def test_a_file_gives_its_mistakes_variants_and_survivors(tmp_path):
    """Each kind of cell becomes its data class, with hints joined, code kept and its line."""
    path = tmp_path / "week99_toy.py"
    path.write_text(GOOD, encoding="utf-8")
    book = load_mistakes(path, {"double"})
    assert book.mistakes == (
        Mistake(
            "double",
            "adds-one",
            "One more is not twice as much: what is double(5)?",
            "하나를 더한 것은 두 배가 아닙니다.",
            "def double(x):\n    return x + 1",
            4,
        ),
    )
    assert book.variants == (Variant("double", "shift", "def double(x):\n    return x << 1", 12),)
    assert book.survivors == (Survivor("double", "`2 * x` -> `x * 2`", "Numbers commute.", 16),)
    assert book.mistakes_of("double") and book.variants_of("double")
    assert not book.mistakes_of("other") and not book.survivors_of("other")


def test_an_empty_file_is_an_empty_book():
    """A week without known mistakes is for the house rules to refuse, not for the parser."""
    book = parse('"""Nothing yet."""\n')
    assert (book.mistakes, book.variants, book.survivors) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (mistake("name=wrong"), "week99_toy.py:1: no exercise=… in the cell's header"),
        (mistake("exercise=f-g name=wrong"), "week99_toy.py:1: exercise `f-g` is not a Python"),
        (mistake("excercise=f name=wrong"), "week99_toy.py:1: unknown key `excercise=`"),
        (mistake("exercise=f"), "week99_toy.py:1: a cell needs one of name=, variant="),
        (mistake("exercise=f name=a variant=b"), "week99_toy.py:1: a cell needs one of name="),
        (mistake("exercise=f name=Wrong_one"), "`Wrong_one`: use letters"),
        (mistake(notes="# en: a\n"), "week99_toy.py:1: no `# ko: …` line"),
        (mistake(notes="# ko: 가\n"), "week99_toy.py:1: no `# en: …` line"),
        (mistake(notes="# en:\n# ko: 가\n"), "week99_toy.py:1: no `# en: …` line"),
        (mistake(code="def f(:\n    pass"), "week99_toy.py:4: syntax error"),
        (mistake(code="\nx = 1\n  y = 2"), "week99_toy.py:6: syntax error"),
        (mistake(code=""), "week99_toy.py:1: the cell holds no code"),
        ("# %% exercise=f survivor=`+` -> `-`\n", "week99_toy.py:1: no `# why: …` line"),
        ("import torch\n" + mistake(), "week99_toy.py:1: code before the first `# %%` cell"),
        ("def f(\n" + mistake(), "week99_toy.py:1: the text before the first cell is not Python"),
    ],
)
def test_a_broken_cell_is_named_by_file_line_and_reason(text, message):
    """Whoever writes mistakes is told where to look and what to type."""
    assert message in problems(text)


def test_a_name_may_be_used_once_per_exercise():
    """A second mistake of the same name is refused and points at the first one's line."""
    text = mistake() + mistake()
    assert "week99_toy.py:5: `wrong` of `f` stands already in line 1" in problems(text)


def test_two_exercises_may_share_a_name():
    """Names are unique within an exercise only."""
    book = parse(mistake("exercise=f name=wrong") + mistake("exercise=g name=wrong"))
    assert [item.exercise for item in book.mistakes] == ["f", "g"]


def test_an_exercise_that_the_notebook_lacks_is_refused():
    """A typing error in exercise=… would otherwise leave the mistake untested."""
    assert "no exercise `f` in the notebook; it has g, h" in problems(mistake(), {"g", "h"})


def test_all_problems_are_listed_at_once():
    """One run shows everything that must be repaired, in the file's order."""
    text = mistake("exercise=f name=A_b", notes="# en: a\n") + mistake(code="x = = 1")
    assert [line.split(": ")[0] for line in problems(text).splitlines()] == [
        "week99_toy.py:1",
        "week99_toy.py:1",
        "week99_toy.py:7",
    ]


def test_a_missing_file_says_so(tmp_path):
    """There is no silent empty book for a file that is not there."""
    with pytest.raises(FileNotFoundError):
        load_mistakes(tmp_path / "week98_none.py")
