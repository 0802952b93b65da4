"""The course folder: nbgrader's layout, its configuration, and the settings of the engine."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import Dict, Enum, Float, Integer, List, Unicode
from traitlets.config import Config, LoggingConfigurable, PyFileConfigLoader

from autograder.errors import UserError, did_you_mean
from autograder.sandbox.limits import SANDBOX, UNPROTECTED, WARM, Limits
from course.probes import DEFAULT_SEED

CONFIG_FILE = "nbgrader_config.py"
SEED_FILE = "grading_seed.txt"  # ignored by git, readable by its owner alone
HIDDEN_FILE = "challenge_seed.txt"  # the same; no kernel ever has it
LIMIT_NAMES = ("cell_seconds", "submission_seconds", "memory_mb", "output_bytes")


class Grading(LoggingConfigurable):
    """Settings of the engine, set in nbgrader_config.py as `c.Grading.… = …`."""

    seed = Unicode(
        None,
        allow_none=True,
        help="Seed of the offering: probe inputs are drawn from it. None: the one that `autograder "
        "release` drew for this folder. A new one each term.",
    ).tag(config=True)
    provisioner = Enum(
        [SANDBOX, WARM, UNPROTECTED], WARM, help="How kernels start: cold, warm, or unprotected."
    ).tag(config=True)
    cell_seconds = Float(
        20, help="Processor time of one cell, in seconds; three times as long for one that waits."
    ).tag(config=True)
    submission_seconds = Float(
        240,
        help="Processor time of one submission, in seconds, and at most so much wall clock; "
        "waiting for a processor that others use is not counted.",
    ).tag(config=True)
    memory_mb = Integer(3072, help="Memory of one submission, in MB.").tag(config=True)
    gpu = Unicode(
        None, allow_none=True, help="The one GPU that kernels may use, such as '0'. None: no GPU."
    ).tag(config=True)
    output_bytes = Integer(
        4_000_000, help="What one cell may show; all cells together may show eight times as much."
    ).tag(config=True)

    asserts = Enum(
        ["refuse", "allow"],
        "refuse",
        help="Checks that decide by asserts, as nbgrader's usually do: a student's code can forge "
        "them. 'allow' takes them, and stamps the scores.",
    ).tag(config=True)
    looked_at = List(
        Unicode(),
        help="Students whose work is graded although it holds what can make asserts pass: a person "
        "has read it.",
    ).tag(config=True)
    sanitize_with = Unicode(
        "", help="nbval's file of `regex:` and `replace:` lines, for checks judged by outputs."
    ).tag(config=True)

    lms = Enum(
        ["canvas", "moodle", "blackboard", "classroom", "folder"],
        "folder",
        help="Where downloads for `autograder collect` come from, and scores go to.",
    ).tag(config=True)
    timezone = Unicode(
        None, allow_none=True, help="The zone of the LMS's clock, such as 'Asia/Seoul'."
    ).tag(config=True)

    weeks = Dict(help="Other limits for single weeks: {'week07_gpt': {'cell_seconds': 60}}. ").tag(
        config=True
    )

    def limits(self, week: str = "") -> Limits:
        """The limits a sandbox enforces in a week, with the sandbox's own defaults for the rest."""
        own = self.weeks.get(week, {})
        return Limits(**{name: own.get(name, getattr(self, name)) for name in LIMIT_NAMES})


@dataclass(frozen=True)
class Course:
    """One course folder, opened."""

    root: Path
    config: Config
    coursedir: CourseDirectory
    settings: Grading

    @property
    def db_url(self) -> str:
        return self.coursedir.db_url

    @property
    def seed(self) -> str:
        """The seed of the offering: configured, or drawn for this folder, or else the published."""
        if self.settings.seed:
            return self.settings.seed
        try:
            return (self.root / SEED_FILE).read_text("utf-8").strip() or DEFAULT_SEED
        except OSError:
            return DEFAULT_SEED

    @property
    def has_published_seed(self) -> bool:
        """Whether anybody can work out the probes' inputs, and so hand in a table of answers."""
        return self.seed == DEFAULT_SEED

    @property
    def hidden_seed(self) -> str:
        """What hidden sets of challenges are drawn from; unlike `seed` it reaches no kernel.

        It is drawn for this folder at its first use.
        """
        path = self.root / HIDDEN_FILE
        with contextlib.suppress(FileExistsError):
            _write_secret(path, os.O_EXCL)
        return path.read_text("utf-8").strip()

    @property
    def state(self) -> Path:
        """Where the engine keeps references, journals and reports of runs."""
        folder = self.root / ".autograder"
        folder.mkdir(exist_ok=True)
        return folder

    def folder(self, step: str, week: str, student: str = ".") -> Path:
        """The folder of one step, as nbgrader lays it out: source, release, submitted, …"""
        directory = getattr(self.coursedir, f"{step}_directory")
        return Path(os.path.normpath(self.coursedir.format_path(directory, student, week)))

    def weeks(self) -> list[str]:
        """The weeks that have a source notebook, in order."""
        source = self.root / self.coursedir.source_directory
        return sorted({path.parent.name for path in source.glob("*/*.ipynb")})

    def source_notebooks(self, week: str) -> list[Path]:
        """The instructor's notebooks of a week.

        Raises:
            UserError: no such week.
        """
        found = sorted(self.folder("source", week).glob("*.ipynb"))
        if not found:
            known = ", ".join(self.weeks()) or "none yet"
            raise UserError(f"There is no week '{week}' in source/.", f"Weeks here: {known}.")
        return found


