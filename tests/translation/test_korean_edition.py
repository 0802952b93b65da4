"""One source, two languages: catalogs, the Korean edition, and grading that does not care."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import tiny_course
from korean_edition import TEXTS, fill, translate_tiny

from autograder.course_folder import Course
from autograder.edition.publish import edition, publish
from autograder.errors import UserError
from autograder.model import PreparedNotebook
from autograder.proof.lint import lint
from autograder.stages.ingest import IngestLimits, ingest
from autograder.stages.prepare import prepare, read_template
from autograder.translation.notebook import translated_notebook
from autograder.translation.update import update_catalog
from autograder.week import open_week
from course.phrases import read_messages

WEEK = tiny_course.WEEK


@pytest.fixture
def korean(course: Course) -> nbformat.NotebookNode:
    """The tiny week as students of the Korean edition get it."""
    messages = read_messages(translate_tiny(course))
    document = json.loads((course.root / "release" / WEEK / f"{WEEK}.ipynb").read_text("utf-8"))
    return nbformat.from_dict(translated_notebook(document, messages, "ko"))


def prepared(course: Course, notebook: nbformat.NotebookNode) -> PreparedNotebook:
    """What grading makes of a notebook that was handed in."""
    folder = tiny_course.submit(course.root, "kim", notebook)
    submission = ingest(folder, "kim", WEEK, IngestLimits())
    (found,) = prepare(submission, read_template(open_week(course, WEEK)))
    return found


def by_id(notebook: nbformat.NotebookNode) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook.cells}


def solved(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    for cell in notebook.cells:
        cell.source = tiny_course.GOOD.get(cell.id, cell.source)
    return notebook


def test_the_edition_has_the_same_cells_in_korean(
    course: Course, korean: nbformat.NotebookNode
) -> None:
    """Ids, flags and code are those of the release; texts, docstrings and messages are Korean."""
    english = tiny_course.released(course.root)
    assert [cell.id for cell in korean.cells] == [cell.id for cell in english.cells]
    assert by_id(korean)["title"] == "# 아주 작은 주"
    assert "x의 두 배를 원소별로 돌려줍니다." in by_id(korean)["double"]
    assert "2를 곱했나요?" in by_id(korean)["check_double"]
    assert "do you multiply" not in by_id(korean)["check_double"]
    assert by_id(korean)["setup"] == by_id(english)["setup"]
    assert korean.metadata["word2chat"]["language"] == "ko"


def test_the_published_edition_says_its_language(course: Course, tmp_path: Path) -> None:
    """Its commands and figures speak Korean, its first page is Korean; no catalog goes out."""
    translate_tiny(course)
    folder = tmp_path / "ko"
    publish(course, folder, language="ko")
    assert (folder / "course/locale/edition.txt").read_text("utf-8") == "ko\n"
    assert "학생용 한국어판" in (folder / "README.md").read_text("utf-8")
    shipped = (folder / f"course/shipped/{WEEK}.ipynb").read_text("utf-8")
    assert json.loads(shipped)["cells"][0]["source"] == "# 아주 작은 주"
    assert not (folder / "translations").exists()
    released = nbformat.read(folder / "release" / WEEK / f"{WEEK}.ipynb", as_version=4)
    assert by_id(released)["title"] == "# 아주 작은 주"


def test_a_solved_korean_notebook_is_an_english_one_to_grading(
    course: Course, korean: nbformat.NotebookNode
) -> None:
    """The same cells run as for the English notebook, and nothing is remarked."""
    english = prepared(course, tiny_course.solve(course.root))
    found = prepared(course, solved(korean))
    assert found.notes == ()
    assert found.language == "ko" and english.language == "en"
    assert replace(found, language="en") == english


def test_an_unsolved_korean_notebook_is_known_to_be_empty(
    course: Course, korean: nbformat.NotebookNode
) -> None:
    """A translated stub is a stub."""
    found = prepared(course, korean)
    english = prepared(course, tiny_course.released(course.root))
    assert replace(found, language="en") == english


def test_korean_cells_without_ids_are_found(course: Course, korean: nbformat.NotebookNode) -> None:
    """An editor that drops ids and metadata costs nothing: a cell is known by its Korean text."""
    notebook = solved(korean)
    for cell in notebook.cells:
        cell.metadata.clear()
        cell.id = f"other-{cell.id}"
    found = prepared(course, notebook)
    english = prepared(course, tiny_course.solve(course.root))
    assert [cell.source for cell in found.cells] == [cell.source for cell in english.cells]


def test_an_edit_of_a_korean_check_is_told_alone(
    course: Course, korean: nbformat.NotebookNode
) -> None:
    """Of a locked cell that was changed only the student's own line counts as changed."""
    notebook = solved(korean)
    for cell in notebook.cells:
        if cell.id == "check_double":
            cell.source = 'print("내 줄")\n' + cell.source
        if cell.id == "title":
            cell.source += "\n\n내 메모"
    notes = " ".join(prepared(course, notebook).notes)
    assert "check_double" in notes and "내 줄" in notes
    assert "assert" not in notes and "multiply" not in notes


