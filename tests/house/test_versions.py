"""One Python for all: the guide, conda, the container and the requirement agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tiny_course import ROOT

from autograder.cli.doctor import STUDENTS_PYTHON

NAMED = (
    "environment.yml", "README.md", "course/guide/setup.md", "course/guide/setup.ko.md",
    "course/guide/troubleshooting.md", "course/guide/host.md",
    "autograder/templates/edition/README.md",
)  # fmt: skip
INSTALLED = re.compile(r"(?:py -|python[:=]?|Python )(3\.\d+)(?![\d,]| or| 또는|,)")


@pytest.mark.parametrize("path", NAMED)
def test_every_page_installs_the_same_python(path: str) -> None:
    """What a reader is told to install is the version that `autograder doctor` compares with."""
    text = (ROOT / path).read_text("utf-8")
    assert set(INSTALLED.findall(text)) == {".".join(map(str, STUDENTS_PYTHON))}


def test_that_python_is_one_that_the_packages_accept() -> None:
    """And so is the oldest, which graders may run."""
    project = tomllib.loads(Path(ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lowest, above = re.findall(r"3\.(\d+)", project["requires-python"])
    assert int(lowest) <= STUDENTS_PYTHON[1] < int(above)
    assert int(lowest) == 11
