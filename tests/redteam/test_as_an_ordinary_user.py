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
def test_everything_holds_for_an_ordinary_user() -> None:
    """As root, start the quick part of this folder under another uid."""
    run_as_ordinary_user(AS_USER, ["-m", "not slow", str(HERE)])
