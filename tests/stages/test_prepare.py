"""Stage 2: the instructor's cells from the gradebook, the student's words by cell id."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_course

from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.model import PreparedNotebook, StudentCell, StudentNotebook, Submission, Template
from autograder.stages.prepare import prepare, read_template
from autograder.week import open_week, read_source


@pytest.fixture
def template(course: Course) -> Template:
    return read_template(open_week(course, tiny_course.WEEK))


def rebuilt(
    template: Template, *cells: StudentCell, name: str = tiny_course.WEEK
) -> PreparedNotebook:
    sent = (StudentNotebook(name, cells),)
    submission = Submission("s1", tiny_course.WEEK, sent, (), None, "digest")
    (found,) = prepare(submission, template)
    return found


def answer(source: str, grade_id: str | None, kind: str = "code") -> StudentCell:
    return StudentCell(kind, source, grade_id, None)


def sources(found: PreparedNotebook) -> dict[str, str]:
    return {cell.grade_id: cell.source for cell in found.cells if cell.grade_id}


def test_the_gradebook_keeps_hidden_checks_and_stubs(template: Template) -> None:
    """The template holds what students never see, and not what they must write."""
    cells = template.notebooks[0].known
    assert "BEGIN HIDDEN TESTS" in cells["check_double"].source
    assert "NotImplementedError" in cells["double"].source
    assert "return 2 * x" not in cells["double"].source


def test_an_answer_takes_the_place_of_the_stub(template: Template) -> None:
    """The student's source stands in the solution cell."""
    found = rebuilt(template, answer("def double(x): return x", "double"))
    assert sources(found)["double"] == "def double(x): return x"


@pytest.mark.parametrize("grade_id", ["setup", "check_double"])
def test_locked_cells_are_the_gradebooks(template: Template, grade_id: str) -> None:
    """What a student wrote into a locked cell never stands in it; the note says what it was."""
    found = rebuilt(template, answer("import forged", grade_id), answer("x", "double"))
    assert "forged" not in "".join(cell.source for cell in found.cells if cell.grade_id)
    assert sources(found)[grade_id] == template.notebooks[0].known[grade_id].source
    assert any(grade_id in note and "import forged" in note for note in found.notes)


def test_deleted_cells_come_back_in_their_place(template: Template) -> None:
    """One cell of many is enough: the rest comes back in the instructor's order, with a note."""
    found = rebuilt(template, answer("def double(x): return x", "double"))
    wanted = [cell.grade_id for cell in template.notebooks[0].cells]
    assert [cell.grade_id for cell in found.cells] == wanted
    assert any("'check_double'" in note and "put back" in note for note in found.notes)


def test_a_notebook_without_any_cell_of_the_week_is_refused(template: Template) -> None:
    """It is never graded as an empty one: that would be a silent zero."""
    with pytest.raises(Refused, match="None of the exercises of week90_tiny is in"):
        rebuilt(template, answer("print('hello')", None))


def test_reordered_cells_are_put_in_order(template: Template) -> None:
    """A check before its solution is the instructor's order again."""
    found = rebuilt(
        template,
        answer("", "check_double"),
        answer("two", "row_sums"),
        answer("one", "double"),
    )
    order = [cell.grade_id for cell in found.cells if cell.grade_id]
    assert order == ["setup", "double", "check_double", "row_sums", "check_row_sums"]
    assert sources(found)["double"] == "one"


def test_a_retyped_cell_is_code_again(template: Template) -> None:
    """A solution cell turned into text still runs."""
    found = rebuilt(template, answer("def double(x): return 2 * x", "double", kind="markdown"))
    cell = next(cell for cell in found.cells if cell.grade_id == "double")
    assert (cell.kind, cell.run) == ("code", True)


def test_the_students_own_cells_follow_the_cell_they_followed(template: Template) -> None:
    """A helper written above an answer stays above it."""
    found = rebuilt(
        template,
        answer("", "setup"),
        answer("def helper(): ...", None),
        answer("def double(x): return helper()", "double"),
    )
    texts = [cell.source for cell in found.cells]
    assert texts.index("def helper(): ...") < texts.index("def double(x): return helper()")
    assert next(cell for cell in found.cells if cell.source == "def helper(): ...").run


def test_a_doubled_solution_cell_runs_as_the_students_own(template: Template) -> None:
    """Copying a cell in JupyterLab copies its id: both run, in order, and none is lost."""
    found = rebuilt(template, answer("first = 1", "double"), answer("second = 2", "double"))
    texts = [cell.source for cell in found.cells]
    assert texts.index("first = 1") + 1 == texts.index("second = 2")
    assert [cell.grade_id for cell in found.cells].count("double") == 1


def test_playgrounds_are_never_run(template: Template) -> None:
    """A cell tagged nbval-skip stays unrun, recognised by id or by its text."""
    one = answer("def double(x): return x", "double")
    found = rebuilt(template, one, StudentCell("code", "train(epochs=1000)", None, "play"))
    cell = next(cell for cell in found.cells if cell.source == "train(epochs=1000)")
    assert not cell.run
    text = next(cell.source for cell in template.notebooks[0].cells if cell.skip)
    found = rebuilt(template, one, answer(text, None), answer(text, None))
    assert not any(cell.run and cell.source == text for cell in found.cells)


def test_a_notebook_is_known_by_its_cells_and_not_by_its_name(template: Template) -> None:
    """Under another name it counts as well, with a note."""
    found = rebuilt(template, answer("def double(x): return x", "double"), name="my-homework")
    assert "my-homework.ipynb" in found.notes[0]
    assert sources(found)["double"] == "def double(x): return x"


def test_an_unreleased_week_is_named(course: Course, root: Path) -> None:
    """Grading before release says which command is missing."""
    (root / "source" / "week91").mkdir()
    source = root / "source" / tiny_course.WEEK / f"{tiny_course.WEEK}.ipynb"
    (root / "source" / "week91" / "week91.ipynb").write_bytes(source.read_bytes())
    with pytest.raises(UserError, match="autograder release week91"):
        read_template(open_week(course, "week91"))


def test_a_source_that_changed_since_release_is_named(course: Course, root: Path) -> None:
    """A check edited after release would judge by a text that students' copies do not have."""
    source = root / "source" / tiny_course.WEEK / f"{tiny_course.WEEK}.ipynb"
    source.write_text(source.read_text().replace("double(3) == 6", "double(4) == 8"))
    with pytest.raises(UserError, match="changed since it was released"):
        read_template(open_week(course, tiny_course.WEEK))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda text: text.replace('"points": 3', '"points": "three"', 1),
            "'check_double'.*number",
        ),
        (lambda text: text[: len(text) // 2], "JSON breaks off at line"),
        (lambda text: text.replace('"cells"', '"worksheets"', 1), "no list of cells"),
    ],
)
def test_an_instructors_notebook_that_is_odd_is_told_so(tmp_path, change, said):
    """A broken source notebook is one sentence with a remedy, and odd points are never 0."""
    week = tiny_course.WEEK
    path = tiny_course.make_course(tmp_path) / "source" / week / f"{week}.ipynb"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(UserError, match=said) as found:
        read_source(path)
    assert found.value.remedy
