"""What the grader needs from this machine, tried for real, with a remedy for each red line."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from pathlib import Path

from autograder.course_folder import CONFIG_FILE, SANDBOX, SEED_FILE, WARM, open_course
from autograder.errors import UserError
from autograder.reference.build import fingerprint
from autograder.sandbox.gpu import devices
from autograder.sandbox.limits import SandboxUnavailable
from autograder.sandbox.selftest import Finding, sandbox_report, selftest

REPORT = "The guide's page on a host for grading helps; a hole is reported as on its security page."
STUDENTS_PYTHON = (3, 12)  # that environment.yml and the set-up page name
PACKAGES = ("nbgrader", "nbval", "jupyterlab", "torch", "jupyter_client", "ipykernel")


STARTS = {"cold start": SANDBOX, "warm start": WARM}  # both ways to start a sandbox are tried


def doctor(root: Path) -> list[Finding]:
    """Look at Python, packages, the course folder; try the sandbox; the last row is the verdict."""
    findings = [_python(), _packages(), _course(root), seed_finding(root)]
    findings += [*gpu_findings(root), _disk(root)]
    findings += [Finding(name, True, detail) for name, detail in sandbox_report().items()]
    findings += one_row_a_check({start: selftest(name) for start, name in STARTS.items()})
    return [*findings, verdict(findings)]


def one_row_a_check(tried: dict[str, list[Finding]]) -> list[Finding]:
    """The findings of several ways to start, each check once; what differs is told apart."""
    rows: dict[str, dict[str, Finding]] = {}
    for start, findings in tried.items():
        for finding in findings:
            rows.setdefault(finding.name, {})[start] = finding
    return [_together(name, row) for name, row in rows.items()]


def _together(name: str, row: dict[str, Finding]) -> Finding:
    """What held at every start in one word; else which start showed what."""
    ok = all(finding.ok for finding in row.values())
    details = {start: finding.detail for start, finding in row.items()}
    if len(set(details.values())) > 1 or not ok:
        detail = "; ".join(f"{start}: {detail}" for start, detail in details.items())
    else:
        detail = next(iter(details.values()))
    remedies = dict.fromkeys(finding.remedy for finding in row.values() if finding.remedy)
    return Finding(name, ok, detail, " ".join(remedies))


def verdict(findings: list[Finding]) -> Finding:
    """May this machine grade?"""
    wrong = [finding.name for finding in findings if not finding.ok]
    if not wrong:
        return Finding("verdict", True, "this machine can grade")
    detail = f"do not grade on this machine: {', '.join(wrong)}"
    return Finding("verdict", False, detail, REPORT)


def _python() -> Finding:
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    remedy = "" if good else "Make the environment with Python 3.11, 3.12 or 3.13."
    if good and sys.version_info < STUDENTS_PYTHON:
        version = ".".join(map(str, STUDENTS_PYTHON))
        remedy = (
            f"The set-up page names {version}: what only {version} can read is named in feedback."
        )
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


def seed_finding(root: Path) -> Finding:
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


def gpu_findings(root: Path) -> list[Finding]:
    """Whether the GPU is here that the settings name; nothing where they name none."""
    try:
        gpu = open_course(root).settings.gpu
        if gpu is not None:
            return [Finding("GPU", True, f"{gpu}: {', '.join(devices(gpu).files)}")]
    except SandboxUnavailable as lacking:
        remedy = "Without c.Grading.gpu the class is graded on the CPU."
        return [Finding("GPU", False, str(lacking), remedy)]
    except UserError:
        pass  # told in the row of the course folder
    return []


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root if root.exists() else "/").free / 1e9
    remedy = "" if free > 1 else "Free some space: a class needs about 1 GB."
    return Finding("disk", free > 1, f"{free:.1f} GB free", remedy)
