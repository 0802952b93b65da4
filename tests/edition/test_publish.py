"""The students' edition: what it holds, what it never holds, and the three places for it."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import tiny_course

from autograder.course_folder import Course, open_course
from autograder.edition.publish import STAFF_PAGES, Published, edition, find_leaks, publish
from autograder.edition.release import generate
from autograder.errors import UserError
from autograder.mistakebook import load_mistakes
from autograder.week import open_week

ROOT = Path(__file__).resolve().parents[2]
WEEK = tiny_course.WEEK
REGION = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
NEVER = ("source/", "autograder/", "tests/", "submitted/", "feedback/", ".git/", ".autograder")
LONG = 25


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course, generated without running anything."""
    course = open_course(tiny_course.make_course(tmp_path_factory.mktemp("tiny")))
    generate(open_week(course, WEEK))
    return course


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The real course in a copy, each week generated from source/ as it is now."""
    root = tmp_path_factory.mktemp("real")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source", root / "source")
    course = open_course(root)
    for week in course.weeks():
        generate(open_week(course, week))
    return course


def regions(source: str) -> Iterator[tuple[str, bool]]:
    """Each long line of a cell, and whether it lies in a region that students never get."""
    inside = False
    for line in source.splitlines():
        marker = REGION.search(line)
        if marker:
            inside = marker.group(1) == "BEGIN"
        elif len(line.strip()) > LONG:
            yield line.strip(), inside


def instructors_lines() -> set[str]:
    """Long lines of solutions, hidden checks and mark schemes that stand nowhere in the open."""
    hidden, shown = set(), set()
    for path in ROOT.glob("source/*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for line, inside in regions(cell.source):
                (hidden if inside else shown).add(line)
    # which generator a check draws from is known: it is the exercise's name
    return {line for line in hidden - shown if not line.startswith("rng = probe_rng(")}


def texts(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """What can be read in an edition: each cell of a notebook, each other text, without data."""
    for name, content in files.items():
        if name.endswith(".ipynb"):
            for cell in nbformat.reads(content.decode(), as_version=4).cells:
                yield f"{name} {cell.id}", cell.source
        elif not name.startswith("course/data/"):
            yield name, content.decode("utf-8", "replace")


# ------------------------------------------------------------------------------------ what is in it
def test_holds_what_a_student_needs(tiny: Course) -> None:
    """The package, data, guide, notebooks, lists of packages, licences and a README are there."""
    files = edition(tiny, [WEEK])
    notebook = f"release/{WEEK}/{WEEK}.ipynb"
    for name in (
        "README.md", "LICENSE", "LICENSE-TEXT.md", "requirements.txt", "environment.yml",
        "pyproject.toml", "course/student/cli.py", "course/data/manifest.json",
        "course/guide/setup.md",
        "course/guide/setup.ko.md", "course/data/.gitattributes", notebook,
    ):  # fmt: skip
        assert name in files, name
    assert files[f"course/shipped/{WEEK}.ipynb"] == files[notebook]
    assert f"({notebook})".encode() in files["README.md"]


def test_holds_nothing_of_the_instructor(tiny: Course) -> None:
    """No folder of the instructor, no gradebook, no configuration with the seed, no staff page."""
    files = edition(tiny, [WEEK])
    for name in files:
        assert not name.startswith(NEVER), name
        assert (
            "gradebook" not in name and "nbgrader_config" not in name and "__pycache__" not in name
        )
    pages = [name for name in files if name.startswith("course/guide/")]
    assert not [page for page in pages if Path(page).name.split(".")[0] in STAFF_PAGES]


def test_links_lead_somewhere(tiny: Course) -> None:
    """No page of the edition links to a file that the edition lacks."""
    files = edition(tiny, [WEEK])
    for name in files:
        if name.startswith("course/guide/") or name == "README.md":
            if not name.endswith(".md"):
                continue
            for link in re.findall(r"\]\(([^)\s#]+)[^)]*\)", files[name].decode()):
                target = os.path.normpath(os.path.join(os.path.dirname(name), link))
                assert re.match(r"[a-z]+:", link) or target in files, f"{name} links to {link}"
    assert b"make demo" not in files["course/guide/index.md"]


def test_no_page_of_the_guide_and_no_code_of_the_course_gives_anything_away() -> None:
    """Students have all of it, and a line of a solution in any file ends `publish`."""
    files = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for kind in ("guide/*.md", "**/*.py")
        for path in ROOT.glob(f"course/{kind}")
    }
    assert len(files) > 230
    assert find_leaks(open_course(ROOT), files) == []


@pytest.mark.slow
def test_nothing_is_given_away(real: Course) -> None:
    """No line of a solution, hidden check or mark scheme, no mistake's hint, in any real week."""
    secret = instructors_lines()
    assert len(secret) > 100
    books = [load_mistakes(path) for path in ROOT.glob("autograder/mistakes/week*.py")]
    mistakes = [mistake for book in books for mistake in book.mistakes]
    hints = {hint for mistake in mistakes for hint in (mistake.en, mistake.ko)}
    assert len(hints) > 20
    files = edition(real, real.weeks())
    assert find_leaks(real, files) == []
    for place, text in texts(files):
        found = secret & {line.strip() for line in text.splitlines()}
        assert not found, f"{place}: {min(found)}"
        assert not [hint for hint in hints if hint in text], place
        if ".ipynb check_" in place:
            assert "probe(" not in text and "probe_rng(" not in text, place


@pytest.mark.slow
def test_no_mistake_is_named(real: Course) -> None:
    """The ids of known mistakes and the word for their files stand in no released notebook."""
    books = [load_mistakes(path) for path in ROOT.glob("autograder/mistakes/week*.py")]
    names = {mistake.name for book in books for mistake in book.mistakes if len(mistake.name) > 15}
    assert names
    for place, text in texts(edition(real, real.weeks())):
        if place.startswith("release/"):
            assert not [name for name in names if name in text], place


