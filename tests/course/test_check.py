"""The self-check says what the grader would see, and touches nothing of the student's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.student import check as selfcheck
from course.student import submission
from course.student.check import CheckReport, State
from course.student.findings import Severity, inspect
from course.student.submission import (
    GraderLimits,
    SubmissionError,
    find_notebook,
    limits_of,
    pack,
    read_notebook,
    shipped_notebook,
    week_of,
)

ROOT = Path(__file__).resolve().parents[2]
WEEK = "week99_numbers"
STUB = "# YOUR CODE HERE\nraise NotImplementedError('Not written yet')"
LIMITS = replace(GraderLimits(), cell_seconds=2)


# ------------------------------------------------------------------------------ small notebooks
def marked(source: str, name: str, kind: str = "code", **flags: object) -> nbformat.NotebookNode:
    """A cell with nbgrader's metadata."""
    marks = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, id=name, metadata={"nbgrader": {**marks, "grade_id": name, **flags}})


def exercise(number: int, name: str, solution: str, check: str, points: int) -> list:
    """A heading, a solution cell and its check cell."""
    return [
        new_markdown_cell(f"## Exercise {number}: Do `{name}` ({points} points)", id=f"h-{name}"),
        marked(solution, name, solution=True),
        marked(check, f"check_{name}", grade=True, locked=True, points=points),
    ]


def week(solutions: dict[str, str]) -> nbformat.NotebookNode:
    """A week of two exercises and a written question; what is not given is a stub."""
    stub = "def {}(x):\n    " + STUB.replace("\n", "\n    ")
    return new_notebook(
        cells=[
            marked("import math", "setup", locked=True),
            *exercise(
                1,
                "double",
                solutions.get("double", stub.format("double")),
                "assert double(2) == 4, 'double(2) is not 4: did you square?'",
                4,
            ),
            *exercise(
                2, "half", solutions.get("half", stub.format("half")), "assert half(4) == 2", 3
            ),
            new_code_cell("raise SystemError", id="play", metadata={"tags": ["nbval-skip"]}),
            marked("Why?", "written_numbers", "markdown", task=True, locked=True, points=5),
            new_markdown_cell("*Write your answer here.*", id="answer_numbers"),
        ]
    )


DONE = {"double": "def double(x):\n    return 2 * x", "half": "def half(x):\n    return x / 2"}


def write(notebook: nbformat.NotebookNode, path: Path) -> Path:
    """Store a notebook and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course folder with the week released."""
    (tmp_path / "course").mkdir()
    write(week({}), tmp_path / "release" / WEEK / f"{WEEK}.ipynb")
    return tmp_path


def cli(*words: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "course.student.cli", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT), **settings},
        timeout=300,
        check=False,
    )


# ------------------------------------------------------------------------------------ running
@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> CheckReport:
    """One run of a notebook in which every kind of thing happens."""
    cells = [marked("import math", "setup", locked=True)]
    cases = {
        "right": ("def right():\n    return 1", "assert right() == 1, 'no'"),
        "wrong": ("def wrong():\n    return 2", "assert wrong() == 1, 'wrong() is 2: off by one?'"),
        "silent": ("def silent():\n    return 2", "assert silent() == 1"),
        "unwritten": (f"def unwritten():\n    {STUB.splitlines()[1]}", "assert unwritten() == 1"),
        "raising": ("def raising():\n    return [][0]", "raising()"),
        "syntax": ("def syntax(:", "assert syntax() == 1"),
        "endless": ("def endless():\n    while True: pass", "endless()"),
        "after": ("def after():\n    return 1", "assert after() == 1"),
    }
    for number, (name, (solution, check)) in enumerate(cases.items(), 1):
        cells += exercise(number, name, solution, check, points=number)
    cells.insert(1, new_code_cell("open('left-behind.txt', 'w').write('x')\n1 / 0", id="mine"))
    cells.append(new_code_cell("raise SystemError", id="play", metadata={"tags": ["nbval-skip"]}))
    path = tmp_path_factory.mktemp("mixed") / f"{WEEK}.ipynb"
    before = write(new_notebook(cells=cells), path).read_bytes()
    report = selfcheck.check(path, LIMITS)
    assert path.read_bytes() == before
    return report


