"""Answers count wherever they were written: ids dropped, cells recreated, merged, moved, copied."""

from __future__ import annotations

import sys

import pytest
import tiny_course
from tiny_course import GOOD, WEEK

from autograder.course_folder import Course
from autograder.errors import Refused
from autograder.model import PreparedNotebook, StudentCell, StudentNotebook, Submission, Template
from autograder.stages.prepare import prepare, read_template
from autograder.week import open_week
from course.notebook_format import Cell, normal, visible
from course.student.rebuild import as_graded
from course.student.submission import Notebook, read_notebook

BOTH = f"{GOOD['double']}\n\n{GOOD['row_sums']}"
MARK = "# mine\n"


@pytest.fixture
def template(course: Course) -> Template:
    return read_template(open_week(course, WEEK))


@pytest.fixture
def cells(course: Course) -> dict[str, StudentCell]:
    """The cells of a solved notebook, by id, in their order."""
    solved = tiny_course.solve(course.root)
    return {
        cell.id: StudentCell(
            cell.cell_type, cell.source, cell.metadata.get("nbgrader", {}).get("grade_id"), cell.id
        )
        for cell in solved.cells
    }


def fresh(source: str, kind: str = "code") -> StudentCell:
    """A cell as an editor makes it: an id of its own, and no metadata of ours."""
    return StudentCell(kind, source, None, f"id{abs(hash(source)) % 10**8}")


def prepared(template: Template, cells: list[StudentCell], name: str = WEEK) -> PreparedNotebook:
    (found,) = prepare(sent(StudentNotebook(name, tuple(cells))), template)
    return found


def sent(*notebooks: StudentNotebook, **more: tuple) -> Submission:
    return Submission("s1", WEEK, notebooks, (), None, "digest", **more)


def run(found: PreparedNotebook) -> dict[str, bool]:
    """What each check would say: the cells are run as they stand, with numbers for tensors."""
    space: dict[str, object] = {}
    passes = {}
    for cell in found.cells:
        if cell.grade:
            name = cell.grade_id.removeprefix("check_")
            passes[name] = name in space and space[name](Three()) in (6, 3)  # type: ignore[operator]
        elif cell.run:
            exec(cell.source.replace("import torch\n\ntorch.set_num_threads(1)", ""), space)
    return passes


class Three(int):
    """A number that can be doubled and summed: what the exercises do, without torch."""

    def __new__(cls) -> Three:
        return super().__new__(cls, 3)

    def sum(self, _axis: int) -> int:
        return 3


ALL = {"double": True, "row_sums": True}


def stub(template: Template, name: str) -> StudentCell:
    return StudentCell("code", template.notebooks[0].known[name].source, name, name)


