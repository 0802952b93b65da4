"""An explanation on disk, readable by its owner alone, and as text for the terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.course_folder import Course
from autograder.desk.explaining import CheckExplained, Explained, ProbeExplained

FOLDER = "explained"  # ignored by git; no command hands anything of it out


def write_explained(course: Course, one: Explained, notebooks: bool) -> list[Path]:
    """Write explained/STUDENT.WEEK.html, and the notebooks with their outputs if wanted."""
    folder = course.root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    files = {f"{one.student}.{one.week}.html": explained_html(one)}
    if notebooks:
        for name, notebook in one.notebooks:
            files[f"{one.student}.{name}.ipynb"] = json.dumps(notebook, indent=1)
    for name, text in files.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
    return [folder / name for name in files]


def explained_html(one: Explained) -> str:
    """The explanation as a page without scripts; everything in it is escaped."""
    environment = Environment(
        loader=PackageLoader("autograder"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("explain.html").render(one=one)


def explained_text(one: Explained) -> str:
    """The explanation for a terminal."""
    lines = [f"{one.student}, {one.week}. Limits: {one.limits}.", *one.notes]
    lines += [] if one.checks else ["No check lost points."]
    for check in one.checks:
        lines += ["", *_check(check)]
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in "\n".join(lines))


def _check(check: CheckExplained) -> list[str]:
    head = f"{check.name}: {check.points:g} of {check.most:g}, {check.verdict}"
    lines = [f"{head} (ended {check.ended} after {check.seconds} s)"]
    lines += [f"  known mistake: {check.mistake}"] if check.mistake else []
    for probe in check.probes:
        lines += _probe(probe)
    return [*lines, "  the student's code:", *_indented("\n".join(check.code))]


def _probe(probe: ProbeExplained) -> list[str]:
    lines = [f"  {probe.label}: {probe.points:g} of {probe.most:g}  {probe.reason}".rstrip()]
    if probe.points == probe.most:
        return lines
    lines += ["    asked:", *_indented(probe.asked)] if probe.asked else []
    if probe.right:  # asserts and entries have no right answer to show
        lines += [f"    right:    {probe.right}", f"    answered: {probe.answered or 'nothing'}"]
    return [*lines, *([f"    first difference {probe.parts_at}"] if probe.parts_at else [])]


def _indented(text: str) -> list[str]:
    return [f"      {line}" for line in text.splitlines()]
