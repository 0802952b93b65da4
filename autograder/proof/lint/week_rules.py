"""Rules on the rest of a week: its mistakes file, its folder of figures, spelling, ruff."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.glossary import key_terms
from autograder.mistakebook import MistakeFileError
from autograder.proof.lint.manuscript import Manuscript, StoredCell
from autograder.proof.lint.rule import Fault, Skipped, rule
from autograder.proof.lint.text_rules import HANGUL

FEWEST_MISTAKES, MOST_MISTAKES = 3, 24
FEWEST_VARIANTS = 2
LONGEST_HINT = 240
WEIGHTS = re.compile(r"\b[A-Za-z0-9+/]{40,}=*")  # a network's weights as a text are no words
SPELLING_IGNORED = "abd,nd,ba,te,fo,ot,hist,arange,ans,wih,whos,inout,datas,iff,pinter"
OF_A_WEEK = re.compile(r"course\.weeks(?:\.|\s+import\s+)(week\d\d_\w+)")
REPOSITORY = Path(__file__).resolve().parents[3]


@rule("Write them in autograder/mistakes/WEEK.py; course/guide/authoring.md shows the form.")
def mistakes(week: Manuscript) -> Iterator[Fault]:
    """3 to 24 known mistakes per exercise with hints in both languages, and two variants."""
    try:
        book = week.book
    except FileNotFoundError:
        yield Fault(f"there is no {week.mistakes_path.name} in autograder/mistakes/", todo=True)
        return
    except MistakeFileError as error:
        yield from (Fault(line) for line in str(error).splitlines())
        return
    for cell in week.solutions:
        count = len(book.mistakes_of(cell.label))
        if not FEWEST_MISTAKES <= count <= MOST_MISTAKES:
            what = f"{count} known mistakes, expected {FEWEST_MISTAKES} to {MOST_MISTAKES}"
            yield Fault(what, cell, todo=count < FEWEST_MISTAKES)
    if len(book.variants) < FEWEST_VARIANTS:
        what = f"{len(book.variants)} correct variants, expected at least {FEWEST_VARIANTS}"
        yield Fault(what, todo=True)
    for item in book.mistakes:
        place = f"{week.mistakes_path.name}:{item.line}"
        yield from (Fault(f"{place}: {what}") for what in _hint_problems(item.en, item.ko))


def _hint_problems(en: str, ko: str) -> Iterator[str]:
    if not HANGUL.search(ko):
        yield "the Korean hint holds no Hangul"
    if HANGUL.search(en):
        yield "the English hint holds Hangul"
    if max(len(en), len(ko)) > LONGEST_HINT:
        yield f"a hint is one sentence, not {max(len(en), len(ko))} characters"


@rule("Move what both weeks use to course/figures/, or write it anew in this week's folder.")
def own_folder(week: Manuscript) -> Iterator[Fault]:
    """A week takes figures and toys from its own folder or the shared kit, never from a week."""
    for cell in week.code:
        yield from (Fault(what, cell) for what in _foreign(week.name, cell.source))
    for path in sorted(week.folder.rglob("*.py")):
        found = _foreign(week.name, path.read_text("utf-8"))
        yield from (Fault(f"{path.name} {what}") for what in found)


def _foreign(name: str, source: str) -> Iterator[str]:
    for other in sorted(set(OF_A_WEEK.findall(source)) - {name}):
        yield f"imports the folder of {other}"


@rule("Run `autograder glossary`: it takes the table over into the guide.")
def glossary(week: Manuscript) -> Iterator[Fault]:
    """Every key term of the week has its row in the guide's glossary."""
    page = week.folder.parents[1] / "guide" / "glossary.md"
    if not page.is_file():  # a course folder without a guide
        return
    rows = page.read_text("utf-8").casefold()
    terms = key_terms(week.name, (cell.text for cell in week.cells))
    missing = [term.english for term in terms if f"\n| {term.name} |" not in rows]
    if missing:
        yield Fault(f"not in the glossary: {', '.join(missing)}", todo=True)


# ------------------------------------------------------------------------------------ tools
@rule("Repair the line; `ruff check --fix` repairs many of them.")
def ruff(week: Manuscript) -> Iterator[Fault]:
    """The code cells pass ruff with the project's settings."""
    command = ["check", "--output-format=json", "--no-cache", *_settings(week), str(week.path)]
    done = _run("ruff", command)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        yield Fault(f"ruff did not run: {done.stderr.strip()[-200:]}")
        return
    for item in found:
        place = f"line {item['location']['row']}"
        cell = week.cells[item["cell"] - 1] if item.get("cell") else None
        yield Fault(f"{place}: {item['code']} {item['message']}", cell)


def _settings(week: Manuscript) -> list[str]:
    """The project's settings, also for a course folder that has none of its own."""
    own = any((folder / "pyproject.toml").is_file() for folder in week.path.parents)
    settings = REPOSITORY / "pyproject.toml"
    return [] if own or not settings.is_file() else ["--config", str(settings)]


@rule("Correct the word, in the notebook's text or code.")
def spelling(week: Manuscript) -> Iterator[Fault]:
    """codespell knows no misspelling in the notebook's text and code."""
    lines = [(cell, line) for cell in week.cells for line in cell.source.splitlines()]
    text = "\n".join(WEIGHTS.sub("", line) for _, line in lines)
    done = _run("codespell_lib", ["-L", SPELLING_IGNORED, "-"], text)
    if done.returncode and "==>" not in done.stdout:
        yield Fault(f"codespell did not run: {done.stderr.strip()[-200:]}")
    yield from _misspelt(done.stdout, [cell for cell, _ in lines])


def _misspelt(said: str, cells: list[StoredCell]) -> Iterator[Fault]:
    """codespell prints `LINE: text`, then an indented `wrong ==> right` for each word in it."""
    cell = None
    for line in said.splitlines():
        if number := re.match(r"(\d+): ", line):
            cell = cells[int(number[1]) - 1]
        elif "==>" in line:
            yield Fault(line.strip(), cell)


def _run(module: str, words: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a tool of requirements-dev.txt.

    Raises:
        Skipped: it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        tool = module.removesuffix("_lib")
        raise Skipped(f"{tool} is not installed: `pip install -r requirements-dev.txt` brings it.")
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)
