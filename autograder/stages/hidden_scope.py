"""Hidden checks get a scope of their own, so that no name of theirs meets a student's.

A hidden region binds `lengths`, `rows` or `copies`, and a student may have a helper of that name.
In one namespace one of the two would be lost. So before a check is run, by grading or by the proof,
its hidden region becomes text that runs in a copy of the notebook's namespace:

    what it binds          stays in the copy: a student's helper is not overwritten, and its own
                           lambdas and functions find its own names first
    what it reads          is the notebook's: set-up, imports, the student's functions and classes
    what Python calls so   is Python's: `list`, `sum`, `max` keep their meaning whatever a student
                           has bound to these names

Only cells with the instructor's text are changed, and only on their way to a kernel: gradebook,
feedback and the file itself keep the cell as it was written, and it runs unchanged in JupyterLab
and under stock nbval. Lines keep their numbers. Two regions of one cell share no names.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from autograder import syntax
from course.notebook_format import HIDDEN_TESTS

# One expression, without a name that a student could have bound: `__import__` is Python's own.
RUN = (
    "(lambda own: own.exec(own.compile({text!r}, '<hidden checks>', 'exec'), "
    "{{name: value for name, value in own.globals().items() "
    "if name[:2] == '__' or not own.hasattr(own, name)}}))(__import__('builtins'))"
)

EVIDENCE = re.compile(r"probe|challenge|course\b")  # what asks for evidence

# Before a region's probes are made, the check is given the key to its own inputs. The kernel never
# holds the seed of the offering, nor a key before its turn.
KEY = "@key of this check@"
SOW = f"__import__('course.probes', fromlist=['sow']).sow('{KEY}'); "


def with_key(source: str, seed: str, grade_id: str) -> str:
    """A check on its way to a kernel, with the key that the offering's seed gives to its name."""
    key = hmac.new(seed.encode(), grade_id.encode(), hashlib.sha256).hexdigest()[:32]
    return source.replace(KEY, key)


def as_it_runs(source: str) -> str:
    """A check cell as a kernel gets it: probes in a scope of their own.

    Hidden tests without a probe share the notebook's names, as under nbgrader: they may delete a
    function, or count points for the visible part.
    """
    return in_own_scope(source) if EVIDENCE.search(HIDDEN_TESTS.inside(source)) else source


def in_own_scope(source: str) -> str:
    """A check cell whose hidden regions run in a scope of their own.

    A region that is not plain Python (a magic, say), or that has no end, stays as it is.
    """
    lines: list[str] = []
    region: list[str] | None = None
    for line in source.split("\n"):
        if region is None and HIDDEN_TESTS.begin in line:
            region = [line]
        elif region is None:
            lines.append(line)
        else:
            region.append(line)
            if HIDDEN_TESTS.end in line:
                lines += _apart(region)
                region = None
    return "\n".join([*lines, *(region or [])])


def _apart(region: list[str]) -> list[str]:
    """A region, its markers included, as one line that runs it and as many empty ones."""
    begin, *body, _ = region
    indent = begin[: len(begin) - len(begin.lstrip())]
    # the first line stands where the marker stood
    text = "\n".join(["if True:" if indent else "", *body, ""])
    try:
        syntax.parse(text)
    except (SyntaxError, ValueError):
        return region
    sow = SOW if "probe" in text else ""
    return [indent + sow + RUN.format(text=text), *[""] * (len(region) - 1)]