def result(report: CheckReport, name: str) -> selfcheck.ExerciseResult:
    """The result of one exercise by name."""
    return next(exercise for exercise in report.exercises if exercise.name == name)


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        ("right", State.PASSED, ""),
        ("wrong", State.FAILED, "wrong() is 2: off by one?"),
        ("silent", State.FAILED, "assert silent() == 1"),
        ("unwritten", State.UNWRITTEN, "Not written yet"),
        ("raising", State.ERROR, "IndexError: list index out of range"),
        ("syntax", State.ERROR, "your cell 'syntax': SyntaxError"),
        ("endless", State.TIME_LIMIT, "is there an endless loop?"),
        ("after", State.PASSED, ""),
    ],
)
def test_each_outcome_has_its_state_and_message(
    mixed: CheckReport, name: str, state: State, words: str
) -> None:
    """Passing, failing, unwritten, raising and endless exercises are told apart, with a reason."""
    found = result(mixed, name)
    assert found.state is state
    assert words in found.message


def test_points_are_those_of_the_passing_checks(mixed: CheckReport) -> None:
    """Points of check cells are summed; only visible checks that pass count."""
    assert mixed.points == sum(range(1, 9))
    assert mixed.points_passed == 1 + 8
    assert not mixed.clean


def test_titles_come_from_the_headings(mixed: CheckReport) -> None:
    """A student sees the exercise's heading, without points and code quotes."""
    assert result(mixed, "wrong").title == "Exercise 2: Do wrong"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("## Exercise 9: `guess` (4 points)", "Exercise 9: guess"),
        ("## Open challenge: `guess` (5 points)", "Open challenge: guess"),
        ("## 열린 도전: guess (5점)", "열린 도전: guess"),
    ],
)
def test_an_open_challenge_has_a_title_of_its_own(tmp_path: Path, heading: str, title: str) -> None:
    """It does not stand under the name of the exercise before it."""
    cells = exercise(1, "other", "def other(): return 1", "assert other() == 1", points=1)
    cells += exercise(2, "guess", "def guess(): return 1", "assert guess() == 1", points=5)
    (theirs,) = (cell for cell in cells if "Exercise 2" in cell.source)
    theirs.source = heading
    report = selfcheck.check(write(new_notebook(cells=cells), tmp_path / f"{WEEK}.ipynb"), LIMITS)
    assert result(report, "guess").title == title


def test_own_cells_run_and_their_errors_are_told(mixed: CheckReport) -> None:
    """An error in a cell of the student's own is reported and stops nothing."""
    assert mixed.troubles == ("The cell 'mine': ZeroDivisionError: division by zero (at `1 / 0`)",)


def test_slowest_cell_is_named(mixed: CheckReport) -> None:
    """The endless check is the slowest cell, and was stopped near its limit."""
    name, seconds = mixed.slowest
    assert name == "check_endless"
    assert 2 <= seconds < 10


def test_plain_data_for_json(mixed: CheckReport) -> None:
    """The report goes through json and keeps states and sums."""
    plain = json.loads(json.dumps(mixed.as_dict()))
    assert plain["points_passed"] == 9
    assert plain["exercises"][1]["state"] == "fails"


def test_a_finished_notebook_is_clean(folder: Path) -> None:
    """Everything right: full points, nothing to tell, playground cells not run."""
    seen: list[tuple[int, int, str]] = []
    path = write(week(DONE), folder / f"{WEEK}.ipynb")
    report = selfcheck.check(path, LIMITS, progress=lambda *step: seen.append(step))
    assert (report.points_passed, report.points) == (7, 7)
    assert report.clean
    assert report.compared
    assert report.troubles == report.findings == ()
    assert seen[0] == (0, 5, "setup")
    assert seen[-1][:2] == (5, 5)
    assert [question.answered for question in report.written] == [False]


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("*Write your answer here.*", False),
        ("", False),
        (" \n", False),
        ("YOUR ANSWER HERE", False),
        ("Because a half is not a double.", True),
        ("*Write your answer here.*\n\nBecause it is written below the line.", True),
    ],
)
def test_a_written_answer_is_noticed(folder: Path, text: str, answered: bool) -> None:
    """The text of `answer_X` counts as the answer to `written_X` unless it is empty or a stub."""
    notebook = week(DONE)
    notebook.cells[-1].source = text
    copy = read_notebook(write(notebook, folder / f"{WEEK}.ipynb"))
    (question,) = selfcheck.written_questions(copy)
    assert (question.name, question.points) == ("written_numbers", 5)
    assert question.answered is answered


