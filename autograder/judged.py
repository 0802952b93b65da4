"""The judged notebook: what nbgrader stores, shows in the formgrader and turns into feedback.

The verdict stands first in a check's outputs as an `execute_result`, which is where nbgrader's
`determine_grade` reads a score; nothing that the student's kernel displayed there is kept. From the
first check on, the student's own outputs are left out altogether: by then the kernel has seen the
hidden checks, and feedback must not carry them out. Active content never gets in: what a student
wrote as text is defused, so that it is safe in viewers that do not sanitise markdown.
"""

from __future__ import annotations

import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograder.defuse import defused
from autograder.execute import CellRun, Execution
from autograder.judge import CheckVerdict, Judgement
from autograder.panel import KEY, verdict_data, verdict_panel
from autograder.prepare import PreparedCell, PreparedNotebook, TemplateCell

KERNEL = {"name": "word2chat", "display_name": "word2chat (CPU)", "language": "python"}
SAFE_TYPES = ("text/plain", "image/png")
PNG = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/\s]*={0,2}\s*")
TEXT_CHARS = 20_000


def judged_notebook(
    prepared: PreparedNotebook, execution: Execution, judgement: Judgement, stamp: str = ""
) -> nbformat.NotebookNode:
    """Put verdicts and safe outputs into the prepared notebook."""
    runs = {run.index: run for run in execution.runs}
    verdicts = {check.grade_id: check for check in judgement.checks}
    first_check = next((i for i, cell in enumerate(prepared.cells) if cell.grade_id in verdicts), 0)
    cells = []
    for index, cell in enumerate(prepared.cells):
        made = new_cell(cell)
        if cell.grade_id in verdicts:
            made.outputs = [_verdict_output(verdicts[cell.grade_id], stamp)]
            made.metadata[KEY] = verdict_data(verdicts[cell.grade_id], stamp)
        elif cell.kind == "code" and index < first_check and index in runs:
            made.outputs = _safe_outputs(runs[index])
        cells.append(made)
    return _notebook(cells)


def bare_notebook(prepared: PreparedNotebook) -> nbformat.NotebookNode:
    """The prepared notebook without any outputs."""
    return _notebook([new_cell(cell) for cell in prepared.cells])


def _notebook(cells: list) -> nbformat.NotebookNode:
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def new_cell(cell: PreparedCell) -> nbformat.NotebookNode:
    """The cell with nbgrader's metadata from the gradebook's template, and no other."""
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}[cell.kind]
    template = cell.template
    if cell.kind != "code" and (template is None or template.source != cell.source):
        return make(defused(cell.source), metadata=_metadata(template))
    return make(cell.source, metadata=_metadata(template))


def _metadata(template: TemplateCell | None) -> dict:
    if template is None:
        return {KEY: {"own": True}}  # a cell that the student added
    if template.grade_id is None:
        return {}
    nbgrader = {
        "schema_version": 3,
        "grade_id": template.grade_id,
        "cell_type": template.kind,
        "grade": template.grade,
        "solution": template.solution,
        "locked": template.locked,
        "task": template.task,
        "checksum": template.checksum,
    }
    if template.grade or template.task:
        nbgrader["points"] = template.points
    return {"nbgrader": nbgrader}


def _verdict_output(check: CheckVerdict, stamp: str) -> nbformat.NotebookNode:
    data = {"text/plain": repr(float(check.points)), "text/html": verdict_panel(check, stamp)}
    return new_output("execute_result", data, execution_count=None)


def _safe_outputs(run: CellRun) -> list[nbformat.NotebookNode]:
    outputs = []
    for output in run.outputs:
        kind = output["output_type"]
        if kind == "stream":
            text = output["text"][:TEXT_CHARS]
            outputs.append(new_output("stream", name=output["name"], text=text))
        elif kind == "error":
            outputs.append(new_output("error", **{k: output[k] for k in ("ename", "evalue")}))
            outputs[-1]["traceback"] = output["traceback"]
        else:
            data = {key: output["data"][key] for key in SAFE_TYPES if key in output["data"]}
            if not PNG.fullmatch(str(data.get("image/png", ""))):
                data.pop("image/png", None)
            outputs.append(new_output("display_data", data))
    return outputs
