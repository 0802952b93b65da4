"""Publish: write the students' edition of the course, and make sure that it gives nothing away.

The edition holds what a student needs: the package course/ with its data, models and guide, the
released notebooks, the list of packages, the licences. It is a folder, a zip, or a commit on a git
branch of its own. Before anything is written, every text of it is searched for solutions, hidden
checks, mark schemes and the hints of known mistakes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from string import Template

import nbformat

import course as course_package
from autograder.course_folder import Course
from autograder.edition.limits_page import limits_file, with_real_limits
from autograder.errors import UserError
from autograder.mistakebook import load_mistakes
from autograder.templates import FOLDER
from autograder.translation.catalog import catalogs
from autograder.translation.notebook import translated_notebook
from autograder.week import mistakes_file
from course.notebook_format import REGIONS
from course.phrases import LANGUAGES, SOURCE_LANGUAGE, Message
from course.student.kernels import CPU, DISPLAY_NAMES

REPOSITORY = Path(course_package.__file__).resolve().parents[1]
ROOT_FILES = (
    "requirements.txt",
    "requirements.lock",
    "environment.yml",
    "LICENSE",
    "LICENSE-TEXT.md",
)
STAFF_PAGES = (
    *("architecture", "authoring", "authoring-kit", "authoring-challenge", "cluster", "deadlines"),
    *("disputes", "host", "hub", "hub-kubernetes", "instructor", "lms", "nbgrader-course"),
    *("reading", "report", "security"),
)
STAFF_PICTURES = ("formgrader",)  # beside those that are called as their page
STAFF_SECTIONS = ("I teach with it", "I maintain it", "The shortest tour")
STAFF_LINK = re.compile(rf"\[([^\]]*)\]\((?:{'|'.join(STAFF_PAGES)})\.md[^)\s]*\)")
SECTION = re.compile(r"^## (.+?)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
REGION_NAMES = "|".join(region.name for region in REGIONS)
SECRET = re.compile(
    rf"^[#\s]*(?:===|###) BEGIN (?:{REGION_NAMES}).*?"
    rf"^[#\s]*(?:===|###) END (?:{REGION_NAMES})[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
MARKER = re.compile(rf"(?:===|###) (?:BEGIN|END) (?:{REGION_NAMES})")
OF_THE_FORM = re.compile(  # lines of every hidden check: they say no more than an exercise's name
    r"rng = probe_rng\([^()]*\)|from course\.[\w.]+ import [\w, ]+"
    r"|challenge\(CHALLENGE, \w+, points=\d+\)"
)
TELLING = 25  # a line of this many characters or fewer gives no solution away
TEXT_SUFFIXES = (".ipynb", ".py", ".md", ".txt", ".toml", ".yml", ".json", ".tsv", ".html")
MANIFEST = ".edition"
KERNEL = {"name": CPU, "display_name": DISPLAY_NAMES[CPU], "language": "python"}
EDITION = "course/locale/edition.txt"  # read by course.phrases
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same edition is the same zip


@dataclass(frozen=True)
class Published:
    """What was written, and where. `size` is in bytes; `commit` is set for a branch."""

    place: str
    weeks: tuple[str, ...]
    files: int
    size: int
    commit: str | None = None


def publish(
    course: Course,
    target: Path | None,
    branch: str | None = None,
    weeks: Sequence[str] = (),
    language: str = SOURCE_LANGUAGE,
) -> Published:
    """Write the students' edition to a folder, a zip (`target` ends in .zip) or a git branch.

    A folder that holds an earlier edition is brought up to date, and other files in it, such as
    .git, stay. A branch gets one commit, or none if nothing has changed; the working tree and its
    index are not touched.

    Args:
        course: the instructor's course.
        target: the folder or zip; None when `branch` is given.
        branch: a branch of the repository in which the course lies.
        weeks: the weeks that students get; all released ones by default.
        language: of the edition. What no catalog has translated stays English.

    Raises:
        UserError: nothing is released, the edition would give something away, or the place is
            taken. Nothing was written.
    """
    if (target is None) == (branch is None):
        raise UserError("Where to?", "Name one: a folder, a zip, or a branch with --branch.")
    chosen = _released(course, weeks)
    files = edition(course, chosen, language)
    leaks = find_leaks(course, files)
    if leaks:
        raise UserError(
            f"The edition would give something away: {'; '.join(leaks[:3])}.",
            "Run `autograder release` again if a notebook is named, repair the file otherwise. "
            "Nothing was written.",
        )
    commit = None
    if branch is not None:
        place, commit = f"branch {branch}", _write_branch(course.root, branch, files)
    elif target is not None and target.suffix == ".zip":
        place = str(_write_zip(target.resolve(), files))
    elif target is not None:
        place = str(_write_folder(course, target.resolve(), files))
    return Published(place, chosen, len(files), sum(map(len, files.values())), commit)


# ------------------------------------------------------------------------------------ what it holds
def _released(course: Course, weeks: Sequence[str]) -> tuple[str, ...]:
    folder = course.root / course.coursedir.release_directory
    there = sorted({path.parent.name for path in folder.glob("*/*.ipynb")})
    missing = sorted(set(weeks) - set(there))
    if missing or not there:
        known = ", ".join(there) or "none"
        raise UserError(
            f"Not released: {', '.join(missing) or 'any week'} (released: {known}).",
            "Run `autograder release WEEK` first.",
        )
    return tuple(sorted(set(weeks))) or tuple(there)


def edition(
    course: Course, weeks: Sequence[str], language: str = SOURCE_LANGUAGE
) -> dict[str, bytes]:
    """Every file of the edition: its path, with slashes, and its content.

    Raises:
        UserError: there is no such language.
    """
    _refuse_unknown(language)
    files: dict[str, bytes] = {}
    for name, content in _read_tree(_find(course, "course")):
        if not _is_for_staff(name):
            files[f"course/{name}"] = _for_students(course, name, content)
    if limits := limits_file(course):
        files["course/student/limits.json"] = limits
    for week in weeks:
        messages = catalogs(course.root, week).get(language, ())
        for name, content in _read_tree(course.folder("release", week)):
            if name.endswith(".ipynb"):
                content = _as_opened(content, messages, language)
            files[f"release/{week}/{name}"] = content
            if "/" not in name and name.endswith(".ipynb"):
                files[f"course/shipped/{name}"] = content
    for name in ROOT_FILES:
        if (found := _find(course, name)).is_file():
            files[name] = found.read_bytes()
    files["README.md"] = _readme(weeks, language).encode()
    if language != SOURCE_LANGUAGE:
        files[EDITION] = f"{language}\n".encode()
    files["pyproject.toml"] = _pyproject(course).encode()
    return dict(sorted(files.items()))


def _refuse_unknown(language: str) -> None:
    if language not in LANGUAGES:
        raise UserError(
            f"There is no edition in '{language}'.", f"Choose one of {', '.join(LANGUAGES)}."
        )


def _as_opened(content: bytes, messages: tuple[Message, ...], language: str) -> bytes:
    """A notebook in its language, and with the kernel as it is registered.

    JupyterLab would put another name of the kernel right on opening. (It still writes which version
    of Python the student has, which nobody can know before.)
    """
    made = json.loads(content)
    if messages:
        made = translated_notebook(made, messages, language)
    made["metadata"]["kernelspec"] = KERNEL
    return (json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _find(course: Course, name: str) -> Path:
    """A part of the course folder; the demo's folder has few of its own, the rest is beside us."""
    own = course.root / name
    return own if own.exists() else REPOSITORY / name