def test_an_answer_without_an_id_is_found_by_its_place(folder: Path) -> None:
    """Old editors drop the ids of cells: the text behind the question is the answer."""
    notebook = week(DONE)
    notebook.cells[-1].source = "Because."
    path = write(notebook, folder / f"{WEEK}.ipynb")
    document = json.loads(path.read_text("utf-8"))
    for cell in document["cells"]:
        del cell["id"]
    path.write_text(json.dumps(document), "utf-8")
    (question,) = selfcheck.written_questions(read_notebook(path))
    assert question.answered


@pytest.mark.parametrize("week_name", sorted(p.name for p in (ROOT / "release").glob("week*")))
def test_released_weeks_notice_a_written_answer(tmp_path: Path, week_name: str) -> None:
    """In each released week the question is open at first, and answered once text is there."""
    notebook = nbformat.read(ROOT / "release" / week_name / f"{week_name}.ipynb", 4)
    path = tmp_path / f"{week_name}.ipynb"
    before = list(selfcheck.written_questions(read_notebook(write(notebook, path))))
    for cell in notebook.cells:
        if cell.id.startswith("answer_"):
            cell.source = "A context that was never seen has no count."
    after = list(selfcheck.written_questions(read_notebook(write(notebook, path))))
    assert [question.answered for question in before] == [False] * len(before)
    assert [question.answered for question in after] == [True] * len(before)
    assert before


def test_everything_runs_the_playground_too(folder: Path) -> None:
    """With `everything` the skipped cells run, and their errors are told."""
    path = write(week(DONE), folder / f"{WEEK}.ipynb")
    report = selfcheck.check(path, LIMITS, everything=True)
    assert any("'play': SystemError" in trouble for trouble in report.troubles)
    assert report.points_passed == 7


def test_a_dead_kernel_ends_the_run_with_a_reason(tmp_path: Path) -> None:
    """A cell that kills its kernel is named; what follows was not run, and earlier points stand."""
    solutions = {**DONE, "half": "import os\nos._exit(1)"}
    report = selfcheck.check(write(week(solutions), tmp_path / f"{WEEK}.ipynb"), LIMITS)
    assert result(report, "double").state is State.PASSED
    assert result(report, "half").state is State.ERROR
    assert "the kernel died" in result(report, "half").message


@pytest.mark.slow
def test_a_cell_that_cannot_be_interrupted_is_given_up(tmp_path: Path) -> None:
    """A loop that swallows the interrupt ends the run instead of hanging it."""
    stubborn = (
        "import signal\ndef double(x):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "    while True: pass"
    )
    solutions = {**DONE, "double": stubborn}
    report = selfcheck.check(write(week(solutions), tmp_path / f"{WEEK}.ipynb"), LIMITS)
    assert result(report, "double").state is State.TIME_LIMIT
    assert result(report, "half").state is State.NOT_RUN


def test_time_of_the_whole_notebook_is_bounded(tmp_path: Path) -> None:
    """When the submission's time is used up, later cells are not run, and the message says why."""
    slow = {**DONE, "double": "import time\ndef double(x):\n    time.sleep(1.5)\n    return 2 * x"}
    path = write(week(slow), tmp_path / f"{WEEK}.ipynb")
    report = selfcheck.check(path, replace(LIMITS, submission_seconds=1))
    assert "time of the whole notebook" in result(report, "half").message


def test_too_much_output_is_told(tmp_path: Path) -> None:
    """A cell that prints more than the grader keeps of one cell is named; the others are not."""
    loud = {name: f"{source}\nprint('x' * 1500)" for name, source in DONE.items()}
    loud["double"] += "\nprint('x' * 1500)"
    path = write(week(loud), tmp_path / f"{WEEK}.ipynb")
    report = selfcheck.check(path, replace(LIMITS, output_bytes=2000))
    (found,) = [finding.text for finding in report.findings if "Print less" in finding.text]
    assert "'double'" in found


