"""Every widget of every week is the one `Panel`: it draws, it fails in words, it recovers."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from specimens import WEEKS, of_all_weeks, of_week

from course.figures.panel import Panel

PANELS = of_all_weeks("PANELS")
UNSOLVED = of_all_weeks("UNSOLVED")
each_panel = pytest.mark.parametrize(
    ("make", "control", "other"), PANELS.values(), ids=PANELS.keys()
)


def what_is_shown(panel: Panel) -> tuple[str, bytes]:
    return panel.text.value, bytes(panel.picture.value)


def failing(**values: Any) -> None:
    raise NotImplementedError("write <this> first")


@pytest.mark.parametrize("week", WEEKS)
def test_no_widget_of_a_week_is_forgotten(week: str) -> None:
    """Each function of a week's widgets that returns a Panel is tried below."""
    module = import_module(f"course.weeks.{week}.widgets")
    made = {
        name
        for name, thing in vars(module).items()
        if getattr(thing, "__annotations__", {}).get("return") in ("Panel", Panel)
    }
    tried = set(of_week(week, "PANELS"))
    assert made == tried, f"name {made ^ tried} in PANELS of tests/support/specimens/{week}.py"


@each_panel
def test_every_widget_redraws_and_has_a_still_version(
    make: Callable[[], Panel], control: str, other: Any
) -> None:
    """Another value shows something else, and a page without widgets has a picture or a text."""
    panel = make()
    before = what_is_shown(panel)
    assert type(panel) is Panel and not panel.message.value
    panel.controls[control].value = other
    assert what_is_shown(panel) != before
    assert {"image/png", "text/html"} & set(panel._repr_mimebundle_())


@each_panel
def test_every_widget_tells_a_failing_draw_and_recovers(
    make: Callable[[], Panel], control: str, other: Any
) -> None:
    """The error stands where the picture was; the next move shows the old picture again."""
    panel = make()
    before, value, works = what_is_shown(panel), panel.controls[control].value, panel.draw
    panel.draw = failing
    panel.controls[control].value = other
    assert "NotImplementedError: write &lt;this&gt; first" in panel.message.value
    assert what_is_shown(panel) == ("", b"")
    panel.draw = works
    panel.controls[control].value = value
    assert what_is_shown(panel) == before
    assert not panel.message.value


def stub(*arguments: Any) -> Any:
    raise NotImplementedError("Write the exercise above first.")


@pytest.mark.parametrize("exercise", [stub, lambda *arguments: None], ids=["stub", "no return"])
@pytest.mark.parametrize("make", UNSOLVED.values(), ids=UNSOLVED.keys())
def test_a_widget_around_an_unsolved_exercise_says_so(
    make: Callable[[Callable], Panel], exercise: Callable
) -> None:
    """The cell does not fail: the panel and its still version carry the reason."""
    panel = make(exercise)
    reason = "Write the exercise above first." if exercise is stub else "None"
    assert reason in panel.message.value
    assert reason in panel._repr_mimebundle_()["text/html"]
