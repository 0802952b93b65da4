"""Kernels that tests share: one for each way to start, for all programs that leave it usable."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

import pytest
from sandboxes import COLD, PRELUDE, REPOSITORY, WARM, say, spec

from autograder.sandbox import bwrap
from autograder.sandbox.kernels import RunningKernel, running_kernel

HERE = os.path.dirname(__file__)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """bubblewrap is for Linux; cold kernels that no other test shares are for `make test-all`.

    What the two starts have in common is the launcher, and the quick run tries that in warm ones.
    """
    for item in items:
        if not str(item.path).startswith(HERE):
            continue
        if not sys.platform.startswith("linux"):
            item.add_marker(pytest.mark.skip(reason="bubblewrap is for Linux"))
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if parameters.get("start") == COLD and "kernel" not in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", params=[COLD, WARM])
def start(request: pytest.FixtureRequest) -> str:
    """The two ways to start a kernel: every promise holds for both."""
    return request.param


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Things of the grader, with their addresses."""
    folder = tmp_path_factory.mktemp("course")
    gradebook = folder / "gradebook.db"
    gradebook.write_text("marks")
    tcp, abstract = socket.socket(), socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0word2chat-test-{os.getpid()}")
    tcp.bind(("127.0.0.1", 0))
    for one in (tcp, abstract):
        one.listen()
    os.environ["WORD2CHAT_TEST_SECRET"] = "password"
    yield {
        "GRADEBOOK": str(gradebook),
        "FOLDER": str(folder),
        "REPOSITORY": str(REPOSITORY),
        "TCP": str(tcp.getsockname()[1]),
        "ABSTRACT": f"word2chat-test-{os.getpid()}",
        "GRADER": str(os.getpid()),
    }
    del os.environ["WORD2CHAT_TEST_SECRET"]
    for one in (tcp, abstract):
        one.close()


@pytest.fixture(scope="session")
def kernel(start: str, secret: dict[str, str]) -> Iterator[RunningKernel]:
    """One kernel for all programs that leave it usable."""
    with running_kernel(spec(env=tuple(secret.items())), start) as one:
        assert say(one, PRELUDE) == ""
        yield one


@pytest.fixture
def fresh_search() -> Iterator[None]:
    """bubblewrap is looked for anew in this test, and once more after it."""
    bwrap.bubblewraps.cache_clear()
    yield
    bwrap.bubblewraps.cache_clear()