def test_the_kernel_has_the_graders_environment(tmp_path: Path) -> None:
    """CPU, one thread, no seed of an offering, and the Python of this command."""
    code = (
        "import os, sys\n"
        "assert os.environ['WORD2CHAT_DEVICE'] == 'cpu'\n"
        "assert os.environ['OMP_NUM_THREADS'] == '1'\n"
        "assert 'WORD2CHAT_SEED' not in os.environ\n"
        f"assert sys.executable == {sys.executable!r}\n"
        "def double(x): return 2 * x"
    )
    os.environ["WORD2CHAT_SEED"] = "autumn"
    try:
        path = write(week({"double": code}), tmp_path / f"{WEEK}.ipynb")
        assert result(selfcheck.check(path, LIMITS), "double").state is State.PASSED
    finally:
        del os.environ["WORD2CHAT_SEED"]


# --------------------------------------------------------------- compared with what was shipped
def test_an_edited_check_is_run_as_shipped(folder: Path) -> None:
    """Weakening an assert helps nobody: the shipped text runs, and the change is noted."""
    notebook = week({**DONE, "double": "def double(x):\n    return 5"})
    notebook.cells[3].source = "assert True"
    report = selfcheck.check(write(notebook, folder / f"{WEEK}.ipynb"), LIMITS)
    assert result(report, "double").message == "double(2) is not 4: did you square?"
    assert "'check_double' differs" in report.findings[0].text
    assert report.findings[0].severity is Severity.NOTE


def test_a_deleted_check_is_put_back(folder: Path) -> None:
    """A deleted check cell still runs in its place, as at grading, and is noted."""
    notebook = week(DONE)
    del notebook.cells[3]
    report = selfcheck.check(write(notebook, folder / f"{WEEK}.ipynb"), LIMITS)
    assert [exercise.name for exercise in report.exercises] == ["double", "half"]
    assert report.points_passed == 7
    assert "'check_double' was deleted" in report.findings[0].text


def findings_of(notebook: nbformat.NotebookNode, path: Path) -> list[tuple[str, str]]:
    """Severity and text of what `inspect` finds, without running anything."""
    read = read_notebook(write(notebook, path))
    return [(f.severity.value, f.text) for f in inspect(read, shipped_notebook(read), LIMITS)]


def test_a_deleted_solution_cell_is_a_loss(folder: Path) -> None:
    """Deleting one's own solution cell loses it, unlike deleting a check."""
    notebook = week(DONE)
    del notebook.cells[2]
    found = findings_of(notebook, folder / f"{WEEK}.ipynb")
    assert found[0][0] == "lost"
    assert "'double' was deleted or renamed" in found[0][1]


def test_a_deleted_solution_is_seen_without_a_shipped_copy(tmp_path: Path) -> None:
    """check_double without double gives the deletion away."""
    notebook = week(DONE)
    del notebook.cells[2]
    assert "'double' is gone" in findings_of(notebook, tmp_path / f"{WEEK}.ipynb")[0][1]


def test_doubled_names_are_told(folder: Path) -> None:
    """Copying a solution cell copies its name: the first that was written in counts."""
    notebook = week(DONE)
    notebook.cells.append(notebook.cells[2].copy())
    notebook.cells[-1].id = "copy"
    found = findings_of(notebook, folder / f"{WEEK}.ipynb")
    told = "'double' is there 2 times. The grader takes the first that you have written in as your"
    assert any(text.startswith(told) for _, text in found)
    assert found[0][0] == "lost" and "behind its check" in found[0][1]


def test_pasted_pictures_are_told(folder: Path) -> None:
    """A picture pasted into the written answer does not reach the grader."""
    notebook = week(DONE)
    notebook.cells[-1]["attachments"] = {"image.png": {"image/png": "aGk="}}
    found = findings_of(notebook, folder / f"{WEEK}.ipynb")
    assert any("image.png" in text for _, text in found)