KINDS = {
    "recreated": lambda c, t: [c["setup"], fresh(GOOD["double"]), c["check_double"],
                               c["row_sums"], c["check_row_sums"]],
    "merged into the cell before": lambda c, t: [fresh(BOTH), c["check_double"],
                                                 c["check_row_sums"]],
    "merged upwards": lambda c, t: [StudentCell("code", BOTH, "double", "double"),
                                    c["check_double"], c["check_row_sums"]],
    "merged downwards": lambda c, t: [c["check_double"],
                                      StudentCell("code", BOTH, "row_sums", "row_sums")],
    "moved to the end": lambda c, t: [c["setup"], c["check_double"], c["row_sums"],
                                      c["check_row_sums"], fresh(GOOD["double"])],
    "at the end, with its helper": lambda c, t: [
        c["setup"], c["check_double"], c["row_sums"], c["check_row_sums"],
        fresh("TWO = 2"), fresh("def double(x, by=TWO):\n    return by * x")],
    "below a stub that stayed": lambda c, t: [stub(t, "double"), c["check_double"], c["row_sums"],
                                              fresh(GOOD["double"])],
    "above a stub that stayed": lambda c, t: [fresh(GOOD["double"]), stub(t, "double"),
                                              c["check_double"], c["row_sums"]],
    "split in two": lambda c, t: [StudentCell("code", "TWO = 2", "double", "double"),
                                  fresh("def double(x):\n    return TWO * x"), c["row_sums"]],
    "beside a copy of the stub": lambda c, t: [c["double"], fresh(stub(t, "double").source),
                                               c["row_sums"]],
    "in its check": lambda c, t: [
        StudentCell("code", f"{GOOD['double']}\n{c['check_double'].source}", "check_double", "y"),
        c["row_sums"]],
    "in a playground": lambda c, t: [
        c["row_sums"], StudentCell("code", f"{GOOD['double']}\nprint(double(2))", None, "play")],
    "in set-up": lambda c, t: [
        StudentCell("code", f"{c['setup'].source}\n{GOOD['double']}", "setup", "setup"),
        stub(t, "double"), c["row_sums"]],
    "in an if": lambda c, t: [
        stub(t, "double"), c["check_double"], c["row_sums"],
        fresh("if True:\n    def double(x):\n        return 2 * x")],
    "by a pair": lambda c, t: [stub(t, "double"), c["check_double"], c["row_sums"],
                               fresh("double, other = (lambda x: 2 * x), None")],
    "in a fence": lambda c, t: [
        StudentCell("markdown", f"```python\n{GOOD['double']}\n```\n", "double", "double"),
        c["row_sums"]],
    "as text": lambda c, t: [fresh(GOOD["double"], "markdown"), c["check_double"], c["row_sums"]],
    "under another name first": lambda c, t: [
        c["setup"], fresh("def twice(x):\n    return 2 * x"), fresh("double = twice"),
        c["check_double"], c["row_sums"]],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_work_is_found_wherever_it_stands(
    template: Template, cells: dict[str, StudentCell], kind: str
) -> None:
    """Both functions pass their checks, and no stub that was put back hides one."""
    found = prepared(template, KINDS[kind](cells, template))
    assert run(found) == ALL


@pytest.mark.parametrize("kind", KINDS)
def test_the_self_check_runs_what_grading_runs(
    course: Course, template: Template, cells: dict[str, StudentCell], kind: str
) -> None:
    """Cell by cell, in the same order, but for the hidden part of the checks."""
    sent = KINDS[kind](cells, template)
    graded = [visible(cell.source) for cell in prepared(template, sent).cells if cell.run]
    own = tuple(Cell(c.kind, c.source, c.cell_id, c.grade_id, index=i) for i, c in enumerate(sent))
    shipped = read_notebook(course.root / "release" / WEEK / f"{WEEK}.ipynb")
    checked = as_graded(Notebook(course.root / f"{WEEK}.ipynb", WEEK, own, 0), shipped)
    mine = [cell.source for cell in checked if cell.kind == "code" and not cell.skip]
    assert [normal(text) for text in mine] == [normal(text) for text in graded]


IN_PLACE = ("beside a copy of the stub", "merged upwards", "in a fence")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in IN_PLACE])
def test_where_it_was_found_is_said(
    template: Template, cells: dict[str, StudentCell], kind: str
) -> None:
    """The note names the function and the cell."""
    notes = " ".join(prepared(template, KINDS[kind](cells, template)).notes)
    assert "double" in notes
    assert "in cell " in notes


