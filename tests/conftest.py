"""Fixtures: a tiny course, released once and graded once in the real sandbox for many tests."""

from __future__ import annotations

import faulthandler
import functools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbgrader.api
import pytest
import tiny_course

# nbgrader starts `alembic` by name: let it find the one beside this Python
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.setdefault("OMP_NUM_THREADS", "1")
# nbgrader asks another program for the version of its tables, for each new gradebook: once will do
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


PATIENCE = 2 * 3600  # seconds for a slow test: some grade hundreds of attackers within one
QUICK_SECONDS, SLOW_SECONDS = 1500, 4 * 3600  # pytest-timeout comes first, where a signal helps
stderr_of_the_run = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the run's own stderr, which pytest replaces while a test runs."""
    config.stash[stderr_of_the_run] = os.dup(2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests may take longer than pyproject.toml allows a quick one, also on a busy machine."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PATIENCE))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test that no signal can interrupt ends its process, and says where each thread waits."""
    seconds = SLOW_SECONDS if item.get_closest_marker("slow") else QUICK_SECONDS
    stderr = item.config.stash[stderr_of_the_run]
    faulthandler.dump_traceback_later(seconds, exit=True, file=stderr)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def released_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released tiny course, made once; tests work on copies of it."""
    from autograder.course_folder import open_course
    from autograder.edition.release import generate
    from autograder.reference.build import load_references
    from autograder.reference.suppositions import with_suppositions
    from autograder.week import open_week

    root = tiny_course.make_course(tmp_path_factory.mktemp("template"))
    course = open_course(root)
    generate(open_week(course, tiny_course.WEEK))
    week = open_week(course, tiny_course.WEEK)
    with_suppositions(week, load_references(week, say=lambda _: None), say=lambda _: None)
    return root


@pytest.fixture
def root(released_template: Path, tmp_path: Path) -> Path:
    """A fresh copy of the released tiny course."""
    return Path(shutil.copytree(released_template, tmp_path / "course"))


@pytest.fixture
def course(root: Path):
    """The copy, opened."""
    from autograder.course_folder import open_course

    return open_course(root)
