"""The exporter that `nbgrader generate_feedback` and the formgrader's button use.

nbgrader finds it by `c.GenerateFeedback.exporter_class` (see nbgrader_config.py). The page is drawn
as by `autograder feedback`, in a process that can be ended, from the same marks and notes.
"""

from __future__ import annotations

import atexit
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import default

from autograder.course_folder import Course, course_from_config
from autograder.errors import UserError
from autograder.gradebook import open_gradebook
from autograder.journal import open_journal
from autograder.pages.gradebook_marks import read_marks
from autograder.pages.page_process import PageProcess, PageTask
from autograder.translation.catalog import FOLDER as CATALOGS
from autograder.week import Week


class FeedbackExporter(Exporter):
    """A judged notebook as the feedback page, whatever else is configured."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kwargs: Any
    ) -> tuple[Any, Any]:
        """The page, from the notebook and the names that nbgrader puts into the resources.

        Raises:
            UserError: the page cannot be drawn.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kwargs)
        names = resources["nbgrader"]
        week = Week(self._course(), names["assignment"], ())
        with tempfile.TemporaryDirectory() as folder:
            judged = Path(folder) / "judged.ipynb"
            judged.write_text(json.dumps(notebook), "utf-8")
            return _drawn(week, str(judged), names["student"], names["notebook"]), resources

    def _course(self) -> Course:
        converter: Any = self.parent
        return course_from_config(Path(converter.coursedir.root), self.config)


def _drawn(week: Week, judged: str, student: str, notebook: str) -> str:
    with open_gradebook(week.course) as gradebook:
        marks = read_marks(gradebook, week.name, [student])[student, notebook]
    entry = open_journal(week).entries.get(student)
    folder = str(week.course.root / CATALOGS)
    done = _process().draw(PageTask(judged, marks, entry.notes if entry else (), catalogs=folder))
    if done.html is None:
        raise UserError(f"No page can be drawn for {student}: {done.error}.")
    return done.html


@cache
def _process() -> PageProcess:
    """One for all pages of a command; it ends with the command."""
    process = PageProcess()
    atexit.register(process.close)
    return process