def test_of_several_definitions_the_last_counts(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """A first try above does not hide the second, wherever the named cell has gone."""
    wrong = fresh("def double(x):\n    return 7 * x")
    assert run(prepared(template, [wrong, fresh(GOOD["double"]), cells["row_sums"]])) == ALL
    assert run(prepared(template, [wrong, cells["double"], cells["row_sums"]])) == ALL


def test_a_definition_behind_the_check_is_told(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """What the check saw counts, as it does when the notebook is run from top to bottom."""
    later = fresh("def double(x):\n    return 7 * x")
    found = prepared(template, [*cells.values(), later])
    assert run(found) == ALL
    assert any("double is defined again in cell 8" in note for note in found.notes)


@pytest.mark.parametrize("ids", ["kept", "gone"])
def test_metadata_that_an_editor_dropped_costs_nothing(
    template: Template, cells: dict[str, StudentCell], ids: str
) -> None:
    """Cells are known by their own ids, else by text and function; nothing is doubled."""
    bare = [
        StudentCell(cell.kind, cell.source, None, cell.cell_id if ids == "kept" else None)
        for cell in cells.values()
    ]
    found = prepared(template, bare)
    assert run(found) == ALL
    assert len(found.cells) == len(template.notebooks[0].cells)
    assert bool(found.notes) == (ids == "gone")


def test_ids_of_other_cells_do_not_make_an_answer(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """All cells with one id: each is known by what it defines."""
    same = [StudentCell(c.kind, c.source, "double", "same") for c in cells.values()]
    assert run(prepared(template, same)) == ALL


def test_a_function_that_may_be_meant_asks_a_person(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """A cell recreated with a slip in the name is no silent zero."""
    odd = [fresh("def doubel(x):\n    return 2 * x"), cells["row_sums"]]
    with pytest.raises(Refused, match=r"defines double.*cell 1: doubel"):
        prepared(template, odd)
    helped = [fresh("def helper(x): ..."), fresh("def row_sums(x): return helper(x)")]
    assert "missing and put back" in " ".join(prepared(template, helped).notes)


def test_what_is_added_to_set_up_runs_behind_it(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """An import that a student put into the locked first cell is kept, and said."""
    more = StudentCell("code", f"{cells['setup'].source}\nimport math as m", "setup", "setup")
    found = prepared(template, [more, cells["double"], cells["row_sums"]])
    sources = [cell.source for cell in found.cells]
    place = sources.index(cells["setup"].source)
    assert sources[place + 1] == "import math as m"
    assert found.cells[place + 1].run
    assert any("'setup'" in note and "import math as m" in note for note in found.notes)


def test_markers_of_nbgrader_in_a_students_cell_are_inert(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """nbgrader would look for their other half and end the student's feedback."""
    for line in ("### BEGIN HIDDEN TESTS", "# ### END HIDDEN TESTS", "=== BEGIN MARK SCHEME ==="):
        marked = StudentCell("code", f"{GOOD['double']}\n# {line}", "double", "double")
        found = prepared(template, [marked, cells["row_sums"], fresh(line, "markdown")])
        mine = [cell for cell in found.cells if not cell.grade]
        assert not any(line.strip("#= ") in cell.source for cell in mine)
        assert run(found) == ALL


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
def test_syntax_of_a_newer_python_is_named(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """The student is told what the grader's Python cannot read, and which Python can."""
    newer = 'def double(x):\n    print(f"{"a"}")\n    return 2 * x'
    found = prepared(template, [StudentCell("code", newer, "double", "d"), cells["row_sums"]])
    (note,) = [note for note in found.notes if "Python 3.12" in note]
    assert note.startswith("Cell 1 uses quotes")


# ------------------------------------------------------------------------------------ notebooks
def test_work_in_a_copy_beside_an_untouched_stub_counts(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """JupyterLab's Duplicate: the work is in -Copy1, the expected name holds nothing."""
    bare = [stub(template, "double"), stub(template, "row_sums")]
    work = StudentNotebook(f"{WEEK}-Copy1", tuple(cells.values()))
    (found,) = prepare(sent(StudentNotebook(WEEK, tuple(bare)), work), template)
    assert run(found) == ALL
    assert any(f"{WEEK}-Copy1.ipynb" in note for note in found.notes)


def test_two_notebooks_with_different_work_ask_a_person(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """The sentence names both; a copy that is an earlier state of the other is no rival."""
    one = StudentNotebook(WEEK, tuple(cells.values()))
    other = StudentNotebook("mine", (fresh("def double(x):\n    return 7 * x"),))
    with pytest.raises(Refused, match=f"{WEEK}.ipynb and mine.ipynb"):
        prepare(sent(one, other), template)
    earlier = StudentNotebook("mine", (cells["double"], stub(template, "row_sums")))
    assert run(prepare(sent(earlier, one), template)[0]) == ALL


def test_nothing_written_beside_a_file_that_cannot_be_read_asks_a_person(
    template: Template, cells: dict[str, StudentCell]
) -> None:
    """The work may be in the other one; beside good work it is a remark."""
    bare = StudentNotebook(WEEK, (stub(template, "double"), stub(template, "row_sums")))
    broken = (("mine.ipynb", "is not a notebook: its JSON breaks off at line 1, column 1"),)
    with pytest.raises(Refused, match=r"mine.ipynb.*Is the work there"):
        prepare(sent(bare, unread=broken), template)
    work = StudentNotebook(WEEK, tuple(cells.values()))
    (found,) = prepare(sent(work, unread=broken), template)
    assert any("mine.ipynb" in note for note in found.notes)


def test_another_weeks_notebook_is_recognised(course: Course, template: Template) -> None:
    """Also under this week's name; the sentence says which week it looks like."""
    other = course.root / "source" / "week91_other"
    other.mkdir()
    text = (course.root / "source" / WEEK / f"{WEEK}.ipynb").read_text()
    text = text.replace("double", "halve").replace("row_sums", "column_sums")
    (other / "week91_other.ipynb").write_text(text)
    foreign = [StudentCell("code", "def halve(x): ...", "halve", "halve"), fresh("import torch")]
    with pytest.raises(Refused, match="It looks like week91_other"):
        prepared(template, foreign)
