"""Week 15: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable

from course.chat.dialog import DialogState
from course.chat.parts import Passage
from course.figures.panel import Panel
from course.weeks.week15_chatbot import plots, widgets
from course.weeks.week15_chatbot.exam import Said
from specimens import CURVE, Arrays, Many, Panels, Unsolved, named

KENYA = Passage("Kenya: state", "Capital: Nairobi.")
NAMES = {"Kenya": "Kenya", "케냐": "Kenya"}


def dialogue(make_state: Callable) -> Panel:
    return widgets.dialogue_panel(make_state, lambda query, k: [(KENYA, 1.0)])


def guarded(guard: Callable) -> Panel:
    return widgets.guard_panel(guard, [KENYA], "Where?", "In Nairobi.")


PANELS: Panels = {
    "dialogue_panel": (lambda: dialogue(lambda: DialogState("", NAMES)), "budget", 3),
    "guard_panel": (lambda: guarded(lambda answer, question, passages: []), "answer", "Oslo."),
    "side_by_side": (
        lambda: widgets.side_by_side({"a": lambda asked: [Said(text) for text in asked]}, "Hi"),
        "questions",
        "Hi\nWell?",
    ),
}

UNSOLVED: Unsolved = {
    "dialogue": dialogue,
    "guard": guarded,
}

MANY: Many = {
    "outcome_bars": lambda n: plots.outcome_bars(named(n, (0.5, 0.25, 0.25))),
    "daring_curves": lambda n: plots.daring_curves([0.1, 0.5, 0.9], named(n, (CURVE, CURVE))),
    "let_through": lambda n: plots.let_through(named(n, [0.25, 0.5])),
}

LINES_EACH: dict[str, int] = {}

ARRAYS: Arrays = {
    "token_strip": lambda of: plots.token_strip(["a", "b", "c"], of(CURVE)),
    "daring_curves": lambda of: plots.daring_curves([1, 2, 3], {"a": (of(CURVE), of(CURVE))}),
    "let_through": lambda of: plots.let_through({"a": of(CURVE)}),
}
