"""What is started before a run knows whether it needs it, and when it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tiny_course import GOOD, WEEK, make_course, submit

from autograder.course_folder import SANDBOX, UNPROTECTED, WARM, open_course
from autograder.run.early_start import anything_newer, shared_spec, start_early
from autograder.sandbox.limits import SandboxSpec, SandboxUnavailable
from autograder.week import Week, open_week


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    root = make_course(tmp_path_factory.mktemp("early"))
    submit(root, "ann", GOOD)
    return open_week(open_course(root), WEEK)


@pytest.mark.parametrize(
    ("provisioner", "scheduler", "shared"),
    [(WARM, None, True), (SANDBOX, None, False), (UNPROTECTED, None, False),
     (WARM, "tls://host:8786", False)],
)  # fmt: skip
def test_only_a_warm_run_on_this_machine_shares_a_warm_parent(
    week: Week, provisioner: str, scheduler: str | None, shared: bool
) -> None:
    """Cold kernels and unprotected ones need none, and the workers of a cluster start their own."""
    spec = shared_spec(week, provisioner, scheduler)
    assert (spec is not None) is shared
    if spec is not None:
        assert spec.warm_modules == week.warm_modules


def test_a_machine_without_a_sandbox_is_not_told_so_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate says it, in a sentence, to whoever needs one."""
    asked = []

    def refuse(spec: SandboxSpec) -> None:
        asked.append(spec)
        raise SandboxUnavailable("no bubblewrap")

    monkeypatch.setattr("autograder.run.early_start.share_warm_parent", refuse)
    start_early(SandboxSpec())
    assert asked == [SandboxSpec()]


def test_a_glance_tells_whether_anything_came(tmp_path: Path) -> None:
    """Before the first run everything is new; then what is newer than the journal."""
    folder, journal = tmp_path / "submitted", tmp_path / "week.jsonl"
    folder.mkdir()
    assert anything_newer([folder], journal)
    journal.touch()
    os.utime(folder, (1000, 1000))
    assert not anything_newer([folder], journal)
    os.utime(journal, (900, 900))
    assert anything_newer([folder], journal)
    assert anything_newer([folder, tmp_path / "gone"], journal)
