"""`autograder translate`: the catalogs of a week and of the course brought up to date."""

from __future__ import annotations

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.translation.catalog import Updated, catalog_path, update
from autograder.translation.cells import Entry, entries_of
from autograder.translation.sentences import ROOT, sentences
from course.notebook_format import NotebookError, read_cells, read_document
from course.phrases import LANGUAGES, SOURCE_LANGUAGE

COURSE = "course"  # in place of a week: what the course and the grader say


def update_catalog(course: Course, name: str, language: str) -> Updated:
    """Bring the catalog of a week, or of the course itself, up to date with the source.

    Raises:
        UserError: no such week or language, or the notebook cannot be read.
    """
    if language not in LANGUAGES or language == SOURCE_LANGUAGE:
        others = ", ".join(one for one in LANGUAGES if one != SOURCE_LANGUAGE)
        raise UserError(f"Nothing is translated into '{language}'.", f"Choose one of {others}.")
    if name == COURSE:
        return update(ROOT / "course" / "locale" / f"{language}.po", sentences(), language)
    return update(catalog_path(course.root, language, name), week_entries(course, name), language)


def week_entries(course: Course, name: str) -> list[Entry]:
    """The texts of all notebooks of a week.

    Raises:
        UserError: no such week, or a notebook cannot be read.
    """
    entries: list[Entry] = []
    for path in course.source_notebooks(name):
        try:
            entries += entries_of(read_cells(read_document(path.read_bytes())))
        except NotebookError as error:
            raise UserError(f"{path.name} {error}.", "Repair it in JupyterLab.") from error
    return entries
