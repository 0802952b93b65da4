"""What the grader needs from this machine, tried for real, with a remedy for each red line."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from pathlib import Path

from autograder.course_folder import CONFIG_FILE, SEED_FILE, open_course
from autograder.errors import UserError
from autograder.reference.build import fingerprint
from autograder.sandbox.gate import Finding, sandbox_report, selftest

PACKAGES = ("nbgrader", "nbval", "jupyterlab", "torch", "jupyter_client", "ipykernel")


def doctor(root: Path, provisioners: tuple[str, ...]) -> list[Finding]:
    """Look at Python, packages, the course folder and the sandbox; run the sandbox's canaries."""
    findings = [_python(), _packages(), _course(root), _seed(root), _disk(root)]
    findings += [Finding(name, True, detail) for name, detail in sandbox_report().items()]
    for provisioner in provisioners:
        findings += selftest(provisioner)
    return findings


def _python() -> Finding:
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    remedy = "" if good else "Make the environment with Python 3.11, 3.12 or 3.13."
    return Finding("Python", good, f"{platform.python_version()}, {fingerprint()}", remedy)


def _packages() -> Finding:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    remedy = f"Missing: {', '.join(missing)}. Run `make setup`." if missing else ""
    return Finding("packages", not missing, ", ".join(found), remedy)


def _course(root: Path) -> Finding:
    try:
        course = open_course(root)
    except UserError as error:
        return Finding("course folder", False, error.happened, error.remedy)
    weeks = course.weeks()
    detail = f"{root}: {len(weeks)} weeks ({', '.join(weeks)}); gradebook {course.db_url}"
    return Finding("course folder", bool(weeks), detail, "" if weeks else f"Is {CONFIG_FILE} here?")


def _seed(root: Path) -> Finding:
    """The seed itself is shown to nobody: a screen is shared more easily than a file."""
    try:
        course = open_course(root)
    except UserError:
        return Finding("seed", True, "no course folder, no seed")
    if course.has_published_seed:
        remedy = "`autograder release` draws one. Before a class hands in, release the week again."
        return Finding("seed", True, "the published one: good for practice alone", remedy)
    place = CONFIG_FILE if course.settings.seed else SEED_FILE
    return Finding("seed", True, f"this offering's own, in {place}")


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root if root.exists() else "/").free / 1e9
    remedy = "" if free > 1 else "Free some space: a class needs about 1 GB."
    return Finding("disk", free > 1, f"{free:.1f} GB free", remedy)
