"""Notebooks and kernel messages changed at random, a few places each: what no test foresees."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from course.challenges.entries import MIME as ENTRY
from course.probes import MIME as PROBE

TEXTS = (
    "", "\0", "\ud800", "x" * 3000, "\u202e\u2028\ufeff", "\x1b[2J\x07", "def double(x):",
    "### BEGIN HIDDEN TESTS", "# ### BEGIN MARK SCHEME\n1",
    "### BEGIN SOLUTION\n### END HIDDEN TESTS", "{", "'''", "\\" * 50, "%%bash\nsleep 9",
    "!sleep 9", "get_ipython().ask_exit()", "raise",
    "import torch as double", "def row_sums(x, /, *, y=…):\n\tpass\n  pass", "print(In)",
    "(" * 300, "<img src=x onerror=alert(1)>", "$$\\begin{a}", "[a](javascript:x)",
    "![p](attachment:p.png)",
    "![p](data:image/png;base64,iVBORw0KGgo=)", "double = row_sums = None", "\r\r\n\v\f",
    "가나다", "..",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, 10**30, [], {}, [[]], {"": {}}, ["a", 1, None], "code",
    "markdown", "raw",
    {"nbgrader": {"grade_id": "double", "solution": True, "schema_version": 99}},
    {"nbgrader": {"grade_id": "check_double", "grade": True, "points": 1e9}},
    {"tags": ["skip-execution"]}, {"p.png": {"image/png": "iVBORw0KGgo="}}, {"text/plain": "3.0"},
    "double", "check_row_sums",
)  # fmt: skip
Tree = Any


# ------------------------------------------------------------------------------------ trees
def _copy(tree: Tree) -> Tree:
    return json.loads(json.dumps(tree))  # copy.deepcopy does not get deep enough


def _places(tree: Tree) -> list[tuple[Any, Any]]:
    """Every container of a tree with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        found += [(here, key) for key in keys]
        waiting += [here[key] for key in keys if isinstance(here[key], (dict, list))]
    return found


def changed(chance: random.Random, tree: Tree) -> Tree:
    """A copy with one place replaced, removed, doubled, nested, exchanged or written into."""
    tree = _copy(tree)
    places = _places(tree)
    if not places:
        return chance.choice(ODD)
    here, key = chance.choice(places)
    other, its = chance.choice(places)
    match chance.randrange(7):
        case 0:
            here[key] = chance.choice((*ODD, *TEXTS))
        case 1:
            del here[key]
        case 2 if isinstance(here, list):
            here.insert(chance.randrange(len(here) + 1), _copy(here[key]))
        case 3:
            for _ in range(chance.choice((1, 30, 100))):
                here[key] = [here[key]]
        case 4:
            here[key] = _copy(other[its])
        case 5 if isinstance(here[key], str):
            cut = chance.randrange(len(here[key]) + 1)
            here[key] = here[key][:cut] + chance.choice(TEXTS) + here[key][cut:]
        case _ if isinstance(here, dict):
            here[chance.choice(TEXTS)] = chance.choice(ODD)
    return tree


# ------------------------------------------------------------------------------------ bytes
def _cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flipped(chance: random.Random, content: bytes) -> bytes:
    made = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        if made:
            made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _doubled(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start // 2 :]


def _encoded(chance: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    coding = chance.choice(("utf-16", "utf-8-sig", "latin-1", "utf-32", "cp949"))
    return text.encode(coding, "replace")


def _twice_named(chance: random.Random, content: bytes) -> bytes:
    """A key that an object has twice."""
    return content.replace(b'"metadata"', chance.choice((b'"source"', b'"id"', b'"cells"')), 2)


BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _cut, _flipped, _doubled, _encoded, _twice_named,
)  # fmt: skip


def notebook(seed: int, sound: dict[str, Any]) -> bytes:
    """A submission made from a sound notebook: one to six changes, rarely in its bytes too."""
    chance = random.Random(seed)
    tree: Tree = sound
    for _ in range(chance.randrange(1, 7)):
        tree = changed(chance, tree)
    content = json.dumps(tree).encode()
    return chance.choice(BYTES)(chance, content) if chance.random() < 0.15 else content


# ------------------------------------------------------------------------------------ messages
BUNDLE = {"kind": "array", "dtype": "float", "shape": [2, 2], "values": [1.0, 2.0, 3.0, 4.0]}
EVIDENCE = {"label": "sums", "value": BUNDLE, "points": 3, "rtol": 1e-5, "atol": 1e-8}
SOUND = (
    ("stream", {"name": "stdout", "text": "some text\n"}),
    ("display_data", {"data": {PROBE: EVIDENCE, "text/plain": "1.0"}, "metadata": {}}),
    ("display_data", {"data": {ENTRY: {"label": "x", "rows": [[0.5, 0.5]]}}, "metadata": {}}),
    ("execute_result", {"data": {"text/plain": "3.0", "image/png": "iVBORw0KGgo="}}),
    ("error", {"ename": "AssertionError", "evalue": "a: b", "traceback": ["line 1", "line 2"]}),
    ("status", {"execution_state": "idle"}),
)  # fmt: skip


def message(chance: random.Random, about: str) -> dict[str, Any]:
    """What a kernel might send about a request; its content is always an object."""
    kind, content = chance.choice(SOUND)
    for _ in range(chance.randrange(3)):
        made = changed(chance, content)
        content = made if isinstance(made, dict) else {}
    size = len(json.dumps(content))
    head = {"msg_id": about}
    return {"msg_type": kind, "content": content, "parent_header": head, "bytes": size}
