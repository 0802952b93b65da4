"""Write the probes of a check: its hidden region, and what of its assertions stays."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.adoption.asserting import ATOL, RTOL, TABLE
from autograder.adoption.checking import AUTOTEST, Check, Part, shown_text
from autograder.adoption.drawing import Drawn, drawn_inputs
from course.notebook_format import HIDDEN_TESTS

LONGEST = 70  # characters of a label
HELPERS = {
    "raised(": '''
def raised(kinds, run):
    """The name of the error that comes, where it is of these kinds."""
    try:
        run()
    except kinds as error:
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        return next(kind.__name__ for kind in kinds if isinstance(error, kind))
    return "no error"
''',
    f"{TABLE}(": f'''
def {TABLE}(table):
    """What a data frame or a series holds: columns, index and values."""
    columns = getattr(table, "columns", [getattr(table, "name", None)])
    return [list(columns), table.index.tolist(), table.to_numpy().tolist()]
''',
    "whole(": '''
def whole(rng, low, high):
    """A whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))
''',
    "part(": '''
def part(rng, low, high):
    """A number between low and high."""
    return float(rng.uniform(low, high))
''',
}


@dataclass(frozen=True)
class Probe:
    """One probe to be written."""

    label: str
    call: str  # what is run
    rtol: float = RTOL
    atol: float = ATOL
    weight: int = 1


@dataclass(frozen=True)
class Written:
    """A check cell, rewritten: its source, its points, and a second cell for what stays."""

    source: str
    points: float
    probes: tuple[Probe, ...]
    drawn: tuple[Drawn, ...] = ()
    rest: str = ""
    rest_points: float = 0.0


def write_check(
    source: str, points: float, check: Check, student: frozenset[str], draw: bool
) -> Written:
    """The cell with probes in its hidden region, in front of what students see of it.

    Each assertion is worth the same; drawn inputs of a function are worth as much as all of its
    fixed ones together.
    """
    found = [part.evidence for part in check.probed if part.evidence]
    drawn = tuple(drawn_inputs(found, student)) if draw else ()
    probes = (*_probes(check), *_drawn_probes(drawn))
    stays = len(check.staying)
    shares = shared(points, [*(probe.weight for probe in probes), *[1] * stays])
    own = round(sum(shares[: len(probes)]), 2)
    region = _region(check, probes, shares)
    visible = HIDDEN_TESTS.without(AUTOTEST.sub("", source)).strip("\n")
    return Written(
        f"{_hidden(region)}\n{visible}".rstrip(), own, probes, drawn,
        _hidden(_rest(check)) if stays else "", round(points - own, 2),
    )  # fmt: skip


def shared(points: float, weights: list[int]) -> list[float]:
    """Points parted by weight, in hundredths that sum to the points."""
    whole, total = round(points * 100), sum(weights)
    ends = [round(whole * sum(weights[: place + 1]) / total) for place in range(len(weights))]
    return [(end - start) / 100 for start, end in zip([0, *ends], ends, strict=False)]


def _hidden(text: str) -> str:
    return f"{HIDDEN_TESTS.begin}\n{text.strip()}\n{HIDDEN_TESTS.end}"


def _rest(check: Check) -> str:
    """The support of a check and the assertions that no probe replaces."""
    lines = (part.text for part in check.parts if not part.evidence)
    return "\n".join(lines)


# ------------------------------------------------------------------------------------ probes
def _probes(check: Check) -> Iterator[Probe]:
    labels: set[str] = set()
    for number, part in enumerate(check.probed, start=1):
        assert part.evidence is not None
        label = _unique(_label(part, number), labels)
        near = part.evidence
        call = f"lambda: {shown_text(near)}"
        yield Probe(label, call, near.rtol, near.atol)


def _label(part: Part, number: int) -> str:
    """What the author said, else the code; of a hidden case neither the input nor the answer."""
    evidence = part.evidence
    assert evidence is not None
    if evidence.raising and not part.hidden:  # what is said there is what went wrong
        kinds, call = evidence.shown.elts  # type: ignore[attr-defined]
        return f"{ast.unparse(call)} raises {ast.unparse(kinds)}"
    if evidence.message:
        return evidence.message
    if part.hidden:
        return f"hidden case {number}"
    return f"the cases in line {part.line}" if part.collects else ast.unparse(evidence.shown)


def _unique(label: str, taken: set[str]) -> str:
    label = " ".join(label.split())[:LONGEST]
    names = (label if i == 1 else f"{label} ({i})" for i in range(1, 1000))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _drawn_probes(drawn: tuple[Drawn, ...]) -> Iterator[Probe]:
    for one in drawn:
        label = f"{one.function}, drawn inputs"
        rng = f"probe_rng({one.function!r}).numpy"  # its own: no error before it moves it on
        yield Probe(label, f"lambda rng={rng}: {_listed(one.calls)}", one.rtol, one.atol, one.cases)


def _listed(calls: tuple[str, ...]) -> str:
    if len(set(calls)) == 1:
        return f"[{calls[0]} for _ in range({len(calls)})]"
    return "[\n" + "".join(f"    {call},\n" for call in calls) + "]"


# ------------------------------------------------------------------------------------ the region
def _region(check: Check, probes: tuple[Probe, ...], shares: list[float]) -> str:
    calls = dict(zip([p.label for p in probes], map(_call, probes, shares), strict=False))
    ordered = iter(probes)
    lines: list[str] = []
    for part in check.parts:
        if part.evidence:
            probe = next(ordered)
            lines += [part.text, calls[probe.label]]
        elif not part.stays:
            lines.append(part.text)
    lines += [calls[probe.label] for probe in ordered]
    body = "\n".join(filter(None, lines))
    return "\n".join([*_head(body), body])


def _head(body: str) -> list[str]:
    helpers = [text.strip("\n") + "\n" for word, text in HELPERS.items() if word in body]
    draws = "whole(" in body or "part(" in body
    names = "probe, probe_rng" if draws else "probe"
    copies = ["from copy import deepcopy", ""] if "deepcopy(" in body else []
    head = [*copies, f"from course.probes import {names}", ""]
    return [*head, *helpers]


def _call(probe: Probe, points: float) -> str:
    near = "" if probe.rtol == RTOL else f", rtol={probe.rtol:g}"
    near += "" if probe.atol == ATOL else f", atol={probe.atol:g}"
    return f"probe({probe.label!r}, {probe.call}, points={points:g}{near})"
