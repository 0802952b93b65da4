"""The command line on bad input: one sentence, what to do next, an exit code, nothing lost."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny_course
import typer
from typer.testing import CliRunner

from autograder.cli.app import app, main
from autograder.week import open_week

ROOT = Path(__file__).resolve().parents[2]
WEEK = tiny_course.WEEK
AUTOGRADER = [sys.executable, "-m", "autograder.cli.app"]
# the same command on a machine where no bubblewrap is to be found
WITHOUT_BWRAP = (
    "import autograder.sandbox.bwrap as b; b.candidates = lambda: iter(()); "
    "from autograder.cli.app import main; main()"
)
# $0 is shown read-only to the command, and to nobody else
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
COMMANDS = sorted(typer.main.get_command(app).commands)
FEWEST_HELP_WORDS = 25


@dataclass(frozen=True)
class Answer:
    """What a command left behind for its caller."""

    code: int
    stdout: str
    stderr: str

    @property
    def sentence(self) -> str:
        """The last line of stderr, where the one sentence stands."""
        lines = self.stderr.strip().splitlines()
        return lines[-1] if lines else ""


def call(root: Path, *words: str, command: list[str] | None = None) -> Answer:
    """Run the command line in a process of its own, on the course at `root`."""
    line = [*(command or AUTOGRADER), *words, "--course-root", str(root)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run(
        line, capture_output=True, text=True, timeout=300, cwd=root.parent, env=environment
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def call_here(root: Path, *words: str) -> Answer:
    """The same in this process, which has imported everything already."""
    out, err = io.StringIO(), io.StringIO()
    line = ["autograder", *words, "--course-root", str(root)]
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", line)
        try:
            main()
        except SystemExit as stop:
            return Answer(int(stop.code or 0), out.getvalue(), err.getvalue())
        finally:
            logging.disable(logging.NOTSET)
    return Answer(0, out.getvalue(), err.getvalue())


def contents(root: Path) -> dict[str, bytes]:
    """Every file that somebody could miss; the engine's own lock files are none."""
    files = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def refuses(answer: Answer, *parts: str) -> None:
    """One sentence with all of these parts, exit code 1, no traceback, nothing on stdout."""
    assert answer.code == 1, answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    assert answer.sentence.startswith("autograder:"), answer.stderr
    for part in parts:
        assert part in answer.sentence


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course that is released without running anything."""
    from autograder.course_folder import open_course
    from autograder.edition.release import generate

    root = tiny_course.make_course(tmp_path_factory.mktemp("generated"))
    generate(open_week(open_course(root), WEEK))
    return root


@pytest.fixture
def root(generated: Path, tmp_path: Path) -> Path:
    """A fresh copy of it, where `ada` has handed in."""
    copy = Path(shutil.copytree(generated, tmp_path / "course"))
    tiny_course.submit(copy, "ada", tiny_course.solve(copy))
    return copy


# ------------------------------------------------------------------------------------ the course
@pytest.mark.parametrize("command", ["grade", "feedback", "report", "release"])
def test_unknown_week(root: Path, command: str) -> None:
    """A misspelt week is named, the weeks that exist are listed, and no file changes."""
    before = contents(root)
    answer = call_here(root, command, "week90_tinny")
    refuses(answer, "There is no week 'week90_tinny'", WEEK)
    assert contents(root) == before


def test_not_a_course_folder(tmp_path: Path) -> None:
    """A folder without the configuration file is named, with the way to the right one."""
    refuses(call(tmp_path, "report", WEEK), "is not a course folder", "--course-root")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("c.Grading.seed = (", "was never closed"),
        ("c.Grading.cell_seconds = 'long'", "expected a float"),
        ("import no_such_module", "No module named 'no_such_module'"),
    ],
)
def test_broken_configuration(root: Path, line: str, why: str) -> None:
    """A configuration that cannot be used is named with the reason, not with a traceback."""
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\n{line}\n")
    before = contents(root)
    answer = call_here(root, "report", WEEK)
    refuses(answer, "nbgrader_config.py cannot be used", why, "Repair that file")
    assert contents(root) == before


# ------------------------------------------------------------------------------------ the class
def test_empty_class(root: Path) -> None:
    """Nobody has handed in: the command says how submissions are collected."""
    shutil.rmtree(root / "submitted")
    refuses(call(root, "grade", WEEK), f"No submissions of '{WEEK}'", "nbgrader collect")


def test_unknown_student(root: Path) -> None:
    """A misspelt --student is an error, and makes no student in the gradebook."""
    before = contents(root)
    refuses(call_here(root, "grade", WEEK, "--student", "adda"), "by adda", "Nothing was graded")
    assert contents(root) == before


def test_not_released(root: Path) -> None:
    """Without a gradebook there is no grading; the command that makes one is named."""
    (root / "gradebook.db").unlink()
    submissions = contents(root / "submitted")
    refuses(call(root, "grade", WEEK), "has not been released", f"autograder release {WEEK}")
    assert contents(root / "submitted") == submissions


def test_gradebook_is_no_database(root: Path) -> None:
    """A damaged gradebook is left as it is, and the message says to copy it aside first."""
    (root / "gradebook.db").write_bytes(b"not a database " * 500)
    before = contents(root)
    refuses(call_here(root, "grade", WEEK), "The gradebook does not work", "Copy it aside")
    assert contents(root) == before


@pytest.mark.parametrize("command", ["feedback", "report"])
def test_nothing_graded_yet(root: Path, command: str) -> None:
    """Feedback and report before grading name the command that comes first."""
    refuses(call_here(root, command, WEEK), "graded yet", f"autograder grade {WEEK}")


# ------------------------------------------------------------------------------------ the machine
def test_no_bubblewrap(root: Path) -> None:
    """Without bubblewrap nothing runs; all ways out are named, and nothing is written."""
    tiny_course.submit(root, "s1", tiny_course.solve(root))
    before = contents(root)
    answer = call(root, "grade", WEEK, command=[sys.executable, "-c", WITHOUT_BWRAP])
    refuses(answer, "No sandbox", "bubblewrap", "--no-sandbox", "host.md")
    assert contents(root) == before


@pytest.fixture
def read_only(root: Path) -> Iterator[list[str]]:
    """What to put before a command so that it finds the course read-only."""
    if os.geteuid() != 0:
        folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
        for folder in folders:
            folder.chmod(0o555)
        yield []
        for folder in folders:
            folder.chmod(0o755)
        return
    prefix = ["unshare", "-m", "sh", "-c", READ_ONLY, str(root)]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"]).returncode:
        pytest.skip("root may write everywhere, and cannot mount a folder read-only here")
    yield prefix


@pytest.mark.parametrize(
    "words",
    [
        ("grade", WEEK, "--no-sandbox"),
        ("release", WEEK, "--skip-proof", "--no-sandbox"),
        ("report", WEEK),
    ],
    ids=lambda words: words[0],
)
def test_read_only_folder(root: Path, read_only: list[str], words: tuple[str, ...]) -> None:
    """On a read-only course every command says which file it could not write, and what to do."""
    before = contents(root)
    answer = call(root, *words, command=[*read_only, *AUTOGRADER])
    refuses(answer, "cannot be written", "writable", "work on a copy")
    assert contents(root) == before


# ------------------------------------------------------------------------------------ results
@pytest.mark.slow
def test_one_unreadable_notebook(root: Path) -> None:
    """It is put up for review with exit code 3; the rest of the class gets its scores, as JSON."""
    tiny_course.submit(root, "bert", b"this is not a notebook")
    answer = call(root, "grade", WEEK, "--no-sandbox", "--json")
    assert answer.code == 3, answer.stderr
    assert "Traceback" not in answer.stderr
    entries = {entry["student"]: entry for entry in json.loads(answer.stdout)["entries"]}
    assert entries["ada"]["score"] == tiny_course.MAX_SCORE
    assert entries["bert"]["score"] is None
    assert "not a notebook" in entries["bert"]["needs_review"]
    assert (root / "submitted/bert" / WEEK / f"{WEEK}.ipynb").read_bytes().startswith(b"this")
    report = call(root, "report", WEEK, "--json")
    assert report.code == 0, report.stderr
    assert json.loads(report.stdout)["max_score"] == tiny_course.MAX_SCORE


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str) -> None:
    """Each command's help says what it does, and every option and argument explains itself."""
    found = typer.main.get_command(app).commands[command]
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "100"})
    assert shown.exit_code == 0
    assert len(shown.output.split()) >= FEWEST_HELP_WORDS
    assert len((found.help or "").split()) >= 6
    for parameter in found.params:
        assert getattr(parameter, "help", None), f"{command}: {parameter.name} has no help"


def test_wrong_usage() -> None:
    """A misspelt option is wrong usage, exit code 2, with a word on where to find help."""
    shown = CliRunner().invoke(app, ["grade", WEEK, "--forse"])
    assert shown.exit_code == 2
    assert "--help" in shown.output + shown.stderr
