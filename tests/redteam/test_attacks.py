"""Every attack of every family: no points, no secrets, no harm, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import (
    around,
    floods,
    forging,
    hidden,
    messages,
    oddities,
    sabotage,
    secrets,
    starving,
    viewers,
)
from .arena import NEIGHBOURS, was_armed
from .attacks import Attack
from .conftest import Graded

FAMILIES = {
    "forging": forging.ATTACKS,
    "messages": messages.ATTACKS,
    "secrets": secrets.ATTACKS,
    "hidden": hidden.ATTACKS,
    "sabotage": sabotage.ATTACKS,
    "oddities": oddities.ATTACKS,
    "viewers": viewers.ATTACKS,
    "starving": starving.ATTACKS,
    "floods": floods.ATTACKS,
    "around": around.ATTACKS,
}
COLD, WARM = "word2chat-sandbox", "word2chat-warm"
RUN_QUICKLY = WARM
FULL = 6.0

# a whole class is graded within the first of its tests: of the slow ones, hundreds of attackers
pytestmark = [pytest.mark.redteam, pytest.mark.sandbox, pytest.mark.timeout(7200)]


def ways() -> Iterator[tuple[str, bool]]:
    yield WARM, RUN_QUICKLY != WARM
    yield COLD, RUN_QUICKLY != COLD


def every_attack() -> Iterator[object]:
    for provisioner, slowly in ways():
        for family, attacks in FAMILIES.items():
            for attack in attacks:
                name = f"{provisioner.removeprefix('word2chat-')}-{family}-{attack.name}"
                marks = [pytest.mark.slow] if slowly or attack.slow else []
                yield pytest.param(provisioner, family, attack, id=name, marks=marks)


def every_family() -> Iterator[object]:
    for provisioner, slowly in ways():
        for family in FAMILIES:
            name = f"{provisioner.removeprefix('word2chat-')}-{family}"
            yield pytest.param(
                provisioner, family, id=name, marks=[pytest.mark.slow] if slowly else []
            )


@pytest.mark.parametrize(("provisioner", "family", "attack"), list(every_attack()))
def test_no_points(provisioner: str, family: str, attack: Attack, graded: Graded) -> None:
    """A wrong solution gets nothing for its attack, or goes to a person; its code really ran."""
    outcome = graded(family, provisioner)
    entry = outcome.entries[attack.shown]
    if attack.score is None:
        assert entry.needs_review, f"it was graded: {entry.score}"
        assert entry.score is None
        assert attack.says in entry.needs_review
        return
    assert entry.needs_review is None
    assert (entry.score, outcome.scores[attack.shown]) == (attack.score, attack.score)
    verdicts = {str(check.verdict) for judged in entry.judgements for check in judged.checks}
    assert not attack.says or attack.says in verdicts
    assert was_armed(outcome, attack.shown) or not attack.armed, outcome.outputs[attack.shown][
        :2000
    ]


@pytest.mark.parametrize(("provisioner", "family", "attack"), list(every_attack()))
def test_nothing_learned(provisioner: str, family: str, attack: Attack, graded: Graded) -> None:
    """Nothing that was stored about the attacker holds a secret, and nothing forbidden worked."""
    outcome = graded(family, provisioner)
    assert outcome.loot[attack.shown] == []
    got = outcome.outputs[attack.shown].find("GOT ")
    assert got < 0, outcome.outputs[attack.shown][got : got + 300]


@pytest.mark.parametrize(("provisioner", "family"), list(every_family()))
def test_neighbours_untouched(provisioner: str, family: str, graded: Graded) -> None:
    """Honest neighbours of a whole class of attackers keep their full marks."""
    outcome = graded(family, provisioner)
    for neighbour in NEIGHBOURS:
        entry = outcome.entries[neighbour]
        assert entry.needs_review is None
        assert (entry.score, outcome.scores[neighbour]) == (FULL, FULL)


@pytest.mark.parametrize(("provisioner", "family"), list(every_family()))
def test_nothing_left_behind(provisioner: str, family: str, graded: Graded) -> None:
    """No file of the course changed, nothing went over the network, no file or process remains."""
    outcome = graded(family, provisioner)
    assert outcome.changed == []
    assert outcome.arrived == []
    assert outcome.left == []