def test_what_is_too_large_is_refused(folder: Path) -> None:
    """File size, number of cells and length of source each have their limit and sentence."""
    path = write(week(DONE), folder / f"{WEEK}.ipynb")
    notebook = read_notebook(path)
    small = GraderLimits(notebook_bytes=1000, cells=3, source_chars=10)
    found = inspect(notebook, None, small)
    assert [finding.severity for finding in found] == [Severity.REFUSED] * 3
    assert "Clear all outputs" in found[0].text


def test_a_link_is_refused(folder: Path) -> None:
    """The grader reads no links, so neither should a student hand one in."""
    write(week(DONE), folder / "real.ipynb")
    (folder / f"{WEEK}.ipynb").symlink_to(folder / "real.ipynb")
    found = inspect(read_notebook(folder / f"{WEEK}.ipynb"), None)
    assert found[0].severity is Severity.REFUSED


def test_git_remembers_the_shipped_notebook(folder: Path) -> None:
    """A student who works in release/ itself is compared with the committed version."""
    path = folder / "release" / WEEK / f"{WEEK}.ipynb"
    git = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=n@localhost"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "release"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "release"], check=True)
    notebook = week(DONE)
    del notebook.cells[2]
    assert "'double' was deleted" in findings_of(notebook, path)[0][1]


def test_a_shipped_copy_in_the_course_is_preferred(folder: Path) -> None:
    """Without git, course/shipped/ holds what the notebook in release/ is compared with."""
    path = folder / "release" / WEEK / f"{WEEK}.ipynb"
    assert shipped_notebook(read_notebook(path)) is None
    (folder / "course" / "shipped").mkdir()
    shutil.copy(path, folder / "course" / "shipped" / f"{WEEK}.ipynb")
    assert shipped_notebook(read_notebook(path)).tracked.keys() >= {"double", "check_half"}


def test_limits_are_the_graders() -> None:
    """What a student is told is what the engine's defaults say."""
    courses = pytest.importorskip("autograder.course_folder")
    ingest = pytest.importorskip("autograder.stages.ingest")
    mine, taken = GraderLimits(), ingest.IngestLimits()
    grading = courses.Grading()
    assert mine == GraderLimits(
        notebook_bytes=taken.notebook_bytes,
        cells=taken.cells,
        source_chars=taken.source_chars,
        cell_seconds=grading.cell_seconds,
        submission_seconds=grading.submission_seconds,
        output_bytes=grading.output_bytes,
    )


def test_an_edition_may_have_limits_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week's own limit, else the course's own, else what everybody has."""
    monkeypatch.setattr(submission, "LIMITS_FILE", tmp_path / "limits.json")
    assert limits_of(WEEK) == GraderLimits()
    said = {"": {"cell_seconds": 30}, WEEK: {"cell_seconds": 60}}
    (tmp_path / "limits.json").write_text(json.dumps(said))
    assert limits_of(WEEK).cell_seconds == 60
    assert limits_of("week77_x") == GraderLimits(cell_seconds=30)


# ------------------------------------------------------------------------------------ finding it
def test_a_week_is_found_by_name_and_by_its_beginning(folder: Path) -> None:
    """From the course folder, a week's name or its beginning leads to release/."""
    released = folder / "release" / WEEK / f"{WEEK}.ipynb"
    assert find_notebook(WEEK, folder) == released
    assert find_notebook("week99", folder) == released
    assert find_notebook("week99", folder / "release" / WEEK) == released


def test_a_notebook_in_this_folder_comes_first(folder: Path) -> None:
    """A copy where the student stands is meant before the one in release/."""
    mine = write(week({}), folder / f"{WEEK}.ipynb")
    assert find_notebook(WEEK, folder) == mine
    assert find_notebook(f"./{WEEK}.ipynb", folder) == folder / f"{WEEK}.ipynb"


def test_a_folder_with_one_notebook_is_enough(folder: Path) -> None:
    """A path of a folder means the one notebook in it."""
    found = find_notebook(f"release/{WEEK}", folder)
    assert found.name == f"{WEEK}.ipynb"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("week07", r"no notebook for 'week07'.*weeks found: week99_numbers"),
        ("nothing.ipynb", "There is no file"),
        ("release/", "holds 0 notebooks"),
    ],
)
def test_what_cannot_be_found_is_named(folder: Path, target: str, words: str) -> None:
    """An unknown week lists the known ones; a wrong path is repeated."""
    with pytest.raises(SubmissionError, match=words):
        find_notebook(target, folder)


