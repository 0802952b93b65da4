"""The feedback page: nbgrader's `generate_feedback` with our exporter, by configuration.

`nbgrader generate_feedback`, the formgrader's button and `autograder feedback` all build the page
here (see nbgrader_config.py). It is one file that runs no script and asks no server for anything.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_task
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from autograder.pages.safe_html import safe_markdown, safe_output
from autograder.pages.verdict_table import GREEN, GREY, KEY, ORANGE, colour
from autograder.templates import FOLDER

HEADING = re.compile(r"^#{1,4} +(.+?)(?: *\([\d.]+ points?\b[^)]*\))? *#*$", re.MULTILINE)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML with our template and sanitising filters, whatever else is configured."""

    def __init__(self, config: Config | None = None, **kwargs: Any) -> None:
        ours = Config()
        ours.HTMLExporter.template_name = "feedback"
        ours.HTMLExporter.extra_template_basedirs = [str(FOLDER)]
        ours.HTMLExporter.sanitize_html = True
        ours.HTMLExporter.filters = {"markdown2html": safe_markdown, "clean_html": safe_output}
        merged = Config(copy.deepcopy(config or {}))
        merged.merge(ours)
        super().__init__(config=merged, **kwargs)


class Verdicts(GetGrades):
    """nbgrader's grades and comments, and one row per exercise for the table on top."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb, resources = super().preprocess(nb, resources)
        title, rows = "", []
        for cell in nb.cells:
            if cell.cell_type == "markdown" and not _is_own(cell):
                title = _last_heading(cell.source) or title
            if is_grade(cell) or is_task(cell):
                rows.append(_row(cell, title))
        grades = resources["nbgrader"]
        resources[KEY] = {
            "rows": rows,
            "title": _title(nb) or grades["notebook"],
            "share": _share(grades["score"], grades["max_score"]),
            "waiting": sum(row["most"] for row in rows if row["waiting"]),
            "code_css": HtmlFormatter(style="default").get_style_defs(".highlight"),
        }
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._get_score(cell, resources)
        names = (self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(cell.metadata.nbgrader["grade_id"], *names)
        cell.metadata.nbgrader["by_hand"] = grade.manual_score is not None
        cell.metadata.nbgrader["waiting"] = bool(grade.needs_manual_grade)


def _row(cell: NotebookNode, title: str) -> dict[str, Any]:
    """One line of the summary: what it was, the points, the verdict in words, what to look at."""
    grade, found = cell.metadata.nbgrader, cell.metadata.get(KEY)
    points, most = float(grade["score"] or 0), float(grade["points"] or 0)
    row = {
        "id": grade["grade_id"], "title": title, "points": points, "most": most,
        "share": _share(points, most),
        "mistake": None, "reason": "", "stamp": "", "passed": 0, "probes": 0,
    }  # fmt: skip
    if found is None or grade["by_hand"]:
        waiting = grade["waiting"] and not grade["by_hand"]
        words = "a person will read it" if waiting else "read by a person"
        tint = GREY if waiting else GREEN if points >= most else ORANGE
        return row | {"words": words, "colour": tint, "waiting": waiting}
    return row | {
        **{key: found[key] for key in ("words", "mistake", "reason", "stamp", "passed", "probes")},
        "colour": colour(found["verdict"]), "waiting": False,
    }  # fmt: skip


def _share(points: float, most: float) -> int:
    """Per cent, from 0 to 100."""
    return round(100 * min(max(points / most, 0), 1)) if most else 100


def _is_own(cell: NotebookNode) -> bool:
    """Whether the student added this cell."""
    return bool(cell.metadata.get(KEY, {}).get("own"))


def _last_heading(source: str) -> str:
    found = HEADING.findall(source)
    return found[-1].replace("`", "").strip() if found else ""


def _title(nb: NotebookNode) -> str:
    for cell in nb.cells:
        if cell.cell_type == "markdown" and not _is_own(cell):
            return _last_heading(cell.source.split("\n", 1)[0])
    return ""
