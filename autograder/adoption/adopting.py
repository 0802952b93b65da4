"""Adopt a classic assignment: the same notebooks, with probes in place of what they asserted.

    found = adopt(week, Path("source/ps1_probes"))
    found.cells[0].did        # "4 probes, and 1 over drawn inputs of squares"

The file that is read is never changed. A check that cannot be shown to be right, since it fails, or
displays nothing, or not the same twice, stays as it was.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.adoption.checking import AUTOTEST, ends_with_a_value, names_read, read_check
from autograder.adoption.trying import Trouble, troubles
from autograder.adoption.writing import Written, write_check
from autograder.errors import UserError
from autograder.judging.outputs import ASSERTING
from autograder.model import NotebookTemplate, TemplateCell
from autograder.proof.made_variants import bound_names
from autograder.week import Week
from course.notebook_format import read_document

ROUNDS = 4  # of trying what was written, and taking back what does not stand
COMPARED = (
    "what it displays, which is compared; where it displays nothing, whoever does not crash passes"
)
REST = "_asserts"  # what the id of a second cell ends with


@dataclass(frozen=True)
class CellReport:
    """What was done with one check, in sentences."""

    notebook: str
    grade_id: str
    points: float
    did: str
    forgeable: tuple[str, ...] = ()
    look_at: tuple[str, ...] = ()
    written: Written | None = None

    @property
    def by_asserts(self) -> float:
        """The points that asserts, or a number of the check's own, go on deciding about."""
        if self.written is not None:
            return self.written.rest_points
        return self.points if self.forgeable else 0.0


@dataclass(frozen=True)
class Adopted:
    """An adopted assignment: where it stands, and what was done with each of its checks."""

    week: str
    folder: Path
    cells: tuple[CellReport, ...]
    notebooks: tuple[NotebookTemplate, ...]  # as they are written

    @property
    def by_asserts(self) -> dict[str, float]:
        """The checks in which asserts go on deciding, with the points of these."""
        found = {cell.grade_id: cell.by_asserts for cell in self.cells}
        return {name: points for name, points in found.items() if points}


