"""The guide: links that lead somewhere, commands that exist, and Korean pages that keep pace."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "course" / "guide"
PAGES = sorted(GUIDE.glob("**/*.md"))
KOREAN = sorted(GUIDE.glob("**/*.ko.md"))
MOST_LINES = 250
LISTS = {"glossary.md": 400}  # a row for each term of sixteen weeks: looked up, not read
FEWEST_TERMS = 80
FEWEST_SYMPTOMS = 20

FENCE = re.compile(r"^[ \t]*```(\w*)\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) (.+?)\s*$", re.MULTILINE)
STEP = re.compile(r"^(\d+)\. ", re.MULTILINE)
HANGUL = re.compile(r"[\uac00-\ud7a3]")
SHELLS = ("bash", "powershell")


def page_name(page: Path) -> str:
    return page.name


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    """The page without fenced blocks and code spans: what a reader sees as text and links."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", text))


def slugs(text: str) -> list[str]:
    """The anchors of a page's headings, as GitHub and MyST make them."""
    titles = [title.replace("`", "") for _, title in HEADING.findall(FENCE.sub("", text))]
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def relative_links(page: Path) -> list[str]:
    found = LINK.findall(without_code(read(page)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def shell_lines(page: Path) -> list[str]:
    """Every line of the page's shell blocks, without comments and indentation."""
    blocks = [body for language, body in FENCE.findall(read(page)) if language in SHELLS]
    lines = [line.strip() for body in blocks for line in body.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def commands(page: Path, program: str) -> list[list[str]]:
    """The words of each call of `program` in shell blocks and in code spans."""
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", read(page)))
    calls = [text for text in (*shell_lines(page), *spans) if text.startswith(program + " ")]
    return [text.split()[1:] for text in calls]


APPLICATIONS = {"course": "course.student.cli", "autograder": "autograder.cli.app"}


@cache
def command_line(program: str) -> Any:
    """The group of commands behind a Typer application, `course` or `autograder`."""
    import importlib

    import typer

    module = importlib.import_module(APPLICATIONS[program])
    group = typer.main.get_command(module.app)
    assert subcommands(group), f"{program} has no subcommands"
    return group


def subcommands(command: Any) -> dict[str, Any]:
    """The commands of a group, by name; nothing for a command that does the work itself."""
    return getattr(command, "commands", {})


def unknown_word(group: Any, words: list[str]) -> str | None:
    """The first subcommand or option among `words` that the program does not have."""
    command = group
    while subcommands(command) and words and not words[0].startswith("-"):
        name, *words = words
        if name not in subcommands(command):
            return name
        command = subcommands(command)[name]
    known = {"--help"} | {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
    options = [word.split("=")[0] for word in words if word.startswith("-")]
    return next((option for option in options if option not in known), None)


def leaf_commands(group: Any, prefix: str = "") -> list[str]:
    """Every visible command of a program, such as `kernels install`."""
    leaves = []
    for name, command in subcommands(group).items():
        if subcommands(command):
            leaves += leaf_commands(command, f"{prefix}{name} ")
        elif not command.hidden:
            leaves.append(prefix + name)
    return leaves


# ------------------------------------------------------------------------------------ pages
@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_relative_links_resolve(page: Path) -> None:
    """Every relative link names a file of the guide, and its anchor a heading of that file."""
    for link in relative_links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.is_file(), f"{page.name} links to {link}, which is not there"
        assert target.is_relative_to(GUIDE), f"{page.name} links out of the guide: {link}"
        if anchor:
            assert anchor in slugs(read(target)), f"{page.name}: no heading for {link}"


def test_every_page_is_reachable_from_the_index() -> None:
    """Following links from index.md leads to every page."""
    seen: set[Path] = set()
    waiting = [GUIDE / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        names = [link.partition("#")[0] for link in relative_links(page)]
        waiting += [(page.parent / name).resolve() for name in names if name.endswith(".md")]
    assert seen == set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_pages_are_short_and_have_one_title(page: Path) -> None:
    """One title, on the first line, closed code fences, at most 250 lines; a list may have more."""
    text = read(page)
    assert len(text.splitlines()) <= LISTS.get(page.name, MOST_LINES)
    titles = [title for marks, title in HEADING.findall(FENCE.sub("", text)) if marks == "#"]
    assert len(titles) == 1 and text.startswith(f"# {titles[0]}")
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_steps_are_numbered_in_order(page: Path) -> None:
    """In each numbered list the numbers run 1, 2, 3, …"""
    for section in re.split(r"^#+ ", FENCE.sub("", read(page)), flags=re.MULTILINE):
        last = 0
        for number in map(int, STEP.findall(section)):
            assert number in (last + 1, 1), f"{page.name}: step {number} after {last}"
            last = number


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_web_links_are_https(page: Path) -> None:
    """Links to the web are https, with a host and without spaces."""
    for link in LINK.findall(without_code(read(page))):
        if ":" in link:
            assert re.fullmatch(r"https://[\w.-]+\.[a-z]{2,}(/\S*)?", link), link


# ------------------------------------------------------------------------------------ commands
@pytest.mark.parametrize("program", ["course", "autograder"])
@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_documented_commands_exist(page: Path, program: str) -> None:
    """Each call of our command lines names subcommands and options that they have."""
    for words in commands(page, program):
        unknown = unknown_word(command_line(program), words)
        assert unknown is None, f"{page.name}: `{program} {' '.join(words)}`: no {unknown}"


@pytest.mark.parametrize("program", ["course", "autograder"])
def test_every_command_is_documented(program: str) -> None:
    """The guide mentions every visible command of both command lines at least once."""
    calls = [" ".join(words) for page in PAGES for words in commands(page, program)]
    missing = [
        name
        for name in leaf_commands(command_line(program))
        if not any(call == name or call.startswith(name + " ") for call in calls)
    ]
    assert not missing, f"not in the guide: {', '.join(f'{program} {name}' for name in missing)}"


def test_documented_make_targets_exist() -> None:
    """Each `make …` of the guide is a target of the Makefile."""
    targets = set(re.findall(r"^([\w-]+):", read(ROOT / "Makefile"), flags=re.MULTILINE))
    named = {words[0] for page in PAGES for words in commands(page, "make")}
    assert named <= targets


# ------------------------------------------------------------------------------------ glossary
def glossary_rows() -> list[list[str]]:
    lines = [line for line in read(GUIDE / "glossary.md").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_glossary_rows_are_well_formed() -> None:
    """Each of at least 80 terms has a Korean word, one line and a week of the syllabus."""
    weeks = re.findall(r"`week(\d\d)_", read(GUIDE / "syllabus.md"))
    rows = glossary_rows()
    assert len(rows) >= FEWEST_TERMS
    for row in rows:
        assert len(row) == 4 and all(row), row
        term, korean, line, week = row
        assert HANGUL.search(korean) and not HANGUL.search(term + line), row
        assert len(line) <= 120, row
        assert week in weeks, row


def test_glossary_is_sorted_without_doubles() -> None:
    """Terms are sorted by their English form, whatever the case, and none stands twice."""
    terms = [row[0] for row in glossary_rows()]
    assert terms == sorted(terms, key=str.casefold)
    assert not [term for term, count in Counter(map(str.casefold, terms)).items() if count > 1]


# ------------------------------------------------------------------------------------ Korean
@pytest.mark.parametrize("page", KOREAN, ids=page_name)
def test_korean_page_keeps_pace_with_the_english_one(page: Path) -> None:
    """Same sections, same numbered steps, same commands in the same order, in Hangul."""
    korean, english = read(page), read(page.with_name(page.name.replace(".ko.md", ".md")))
    levels = [[marks for marks, _ in HEADING.findall(FENCE.sub("", t))] for t in (korean, english)]
    assert levels[0] == levels[1]
    assert STEP.findall(korean) == STEP.findall(english)
    assert shell_lines(page) == shell_lines(page.with_name(page.name.replace(".ko.md", ".md")))
    assert korean.count("\n|") == english.count("\n|")
    words = re.findall(r"[\uac00-\ud7a3]+", without_code(korean))
    assert len(words) > len(re.findall(r"[A-Za-z]+", without_code(korean)))


def test_the_first_pages_exist_in_korean() -> None:
    """Set-up and grading, the pages that a student needs first, exist in Korean."""
    assert {page.name for page in KOREAN} >= {"setup.ko.md", "grading.ko.md"}


# ------------------------------------------------------------------------------------ content
def test_troubleshooting_gives_cause_and_fix_for_each_symptom() -> None:
    """At least 20 symptoms, each followed by its cause and its fix."""
    entries = read(GUIDE / "troubleshooting.md").split("\n### ")[1:]
    assert len(entries) >= FEWEST_SYMPTOMS
    for entry in entries:
        title = entry.splitlines()[0]
        assert "**Cause.** " in entry and "**Fix.** " in entry, title
        assert entry.index("**Cause.**") < entry.index("**Fix.**"), title


def test_syllabus_says_which_weeks_are_ready() -> None:
    """The syllabus lists sixteen weeks: released ones are ready, those in source/ in work."""
    rows = re.findall(
        r"^\| (\d\d) \| `(week\d\d_\w+)` \|.*\| ([\w ]+) \|$",
        read(GUIDE / "syllabus.md"),
        flags=re.MULTILINE,
    )
    assert [number for number, _, _ in rows] == [f"{n:02d}" for n in range(16)]
    begun = {path.parent.name for path in (ROOT / "source").glob("*/*.ipynb")}
    ready = {path.parent.name for path in (ROOT / "release").glob("*/*.ipynb")}
    assert {week for _, week, state in rows if state == "ready"} == ready
    assert {week for _, week, state in rows if state == "in work"} == begun - ready
    assert {state for _, _, state in rows} <= {"ready", "in work", "announced"}


def test_the_glossary_is_what_the_weeks_say() -> None:
    """Words, weeks and terms of the weeks' tables are in it; `autograder glossary` writes it."""
    from autograder.course_folder import open_course
    from autograder.glossary import make_glossary

    assert read(GUIDE / "glossary.md") == make_glossary(open_course(ROOT))


def test_stated_limits_are_those_of_the_grader() -> None:
    """The limits that students read are the ones that the engine enforces."""
    from autograder.sandbox.limits import Limits

    limits = Limits()
    for name, second, mega in (("grading.md", " seconds", "GB"), ("grading.ko.md", "초", "GB")):
        text = read(GUIDE / name)
        assert f"{limits.cell_seconds:g}{second}" in text
        assert f"{limits.submission_seconds:g}{second}" in text
        assert f"{limits.memory_mb // 1024} {mega}" in text
        assert f"{limits.output_bytes // 1_000_000} MB" in text


def test_every_verdict_is_explained_to_students() -> None:
    """Each verdict that feedback can show, and the review, has a row in both grading pages."""
    from autograder.model import Verdict

    words = [str(verdict) for verdict in Verdict if verdict is not Verdict.GRADER_FAULT]
    for name in ("grading.md", "grading.ko.md"):
        for word in (*words, "needs review"):
            assert f"| **{word}**" in read(GUIDE / name), f"{name}: {word}"


def test_stated_torch_is_the_pinned_one() -> None:
    """The version of torch in the set-up pages is the one that requirements.txt pins."""
    pinned = re.search(r"^torch==([\d.]+)", read(ROOT / "requirements.txt"), flags=re.MULTILINE)
    assert pinned is not None
    stated = {v for page in PAGES for v in re.findall(r"torch==([\d.]+\d)", read(page))}
    assert stated == {pinned[1]}
