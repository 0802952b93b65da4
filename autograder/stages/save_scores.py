"""nbgrader's own preprocessor that writes scores, on an open gradebook.

A module of its own, because importing them brings in nbconvert: half a second that `record` spends
only when there is something to write, and while students' code is running.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets.config import Config


class _SaveAutoGrades(SaveAutoGrades):
    """nbgrader's own, on a gradebook that is already open."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.student_id, self.db_url = names["student"], names["db_url"]
        self.gradebook = resources["gradebook"]
        return NbGraderPreprocessor.preprocess(self, nb, resources)


def save_scores(config: Config, notebook: NotebookNode, resources: dict[str, Any]) -> None:
    """Write the scores of a judged notebook to the gradebook of the resources."""
    _SaveAutoGrades(config=config).preprocess(notebook, resources)
