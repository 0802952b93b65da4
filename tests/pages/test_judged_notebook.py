"""The judged notebook, made without nbformat's validation, is a valid notebook all the same."""

from __future__ import annotations

import nbformat
import pytest

from autograder.model import (
    CellEnd,
    CellRun,
    CheckVerdict,
    Execution,
    Judgement,
    MistakeReference,
    PreparedCell,
    PreparedNotebook,
    ProbeVerdict,
    TemplateCell,
    Verdict,
)
from autograder.pages.judged_notebook import bare_notebook, judged_notebook

PICTURE = "iVBORw0KGgoAAAANSUhEUg=="
OUTPUTS = (
    {"output_type": "stream", "name": "stdout", "text": "hello\n"},
    {"output_type": "stream", "name": "stderr", "text": "a warning\n"},
    {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["line 1"]},
    {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": "1", "text/html": "<b>"},
    },
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": PICTURE}},
)


def template(kind: str, grade_id: str | None, **flags: object) -> TemplateCell:
    plain = {"locked": False, "grade": False, "solution": False, "task": False, "points": 0.0}
    return TemplateCell(kind, "text", grade_id, f"id-{grade_id}", skip=False, **{**plain, **flags})


def prepared() -> PreparedNotebook:
    """One cell of every kind: an instructor's, a student's own, a solution, a check, a task."""
    check = template("code", "check_double", grade=True, locked=True, points=3.0)
    answer = template("code", "double", solution=True)
    task = template("markdown", "why", task=True, points=2.0)
    cells = (
        PreparedCell("markdown", "text", False, template=template("markdown", None)),
        PreparedCell("markdown", "<script>own</script>", False),
        PreparedCell("raw", "raw", False),
        PreparedCell("code", "x = 1", True, "double", solution=True, template=answer),
        PreparedCell("code", "probe()", True, "check_double", grade=True, template=check),
        PreparedCell("markdown", "an answer", False, "why", template=task),
        PreparedCell("code", "y = 2", True),
    )
    return PreparedNotebook("s1", "week90", "nb", cells)


def judgement(verdict: Verdict) -> Judgement:
    mistake = MistakeReference("halved", "You halve.", "절반", ({"kind": "none"},))
    probe = ProbeVerdict("p", verdict, 0.0, 3.0, "got 1, expected 2")
    found = CheckVerdict("check_double", verdict, 0.0, 3.0, (probe,), mistake, "visible")
    return Judgement("nb", (found,))


def run() -> Execution:
    ran = CellRun(3, "double", CellEnd.OK, OUTPUTS), CellRun(6, None, CellEnd.OK, OUTPUTS)
    return Execution("week90/s1", ran, 0.1)


@pytest.mark.parametrize("verdict", Verdict)
def test_the_judged_notebook_is_valid(verdict: Verdict) -> None:
    """nbformat's own schema accepts it, whatever was found and whatever the student displayed."""
    made = judged_notebook(prepared(), run(), judgement(verdict), "unsandboxed")
    nbformat.validate(made, relax_add_props=False)
    assert [output.output_type for output in made.cells[3].outputs] == [
        "stream", "stream", "error", "display_data", "display_data",
    ]  # fmt: skip
    assert made.cells[3].outputs[3].data == {"text/plain": "1"}
    assert made.cells[4].outputs[0].output_type == "execute_result"
    assert made.cells[6].outputs == []


def test_the_bare_notebook_is_valid() -> None:
    """Before execution there are cells with metadata, and nothing else."""
    made = bare_notebook(prepared())
    nbformat.validate(made, relax_add_props=False)
    assert made.cells[4].metadata.nbgrader.points == 3.0
    assert all(cell.outputs == [] for cell in made.cells if cell.cell_type == "code")


def test_cells_share_nothing() -> None:
    """Two notebooks made one after the other can be changed apart."""
    first, second = bare_notebook(prepared()), bare_notebook(prepared())
    first.metadata.kernelspec["name"] = "changed"
    assert second.metadata.kernelspec["name"] == "word2chat"


def picture_kept(data: str) -> bool:
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": data}}
    ran = Execution("week90/s1", (CellRun(3, "double", CellEnd.OK, (output,)),), 0.1)
    made = judged_notebook(prepared(), ran, judgement(Verdict.PASS))
    return "image/png" in made.cells[3].outputs[0].data


PICTURES = {
    "a picture": (PICTURE, True),
    "in lines": ("iVBORw0KGgoAAAAN\nSUhEUg==\n", True),
    "another type": ("R0lGODlhAQABAAAAACw=", False),
    "text behind it": (PICTURE + "<script>", False),
    "blanks without end": ("iVBORw0KGgo" + " " * 1_900_000 + "!", False),
    "too large": ("iVBORw0KGgoAAAAN" * 400_000, False),
    "not ASCII": ("iVBORw0KGgoé", False),
}


@pytest.mark.parametrize("name", PICTURES)
def test_only_pictures_are_kept(name: str) -> None:
    """A PNG in base64 of a bounded size is kept; what only begins like one is not."""
    data, kept = PICTURES[name]
    assert picture_kept(data) is kept
