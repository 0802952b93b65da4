"""A student's notebook read as one of the week's, whatever the language of its edition."""

from __future__ import annotations

from autograder.model import NotebookTemplate, StudentNotebook
from autograder.translation.undo import in_source_language
from course.recognition.answers import Reading, recognised


def read_as(sent: StudentNotebook, template: NotebookTemplate) -> Reading:
    """Recognise a student's cells as those of one of the week's notebooks."""
    original, language = in_source_language(sent, template)
    return recognised(original, template, language)
