"""What the grader would refuse, lose or put right in a student's notebook."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from course.notebook_format import CODE_STUB, Cell
from course.recognition.code_reading import functions_in
from course.recognition.laying import Laid
from course.student.rebuild import Rebuilt
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
    rebuilt = None if shipped is None else Rebuilt(notebook, shipped)
    findings = [
        *_sizes(notebook, limits),
        *_file_kind(notebook.path),
        *(_missing(rebuilt) if rebuilt else _missing_by_name(notebook)),
        *(_found_elsewhere(rebuilt) if rebuilt else ()),
        *_doubled(notebook, rebuilt),
        *(_changed(rebuilt) if rebuilt else ()),
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


def _missing(rebuilt: Rebuilt) -> list[Finding]:
    """Cells that grading finds neither by an id nor by their text, and answers found nowhere."""
    reading = rebuilt.reading
    found = [
        _missing_cell(known.label, known.cell.locked, place in reading.answers)
        for place, known in enumerate(reading.known)
        if known.cell.grade_id and place not in reading.sent_of
    ]
    if lost := reading.what_is_lost():
        what = lost.partition(" If so")[0]
        found.append(
            Finding(Severity.REFUSED, f"A person would have to look before grading. {what}")
        )
    return found


def _missing_cell(name: str, locked: bool, answered: bool) -> Finding:
    if locked:
        text = f"The cell '{name}' was deleted. The grader puts its own copy back."
        return Finding(Severity.NOTE, text)
    if answered:
        text = f"The cell '{name}' is gone; the function in another cell counts for it."
        return Finding(Severity.NOTE, text)
    text = f"The cell '{name}' was deleted or renamed: what you wrote for it is not found."
    return Finding(Severity.LOST, text)


def _missing_by_name(notebook: Notebook) -> list[Finding]:
    """Without a shipped copy: exercises of which only the check is there."""
    pairs = {cell.grade_id or "" for cell in notebook.cells if cell.grade and cell.kind == "code"}
    exercises = {name.removeprefix("check_") for name in pairs if name.startswith("check_")}
    return [
        Finding(Severity.LOST, f"The cell for '{name}' is gone, and with it your code for it.")
        for name in sorted(exercises - set(notebook.named))
    ]


def _found_elsewhere(rebuilt: Rebuilt) -> list[Finding]:
    """What grading knows without its id, takes from another cell, or leaves behind a check."""
    laid, reading = Laid(rebuilt.reading), rebuilt.reading
    moved = [a.note for place, a in reading.answers.items() if a.note and place in reading.sent_of]
    later = [Finding(Severity.LOST, text) for text in laid.on_later_definitions()]
    return [*(Finding(Severity.NOTE, text) for text in (*laid.on_finding(), *moved)), *later]


def _doubled(notebook: Notebook, rebuilt: Rebuilt | None) -> list[Finding]:
    counts = Counter(cell.grade_id for cell in notebook.cells if cell.grade_id)
    return [
        _doubled_cell(name, count, [c for c in notebook.cells if c.grade_id == name], rebuilt)
        for name, count in counts.items()
        if count > 1
    ]


def _doubled_cell(name: str, count: int, copies: list[Cell], rebuilt: Rebuilt | None) -> Finding:
    graded = rebuilt.answer_to(name) if rebuilt else copies[0].source
    others = {copy.source.strip() for copy in copies if functions_in(copy.source)} - {
        graded.strip()
    }
    harmless = copies[0].locked or (rebuilt is not None and others <= rebuilt.stubs)
    return Finding(
        Severity.NOTE if harmless else Severity.LOST,
        f"'{name}' is there {count} times. The grader takes the first that you have written in as "
        "your answer: delete the others.",
    )


def _changed(rebuilt: Rebuilt) -> list[Finding]:
    reading = rebuilt.reading
    pairs = [(reading.known[f.known], reading.sent.cells[f.sent]) for f in reading.found]
    return [
        Finding(
            Severity.NOTE,
            f"The locked cell '{known.label}' differs from the shipped one, which the grader uses.",
        )
        for known, sent in pairs
        if known.cell.locked and known.cell.grade_id and sent.source.strip() != known.text.strip()
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
