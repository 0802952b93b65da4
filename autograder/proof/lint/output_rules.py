"""Rules on what a notebook stores: outputs of a clean run, answers of probes, figures."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.proof.lint.code_rules import probe_calls
from autograder.proof.lint.manuscript import Manuscript, StoredCell
from autograder.proof.lint.rule import Fault, rule

FIGURES = ("image/png", "image/svg+xml", "text/html", "application/vnd.jupyter.widget-view+json")
FEWEST_FIGURES = 4
FEWEST_LEAVES = 3  # with fewer yes-or-no values than this an answer can be guessed
LARGEST_GUESS = 4


@rule("Restart the kernel, run all cells, and save.")
def stored_outputs(week: Manuscript) -> Iterator[Fault]:
    """Every cell has run without an error, and the probes' answers are stored."""
    unrun = [cell for cell in week.code if cell.node.get("execution_count") is None]
    if len(unrun) == len(week.code):
        yield Fault("no cell was run before it was stored", todo=True)
        return
    for cell in week.code:
        for output in cell.outputs:
            if output.output_type == "error":
                yield Fault(f"a stored error: {output.ename}", cell, "Repair it, and run it again.")
            if output.get("name") == "stderr":
                yield Fault(f"stored text on stderr: {output.text[:60]!r}", cell)
        if cell in unrun:
            yield Fault("it was not run before it was stored", cell, todo=True)
        elif cell.grade:
            yield from _answer_faults(cell)


def _answer_faults(cell: StoredCell) -> Iterator[Fault]:
    count = len(list(probe_calls(cell.source)))
    if len(cell.evidence) != count:
        yield Fault(f"{len(cell.evidence)} stored answers for {count} probes", cell)
    for evidence in cell.evidence:
        if evidence["value"]["kind"] in ("error", "none"):
            yield Fault(f"`{evidence['label']}` shows {evidence['value']}", cell)
        if any(item == "nan" for _, item in _leaves(evidence["value"])):
            what = f"`{evidence['label']}` shows NaN, which never passes"
            yield Fault(what, cell, "Choose another input.")


@rule("Show the numbers that the answer follows from; a guess must not earn points.")
def no_guessable_answer(week: Manuscript) -> Iterator[Fault]:
    """No stored answer of a probe is one small number or one or two yes-or-no."""
    for cell in week.checks:
        for evidence in cell.evidence:
            yield from (Fault(what, cell) for what in _guessable(evidence))


def _guessable(evidence: dict) -> Iterator[str]:
    leaves = list(_leaves(evidence["value"]))
    label = evidence["label"]
    if len(leaves) < FEWEST_LEAVES and all(kind == "bool" for kind, _ in leaves):
        yield f"the stored answer of `{label}` is {len(leaves)} yes-or-no"
    if len(leaves) != 1:
        return
    kind, value = leaves[0]
    if kind == "int" and isinstance(value, (int, float)) and abs(value) <= LARGEST_GUESS:
        yield f"the stored answer of `{label}` is {value}: guessed in five tries"


def _leaves(value: dict) -> Iterator[tuple[str, object]]:
    """Every single value of a probe's answer, with its type."""
    if value["kind"] == "array":
        yield from ((value["dtype"], item) for item in value["values"])
    elif value["kind"] in ("sequence", "set"):
        for item in value["items"]:
            yield from _leaves(item)
    elif value["kind"] == "mapping":
        for key, item in value["items"]:
            yield from _leaves(key)
            yield from _leaves(item)
    elif value["kind"] != "none":
        yield value["kind"], value.get("text", "")


@rule("Add a playground cell with a plot or a widget, run it, and save.")
def figures(week: Manuscript) -> Iterator[Fault]:
    """A figure near the top and at least four playground cells with a stored picture."""
    shown = {c.index for c in week.code if not c.has_nbgrader and _has_figure(c)}
    if len(shown) < FEWEST_FIGURES:
        what = f"{len(shown)} playground cells with a stored figure or widget"
        yield Fault(f"{what}, expected {FEWEST_FIGURES}", todo=True)
    if not any(cell.index in shown for cell in week.top):
        yield Fault("no figure before exercise 1", todo=True)


def _has_figure(cell: StoredCell) -> bool:
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in FIGURES)
