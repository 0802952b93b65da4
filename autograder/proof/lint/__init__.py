"""The house rules of a notebook, the countable part of course/guide/authoring.md.

`lint` tries every rule on one week and says of each fault in which cell it is and what to do. The
rules stand by what they look at: the file, students' text, code, stored outputs, the week's rest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course_folder import Course
from autograder.proof.lint import (
    challenge_rules,
    code_rules,
    file_rules,
    output_rules,
    text_rules,
    week_rules,
)
from autograder.proof.lint.manuscript import Manuscript, manuscript
from autograder.proof.lint.rule import Finding, Rule, Skipped
from autograder.translation.catalog import catalogs, stale
from autograder.translation.cells import entries_of
from course.notebook_format import NotebookError

RULES: tuple[Rule, ...] = (
    file_rules.file_format,
    file_rules.file_size,
    file_rules.cell_ids,
    file_rules.nbgrader_metadata,
    file_rules.cell_kinds,
    file_rules.no_host_traces,
    file_rules.left_overs,
    text_rules.opening,
    text_rules.key_terms,
    text_rules.papers,
    text_rules.links,
    code_rules.set_up,
    code_rules.exercise_cells,
    code_rules.points,
    text_rules.guidance,
    text_rules.folded,
    text_rules.formulas,
    text_rules.written_question,
    text_rules.ending,
    code_rules.solution_form,
    code_rules.check_form,
    code_rules.probes,
    code_rules.no_yes_or_no,
    challenge_rules.challenge,
    output_rules.no_guessable_answer,
    output_rules.stored_outputs,
    output_rules.figures,
    week_rules.mistakes,
    week_rules.own_folder,
    week_rules.glossary,
    week_rules.ruff,
    week_rules.spelling,
)


@dataclass(frozen=True)
class LintReport:
    """What a week breaks, what its author still has to write, and which rules were not tried.

    `english` lists what an edition in another language shows in English. It breaks no rule: a
    translation follows the source when a translator has time.
    """

    week: str
    broken: tuple[Finding, ...] = ()
    todo: tuple[Finding, ...] = ()
    skipped: tuple[str, ...] = ()
    english: tuple[Finding, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the week keeps every rule that was tried."""
        return not self.broken and not self.todo

    def as_dict(self) -> dict:
        """Plain data for `--json`."""
        return {**dataclasses.asdict(self), "clean": self.clean}


def lint(course: Course, name: str) -> LintReport:
    """Try every rule on one week of a course.

    Raises:
        UserError: there is no such week in source/.
    """
    course.source_notebooks(name)
    return lint_manuscript(manuscript(course, name))


def lint_manuscript(week: Manuscript) -> LintReport:
    """Try every rule on the files of one week."""
    unreadable = _unreadable(week)
    if unreadable:
        return LintReport(week.name, broken=(unreadable,))
    found: list[Finding] = []
    skipped: list[str] = []
    for rule in RULES:
        try:
            found += rule(week)
        except Skipped as reason:
            skipped.append(f"{rule.name}: {reason}")
    broken = tuple(finding for finding in found if not finding.todo)
    todo = tuple(finding for finding in found if finding.todo)
    return LintReport(week.name, broken, todo, tuple(skipped), tuple(_english(week)))


def _english(week: Manuscript) -> Iterator[Finding]:
    """What stays English in each language that the week has a catalog for."""
    entries = entries_of(week.cells)
    indices = {cell.id: cell.index + 1 for cell in week.cells}
    for language, messages in catalogs(week.path.parents[2], week.name).items():
        remedy = f"Run `autograder translate {week.name}`, then translate it in the catalog."
        for entry, why in stale(messages, entries):
            what = f"'{entry.source[:50].splitlines()[0]}' is English in '{language}': {why}"
            yield Finding("translation", indices[entry.context], entry.context, what, remedy)


def _unreadable(week: Manuscript) -> Finding | None:
    """Why there is nothing to look at; None for a notebook that can be read."""
    remedy = file_rules.file_format.remedy
    try:
        week.cells  # noqa: B018
    except FileNotFoundError:
        what = f"{week.path.name} is missing in source/{week.name}/"
    except NotebookError as error:
        what = f"{week.path.name} {error}"
    else:
        return None
    return Finding(file_rules.file_format.name, None, "", what, remedy)