def test_an_ambiguous_beginning_is_refused(folder: Path) -> None:
    """Two weeks that begin so are both named."""
    write(week({}), folder / "release/week98_words/week98_words.ipynb")
    with pytest.raises(SubmissionError, match="week98_words or week99_numbers"):
        find_notebook("week9", folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "breaks off at line 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "no list of cells"),
        (b'{"cells": [{"cell_type": "video", "source": ""}]}', "not as Jupyter wrote it"),
        (b"[" * 100_000, "nested too deeply|breaks off"),
    ],
)
def test_a_file_that_is_no_notebook_is_explained(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """Half files, other encodings and other JSON each give one sentence."""
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(SubmissionError, match=words):
        read_notebook(path)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("week01_word2vec.ipynb", "week01_word2vec"),
        ("week01_word2vec (1).ipynb", "week01_word2vec"),
        ("week01_word2vec-Copy1.ipynb", "week01_word2vec"),
        ("week01_word2vec/solution.ipynb", "week01_word2vec"),
        ("other.ipynb", "other"),
    ],
)
def test_the_week_is_read_from_the_name(tmp_path: Path, path: str, name: str) -> None:
    """Names that browsers and Jupyter give to copies still mean the week."""
    assert week_of(tmp_path / path) == name


# ------------------------------------------------------------------------------------ submitting
def test_the_zip_holds_the_notebook_and_nothing_else(folder: Path) -> None:
    """One member named after the week, with the student's cells; the file itself is unchanged."""
    path = write(week(DONE), folder / f"{WEEK} (1).ipynb")
    before = path.read_bytes()
    package = pack(read_notebook(path), folder)
    with zipfile.ZipFile(package.path) as archive:
        assert archive.namelist() == [f"{WEEK}.ipynb", "submission.json"]
        packed = nbformat.reads(archive.read(f"{WEEK}.ipynb").decode(), as_version=4)
    assert package.path == folder / f"{WEEK}.zip"
    assert [cell.source for cell in packed.cells] == [cell.source for cell in week(DONE).cells]
    assert path.read_bytes() == before
    assert package.left_out == ()


def test_widget_state_and_too_many_outputs_stay_out(folder: Path) -> None:
    """What grading makes anew is left out when it must be, and that is said."""
    notebook = week(DONE)
    notebook.metadata["widgets"] = {"state": "x" * 100}
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="x" * 50_000)]
    path = write(notebook, folder / f"{WEEK}.ipynb")
    package = pack(read_notebook(path), folder, replace(LIMITS, notebook_bytes=20_000))
    assert package.left_out == ("the widgets' state", "the outputs")
    with zipfile.ZipFile(package.path) as archive:
        assert b"xxxx" not in archive.read(f"{WEEK}.ipynb")


def test_a_notebook_that_stays_too_large_is_refused(folder: Path) -> None:
    """Without outputs still too large: a sentence, and no zip."""
    path = write(week(DONE), folder / f"{WEEK}.ipynb")
    with pytest.raises(SubmissionError, match="even without its outputs"):
        pack(read_notebook(path), folder, replace(LIMITS, notebook_bytes=100))
    assert not (folder / f"{WEEK}.zip").exists()


# ------------------------------------------------------------------------------- the command line
def test_check_prints_points_and_reminds_of_hidden_checks(folder: Path) -> None:
    """`course check` shows message, sum and reminder; exit code 1 while work is left."""
    wrong = {**DONE, "double": "def double(x):\n    return x * x * x"}
    write(week(wrong), folder / f"{WEEK}.ipynb")
    answer = cli("check", WEEK, cwd=folder)
    assert answer.returncode == 1
    assert "double(2) is not 4: did you square?" in answer.stdout
    assert "Visible checks passed for 3 of 7 points. Points are decided by hidden" in answer.stdout
    assert "of the 240 s allowed" in answer.stdout
    assert answer.stderr == ""


def test_check_prints_json_and_nothing_else(folder: Path) -> None:
    """--json is one JSON document; a finished notebook exits with 0."""
    write(week(DONE), folder / f"{WEEK}.ipynb")
    answer = cli("check", "--json", "week99", cwd=folder)
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["points_passed"] == 7


