"""The toolbox: what was written in one week comes back in a later one."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

import course.weeks
from course.errors import UserError
from course.lesson import keep, recall

WEEK = "week78_sand"
NOTEBOOK = """
import torch
from torch import Tensor

def half(x: Tensor) -> Tensor:
    return x / 2

def quarter(x: Tensor) -> Tensor:
    return half(half(x))

def third(x):
    raise NotImplementedError("Not written yet: replace this line with your code, then run it.")
"""


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A student's functions, with a toolbox in a folder of its own."""
    path = tmp_path / "student_notebook.py"
    path.write_text(NOTEBOOK)
    spec = importlib.util.spec_from_file_location("student_notebook", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("WORD2CHAT_STATE", str(tmp_path / "state"))
    for name in [name for name in sys.modules if WEEK in name]:  # of an earlier test's folder
        monkeypatch.delitem(sys.modules, name)
    return module


def test_a_function_comes_back_with_the_helpers_it_calls(notebook: ModuleType) -> None:
    """A later week has the student's own function, in a kernel that knows neither of the two."""
    keep(notebook.quarter)
    again = recall("quarter", WEEK)
    assert again is not notebook.quarter
    assert again(8.0) == 2.0


def test_a_blank_exercise_is_not_kept(
    notebook: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stub would only fail a week later; it is told now, and what was kept before stays."""
    keep(notebook.third)
    assert "`third` is not written yet" in capsys.readouterr().out
    with pytest.raises(UserError, match="`third` is not in your toolbox"):
        recall("third", WEEK)


def test_a_stand_in_is_not_kept_as_a_students_own(
    notebook: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notebook that ran with stand-ins leaves nothing that a later week takes for own work."""
    notebook.half.__module__ = f"course.weeks.{WEEK}.stand_ins"
    keep(notebook.half)
    assert "`half` is not written yet" in capsys.readouterr().out
    with pytest.raises(UserError, match="`half` is not in your toolbox"):
        recall("half", WEEK)


@pytest.mark.parametrize("kept", ["", "def third(x: Nonsense): ...", "def third(", None])
def test_where_nothing_good_was_kept_the_stand_in_of_its_week_comes(
    kept: str | None, notebook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing or damaged file never strands a later week."""
    folder = tmp_path / "weeks" / WEEK
    (folder / "stand_ins").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "stand_ins" / "__init__.py").write_text("STAND_INS = {'third': abs}")
    monkeypatch.setattr(course.weeks, "__path__", [*course.weeks.__path__, str(folder.parent)])
    if kept is not None:
        toolbox = tmp_path / "state" / "toolbox"
        toolbox.mkdir(parents=True)
        (toolbox / "third.py").write_text(kept)
    assert recall("third", WEEK) is abs


def test_the_notebook_of_its_week_is_asked_where_nothing_was_kept(
    notebook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weeks lie side by side: set-up and exercise are run, other cells are not; a stub is not.

    A cell that raises, or no notebook at all, is as if it were not written.
    """
    here, there = tmp_path / "week79_reef", tmp_path / WEEK
    here.mkdir(), there.mkdir()
    monkeypatch.chdir(here)
    blank = "def third(x):\n    raise NotImplementedError('Not written yet')"
    made = {"setup": "import math", "root": "def root(x):\n    return math.sqrt(x)", "fifth": blank}
    made |= {"play": "1 / 0", "worse": "1 / 0"}
    cells = [{"metadata": {"nbgrader": {"grade_id": i}}, "source": [s]} for i, s in made.items()]
    (there / f"{WEEK}.ipynb").write_text(json.dumps({"cells": cells}))
    assert recall("root", WEEK)(9.0) == 3.0
    for name, week in (("fifth", WEEK), ("worse", WEEK), ("root", "week77_none")):
        with pytest.raises(UserError, match=f"`{name}` is not in your toolbox"):
            recall(name, week)
