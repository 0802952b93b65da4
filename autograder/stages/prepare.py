"""Stage 2, prepare: instructor's cells from the gradebook, the student's *source* in its place.

The template of a week is read once for a whole class. A submission is rebuilt on it: every cell of
the instructor stands where the instructor put it, with the instructor's text; solution cells carry
the student's text; cells that the student added follow the cell they followed. Whatever was put
back, moved or left out is said in a note, and what cannot be found is refused with a sentence.
"""

from __future__ import annotations

from dataclasses import replace

from nbgrader.api import Gradebook, MissingEntry

from autograder.errors import Refused, UserError
from autograder.gradebook import open_gradebook, patiently
from autograder.model import (
    NotebookTemplate,
    PreparedNotebook,
    Submission,
    Template,
    TemplateCell,
)
from autograder.stages.choosing import Choice, choose
from autograder.translation.catalog import catalogs
from autograder.translation.undo import translation_of
from autograder.week import Week
from course.phrases import SOURCE_LANGUAGE, Message
from course.recognition.laying import Laid, from_template

NOTE_CHARS = 300


def prepare(submission: Submission, template: Template) -> tuple[PreparedNotebook, ...]:
    """Rebuild each notebook of the week; of several, one that is missing is rebuilt as empty.

    Raises:
        Refused: none of this week's notebooks is there, or two could be meant, or the cell of an
            exercise is gone and what may be its answer is not called so.
    """
    choices = choose(submission, template)
    of_all = [submission.notes, *[()] * (len(choices) - 1)]  # what concerns all stands at the first
    return tuple(_rebuild(submission, *one) for one in zip(choices, of_all, strict=True))


# ------------------------------------------------------------------------------------ rebuilding
def _rebuild(submission: Submission, choice: Choice, of_all: tuple[str, ...]) -> PreparedNotebook:
    if choice.reading is None:
        cells, language = [from_template(cell) for cell in choice.template.cells], SOURCE_LANGUAGE
        notes = (*of_all, *choice.notes)
    else:
        if lost := choice.reading.what_is_lost():
            raise Refused(lost)
        laid, language = Laid(choice.reading), choice.reading.language
        cells, notes = laid.cells(), (*of_all, *choice.notes, *laid.notes())
    return PreparedNotebook(
        submission.student, submission.week, choice.template.name, tuple(cells),
        tuple(note[:NOTE_CHARS] for note in notes), language,
    )  # fmt: skip


# ------------------------------------------------------------------------------------ template
def read_template(week: Week) -> Template:
    """Read a week's cells from the gradebook, in the order of the source notebook.

    Raises:
        UserError: the week was never released, or source/ has changed since.
    """
    with open_gradebook(week.course) as gradebook:
        released = patiently(
            lambda: [_released(gradebook, week.name, notebook) for notebook in week.notebooks],
            gradebook.db.rollback,
        )
    known = catalogs(week.course.root, week.name)
    notebooks = (_with_translations(notebook, known) for notebook in released)
    return Template(week.name, tuple(notebooks), week.folder("source").parent)


def _with_translations(
    notebook: NotebookTemplate, known: dict[str, tuple[Message, ...]]
) -> NotebookTemplate:
    made = [translation_of(notebook.cells, messages, name) for name, messages in known.items()]
    return replace(notebook, translations=tuple(made))


def _released(gradebook: Gradebook, week: str, source: NotebookTemplate) -> NotebookTemplate:
    """A notebook of source/ with the texts of its release, which the gradebook keeps."""
    name = source.name
    try:
        notebook = gradebook.find_notebook(name, week)
    except MissingEntry:
        raise UserError(
            f"'{week}' has not been released: the gradebook does not know {name}.ipynb.",
            f"Run `autograder release {week}` (or `nbgrader generate_assignment {week}`) first.",
        ) from None
    stored = {cell.name: cell for cell in notebook.source_cells}
    return NotebookTemplate(name, tuple(_as_stored(cell, stored, week) for cell in source.cells))


def _as_stored(cell: TemplateCell, stored: dict, week: str) -> TemplateCell:
    """The cell with the text that the gradebook keeps: hidden checks in, solutions out."""
    if not cell.grade_id:
        return cell
    kept = stored.get(cell.grade_id)
    if kept is None or (kept.locked and kept.source != cell.source):
        raise UserError(
            f"source/{week} has changed since it was released (cell '{cell.grade_id}').",
            f"Run `autograder release {week}` again, then grade.",
        )
    return replace(cell, source=kept.source, locked=bool(kept.locked), checksum=kept.checksum)
