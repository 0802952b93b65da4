"""Source becomes a tree whichever thread asks."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder import syntax

NESTED = "\n".join("x = [[[[[f(a)(b)[c].d for a in (b, c)]]]]]" for _ in range(40))


class Returning:
    """Rubbish that lets other threads go on when it is collected."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        for _ in range(300):
            pass


@pytest.fixture
def often_collected() -> Iterator[None]:
    """Rubbish is collected after a few objects, also while a tree is built."""
    before = gc.get_threshold()
    gc.set_threshold(5)
    yield
    gc.set_threshold(*before)


def test_trees_are_built_in_several_threads_at_once(often_collected: None) -> None:
    """Each gets the tree that one alone gets; `ast.parse` may raise a SystemError here."""
    expected = ast.dump(ast.parse(NESTED))

    def parsed(_: int) -> str:
        Returning()
        return ast.dump(syntax.parse(NESTED))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(parsed, range(80))) == {expected}


def test_no_python_is_a_syntax_error_and_frees_the_next() -> None:
    """A wrong source does not keep others waiting."""
    with pytest.raises(SyntaxError):
        syntax.parse("def")
    assert ast.unparse(syntax.parse("a=1")) == "a = 1"
