"""Rules on what a student reads: opening, papers, terms, exercises' texts, the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.proof.lint.manuscript import Exercise, Manuscript, StoredCell, text_of
from autograder.proof.lint.rule import Fault, rule
from course.notebook_format import MARK_SCHEME, SOLUTION

HANGUL = re.compile(r"[\uac00-\ud7a3]")
YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
GOOD_LINK = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/[^\s]*)?")
ARXIV = re.compile(
    r"https://arxiv\.org/(abs|pdf)/(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?"
)
# a word on sizes, or a shape such as (T, D) or (4H,)
SHAPES = re.compile(r"\b[Ss](hapes?|izes?|calars?)\b|\b(lengths?|numbers?)\b|\(\d*[A-Z]\w*, ?\w*\)")
BUDGET = re.compile(
    r"(?i)\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)( [a-z]+)? lines?\b"
)
LIST_ITEM = re.compile(r"\s*([-*]|\d+\.) ")
OPENING = {
    r"(?i)question": "the question of the week",
    r"(?i)\b\d+½?(\s*(-|to|–)\s*\d+½?)?\s*(hours?|minutes?)\b": "the time it takes",
    r"(?i)you (will )?build": "what you will build",
    r"(?i)papers?\b": "the papers",
    r"한국어": "the table of key terms (English, 한국어)",
}
FEWEST_TERMS = 6
FEWEST_PAPERS = 2
FEWEST_SCHEME_CHARACTERS = 80
WRITTEN_POINTS = 5


@rule("Say it in the first cells; course/guide/authoring.md lists what stands there.")
def opening(week: Manuscript) -> Iterator[Fault]:
    """The first cell: title, question, time, what you will build, papers, terms in Korean."""
    number = week.name[4:6]
    if not week.cells or not re.match(rf"# Week {number}\b", week.cells[0].text):
        first = week.cells[0] if week.cells else None
        yield Fault(f"the first line is not `# Week {number}: …`", first)
    for pattern, what in OPENING.items():
        if not re.search(pattern, week.opening):
            yield Fault(f"nothing before exercise 1 says {what}")


@rule("Add rows to the table `| English | 한국어 | in one line |` of the opening.")
def key_terms(week: Manuscript) -> Iterator[Fault]:
    """At least six key terms stand in a table with their Korean words."""
    rows = [line for line in week.opening.splitlines() if line.strip().startswith("|")]
    terms = [row for row in rows if HANGUL.search(row) and "한국어" not in row]
    if len(terms) < FEWEST_TERMS:
        yield Fault(
            f"{len(terms)} key terms with Korean in a table, expected at least {FEWEST_TERMS}",
            todo=True,
        )


@rule("Write each paper as author, year, title, https link.")
def papers(week: Manuscript) -> Iterator[Fault]:
    """Each paper of the opening has a year and a link; every link is https and whole."""
    listed = [line for line in week.opening.splitlines() if re.match(r"\s*([-*|]|\d+\.) ?", line)]
    entries = [line for line in listed if LINK.search(line)]
    if len(entries) < FEWEST_PAPERS:
        yield Fault(
            f"{len(entries)} papers with a link in the opening's lists and tables, "
            f"expected {FEWEST_PAPERS}",
            todo=True,
        )
    for entry in entries:
        if not YEAR.search(LINK.sub("", entry)):
            yield Fault(f"a paper without a year: {entry.strip()[:80]}")
    for line in _section_lines(week.opening, "paper"):
        if LIST_ITEM.match(line) and not LINK.search(line) and "TODO" not in line:
            yield Fault(f"a paper without a link: {line.strip()[:80]}")


def _section_lines(text: str, word: str) -> list[str]:
    """The lines after the first heading or bold label with this word, to the next heading."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        label = re.match(r"\s*(#+ |\*\*)(.*)", line)
        if label and inside:
            break
        if label:
            inside = word in label[2].lower()
        elif inside:
            lines.append(line)
    return lines


@rule("Copy the address from the browser's bar.")
def links(week: Manuscript) -> Iterator[Fault]:
    """Every link is https and whole; arXiv links have the form that arXiv gives."""
    for cell in week.cells:
        for groups in LINK.findall(cell.text):
            link = groups[0] or groups[1]
            if link.startswith(("#", "../", "attachment:")):
                continue
            if not GOOD_LINK.fullmatch(link):
                yield Fault(f"the link {link} is not a whole https address", cell)
            elif "arxiv.org" in link and not ARXIV.fullmatch(link):
                yield Fault(f"{link} is not an arXiv address", cell)


# ------------------------------------------------------------------------------------ exercises
@rule("Add it to the exercise's text, before the solution cell.")
def guidance(week: Manuscript) -> Iterator[Fault]:
    """Each exercise: idea, shapes, line budget, a predict-first question and three hints."""
    for found in week.exercises:
        text, solution = found.before, found.solution
        if not SHAPES.search(text + SOLUTION.without(solution.source)):
            yield Fault("no word on shapes in the text or the docstring", solution)
        if not BUDGET.search(text):
            yield Fault("no line budget (such as: about 6 lines)", solution)
        predict = text.lower().find("predict first")
        if predict < 0:
            yield Fault("no predict-first question before the solution", solution)
        elif not found.asks and "<summary>answer" not in text.lower()[predict:]:
            what = "the predict-first question is not asked by a click and has no folded answer"
            yield Fault(what, solution, 'Ask it by `lesson.ask("…")`, or fold the answer.')
        yield from _hints(found)


def _hints(found: Exercise) -> Iterator[Fault]:
    numbers = re.findall(r"<summary>\s*Hint (\d)", found.between)
    if numbers != ["1", "2", "3"]:
        yield Fault(
            f"hints {numbers} between solution and check, expected 1, 2, 3", found.solution,
            "Three folded hints: the idea, the tools, a skeleton with blanks.",
        )  # fmt: skip


@rule("Write <details><summary>…</summary>, a blank line, the text, </details>.")
def folded(week: Manuscript) -> Iterator[Fault]:
    """Every <details> is closed, has a summary, and a blank line before its text."""
    for cell in week.cells:
        opened, closed = cell.text.count("<details"), cell.text.count("</details>")
        if opened != closed or opened != cell.text.count("<summary>"):
            yield Fault(f"{opened} <details>, {closed} </details>, unequal or no summary", cell)
        if re.search(r"</summary>[^\n]*\n(?!\s*\n)(?=\s*(```|[-*] |\d+\. ))", cell.text):
            yield Fault("no blank line after </summary>: the list or code is not rendered", cell)


@rule("Write formulas as $…$ or $$…$$, with the symbols of the code.")
def formulas(week: Manuscript) -> Iterator[Fault]:
    """Formulas are LaTeX, and every `$$` is closed."""
    if "$" not in text_of(week.cells):
        yield Fault("no formula in the whole notebook")
    for cell in week.cells:
        text = re.sub(r"```.*?```|`[^`]*`", "", cell.text, flags=re.DOTALL)
        if text.count("$$") % 2:
            yield Fault("an open $$", cell)


# ------------------------------------------------------------------------------------ the end
@rule("See `Written question` in course/guide/authoring.md.")
def written_question(week: Manuscript) -> Iterator[Fault]:
    """One task cell of 5 points with a mark scheme; a cell for the answer follows."""
    tasks = [cell for cell in week.cells if cell.task]
    if len(tasks) != 1:
        yield Fault(f"{len(tasks)} written questions (task cells), expected 1")
        return
    task = tasks[0]
    if not task.label.startswith("written_"):
        yield Fault(f"{task.label}: expected the grade_id written_<topic>", task)
    if task.points != WRITTEN_POINTS:
        yield Fault(f"the written question has {task.points} points, not {WRITTEN_POINTS}", task)
    yield from _scheme(task)
    after = week.cells[task.index + 1 : task.index + 2]
    if not after or after[0].kind != "markdown" or not (after[0].id or "").startswith("answer_"):
        yield Fault("no markdown cell answer_<topic> after the written question", task)


def _scheme(task: StoredCell) -> Iterator[Fault]:
    marked = MARK_SCHEME.begin in task.source and MARK_SCHEME.end in task.source
    if not marked or len(MARK_SCHEME.inside(task.source)) < FEWEST_SCHEME_CHARACTERS:
        yield Fault(
            "no mark scheme between the two === … MARK SCHEME === lines", task,
            "Write the rubric and the model answer there; students never see them.",
        )  # fmt: skip


@rule("Say in the last cell what the next week changes.")
def ending(week: Manuscript) -> Iterator[Fault]:
    """The last cell opens the door to the next week."""
    if week.cells and not re.search(r"(?i)next week|\bweek \d\d?\b", week.cells[-1].text):
        yield Fault("the last cell says nothing of the next week", week.cells[-1])
