"""What no command needs is not imported, and what is needed later can still be."""

from __future__ import annotations

import subprocess
import sys

from autograder.run.pool import PRELOADED

LIGHT = """
import sys
from autograder.light_imports import import_nbgrader
import_nbgrader()
import autograder.run.grade
heavy = ("jupyter_server", "nbconvert", "mistune", "torch", "rfc3987_syntax", "_pytest")
print([name for name in heavy if name in sys.modules])
"""
FORKED_FROM = f"""
import sys
import {", ".join(PRELOADED)}
heavy = ("nbgrader", "sqlalchemy", "jupyter_server", "nbconvert", "torch", "_pytest")
print([name for name in heavy if name in sys.modules], "autograder.stages.execute" in sys.modules)
"""
DRAWS = """
import sys
import autograder.pages.page_process
from autograder.pages.feedback_page import page_html
heavy = ("nbgrader", "nbconvert", "jupyter_server", "torch", "rfc3987_syntax", "_pytest")
print([name for name in heavy if name in sys.modules])
"""
LATER = """
import nbgrader.server_extensions.formgrader.handlers as handlers
import nbgrader.server_extensions.formgrader as formgrader
print(callable(formgrader.load_jupyter_server_extension), handlers.SubmissionHandler.__name__)
"""
BACKGROUND = """
import sys, time
from autograder.light_imports import import_in_background
import_in_background("json.tool", "wave")
for _ in range(600):
    if "wave" in sys.modules:
        break
    time.sleep(0.05)
import json.tool
print("wave" in sys.modules)
"""


def said(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")


def test_a_run_starts_without_what_it_does_not_need() -> None:
    """No server, no converter, no torch in the process that grades."""
    assert said(LIGHT)[0] == "[]"


def test_the_processes_of_a_pool_start_without_it_either() -> None:
    """Nor in the process that they are forked from, which brings what they execute with."""
    assert said(FORKED_FROM)[0] == "[] True"


def test_the_processes_that_draw_pages_start_without_it_too() -> None:
    """Every feedback command starts one for each processor: nbgrader alone took three seconds."""
    assert said(DRAWS)[0] == "[]"


def test_the_servers_extensions_are_whole_afterwards() -> None:
    """The stand-ins are gone: what is imported later is nbgrader's own."""
    assert said(LIGHT + LATER)[1] == "True SubmissionHandler"


def test_modules_come_in_the_background() -> None:
    """They are there in a moment, whoever imports them first."""
    assert said(BACKGROUND)[0] == "True"
