"""All families of attacks are graded once, as one class; every test looks at that run.

The family whose tests read pages is a class of its own, as pages cost more than grading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .arena import Outcome, arena, make_template
from .attacks import Attack

WITH_FEEDBACK = ("hidden", "around")
Graded = Callable[[str, str], Outcome]


@pytest.fixture(scope="session")
def template_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A released course with canaries, for a way of starting kernels; made once."""
    made: dict[str, Path] = {}

    def get(provisioner: str) -> Path:
        if provisioner not in made:
            made[provisioner] = make_template(tmp_path_factory.mktemp("template"), provisioner)
        return made[provisioner]

    return get


@pytest.fixture(scope="session")
def graded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    template_for: Callable[[str], Path],
) -> Iterator[Graded]:
    """The outcome of a family: what this session wants of it and of others, in one class."""
    outcomes: dict[tuple[bool, str], Outcome] = {}
    broken: set[tuple[bool, str]] = set()  # a class that ungrades itself is not graded once a test

    def get(family: str, provisioner: str) -> Outcome:
        paged = family in WITH_FEEDBACK
        key = (paged, provisioner)
        if key in broken:
            pytest.fail("the class of these could not be graded (see the first of its tests)")
        if key not in outcomes:
            broken.add(key)
            attacks = _wanted(request.session, *key)
            with arena(template_for(provisioner), tmp_path_factory.mktemp(family)) as made:
                made.submit(attacks)
                outcomes[key] = made.grade(feedback=paged)
            broken.remove(key)
        return outcomes[key]

    yield get


def _wanted(session: pytest.Session, paged: bool, provisioner: str) -> list[Attack]:
    """The attacks of this class that were selected on the command line."""
    wanted: dict[str, Attack] = {}
    for item in session.items:
        given = getattr(getattr(item, "callspec", None), "params", {})
        if not {"attack", "family"} <= given.keys():
            continue
        if (given["family"] in WITH_FEEDBACK, given["provisioner"]) == (paged, provisioner):
            one = given["attack"]
            assert wanted.setdefault(one.who, one) is one, f"two hand in as {one.who}"
    return list(wanted.values())
