"""What the grader would refuse, lose or put right in a student's notebook."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from course.notebook_format import CODE_STUB, Cell
from course.student.rebuild import defines
from course.student.submission import GraderLimits, Notebook


class Severity(StrEnum):
    """How much a finding matters at grading."""

    REFUSED = "refused"  # the grader would not take the file
    LOST = "lost"  # something of the student's would not count
    NOTE = "note"  # put right by the grader without loss


@dataclass(frozen=True)
class Finding:
    """One thing that the grader would refuse, lose or put right."""

    severity: Severity
    text: str


def inspect(
    notebook: Notebook, shipped: Notebook | None, limits: GraderLimits | None = None
) -> list[Finding]:
    """What the grader would refuse, lose or put right, the gravest first."""
    limits = limits or GraderLimits()
    findings = [
        *_sizes(notebook, limits),
        *_file_kind(notebook.path),
        *_missing(notebook, shipped),
        *_doubled(notebook),
        *_changed(notebook, shipped),
        *_pasted(notebook),
    ]
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _sizes(notebook: Notebook, limits: GraderLimits) -> list[Finding]:
    found = []
    if notebook.size > limits.notebook_bytes:
        found.append(
            f"The file has {notebook.size / 1e6:.1f} MB; the grader takes "
            f"{limits.notebook_bytes / 1e6:.0f} MB. Clear all outputs and save."
        )
    if len(notebook.cells) > limits.cells:
        found.append(f"{len(notebook.cells)} cells are more than the {limits.cells:,} it takes.")
    characters = sum(len(cell.source) for cell in notebook.cells)
    if characters > limits.source_chars:
        found.append(
            f"{characters:,} characters of code and text are more than the "
            f"{limits.source_chars:,} it takes: was data pasted into a cell?"
        )
    return [Finding(Severity.REFUSED, text) for text in found]


def _file_kind(path: Path) -> list[Finding]:
    if path.is_symlink():
        text = "The file is a link to another one. Hand in the file itself (`course submit` does)."
        return [Finding(Severity.REFUSED, text)]
    return []


def _missing(notebook: Notebook, shipped: Notebook | None) -> list[Finding]:
    present = notebook.named
    if shipped is not None:
        gone = [cell for name, cell in shipped.tracked.items() if name not in present]
        return [_missing_cell(cell, notebook) for cell in gone]
    pairs = {cell.grade_id or "" for cell in notebook.cells if cell.grade and cell.kind == "code"}
    exercises = {name.removeprefix("check_") for name in pairs if name.startswith("check_")}
    return [
        Finding(Severity.LOST, f"The cell for '{name}' is gone, and with it your code for it.")
        for name in sorted(exercises - set(present))
    ]


def _missing_cell(cell: Cell, notebook: Notebook) -> Finding:
    if cell.locked:
        text = f"The cell '{cell.grade_id}' was deleted. The grader puts its own copy back."
        return Finding(Severity.NOTE, text)
    if any(defines(own, cell.grade_id or "") for own in notebook.cells):
        text = f"The cell '{cell.grade_id}' is gone; the function in another cell counts for it."
        return Finding(Severity.NOTE, text)
    text = f"The cell '{cell.grade_id}' was deleted or renamed: what you wrote for it is not found."
    return Finding(Severity.LOST, text)


def _doubled(notebook: Notebook) -> list[Finding]:
    counts = Counter(cell.grade_id for cell in notebook.cells if cell.grade_id)
    locked = {cell.grade_id for cell in notebook.cells if cell.locked}
    return [
        Finding(
            Severity.NOTE if name in locked else Severity.LOST,
            f"'{name}' is there {count} times. The grader takes the first as your answer: "
            "delete the others.",
        )
        for name, count in counts.items()
        if count > 1
    ]


def _changed(notebook: Notebook, shipped: Notebook | None) -> list[Finding]:
    if shipped is None:
        return []
    mine = notebook.named
    changed = [
        name
        for name, cell in shipped.tracked.items()
        if cell.locked and name in mine and mine[name].source.strip() != cell.source.strip()
    ]
    return [
        Finding(
            Severity.NOTE,
            f"The locked cell '{name}' differs from the shipped one, which the grader uses.",
        )
        for name in changed
    ]


def _pasted(notebook: Notebook) -> list[Finding]:
    names = [name for cell in notebook.cells for name in cell.pasted_files]
    if not names:
        return []
    text = (
        f"{len(names)} picture(s) or file(s) pasted into cells ({names[0]}, …) do not reach the "
        "grader, which reads the text of cells alone: say it in words."
    )
    return [Finding(Severity.LOST, text)]


def unwritten(notebook: Notebook, shipped: Notebook | None) -> bool:
    """Whether no exercise has been begun: every solution cell is as it was shipped."""
    stubs = shipped.named if shipped is not None else {}
    answers = [cell for cell in notebook.cells if cell.solution and cell.kind == "code"]
    return bool(answers) and all(_is_stub(cell, stubs.get(cell.grade_id or "")) for cell in answers)


def _is_stub(cell: Cell, shipped: Cell | None) -> bool:
    if shipped is None:
        return CODE_STUB in cell.source
    return cell.source.strip() == shipped.source.strip()