def test_a_leak_is_found(tiny: Course) -> None:
    """A line of a hidden check in any text of the edition is named; other lines are not."""
    slip = 'Try `double`:\n    probe("matrix", lambda: double(x), points=2)\n'
    files = {"course/guide/slip.md": slip.encode(), "course/fine.py": b"# a comment of no interest"}
    (leak,) = find_leaks(tiny, files)
    assert "course/guide/slip.md" in leak and "matrix" in leak


def test_an_unfinished_release_is_refused(tiny: Course, tmp_path: Path) -> None:
    """A source notebook that was copied into release/ stops the edition; nothing is written."""
    root = Path(shutil.copytree(tiny.root, tmp_path / "course"))
    shutil.copy(root / "source" / WEEK / f"{WEEK}.ipynb", root / "release" / WEEK)
    with pytest.raises(UserError, match=rf"release/{WEEK}.* holds '### BEGIN"):
        publish(open_course(root), tmp_path / "out")
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------------------------ the places
def test_folder_is_brought_up_to_date(tiny: Course, tmp_path: Path) -> None:
    """A second run replaces the edition, drops what is gone, and keeps what is not its own."""
    folder = tmp_path / "students"
    first = publish(tiny, folder)
    assert first.weeks == (WEEK,) and first.files == len(edition(tiny, [WEEK]))
    with (folder / ".edition").open("a") as manifest:
        manifest.write("course/old.py\n")
    (folder / "course/old.py").write_text("gone in the new edition")
    (folder / "notes.txt").write_text("not ours")
    (folder / "README.md").write_text("spoiled")
    publish(tiny, folder)
    assert not (folder / "course/old.py").exists()
    assert (folder / "notes.txt").read_text() == "not ours"
    assert (folder / "README.md").read_text().startswith("# word2chat")


def test_a_foreign_folder_is_left_alone(tiny: Course, tmp_path: Path) -> None:
    """A folder with other things in it, and the course itself, are refused."""
    (tmp_path / "thesis.tex").write_text("mine")
    for folder in (tmp_path, tiny.root):
        with pytest.raises(UserError, match="holds something else"):
            publish(tiny, folder)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_zip_is_the_same_twice(tiny: Course, tmp_path: Path) -> None:
    """The zip holds one folder with the edition, and is the same byte for byte each time."""
    target = tmp_path / "word2chat-2026.zip"
    publish(tiny, target)
    first = target.read_bytes()
    publish(tiny, target)
    assert target.read_bytes() == first
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert {name.split("/")[0] for name in names} == {"word2chat-2026"}
    assert len(names) == len(edition(tiny, [WEEK]))


def git(root: Path, *words: str) -> str:
    """Run git on a repository and return what it says."""
    return subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, text=True
    ).stdout


def test_branch_leaves_the_working_tree_alone(tiny: Course, tmp_path: Path) -> None:
    """A branch gets one commit with the edition, a second run none; HEAD, index and files stay."""
    root = Path(shutil.copytree(tiny.root, tmp_path / "course"))
    git(tmp_path, "init", "-q", "-b", "main", str(root))
    for key, value in (("user.name", "A Teacher"), ("user.email", "teacher@example.org")):
        git(root, "config", key, value)
    git(root, "add", "nbgrader_config.py")
    before = git(root, "status", "--porcelain")
    course = open_course(root)
    made: Published = publish(course, None, branch="students")
    again = publish(course, None, branch="students")
    assert made.commit == again.commit
    assert git(root, "rev-list", "--count", "students").strip() == "1"
    listed = git(root, "ls-tree", "-r", "--name-only", "students").splitlines()
    assert sorted(listed) == sorted(edition(course, [WEEK]))
    assert git(root, "status", "--porcelain") == before
    git(root, "commit", "-q", "-m", "a start")
    with pytest.raises(UserError, match="is checked out"):
        publish(course, None, branch="main")


def test_refusals_say_what_to_do(tiny: Course, tmp_path: Path) -> None:
    """A week that is not released, no place, and no repository are one sentence each."""
    with pytest.raises(UserError, match="Not released: week77_none"):
        publish(tiny, tmp_path / "out", weeks=["week77_none"])
    with pytest.raises(UserError, match="Name one"):
        publish(tiny, None)
    with pytest.raises(UserError, match="git"):
        publish(tiny, None, branch="students")
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------------------------ it works
def student_runs(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the edition, with its own course package and none of ours."""
    environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip


def test_edition_runs_by_itself(tiny: Course, tmp_path: Path) -> None:
    """The edition's own package is what runs, and its data is intact."""
    publish(tiny, tmp_path / "students")
    shown = student_runs(tmp_path / "students", "-m", "course.student.cli", "data")
    assert shown.returncode == 0, shown.stderr
    assert str(tmp_path / "students") in shown.stdout.replace("\n", "")


@pytest.mark.slow
def test_self_check_compares_with_the_shipped_copy(tiny: Course, tmp_path: Path) -> None:
    """`course check` in the edition reads the visible checks and sees that a check was deleted."""
    folder = tmp_path / "students"
    publish(tiny, folder)
    path = folder / "release" / WEEK / f"{WEEK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "check_row_sums"]
    nbformat.write(notebook, path)
    shown = student_runs(folder, "-m", "course.student.cli", "check", WEEK)
    assert shown.returncode == 1
    assert "no shipped copy" not in shown.stdout
    assert "check_row_sums" in shown.stdout
    assert "Traceback" not in shown.stderr
