"""Automatic mutants: which faults are made, where, and that the list never changes by itself."""

import pytest

from autograder.reference.mutants import mutants, solution_lines

CELL = '''def f(x, y, n=3):
    """Not touched: 1 + 2."""
    before = 1 + 2
    ### BEGIN SOLUTION
    {body}
    ### END SOLUTION
    return before - 1
'''


def changes(body: str) -> list[str]:
    """Descriptions of the mutants of a solution body of one line, without the statement's text."""
    found = mutants(CELL.replace("{body}", body))
    return [mutant.description.split(" in `")[0] for mutant in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("z = x + y", ["`x + y` -> `x - y`"]),
        ("z = x / y", ["`x / y` -> `x * y`", "`x / y` -> `y / x`"]),
        ("z = x @ y", ["`x @ y` -> `x * y`", "`x @ y` -> `y @ x`"]),
        ("z = x ** y", ["`x ** y` -> `x * y`"]),
        ("z = x < y", ["`x < y` -> `x <= y`", "`x < y` -> `x > y`"]),
        ("z = x == y", ["`x == y` -> `x != y`"]),
        ("z = x in y", ["`x in y` -> `x not in y`"]),
        ("z = x and y", ["`x and y` -> `x or y`"]),
        ("z = not x", ["`not x` -> `x`"]),
        ("z = -x", ["`-x` -> `x`"]),
        ("z = 5", ["`5` -> `6`", "`5` -> `10`", "`5` -> `0`", "`5` -> `-5`"]),
        ("z = -5", ["`-5` -> `-4`", "`-5` -> `-10`", "`-5` -> `0`", "`-5` -> `5`"]),
        ("z = 0.5", ["`0.5` -> `1.5`", "`0.5` -> `1.0`", "`0.5` -> `0`", "`0.5` -> `-0.5`"]),
        ("z = x.sum(dim=-1, keepdim=True)", ["`-1` -> `0`", "`-1` -> `-2`", "`True` -> `False`"]),
        ("z = x.softmax(1)", ["`1` -> `0`"]),
        ("z = x.shape[0]", ["`0` -> `1`", "`0` -> `-1`"]),
        (
            "z = x.sum(0)",
            ["`x.sum(0)` -> `x.sum(0, keepdim=True)`", "`0` -> `1`", "`0` -> `-1`"],
        ),
        ("z = x.T", ["`x.T` -> `x`"]),
        ("z = torch.tanh(x)", ["`torch.tanh(x)` -> `x`"]),
        ("z = x.permute(y)", ["`x.permute(y)` -> `x`"]),
        (
            "z = range(n)",
            [
                "`range(n)` -> `range(1, n)`",
                "`range(n)` -> `range(n + 1)`",
                "`range(n)` -> `range(n - 1)`",
            ],
        ),
        ("z = x[:n]", ["`:n` -> `1:n`", "`:n` -> `:n + 1`", "`:n` -> `:n - 1`"]),
        ("z = x[:]", []),
        ("z = x[::n]", ["`::n` -> `:`"]),
        ("z = f(x, y)", ["`f(x, y)` -> `f(y, x)`"]),
        ("z = f(x, 'text')", []),
        ("z = max(x, y)", []),
        ("z = zip(x, 'text', strict=True)", []),
        (
            "x += y",
            ["`x += y` -> `x -= y`", "`x += y` -> `x = y`", "removed `x += y`"],
        ),
        ("x[y] = n", ["removed `x[y] = n`"]),
        ("z = n", []),
        ("print(x)", ["removed `print(x)`"]),
        ("raise ValueError(f'{x + 1}')", ["removed `raise ValueError(f'{x + 1}')`"]),
    ],
)
def test_each_operator_makes_the_faults_it_names(body, expected):
    """A line of code has exactly the mutants that its operators, constants and calls allow."""
    assert changes(body) == expected


def test_only_the_solution_region_is_changed():
    """Signature, docstring and the lines around the region stay as they are in every mutant."""
    for mutant in mutants(CELL.replace("{body}", "z = x + y * 2")):
        assert "before = 1 + 2" in mutant.source
        assert "return before - 1" in mutant.source
        assert "n=3" in mutant.source and "Not touched: 1 + 2." in mutant.source
        assert mutant.line == 5


def test_a_cell_without_a_region_is_a_solution_from_top_to_bottom():
    """nbgrader treats such a cell as one large region; so do mutants."""
    assert solution_lines("a = 1\nb = 2") == {1, 2}
    assert {mutant.line for mutant in mutants("a = 1\nb = 2")} == {1, 2}


def test_all_regions_of_a_class_are_changed():
    """A class with two methods to fill in has mutants in both."""
    source = (
        "class A:\n"
        "    def f(self, x):\n        ### BEGIN SOLUTION\n        return x + x\n"
        "        ### END SOLUTION\n"
        "    def g(self, x):\n        ### BEGIN SOLUTION\n        return x - x\n"
        "        ### END SOLUTION\n"
    )
    assert {mutant.line for mutant in mutants(source)} == {4, 8}


def test_mutants_differ_from_the_reference_and_from_each_other_and_compile():
    """No mutant is tried twice, and none dies of a syntax error before it is tried."""
    source = CELL.replace("{body}", "z = [x[1:] - x[:-1] for i in range(1, n) if i != 2 and not y]")
    sources = [mutant.source for mutant in mutants(source)]
    assert len(sources) > 15
    assert len(set(sources)) == len(sources)
    for text in sources:
        compile(text, "mutant", "exec")


def test_descriptions_are_unique_and_the_same_on_every_run():
    """A description can stand in the mistakes file as the name of one mutant."""
    source = CELL.replace("{body}", "z = x[1] + x[1] + x[1]")
    first = [mutant.description for mutant in mutants(source)]
    assert first == [mutant.description for mutant in mutants(source)]
    assert len(set(first)) == len(first)
    assert "`1` -> `2` in `z = x[1] + x[1] + x[1]` (2)" in first


def test_the_reference_itself_survives_the_making_of_mutants():
    """Each mutant has one fault: none of the faults before it is left in the tree."""
    found = mutants(CELL.replace("{body}", "z = x + y - n"))
    assert [m.source.splitlines()[3].strip() for m in found] == [
        "z = x + y + n",
        "z = n - (x + y)",
        "z = x - y - n",
    ]


def test_a_limit_keeps_mutants_from_the_whole_cell():
    """With a limit the first and the later lines are still both tried, in order."""
    source = CELL.replace("{body}", "\n    ".join(f"z{i} = x + {i + 1}" for i in range(10)))
    limited = mutants(source, limit=10)
    assert len(limited) == 10
    assert [mutant.index for mutant in limited] == list(range(10))
    assert {mutant.line for mutant in limited} == set(range(5, 15))


def test_a_cell_that_is_not_python_is_an_error():
    """A reference with a syntax error is not silently a cell without mutants."""
    with pytest.raises(SyntaxError):
        mutants("def f(:")