def test_submit_writes_the_zip_and_tells_the_other_way(folder: Path) -> None:
    """`course submit` names the zip, and the exchange for those on a hub."""
    write(week(DONE), folder / f"{WEEK}.ipynb")
    answer = cli("submit", WEEK, cwd=folder)
    assert answer.returncode == 0
    assert (folder / f"{WEEK}.zip").is_file()
    assert f"nbgrader submit {WEEK}" in answer.stdout
    assert "warning" not in answer.stdout


def test_submit_writes_whose_it_is_and_asks_once(folder: Path) -> None:
    """The id and the week stand in the zip; the id is remembered; an odd one is a sentence."""
    write(week(DONE), folder / f"{WEEK}.ipynb")
    settings = {"JUPYTER_CONFIG_DIR": str(folder / "settings")}

    def said(*words: str) -> tuple[int, str]:
        answer = cli("submit", WEEK, *words, cwd=folder, **settings)
        with zipfile.ZipFile(folder / f"{WEEK}.zip") as archive:
            written = json.loads(archive.read("submission.json"))
        assert written["week"] == WEEK
        return answer.returncode, written["student"]

    assert said() == (0, "")
    assert said("--id", " 003010 ") == (0, "003010")
    assert said() == (0, "003010")
    assert said("--id", "김유나")[0] == 1


@pytest.mark.parametrize("shipped", [True, False])
def test_submit_warns_of_an_empty_notebook(folder: Path, shipped: bool) -> None:
    """The untouched stub is packed, and the student is asked whether that is meant."""
    if not shipped:
        shutil.rmtree(folder / "release")
    write(week({}), folder / f"{WEEK}.ipynb")
    answer = cli("submit", WEEK, cwd=folder)
    assert answer.returncode == 0
    assert f"warning: nothing is written in {folder / WEEK}.ipynb" in answer.stdout
    write(week({"half": DONE["half"]}), folder / f"{WEEK}.ipynb")
    assert "warning" not in cli("submit", WEEK, cwd=folder).stdout


@pytest.mark.parametrize(
    "words",
    [
        ["check", "week55"],
        ["submit", "week55"],
        ["submit", WEEK, "--output", "nowhere"],
        ["kernels", "install", "--user", "--sys-prefix"],
        ["kernels", "install", "--gpu", "perhaps"],
    ],
)
def test_a_users_error_is_one_sentence(folder: Path, words: list[str]) -> None:
    """No traceback: one line on stderr and exit code 1."""
    answer = cli(*words, cwd=folder)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("error: ")
    assert answer.stderr.count("\n") == 1


def test_help_names_every_command() -> None:
    """`course --help` shows the way through the course, and each command has help of its own."""
    answer = cli("--help", cwd=ROOT)
    for command in ("kernels", "doctor", "check", "submit", "data"):
        assert command in answer.stdout
        assert cli(command, "--help", cwd=ROOT).returncode == 0


def test_data_lists_what_ships() -> None:
    """`course data` shows sources and licences, and finds every file intact."""
    answer = cli("data", cwd=ROOT)
    assert answer.returncode == 0
    assert "MPL-2.0" in answer.stdout
    assert "damaged" not in answer.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["week01_word2vec"])
def test_the_reference_passes_its_own_visible_checks(name: str) -> None:
    """The instructor's notebook, checked as a student's would be, gets every visible point."""
    path = ROOT / "source" / name / f"{name}.ipynb"
    if not path.is_file():
        pytest.skip(f"{name} is not written yet")
    report = selfcheck.check(path)
    assert [e.name for e in report.exercises if e.state is not State.PASSED] == []
    assert report.points_passed == report.points > 0
    assert report.troubles == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["week01_word2vec"])
def test_the_released_notebook_is_all_unwritten(name: str) -> None:
    """A student who has written nothing sees 'not written yet' and no crash of ours."""
    path = ROOT / "release" / name / f"{name}.ipynb"
    if not path.is_file():
        pytest.skip(f"{name} is not released yet")
    report = selfcheck.check(path)
    assert report.points_passed == 0
    assert {exercise.state for exercise in report.exercises} == {State.UNWRITTEN}