def _read_tree(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The regular files below a folder, without links, hidden files and caches."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        hidden = hidden and path.name != ".gitattributes"  # line ends of the data, for a branch
        if not hidden and path.is_file() and not path.is_symlink():
            yield "/".join(parts), path.read_bytes()


def _is_for_staff(name: str) -> bool:
    path = PurePosixPath(name)
    told = (*STAFF_PAGES, *STAFF_PICTURES)
    page = path.parts[0] == "guide" and path.name.split(".")[0] in told
    return page or path.parts[0] == "shipped"


def _for_students(course: Course, name: str, content: bytes) -> bytes:
    """A page of the guide without doors and links to staff's pages; limits are the course's own."""
    if not (name.startswith("guide/") and name.endswith(".md")):
        return content
    text = with_real_limits(name, content.decode("utf-8"), course)
    text = SECTION.sub(lambda m: "" if m.group(1).strip() in STAFF_SECTIONS else m.group(), text)
    return STAFF_LINK.sub(r"\1", text).encode()


def _readme(weeks: Sequence[str], language: str) -> str:
    path = FOLDER / "edition" / f"README.{language}.md"
    path = path if path.is_file() else FOLDER / "edition" / "README.md"
    template = Template(path.read_text("utf-8"))
    links = "\n".join(f"* [{week}](release/{week}/{week}.ipynb)" for week in weeks)
    return template.substitute(weeks=links, first=weeks[0])


def _pyproject(course: Course) -> str:
    template = Template((FOLDER / "edition/pyproject.toml.in").read_text("utf-8"))
    project = tomllib.loads(_find(course, "pyproject.toml").read_text("utf-8"))["project"]
    return template.substitute(
        version=project["version"],
        description=project["description"],
        requires_python=project["requires-python"],
    )


# ------------------------------------------------------------------------------------ leaks
def find_leaks(course: Course, files: dict[str, bytes]) -> list[str]:
    """Where the edition gives something away: one phrase for each file, none when it is clean."""
    secrets = secret_lines(course)
    leaks = []
    for name, content in files.items():
        if not name.endswith(TEXT_SUFFIXES) or name.startswith("course/data/"):
            continue
        text = _text(name, content)
        marker = MARKER.search(text) if name.endswith(".ipynb") else None
        if marker:
            leaks.append(f"{name} holds '{marker.group()}'")
        elif found := secrets & set(telling_lines(text)):
            leaks.append(f"{name} holds '{min(found)[:60]}' of the instructor's text")
    return leaks


def secret_lines(course: Course) -> set[str]:
    """Lines of solutions, hidden checks, mark schemes and hints that students never see.

    A line that stands outside of these regions too, in some notebook of source/, is no secret.
    """
    secret: set[str] = set()
    shown: set[str] = set()
    for week in course.weeks():
        for path in course.source_notebooks(week):
            text = _text(path.name, path.read_bytes())
            secret.update(line for part in SECRET.findall(text) for line in telling_lines(part))
            shown.update(telling_lines(SECRET.sub("", text)))
        book = mistakes_file(course, week)
        if book.is_file():
            for mistake in load_mistakes(book).mistakes:
                secret.update(telling_lines(f"{mistake.en}\n{mistake.ko}"))
    return {line for line in secret - shown if not OF_THE_FORM.fullmatch(line)}


def telling_lines(text: str) -> Iterator[str]:
    """Lines that are long enough to be recognised, without their indentation."""
    stripped = (line.strip() for line in text.splitlines())
    return (line for line in stripped if len(line) > TELLING)


def _text(name: str, content: bytes) -> str:
    """What a person reads in a file: the sources of a notebook's cells, or the text."""
    if not name.endswith(".ipynb"):
        return content.decode("utf-8", "replace")
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    return "\n".join(cell.source for cell in notebook.cells)


# ------------------------------------------------------------------------------------ folder, zip
def _write_folder(course: Course, folder: Path, files: dict[str, bytes]) -> Path:
    """Bring a folder to this edition. Files that an earlier edition wrote and this one lacks go."""
    before = _manifest(course, folder)
    for name in before - set(files):
        (folder / name).unlink(missing_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / MANIFEST).write_text("\n".join(files) + "\n", "utf-8")
    return folder


def _manifest(course: Course, folder: Path) -> set[str]:
    """The files of the edition that lies in a folder; nothing for a new or empty one.

    Raises:
        UserError: the folder is the course itself, or holds something else.
    """
    others = {path.name for path in folder.iterdir()} - {".git"} if folder.is_dir() else set()
    own = folder == course.root or folder in course.root.parents
    if own or (folder.exists() and not folder.is_dir()) or (others and MANIFEST not in others):
        raise UserError(
            f"{folder} holds something else than an edition for students.",
            "Name a new or empty folder, or one that `autograder publish` made.",
        )
    if not others:
        return set()
    names = (folder / MANIFEST).read_text("utf-8").splitlines()
    return {name for name in names if name and ".." not in name and not name.startswith("/")}


def _write_zip(target: Path, files: dict[str, bytes]) -> Path:
    """Write beside the target first, so that a full disk leaves an earlier zip whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".zip.part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                entry = zipfile.ZipInfo(f"{target.stem}/{name}", LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, content)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


# ------------------------------------------------------------------------------------ branch
def _write_branch(root: Path, branch: str, files: dict[str, bytes]) -> str:
    """Commit the edition on a branch, through an index of its own. Returns the commit.

    Raises:
        UserError: no repository, no such name for a branch, or the branch is checked out.
    """
    _git(root, "check-ref-format", "--branch", branch)
    reference = f"refs/heads/{branch}"
    if f"branch {reference}" in _git(root, "worktree", "list", "--porcelain").splitlines():
        raise UserError(
            f"The branch '{branch}' is checked out.", "Name one for students alone, or switch away."
        )
    tree = _write_tree(root, files)
    tip = _git(root, "for-each-ref", "--format=%(objectname)", reference)
    if tip and _git(root, "rev-parse", f"{tip}^{{tree}}") == tree:
        return tip
    parents = ["-p", tip] if tip else []
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
    commit = _git(root, "commit-tree", tree, *parents, "-m", f"Students' edition {digest}")
    _git(root, "update-ref", reference, commit, *([tip] if tip else []))
    return commit


def _write_tree(root: Path, files: dict[str, bytes]) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        lines = []
        for name, content in files.items():
            blob = _git(root, "hash-object", "-w", "--stdin", data=content)
            lines.append(f"100644 {blob}\t{name}\n")
        _git(root, "update-index", "--index-info", data="".join(lines).encode(), more=index)
        return _git(root, "write-tree", more=index)


def _git(root: Path, *words: str, data: bytes = b"", more: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            input=data, capture_output=True, env=os.environ | (more or {}), check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise UserError("git is not installed.", "Publish to a folder or a zip.") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise UserError(
            f"git {words[0]} failed: {said[-1]}.", "Repair that, or publish to a folder or a zip."
        )
    return done.stdout.decode().strip()
