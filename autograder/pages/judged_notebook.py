"""The judged notebook: what nbgrader stores, shows in the formgrader and turns into feedback.

The verdict stands first in a check's outputs as an `execute_result`, which is where nbgrader's
`determine_grade` reads a score; nothing that the student's kernel displayed there is kept. From the
first check on, the student's own outputs are left out altogether: by then the kernel has seen the
hidden checks, and feedback must not carry them out. Active content never gets in: what a student
wrote as text is defused, so that it is safe in viewers that do not sanitise markdown.

Cells and outputs are built by hand: nbformat's constructors validate every one of them, which costs
more than all the judging. A test validates what is built here.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.judging.error_texts import shown_by_check
from autograder.judging.vocabulary import Vocabulary, vocabulary_of
from autograder.model import (
    CheckVerdict,
    Execution,
    Judgement,
    PreparedCell,
    PreparedNotebook,
    TemplateCell,
    Verdict,
)
from autograder.pages.inert_markdown import defused
from autograder.pages.verdict_table import KEY, verdict_data, verdict_panel
from course.phrases import SOURCE_LANGUAGE

KERNEL = {"name": "word2chat", "display_name": "word2chat (CPU)", "language": "python"}
SAFE_TYPES = ("text/plain", "image/png")
PNG = b"\x89PNG\r\n\x1a\n"
PICTURE_CHARS = 4_000_000
TEXT_CHARS = 20_000


def judged_notebook(
    prepared: PreparedNotebook, execution: Execution, judgement: Judgement, stamp: str = ""
) -> NotebookNode:
    """Put verdicts and safe outputs into the prepared notebook."""
    runs = {run.index: run for run in execution.runs}
    verdicts = {check.grade_id: check for check in judgement.checks}
    names = vocabulary_of(prepared)
    first_check = next((i for i, cell in enumerate(prepared.cells) if cell.grade_id in verdicts), 0)
    cells = []
    for index, cell in enumerate(prepared.cells):
        made = _cell(cell)
        if cell.grade_id in verdicts:
            check = verdicts[cell.grade_id]
            check = replace(check, visible_error=_shown_error(check, cell.source, names))
            remark = "; ".join(filter(None, (stamp, check.stamp)))
            made["outputs"] = [_verdict_output(check, remark)]
            made["metadata"][KEY] = verdict_data(check, remark)
        elif cell.kind == "code" and index < first_check and index in runs:
            made["outputs"] = [safe_output(output) for output in runs[index].outputs]
        cells.append(made)
    return _notebook(cells, prepared.language)


def _shown_error(check: CheckVerdict, source: str, names: Vocabulary) -> str:
    """What ended the visible part. One text a check may repeat what the kernel chose to say."""
    error = check.visible_error
    if not error or not any(probe.verdict is Verdict.ERROR for probe in check.probes):
        return shown_by_check(error, source, names) if error else ""
    return shown_by_check(error, source, None) if error.startswith("AssertionError") else ""


def bare_notebook(prepared: PreparedNotebook) -> NotebookNode:
    """The prepared notebook without any outputs."""
    return _notebook([_cell(cell) for cell in prepared.cells], prepared.language)


def _notebook(cells: list[dict], language: str) -> NotebookNode:
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
    metadata: dict[str, Any] = {"kernelspec": KERNEL}
    if language != SOURCE_LANGUAGE:
        metadata[KEY] = {"language": language}
    return from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(cell: PreparedCell) -> dict[str, Any]:
    """The cell with nbgrader's metadata from the gradebook's template, and no other."""
    template = cell.template
    own = template is None or template.source != cell.source
    made = {"cell_type": cell.kind, "metadata": _metadata(template, own)}
    if cell.kind == "code":
        return made | {"source": cell.source, "execution_count": None, "outputs": []}
    return made | {"source": defused(cell.source) if own else cell.source}


def _metadata(template: TemplateCell | None, own: bool) -> dict:
    if template is None or template.grade_id is None:
        return {KEY: {"own": True}} if own else {}  # a cell that the student added or changed
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


def _verdict_output(check: CheckVerdict, stamp: str) -> dict[str, Any]:
    data = {"text/plain": repr(float(check.points)), "text/html": verdict_panel(check, stamp)}
    kind = "execute_result"
    return {"output_type": kind, "data": data, "metadata": {}, "execution_count": None}


def safe_output(output: dict) -> dict[str, Any]:
    """Text, errors and PNG pictures; of anything else only that there was something."""
    kind = output["output_type"]
    if kind == "stream":
        return {"output_type": kind, "name": output["name"], "text": output["text"][:TEXT_CHARS]}
    if kind == "error":
        said = {key: output[key] for key in ("ename", "evalue", "traceback")}
        return {"output_type": kind, **said}
    data = {key: output["data"][key] for key in SAFE_TYPES if key in output["data"]}
    if not _is_png(data.get("image/png")):
        data.pop("image/png", None)
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _is_png(data: object) -> bool:
    """Whether this is a picture in base64, of a bounded size; read once, from left to right."""
    if not isinstance(data, str) or len(data) > PICTURE_CHARS:
        return False
    try:
        return base64.b64decode("".join(data.split()), validate=True).startswith(PNG)
    except ValueError:
        return False
