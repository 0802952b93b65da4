"""The whole suite once more as an ordinary user: no root, user namespaces in its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from ordinary_user import run_as_ordinary_user

HERE = Path(__file__).resolve().parent
AS_USER = "REDTEAM_AS_USER"


@pytest.mark.redteam
@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_everything_holds_for_an_ordinary_user() -> None:
    """As root, start the quick part of this folder under another uid."""
    run_as_ordinary_user(AS_USER, ["-m", "not slow", str(HERE)])


@pytest.mark.redteam
@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_floods_hold_for_an_ordinary_user_from_a_cold_start() -> None:
    """Neither a uid of its own nor a control group nor a warm parent: limits and a watcher alone.

    Floods of messages, files, processes and memory, beside two honest neighbours.
    """
    floods = "floods or pipes_made or page_tables or arguments_of or stacks_of or files_written"
    honest = "(around or floods) and (neighbours or left_behind)"
    bombs = "fork_bomb or disk_filled or inodes or memory_bomb"
    wanted = f"not warm and ({floods} or {bombs} or {honest})"
    run_as_ordinary_user(AS_USER, ["-k", wanted, str(HERE / "test_attacks.py")])
