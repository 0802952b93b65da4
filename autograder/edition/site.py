"""The site: guide, release notebooks with the reference's pictures, glossary, API: static HTML.

Sphinx with MyST-NB makes it from a folder that is assembled here: the guide's pages as they are,
each week's release notebook with the outputs of its playgrounds (pictures, printed text, widgets
as stills), and one page for the API of `course`. No output of a graded cell is taken over, and what
was assembled is searched for solutions as the students' edition is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from traitlets import Unicode
from traitlets.config import LoggingConfigurable

from autograder.course_folder import Course
from autograder.edition.publish import find_leaks
from autograder.errors import UserError
from autograder.translation.catalog import catalogs
from autograder.translation.notebook import translated_notebook
from course.notebook_format import SKIP_TAG

SHOWN = (
    "image/svg+xml",
    "image/png",
    "text/html",
    "text/plain",
)  # the richest that a page can show
SPHINX = Path(__file__).parent / "sphinx"  # conf.py and style of the site
NATIVE = {"ko": "이 노트북 내려받기"}  # what a page's download is called in its language
WIDGET = "application/vnd.jupyter.widget-view+json"

LINK = re.compile(r"\]\((?:\.\./)+course/(guide|models|data|weeks)/([^)\s]+)\)")
API = (
    "course.data", "course.data.texts", "course.data.words", "course.data.images_and_sound",
    "course.models", "course.probes", "course.device", "course.figures.style",
    "course.figures.panel",
)  # fmt: skip
GUIDE = {
    "For students": (
        "setup", "setup.ko", "jupyterlab", "kernels", "grading", "grading.ko", "chat",
        "troubleshooting", "honesty",
    ),
    "Reading": ("syllabus", "topics", "glossary", "notation", "apis-and-pretrained-models",
                "datasets", "generative-ai", "ethics", "cognitive-ai"),
    "For instructors": (
        "instructor", "nbgrader-course", "lms", "deadlines", "reading", "report", "disputes",
        "host", "hub", "hub-kubernetes", "cluster", "speed", "security",
    ),
    "For maintainers": ("architecture", "authoring", "authoring-kit", "authoring-challenge"),
}  # fmt: skip


class Site(LoggingConfigurable):
    """Settings of the site, set in nbgrader_config.py as `c.Site.… = …`."""

    repository = Unicode(
        "", help="Address of the public repository: links to it, to Colab and to Binder."
    ).tag(config=True)


@dataclass(frozen=True)
class BuiltSite:
    """What was written. `warnings` are Sphinx's, one line each."""

    folder: Path
    weeks: tuple[str, ...]
    pages: int
    warnings: tuple[str, ...]


def build_site(course: Course, target: Path) -> BuiltSite:
    """Write the static site to a folder, which may exist from last time.

    Raises:
        UserError: Sphinx is not installed or fails, nothing is released, a page would give
            something away, or the folder holds something else.
    """
    _refuse_foreign(target)
    assembled = course.state / "site"
    shutil.rmtree(assembled, ignore_errors=True)
    weeks = assemble(course, assembled)
    _refuse_leaks(course, assembled)
    warnings = _run_sphinx(assembled, target)
    pages = len(list(target.rglob("*.html")))
    return BuiltSite(target, weeks, pages, warnings)


def _refuse_foreign(target: Path) -> None:
    if target.exists() and any(target.iterdir()) and not (target / "searchindex.js").is_file():
        raise UserError(f"{target} holds something else than a site.", "Name a new folder.")


def _refuse_leaks(course: Course, folder: Path) -> None:
    texts = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".ipynb", ".md")
    }
    if leaks := find_leaks(course, texts):
        raise UserError(
            f"The site would give something away: {'; '.join(leaks[:3])}.",
            "Run `autograder release` again if a notebook is named, repair the page otherwise.",
        )


# ------------------------------------------------------------------------------------ assembling
def assemble(course: Course, folder: Path) -> tuple[str, ...]:
    """Write Sphinx's source folder; returns the weeks that are in it.

    Raises:
        UserError: no week is released.
    """
    released = course.root / course.coursedir.release_directory
    weeks = tuple(sorted({path.parent.name for path in released.glob("*/*.ipynb")}))
    if not weeks:
        raise UserError("No week is released.", "Run `autograder release` first.")
    shutil.copytree(SPHINX, folder, ignore=shutil.ignore_patterns("__pycache__"))
    repository = Site(config=course.config).repository
    settings = {"repository": repository}
    (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    shutil.copytree(course.root / "course" / "guide", folder / "guide")
    for path in (folder / "guide").glob("*.md"):
        path.write_text(_site_links(path.read_text("utf-8")), "utf-8")
    for kind in ("models", "data"):
        for page in (course.root / "course" / kind).rglob("README.md"):
            place = folder / page.relative_to(course.root / "course")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, place)
            for picture in page.parent.glob("*.png"):
                shutil.copy(picture, place.parent)
    for week in weeks:
        _week(course, week, folder, repository)
        _translated_week(course, week, folder)
    (folder / "api.md").write_text(_api(), "utf-8")
    (folder / "index.md").write_text(_index(weeks, folder), "utf-8")
    return weeks


def _week(course: Course, week: str, folder: Path, repository: str) -> None:
    """The week's page, and beside it the notebook that students work on, for download."""
    release = course.folder("release", week) / f"{week}.ipynb"
    source = course.folder("source", week) / f"{week}.ipynb"
    notebook = with_outputs(
        json.loads(release.read_text("utf-8")), json.loads(source.read_text("utf-8"))
    )
    notebook["cells"].insert(1, _door(week, repository))
    place = folder / "weeks"
    (place / "download").mkdir(parents=True, exist_ok=True)
    shutil.copy(release, place / "download" / f"{week}.ipynb")
    (place / f"{week}.ipynb").write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")
    expected = course.root / "course" / "weeks" / week / "expected"
    if expected.is_dir():
        shutil.copytree(expected, place / week / "expected")


