"""Each family of attacks is graded once, as one class; every test looks at that run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .arena import Outcome, arena, make_template
from .attacks import Attack

WITH_FEEDBACK = ("hidden",)  # pages cost more than grading; this family needs them
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
    """The outcome of a family: all of its attacks that this session wants, in one class."""
    outcomes: dict[tuple[str, str], Outcome] = {}
    broken: set[tuple[str, str]] = set()  # a class that ungrades itself is not graded once a test

    def get(family: str, provisioner: str) -> Outcome:
        key = (family, provisioner)
        if key in broken:
            pytest.fail(f"the class of {family} could not be graded (see the first of its tests)")
        if key not in outcomes:
            broken.add(key)
            attacks = _wanted(request.session, *key)
            with arena(template_for(provisioner), tmp_path_factory.mktemp(family)) as made:
                made.submit(attacks)
                outcomes[key] = made.grade(feedback=family in WITH_FEEDBACK)
            broken.remove(key)
        return outcomes[key]

    yield get


def _wanted(session: pytest.Session, family: str, provisioner: str) -> list[Attack]:
    """The attacks of this family that were selected on the command line."""
    wanted: dict[str, Attack] = {}
    for item in session.items:
        call = getattr(item, "callspec", None)
        if call is not None and isinstance(call.params.get("attack"), Attack):
            given = call.params
            if (given.get("family"), given.get("provisioner")) == (family, provisioner):
                wanted[given["attack"].name] = given["attack"]
    return list(wanted.values())
