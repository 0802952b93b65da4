"""The same attacks through nbgrader's own commands: they must be held there as well."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
import tiny_course

from . import forging, hidden, messages, oddities, sabotage, secrets
from .arena import NEIGHBOURS, WEEK, Arena, arena, fingerprints
from .attacks import Attack

pytestmark = [pytest.mark.redteam, pytest.mark.sandbox]
GRADED = {
    "ast_transformer": forging.ATTACKS,
    "stored_outputs_forged": forging.ATTACKS,
    "checks_deleted": forging.ATTACKS,
    "probe_published_by_hand": messages.ATTACKS,
    "known_paths": secrets.ATTACKS,
    "stand_ins_of_the_lessons": secrets.ATTACKS,
    "kernel_killed_in_a_check": sabotage.ATTACKS,
    "hidden_check_raised": hidden.ATTACKS,
}
REFUSED = {
    "notebook_is_a_link_to_the_solution": forging.ATTACKS,
    "folder_is_a_link_to_a_neighbour": forging.ATTACKS,
    "attachment_links_to_the_gradebook": secrets.ATTACKS,
    "attachment_links_to_endless_zeros": secrets.ATTACKS,
    "attachment_is_a_hard_link": secrets.ATTACKS,
    "pipe_among_the_files": oddities.ATTACKS,
    "not_json": oddities.ATTACKS,
    "id_with_spaces": oddities.ATTACKS,
    "id_of_bytes": oddities.ATTACKS,
}
RESUBMITTED = {
    "kernel_killed_in_a_check": sabotage.ATTACKS,
    "not_json": oddities.ATTACKS,
    "format_99": oddities.ATTACKS,  # which nbgrader itself cannot read
    "attachment_links_to_a_neighbour": secrets.ATTACKS,
}


def chosen(names: dict[str, list[Attack]]) -> list[Attack]:
    return [one for name, family in names.items() for one in family if one.name == name]


def nbgrader(arena: Arena, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.run(
        command, cwd=arena.root, capture_output=True, text=True, check=False, timeout=400,
        encoding="utf-8", errors="replace", env=os.environ,
    )  # fmt: skip


@pytest.fixture(scope="module")
def graded(template_for, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """A class of attackers and neighbours, graded and given feedback by nbgrader's commands."""
    template = template_for("word2chat-warm")
    with arena(template, tmp_path_factory.mktemp("nbgrader")) as made:
        made.submit([*chosen(GRADED), *chosen(REFUSED)])
        made.before = fingerprints(made.root)  # type: ignore[attr-defined]
        made.done = nbgrader(made, "autograde", WEEK)  # type: ignore[attr-defined]
        nbgrader(made, "generate_feedback", WEEK)
        yield made


@pytest.mark.parametrize("attack", chosen(GRADED), ids=lambda attack: attack.name)
def test_no_points(attack: Attack, graded: Arena) -> None:
    """`nbgrader autograde` gives an attacker nothing, and stores no secret."""
    assert graded.scores()[attack.who] == 0.0
    text = graded.stored_about(attack.who)
    assert [word for word in graded.canaries.values() if word in text] == []
    assert "GOT " not in text


@pytest.mark.parametrize("attack", chosen(REFUSED), ids=lambda attack: attack.name)
def test_refused_before_anything_is_copied(attack: Attack, graded: Arena) -> None:
    """An odd submission leaves no file in autograded/, and no points."""
    assert not graded.course.folder("autograded", WEEK, attack.who).exists()
    assert graded.scores().get(attack.who, 0.0) == 0.0
    copying = f"Copying {graded.course.folder('submitted', WEEK, attack.who)}"
    assert copying not in graded.done.stderr  # type: ignore[attr-defined]


def test_neighbours_untouched(graded: Arena) -> None:
    """The class goes on; nothing outside the outputs changes."""
    for neighbour in NEIGHBOURS:
        assert graded.scores()[neighbour] == 6.0
    assert fingerprints(graded.root) == graded.before  # type: ignore[attr-defined]


def test_the_formgraders_button_refuses_too(graded: Arena) -> None:
    """`NbGraderAPI.autograde`, as the button calls it, on a link and on a forger."""
    from nbgrader.apps.api import NbGraderAPI

    api = NbGraderAPI(graded.course.coursedir, config=graded.course.config)
    refused = api.autograde(WEEK, "attachment_links_to_the_gradebook", force=True)
    assert not refused["success"]
    assert "Copying" not in refused["log"]
    forged = api.autograde(WEEK, "ast_transformer", force=True)
    assert forged["success"], forged
    assert graded.scores()["ast_transformer"] == 0.0


@pytest.mark.slow
def test_a_notebook_too_large_to_read_is_refused_too(graded: Arena) -> None:
    """150 MB of metadata: nothing is copied, and there are no points."""
    (attack,) = chosen({"metadata_of_150_mb": oddities.ATTACKS})
    graded.submit_one(attack, attack.who)
    done = nbgrader(graded, "autograde", WEEK, "--student", attack.who)
    assert f"Copying {graded.course.folder('submitted', WEEK, attack.who)}" not in done.stderr
    assert not graded.course.folder("autograded", WEEK, attack.who).exists()
    assert graded.scores().get(attack.who, 0.0) == 0.0


@pytest.mark.slow
def test_an_old_score_does_not_outlive_a_bad_resubmission(graded: Arena) -> None:
    """Killing the kernel, being unreadable or a link: the honest score of before is gone."""
    attacks = {f"late-{attack.name}": attack for attack in chosen(RESUBMITTED)}
    for who in attacks:
        tiny_course.submit(graded.root, who, tiny_course.solve(graded.root))
    nbgrader(graded, "autograde", WEEK, "--student", "late-*")
    assert {graded.scores()[who] for who in attacks} == {6.0}
    for who, attack in attacks.items():
        shutil.rmtree(graded.course.folder("submitted", WEEK, who))
        graded.submit_one(attack, who)
    nbgrader(graded, "autograde", WEEK, "--student", "late-*", "--force")
    assert {who: graded.scores()[who] for who in attacks} == dict.fromkeys(attacks, 0.0)