def test_an_edition_of_last_week_is_still_accepted(
    course: Course, korean: nbformat.NotebookNode
) -> None:
    """A translation that was improved after the student's download is no edit of the student's."""
    path = course.root / "translations/ko" / f"{WEEK}.po"
    text = path.read_text("utf-8").replace("행마다 합이 하나여야", "행 하나에 합 하나여야")
    source = "one sum a row: is the axis right?"
    old = ('msgctxt "check_row_sums"', f'msgid "{source}"', f'msgstr "{TEXTS[source]}"')
    path.write_text("\n".join([text, *(f"#~ {line}" for line in old), ""]), "utf-8")
    found = prepared(course, solved(korean))
    assert found.notes == ()


# ------------------------------------------------------------------------------------ catalogs
def test_a_changed_cell_is_fuzzy_english_and_listed(course: Course, tmp_path: Path) -> None:
    """What changed since its translation falls back to English; lint names the cell."""
    translate_tiny(course)
    assert lint(course, WEEK).english == ()
    source = course.root / "source" / WEEK / f"{WEEK}.ipynb"
    changed = source.read_text("utf-8").replace("do you multiply by two?", "do you multiply by 2?")
    source.write_text(changed, "utf-8")
    (finding,) = lint(course, WEEK).english
    assert finding.cell == "check_double" and "changed since" in finding.what
    updated = update_catalog(course, WEEK, "ko")
    assert (updated.translated, updated.fuzzy, updated.missing) == (len(TEXTS) - 1, 1, 0)
    again = update_catalog(course, WEEK, "ko")
    assert again == updated


def test_a_text_that_comes_back_finds_its_translation(course: Course) -> None:
    """What was translated once is kept, also while it serves a changed text as fuzzy."""
    path = translate_tiny(course)
    source = course.root / "source" / WEEK / f"{WEEK}.ipynb"
    first, before = source.read_text("utf-8"), path.read_text("utf-8")
    source.write_text(first.replace("do you multiply by two?", "do you add?"), "utf-8")
    update_catalog(course, WEEK, "ko")
    source.write_text(first.replace("do you multiply by two?", "do you multiply by 2?"), "utf-8")
    update_catalog(course, WEEK, "ko")
    source.write_text(first, "utf-8")
    assert update_catalog(course, WEEK, "ko").translated == len(TEXTS)
    assert read_messages(path)[: len(TEXTS)] == tuple(
        message for message in read_messages(path) if not message.obsolete
    )
    assert before.count("msgid") <= path.read_text("utf-8").count("msgid")


def test_a_translation_with_other_fields_is_not_used(course: Course) -> None:
    """What a message computes must be in its translation; otherwise the message stays English."""
    from autograder.translation.strings import replaced

    source = 'assert x, f"got {x + 1}: too many"'
    assert replaced(source, {"got {x + 1}: too many": "너무 많습니다"}) == source
    made = replaced(source, {"got {x + 1}: too many": "너무 많습니다: {x + 1}"})
    assert made == 'assert x, f"너무 많습니다: {x + 1}"'


def test_messages_keep_their_code_in_every_shape() -> None:
    """Docstrings, f-strings with formats, quotes and braces come back unchanged after two turns."""
    import ast

    from autograder.translation.strings import code_texts, replaced

    source = '''def f(x):
    """One line.

    Args:
        x: with a \\\\ and "quotes".
    """
    assert x, f"{x!r} is {x:>{5}} and {d['a']}, {{a set}}"
    assert x, "a 'quoted' \\"word\\" " f"and {x}" if x else "another one"
    print("said that", 3)
'''
    texts = [text.template for text in code_texts(source)]
    there = {
        text: f"{text} 그리고 아주 길고 긴 한국어 문장이 뒤에 붙어서 줄이 나뉩니다"
        for text in texts
    }
    made = replaced(source, there)
    assert [text.template for text in code_texts(made)] == list(there.values())
    back = replaced(made, {new: old for old, new in there.items()})
    assert ast.dump(ast.parse(back)) == ast.dump(ast.parse(source))


def test_the_english_edition_is_as_released(course: Course) -> None:
    """A catalog changes nothing for the other students."""
    translate_tiny(course)
    files = edition(course, [WEEK])
    released = course.root / "release" / WEEK / f"{WEEK}.ipynb"
    made = nbformat.reads(files[f"release/{WEEK}/{WEEK}.ipynb"].decode(), as_version=4)
    assert made.cells == nbformat.read(released, as_version=4).cells
    assert "course/locale/edition.txt" not in files


def test_an_unknown_language_is_refused(course: Course, tmp_path: Path) -> None:
    """One sentence, and nothing is written."""
    with pytest.raises(UserError, match="no edition in 'fr'"):
        publish(course, tmp_path / "fr", language="fr")
    assert not (tmp_path / "fr").exists()


def test_catalogs_are_plain_gettext(course: Course) -> None:
    """A translator's tools can read the file: context, source, translation."""
    path = translate_tiny(course)
    fill(path, {})
    messages = {(m.context, m.source): m.text for m in read_messages(path)}
    assert messages["title", "# A tiny week"] == "# 아주 작은 주"
    assert messages["check_double", "matrix"] == "행렬"
