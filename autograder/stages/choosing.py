"""Which notebook of a submission is graded. Trusted; it runs nothing.

A folder holds copies, checkpoints, scratch notebooks and those of other weeks beside the one that
counts, and that one may have another name. It is told by its content: this week's cells are in it,
and their answers are written. Where two could be meant, or none is, a person decides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import Refused, UserError
from autograder.model import NotebookTemplate, StudentNotebook, Submission, Template
from autograder.stages.reading import read_as
from autograder.week import read_source
from course.recognition.answers import Reading
from course.recognition.code_reading import functions_in, names_in
from course.recognition.matching import known_cells

NOTHING = ("is not a notebook: it is empty", "is left by macOS")  # in these is nobody's work


@dataclass(frozen=True)
class Choice:
    """The notebook that is graded as one of the week's; None if it was not handed in."""

    template: NotebookTemplate
    reading: Reading | None
    notes: tuple[str, ...] = ()


def choose(submission: Submission, template: Template) -> tuple[Choice, ...]:
    """Find each notebook of the week among those that were handed in.

    Raises:
        Refused: none of them is of this week, two could be meant, or the one that is meant cannot
            be read; the sentence names what is there.
    """
    choices = [_choose(submission, template, one) for one in template.notebooks]
    used = {choice.reading.sent.file for choice in choices if choice.reading}
    if not used:
        raise Refused(_none_of_this_week(submission, template))
    for choice in choices:
        _refuse_another_weeks(choice, template)
    left = [one.file for one in submission.notebooks if one.file not in used]
    left += [f"{path} ({why})" for path, why in submission.unread]
    absent = [choice.template.name for choice in choices if choice.reading is None]
    unexplained = [one for one in submission.notebooks if one.file not in used and _has_code(one)]
    if absent and unexplained:
        raise Refused(
            f"{absent[0]}.ipynb was not found, and {unexplained[0].file} holds none of its cells. "
            "Is it meant? Then its cells must carry their functions' names; else take it away."
        )
    if left:
        choices[0] = _noted(
            choices[0], f"Not graded, also in the submission: {', '.join(left)[:300]}."
        )
    return tuple(choices)


def _noted(choice: Choice, note: str) -> Choice:
    return Choice(choice.template, choice.reading, (*choice.notes, note))


def _choose(submission: Submission, week: Template, template: NotebookTemplate) -> Choice:
    expected = f"{template.name}.ipynb"
    broken = dict(submission.unread).get(expected, "")
    if broken and not broken.startswith(NOTHING):
        raise Refused(f"'{expected}' {broken}.")
    theirs = {f"{one.name}.ipynb" for one in week.notebooks if one is not template}
    readings = [read_as(one, template) for one in submission.notebooks if one.file not in theirs]
    here = [reading for reading in readings if reading.exercises]
    if not here:
        return Choice(template, None, (f"{expected} was not in the submission.",))
    named = next((one for one in here if one.sent.file == expected), here[0])
    worked = _without_earlier_states([one for one in here if one.written], named)
    if len(worked) > 1:
        files = " and ".join(one.sent.file for one in worked[:3])
        raise Refused(f"Work on {expected} is in {files}, and differs. Ask which one counts.")
    chosen = worked[0] if worked else named
    if not worked:
        _refuse_unread_work(submission, expected)
    return Choice(template, chosen, _remarks(chosen, here, expected))


def _without_earlier_states(worked: list[Reading], named: Reading) -> list[Reading]:
    """Without those of which every answer stands, the same, in another one too."""
    kept: list[Reading] = []
    order = sorted(worked, key=lambda one: (-len(one.written), one is not named))
    for reading in order:
        if not any(reading.written.items() <= other.written.items() for other in kept):
            kept.append(reading)
    return kept


def _refuse_unread_work(submission: Submission, expected: str) -> None:
    lost = [(path, why) for path, why in submission.unread if not why.startswith(NOTHING)]
    if lost:
        path, why = lost[0]
        raise Refused(f"Nothing is written in {expected}, and '{path}' {why}. Is the work there?")


def _remarks(chosen: Reading, here: list[Reading], expected: str) -> tuple[str, ...]:
    if chosen.sent.file == expected:
        return ()
    stub = any(one.sent.file == expected for one in here)
    beside = f"; {expected} beside it holds nothing that is not there too" if stub else ""
    return (f"The notebook that was graded is {chosen.sent.file}{beside}.",)


def _has_code(notebook: StudentNotebook) -> bool:
    return any(cell.kind == "code" and functions_in(cell.source) for cell in notebook.cells)


# ------------------------------------------------------------------------------------ other weeks
def _none_of_this_week(submission: Submission, template: Template) -> str:
    files = ", ".join(one.file for one in submission.notebooks)
    like = next(
        (week for one in submission.notebooks if (week := _week_like(one, template)[0])), ""
    )
    looks = f" It looks like {like}." if like else ""
    unread = "".join(f" '{path}' {why}." for path, why in submission.unread[:3])
    return f"None of the exercises of {template.week} is in {files[:300]}.{looks}{unread}"


def _refuse_another_weeks(choice: Choice, template: Template) -> None:
    """A few names that two weeks share make no notebook of this week."""
    if choice.reading is None:
        return
    exercises = [known for known in known_cells(choice.template) if known.cell.solution]
    if 2 * choice.reading.exercises >= len(exercises):
        return
    week, count = _week_like(choice.reading.sent, template)
    if count > 2 * choice.reading.exercises:
        raise Refused(
            f"{choice.reading.sent.file} holds next to nothing of {template.week}. "
            f"It looks like {week}."
        )


def _week_like(sent: StudentNotebook, template: Template) -> tuple[str, int]:
    """The other week of the course that a notebook has most of, and how many of its exercises."""
    mine = {cell.grade_id for cell in sent.cells} | {cell.cell_id for cell in sent.cells}
    mine |= {name for cell in sent.cells if cell.kind == "code" for name in names_in(cell.source)}
    counts = Counter({week: len(names & mine) for week, names in _other_weeks(template).items()})
    best = counts.most_common(1)
    return best[0] if best and best[0][1] else ("", 0)


def _other_weeks(template: Template) -> dict[str, frozenset[str]]:
    """What the exercises of every other week are called; a week that cannot be read is left out."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted(template.source.glob("*/*.ipynb")) if template.source else ():
        week = path.parent.name
        if week != template.week:
            found[week] = found.get(week, frozenset()) | _exercises(path)
    return found


def _exercises(path: Path) -> frozenset[str]:
    try:
        cells = known_cells(read_source(path))
    except (UserError, OSError):
        return frozenset()
    return frozenset(known.label for known in cells if known.cell.solution)