def adopt(
    week: Week,
    folder: Path,
    provisioner: str | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Adopted:
    """Write the assignment with probes into a new folder.

    Args:
        week: the classic assignment.
        folder: where to write it; it must not exist.
        provisioner: how kernels start; None takes the course's setting.
        say: is told what happens next.

    Raises:
        UserError: the folder exists, or the instructor's own notebook does not run.
        GraderFault: a kernel could not be started.
    """
    if folder.exists():
        raise UserError(f"{folder} exists already; nothing was written.", "Name another with --to.")
    made = [_adopted(week.only(one), one, provisioner, say) for one in week.notebooks]
    _write(week, folder, made)
    reports = tuple(report for _, some in made for report in some)
    return Adopted(week.name, folder, reports, tuple(notebook for notebook, _ in made))


Made = tuple[NotebookTemplate, tuple[CellReport, ...]]


def _adopted(
    week: Week, notebook: NotebookTemplate, provisioner: str | None, say: Callable[[str], None]
) -> Made:
    """One notebook, rewritten as far as what is written stands the trial."""
    found: dict[str, Trouble] = {}
    for turn in range(ROUNDS):
        reports = tuple(_reports(notebook, found))
        made = rewritten(notebook, reports)
        if not any(report.written for report in reports):
            break
        say(f"{notebook.name}: trying the probes" + (" again" if turn else ""))
        more = troubles(week, made, provisioner)
        if not more:
            break
        found |= {name: trouble.behind(found.get(name)) for name, trouble in more.items()}
    return made, reports


def is_check(cell: TemplateCell) -> bool:
    """Whether it is an automatic check."""
    return bool(cell.grade and not cell.solution and cell.kind == "code" and cell.grade_id)


def _reports(notebook: NotebookTemplate, troubled: dict[str, Trouble]) -> Iterable[CellReport]:
    student = student_names(notebook)
    for index, cell in enumerate(notebook.cells):
        if is_check(cell):
            behind = (names_read(one.source) for one in notebook.cells[index + 1 :])
            later = frozenset(name for names in behind for name in names)
            trouble = troubled.get(str(cell.grade_id), Trouble())
            yield _report(notebook.name, cell, student, later, trouble)


def student_names(notebook: NotebookTemplate) -> frozenset[str]:
    """The names that solution cells define."""
    found: set[str] = set()
    for cell in notebook.cells:
        if cell.solution and cell.kind == "code":
            try:
                found |= bound_names(cell.source)
            except SyntaxError:
                continue
    return frozenset(found)


def _report(
    notebook: str, cell: TemplateCell, student: frozenset[str], later: frozenset[str],
    trouble: Trouble,
) -> CellReport:  # fmt: skip
    blank = CellReport(notebook, str(cell.grade_id), cell.points, "")
    if "probe(" in cell.source:
        return replace(blank, did="has probes already: as it was")
    if not ASSERTING.search(cell.source) and AUTOTEST.search(cell.source) is None:
        number = ("the number that it ends with",) if ends_with_a_value(cell.source) else ()
        return replace(
            blank, did="as it was: it asserts nothing", forgeable=number, look_at=(COMPARED,)
        )
    check = read_check(cell.source, student, later)
    reason = check.reason or trouble.whole
    if reason:
        return replace(
            blank, did=f"as it was: {reason}", forgeable=("its asserts",),
            look_at=("whether its value can be displayed, or shown by a probe",),
        )  # fmt: skip
    written = write_check(cell.source, cell.points, check, student, draw=not trouble.drawn)
    weak = tuple(
        f"line {part.line} {part.evidence.weak}" for part in check.probed
        if part.evidence and part.evidence.weak
    )  # fmt: skip
    drawn = tuple(
        f"whether {one.function} is meant for every number from {one.ranges}"
        for one in written.drawn
    )
    stays = tuple(f"line {part.line}: {_first_line(part.text)}" for part in check.staying)
    no_draw = (trouble.drawn,) if trouble.drawn else ()
    fixed = () if written.drawn else ("fixed inputs: a table of answers passes",)
    return replace(
        blank, did=_did(written, len(stays)), forgeable=(*stays, *fixed),
        look_at=(*drawn, *weak, *no_draw), written=written,
    )  # fmt: skip


def _first_line(text: str) -> str:
    first = text.split("\n")[0]
    return first if len(first) <= 70 else f"{first[:67]}…"


def _did(written: Written, stays: int) -> str:
    fixed = len(written.probes) - len(written.drawn)
    did = f"{fixed} probe{'s' * (fixed != 1)}"
    if written.drawn:
        names = ", ".join(one.function for one in written.drawn)
        did += f", and {len(written.drawn)} over drawn inputs of {names}"
    if stays:
        did += f"; {stays} stay{'s' * (stays == 1)} as asserts, worth {written.rest_points:g}"
    return did


# ------------------------------------------------------------------------------------ writing
def rewritten(notebook: NotebookTemplate, reports: Iterable[CellReport]) -> NotebookTemplate:
    """The notebook with its checks as they are written now."""
    written = {report.grade_id: report.written for report in reports}
    cells: list[TemplateCell] = []
    for cell in notebook.cells:
        new = written.get(str(cell.grade_id))
        if new is None:
            cells.append(cell)
            continue
        cells.append(replace(cell, source=new.source, points=new.points))
        if new.rest:
            name = f"{cell.grade_id}{REST}"
            rest = replace(cell, source=new.rest, points=new.rest_points, grade_id=name)
            cells.append(replace(rest, cell_id=f"{cell.cell_id}{REST}"))
    return replace(notebook, cells=tuple(cells))


def _write(week: Week, folder: Path, made: list[Made]) -> None:
    """Everything that belongs to the assignment, below a new folder."""
    documents = {
        f"{notebook.name}.ipynb": as_adopted(week.source(notebook.name).read_bytes(), reports)
        for notebook, reports in made
    }
    for name, content in {**dict(week.files), **documents}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def as_adopted(content: bytes, reports: Iterable[CellReport]) -> bytes:
    """The file of a notebook with its checks rewritten; all else in it stays as it is."""
    document = read_document(content)
    written = {report.grade_id: report.written for report in reports if report.written}
    cells: list[dict[str, Any]] = []
    for cell in document["cells"]:
        marks = cell.get("metadata", {}).get("nbgrader", {})
        new = written.get(marks.get("grade_id", ""))
        cells += [cell] if new is None else _cells(cell, new)
    document["cells"] = cells
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _cells(cell: dict[str, Any], new: Written) -> list[dict[str, Any]]:
    """The cell with its probes, and behind it a second one for the asserts that stay."""
    made = [_cell(cell, new.source, new.points)]
    if new.rest:
        rest = _cell(cell, new.rest, new.rest_points)
        rest["metadata"]["nbgrader"]["grade_id"] += REST
        if "id" in rest:
            rest["id"] = f"{rest['id']}{REST}"[:64]
        made.append(rest)
    return made


def _cell(cell: dict[str, Any], source: str, points: float) -> dict[str, Any]:
    new = copy.deepcopy(cell)
    new |= {"source": source, "outputs": [], "execution_count": None}
    new["metadata"]["nbgrader"] |= {"points": points, "locked": True}
    return new