def _translated_week(course: Course, week: str, folder: Path) -> None:
    """The same page in each language that the week has a catalog for; pictures are the same."""
    release = json.loads((course.folder("release", week) / f"{week}.ipynb").read_text("utf-8"))
    source = json.loads((course.folder("source", week) / f"{week}.ipynb").read_text("utf-8"))
    for language, messages in catalogs(course.root, week).items():
        made = translated_notebook(release, messages, language)
        download = folder / "weeks" / "download" / f"{week}.{language}.ipynb"
        download.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        page = with_outputs(made, source)
        words = f"{{download}}`{NATIVE[language]} <download/{download.name}>`"
        cell = {"cell_type": "markdown", "id": "download", "metadata": {}, "source": words}
        page["cells"].insert(1, cell)
        name = f"{week}.{language}.ipynb"
        (folder / "weeks" / name).write_text(json.dumps(page, ensure_ascii=False), "utf-8")


def with_outputs(release: dict, source: dict) -> dict:
    """A release notebook whose playgrounds show what they showed when the instructor ran them.

    Graded cells, checks and solutions stay without outputs. Links to the guide lead into the site.
    """
    outputs = {
        cell["id"]: list(_shown(cell["outputs"]))
        for cell in source["cells"]
        if cell["cell_type"] == "code" and SKIP_TAG in cell["metadata"].get("tags", [])
    }
    cells = []
    for cell in release["cells"]:
        made = {**cell, "source": _site_links("".join(cell["source"]))}
        if cell["cell_type"] == "code":
            made["outputs"] = outputs.get(cell["id"], [])
        cells.append(made)
    return {**release, "cells": cells}


def _shown(outputs: list[dict]) -> Iterator[dict]:
    """Printed text and the richest still form of each displayed object; no errors, no probes."""
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] == "stdout":
            yield output
        data = output.get("data", {})
        kind = next((kind for kind in SHOWN if kind in data), None)
        if kind is not None and not (WIDGET in data and kind.startswith("text/")):
            yield {"output_type": "display_data", "data": {kind: data[kind]}, "metadata": {}}


def _site_links(text: str) -> str:
    """Links of a notebook or a guide page to other pages of the course, as they lie in the site."""
    return LINK.sub(r"](../\1/\2)", text)


def _door(week: str, repository: str) -> dict:
    """The line under a week's title: download it, or open it elsewhere where that is set up."""
    lines = [f"{{download}}`Download this notebook <download/{week}.ipynb>`"]
    if repository.startswith("https://github.com/"):
        path = f"release/{week}/{week}.ipynb"
        name = repository.removeprefix("https://github.com/").strip("/")
        lines += [
            f"[open in Colab](https://colab.research.google.com/github/{name}/blob/main/{path})",
            f"[open in Binder](https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/"
            f"{quote(path)})",
        ]
        lines.append(
            "Colab and Binder run the visible checks; only your instructor's grader grades"
        )
    text = " · ".join(lines) + ".\n\nPictures are the instructor's; widgets are shown as stills."
    return {"cell_type": "markdown", "id": "download-and-links", "metadata": {}, "source": text}


def _api() -> str:
    parts = ["# The API of `course`", "What a notebook may import, with shapes and units."]
    for module in API:
        parts.append(f"## `{module}`\n\n```{{eval-rst}}\n.. automodule:: {module}\n```")
    return "\n\n".join(parts) + "\n"


def _index(weeks: tuple[str, ...], folder: Path) -> str:
    parts = [
        "# word2chat",
        "**From one-hot vectors to a chatbot tuned on human preferences, in weekly notebooks that "
        "grade themselves.**",
        "Begin with [Set-up](guide/setup.md) ([설치 안내](guide/setup.ko.md)), then week 00. "
        "The [syllabus](guide/syllabus.md) says what comes when, the "
        "[glossary](guide/glossary.md) has every term in English and Korean.",
        "![A notebook of week 01 in JupyterLab](guide/images/notebook.png)",
        _toctree("Weeks", [f"weeks/{week}" for week in weeks]),
    ]
    others_of = sorted(folder.glob("weeks/*.*.ipynb"))
    if others_of:
        parts.append(_toctree("한국어", [f"weeks/{path.stem}" for path in others_of]))
    there = {path.name.removesuffix(".md") for path in (folder / "guide").glob("*.md")}
    for caption, pages in GUIDE.items():
        parts.append(_toctree(caption, [f"guide/{page}" for page in pages if page in there]))
    others = sorted(there - {page for pages in GUIDE.values() for page in pages})
    readmes = [path.relative_to(folder).with_suffix("") for path in folder.rglob("README.md")]
    rest = ["api", *(f"guide/{page}" for page in others), *map(str, sorted(readmes))]
    parts.append(_toctree("Reference", rest))
    return "\n\n".join(parts) + "\n"


def _toctree(caption: str, pages: list[str]) -> str:
    return f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```"


# ------------------------------------------------------------------------------------ Sphinx
def _run_sphinx(source: Path, target: Path) -> tuple[str, ...]:
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode:
        missing = any("No module named" in line for line in said)
        remedy = "Install requirements-dev.txt." if missing else "Repair what it names."
        raise UserError(f"Sphinx failed: {said[-1] if said else 'no reason given'}.", remedy)
    return tuple(line.replace(f"{source}/", "") for line in said if "WARNING" in line)
