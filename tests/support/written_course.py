"""A course with one written question and graded answers, made without running anybody's code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Gradebook
from tiny_course import ROOT

from autograder.pages.verdict_table import KEY

WEEK, CELL, PLACE = "week91_written", "written_sums", "week91_written/week91_written/written_sums"
QUESTION = """## Written question (5 points)

Why is the mean of **two** numbers between them?

=== BEGIN MARK SCHEME ===
**Rubric** (5 points)
* 2 points, part 1: names the weights,
  and that they are positive.
* 1 point: says that they sum to one.
* 2 points: draws the line.

Half points are fine.
=== END MARK SCHEME ==="""
STUB = "*Write your answer here.*"


def make_written_course(folder: Path, answers: Mapping[str, str], sections: Mapping[str, str]):
    """Students with answers, already graded; an empty text is an answer that was left as it was.

    Args:
        folder: where the course is made.
        answers: text by student.
        sections: section by student.
    """
    from autograder.course_folder import open_course
    from autograder.roster.ids import Member
    from autograder.roster.people import Person
    from autograder.roster.store import write_class

    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = open_course(folder)
    write_class(course, [
        Member(Person(1, student, first_name="Yuna", last_name=f"Kim {student}",
                      section=sections.get(student, "")), student)
        for student in answers
    ])  # fmt: skip
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        _release(gradebook)
        for student, text in answers.items():
            gradebook.add_submission(WEEK, student)
            write_answer(folder, student, text)
    return course


def _release(gradebook: Gradebook) -> None:
    gradebook.add_assignment(WEEK)
    gradebook.add_notebook(WEEK, WEEK)
    gradebook.add_task_cell(CELL, WEEK, WEEK, max_score=5, cell_type="markdown")
    gradebook.add_source_cell(CELL, WEEK, WEEK, cell_type="markdown", source=QUESTION)


def write_answer(root: Path, student: str, text: str) -> None:
    """The judged notebook of a student, as `grade` would leave it."""
    flags = {"grade_id": CELL, "task": True, "locked": True, "grade": False, "solution": False,
             "points": 5, "schema_version": 3}  # fmt: skip
    own = {KEY: {"own": True}} if text else {}
    cells = [_cell("# A week", {}), _cell(QUESTION, {"nbgrader": flags}), _cell(text or STUB, own)]
    folder = root / "autograded" / student / WEEK
    folder.mkdir(parents=True, exist_ok=True)
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{WEEK}.ipynb").write_text(json.dumps(notebook), "utf-8")


def _cell(source: str, metadata: dict) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": metadata}
