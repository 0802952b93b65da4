"""The weeks that are translated: nothing of a week is lost in its Korean edition."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import tiny_course

from autograder.course_folder import Course, open_course
from autograder.demo.sample_class import make_members
from autograder.edition.release import generate
from autograder.model import PreparedNotebook, Submission
from autograder.stages.ingest import IngestLimits, read_notebook
from autograder.stages.prepare import prepare, read_template
from autograder.translation.catalog import stale
from autograder.translation.notebook import translated_notebook
from autograder.translation.update import week_entries
from autograder.week import Week, open_week
from course.notebook_format import Cell
from course.phrases import fields, read_messages
from course.student.check import _titles
from course.student.submission import Notebook

CATALOGS = sorted((tiny_course.ROOT / "translations" / "ko").glob("*.po"))
FENCE = re.compile(r"```.*?```", re.DOTALL)
CODE, LINK = re.compile(r"`[^`\n]+`"), re.compile(r"\]\(([^)\s]+)\)")
WEEK01 = "week01_word2vec"


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_translation_keeps_code_links_and_tables(path: Path) -> None:
    """Fields, addresses, inline code, rows of tables and folds are in the translation too."""
    for message in read_messages(path):
        if not message.text or message.fuzzy or message.obsolete:
            continue
        assert fields(message.source) == fields(message.text), message.source
        assert sorted(LINK.findall(message.source)) == sorted(LINK.findall(message.text))
        here, there = (FENCE.sub("", text) for text in (message.source, message.text))
        for code in set(CODE.findall(here)):
            assert code in there, (message.context, code)
        assert message.source.count("<details>") == message.text.count("<details>")
        assert message.source.count("\n|") == message.text.count("\n|"), message.context


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_most_of_a_translated_week_is_korean(path: Path) -> None:
    """A catalog that fell far behind its week is no edition."""
    entries = week_entries(open_course(tiny_course.ROOT), path.stem)
    behind = list(stale(read_messages(path), entries))
    assert len(behind) < 0.5 * len(entries)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """Week 01 in a course folder of its own, released, with its catalog."""
    root = tmp_path_factory.mktemp("korean")
    (root / "nbgrader_config.py").write_bytes(
        (tiny_course.ROOT / "nbgrader_config.py").read_bytes()
    )
    for part in (f"source/{WEEK01}/{WEEK01}.ipynb", f"translations/ko/{WEEK01}.po"):
        (root / part).parent.mkdir(parents=True)
        (root / part).write_bytes((tiny_course.ROOT / part).read_bytes())
    course: Course = open_course(root)
    week = open_week(course, WEEK01)
    generate(week)
    return week


def prepared(week: Week, document: dict) -> PreparedNotebook:
    content = json.dumps(document).encode()
    sent = read_notebook(f"{WEEK01}.ipynb", content, IngestLimits())
    submission = Submission("kim", WEEK01, (sent,), (), None, "digest")
    (found,) = prepare(submission, read_template(week))
    return found


@pytest.mark.slow
def test_a_solved_korean_week_is_the_english_one_to_grading(week: Week) -> None:
    """The reference's answers in the Korean release: the same cells run, no remark."""
    english = json.loads(make_members(week)[0].content)
    answers = {
        cell["id"]: cell["source"]
        for cell in english["cells"]
        if (cell["metadata"].get("nbgrader") or {}).get("solution")
    }
    released = json.loads((week.folder("release") / f"{WEEK01}.ipynb").read_text("utf-8"))
    messages = read_messages(week.course.root / f"translations/ko/{WEEK01}.po")
    korean = translated_notebook(released, messages, "ko")
    nbformat.validate(nbformat.from_dict(korean))
    for cell in korean["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    found, expected = prepared(week, korean), prepared(week, english)
    assert found.notes == ()
    assert replace(found, language="en") == expected


@pytest.mark.slow
def test_the_self_check_finds_the_titles_of_korean_exercises(week: Week) -> None:
    """`course check` knows an exercise by its Korean heading, without points and backticks."""
    released = json.loads((week.folder("release") / f"{WEEK01}.ipynb").read_text("utf-8"))
    messages = read_messages(week.course.root / f"translations/ko/{WEEK01}.po")
    made = translated_notebook(released, messages, "ko")
    cells = tuple(
        Cell(cell["cell_type"], cell["source"], cell["id"],
             (cell["metadata"].get("nbgrader") or {}).get("grade_id"))
        for cell in made["cells"]
    )  # fmt: skip
    titles = _titles(Notebook(Path("x"), WEEK01, cells, 0))
    korean = [title for title in titles.values() if title.startswith("연습문제")]
    assert all("(" not in title and "`" not in title for title in korean)
    assert set(titles) >= {cell.grade_id for cell in week.notebooks[0].cells if cell.solution}
