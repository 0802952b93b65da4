"""All of this folder that starts a sandbox, once more where bubblewrap needs a user namespace."""

from __future__ import annotations

from pathlib import Path

import pytest
from ordinary_user import run_as_ordinary_user

HERE = Path(__file__).resolve().parent
AS_USER = "WORD2CHAT_TESTS_AS_USER"
ALIKE = ("test_cgroup", "test_gpu", "test_provisioning", "test_seccomp")  # whoever runs them


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.sandbox
def test_all_this_holds_for_an_ordinary_user() -> None:
    """The same files under another uid."""
    ignored = [f"--ignore={HERE}/{name}.py" for name in ALIKE]
    run_as_ordinary_user(AS_USER, [*ignored, str(HERE)])