def open_course(root: Path | str = ".") -> Course:
    """Open the course folder that holds nbgrader_config.py.

    Raises:
        UserError: the folder is not a course, or its configuration cannot be read.
    """
    root = Path(root).resolve()
    if not (root / CONFIG_FILE).is_file():
        raise UserError(
            f"{root} is not a course folder: it has no {CONFIG_FILE}.",
            "Change into the course folder, or name it with --course-root.",
        )
    try:
        config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
        course = course_from_config(root, config)
    except Exception as error:  # the file is a program: it may raise anything
        raise UserError(
            f"{root / CONFIG_FILE} cannot be used: {type(error).__name__}: {error}",
            "Repair that file; nothing was changed.",
        ) from error
    _refuse_typos(root, config)
    _refuse_odd_weeks(course)
    return course


def _refuse_typos(root: Path, config: Config) -> None:
    """Raise UserError for a setting of ours that there is not: it would silently do nothing."""
    known = sorted(Grading.class_trait_names(config=True))
    for name in config.get("Grading", {}):
        if name not in known:
            place = _place(root, f"Grading.{name}")
            raise UserError(
                f"{place}: there is no setting c.Grading.{name}.", did_you_mean(name, known)
            )


def _refuse_odd_weeks(course: Course) -> None:
    """Raise UserError for a limit of a week that there is not, or that is no number."""
    known = course.weeks() if course.settings.weeks else []
    for week, own in course.settings.weeks.items():
        place = partial(_place, course.root, f"{week}")  # read only when there is something to say
        if week not in known:
            said = f"{place()}: c.Grading.weeks names '{week}', and there is no such week."
            raise UserError(said, did_you_mean(str(week), known or ["none yet"]))
        for name, value in own.items() if isinstance(own, dict) else [(str(own), None)]:
            if name not in LIMIT_NAMES:
                said = f"{place()}: '{name}' of {week} is no limit that a week can have."
                raise UserError(said, did_you_mean(name, LIMIT_NAMES))
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise UserError(f"{place()}: {name} of {week} is no number above 0.")


def _place(root: Path, text: str) -> str:
    """The configuration file, with the line on which a text stands."""
    lines = (root / CONFIG_FILE).read_text("utf-8", "replace").splitlines()
    place = next((n for n, line in enumerate(lines, 1) if text in line), 0)
    return f"{CONFIG_FILE}, line {place}" if place else CONFIG_FILE


def draw_seed(course: Course) -> bool:
    """Draw a seed for this folder, unless it has one of its own; returns whether one was drawn.

    Raises:
        UserError: the configuration names the published seed.
    """
    if not course.has_published_seed:
        return False
    if course.settings.seed:
        raise UserError(
            f"The seed '{course.settings.seed}' is published: with it, anybody can work out the "
            "probes' inputs and hand in a table of answers.",
            f"Remove `c.Grading.seed` from {CONFIG_FILE}, and one is drawn; or say --practice.",
        )
    _write_secret(course.root / SEED_FILE, os.O_TRUNC)
    return True


def _write_secret(path: Path, flag: int) -> None:
    owner_only = os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600)
    with os.fdopen(owner_only, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(16) + "\n")


def course_from_config(root: Path, config: Config) -> Course:
    """A course from a configuration that nbgrader has already loaded."""
    coursedir = CourseDirectory(config=config, root=str(root))
    return Course(root, config, coursedir, Grading(config=config))
