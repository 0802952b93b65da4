"""The countable part of the authors' rules: each rule reads one week and yields what is wrong.

A rule is a generator of sentences for the author; no sentence means that the rule holds. The test
file runs every rule over every week in source/, and over a small week that breaks it on purpose.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.mistakebook import MistakeBook, MistakeFileError, load_mistakes
from course.probes import MIME

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
BEGIN_SCHEME, END_SCHEME = "=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ==="
HANGUL = re.compile(r"[\uac00-\ud7a3]")
EMOJI = re.compile(r"[\U0001f300-\U0001faff\u2600-\u27bf]")
HEADING = re.compile(r"^## Exercise (\d+): (.+?) \((\d+) points?(?:, [^)]*)?\)\s*$", re.MULTILINE)
# a word on sizes, or a shape such as (T, D) or (4H,)
SHAPES = re.compile(r"\b[Ss](hapes?|izes?|calars?)\b|\b(lengths?|numbers?)\b|\(\d*[A-Z]\w*, ?\w*\)")
YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
GOOD_LINK = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/[^\s]*)?")
ARXIV = re.compile(
    r"https://arxiv\.org/(abs|pdf)/(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?"
)
HOST_PATH = re.compile(r"(?<![\w.])/(home|root|tmp|work|Users|mnt|opt)/\w|\b[A-Z]:\\\w")
FIGURES = ("image/png", "image/svg+xml", "text/html", "application/vnd.jupyter.widget-view+json")
SPELLING_IGNORED = "abd,nd,ba,te,fo,ot,hist,arange,ans,wih,whos,inout,datas,iff"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Exercise:
    """One exercise: the cells from its heading up to the next section's."""

    name: str
    number: int
    points: int
    cells: tuple[NotebookNode, ...]
    solution: NotebookNode
    check: NotebookNode

    @property
    def before(self) -> str:
        """The text between the heading and the solution cell."""
        return _text(self.cells[: self.cells.index(self.solution)])

    @property
    def between(self) -> str:
        """The text between the solution cell and the check cell: the hints."""
        first, last = self.cells.index(self.solution), self.cells.index(self.check)
        return _text(self.cells[first:last])


@dataclass(frozen=True)
class Week:
    """One notebook of source/, read once."""

    name: str
    path: Path
    mistakes_path: Path

    @cached_property
    def notebook(self) -> NotebookNode:
        return nbformat.read(self.path, as_version=4)

    @property
    def cells(self) -> list[NotebookNode]:
        return self.notebook.cells

    @cached_property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def checks(self) -> list[NotebookNode]:
        return [cell for cell in self.code if _flag(cell, "grade")]

    @cached_property
    def solutions(self) -> list[NotebookNode]:
        return [cell for cell in self.code if _flag(cell, "solution")]

    @cached_property
    def names(self) -> list[str]:
        return [_grade_id(cell) for cell in self.solutions]

    @cached_property
    def opening(self) -> str:
        """All text before the first exercise."""
        return _text(self.cells[: self._first_heading])

    @cached_property
    def _first_heading(self) -> int:
        found = [i for i, cell in enumerate(self.cells) if HEADING.search(_markdown(cell))]
        return found[0] if found else len(self.cells)

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The well-formed exercises; `exercise_cells` says what is wrong with the others."""
        return [found for section in self.sections if (found := _exercise(section)) is not None]

    @cached_property
    def sections(self) -> list[list[NotebookNode]]:
        """Cells from each exercise heading to the next heading of level 1 or 2."""
        sections: list[list[NotebookNode]] = []
        inside = False
        for cell in self.cells:
            if HEADING.search(_markdown(cell)):
                sections.append([])
                inside = True
            elif re.search(r"^##? ", _markdown(cell), re.MULTILINE):
                inside = False
            if inside:
                sections[-1].append(cell)
        return sections

    @cached_property
    def book(self) -> MistakeBook:
        return load_mistakes(self.mistakes_path, self.names)


def weeks(root: Path) -> list[Week]:
    """The weeks that source/ holds, in order."""
    return [
        Week(folder.name, folder / f"{folder.name}.ipynb", _mistakes(root, folder.name))
        for folder in sorted((root / "source").glob("week*"))
        if folder.is_dir()
    ]


def _mistakes(root: Path, week: str) -> Path:
    return root / "autograder" / "mistakes" / f"{week}.py"


def _flag(cell: NotebookNode, name: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(name))


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _markdown(cell: NotebookNode) -> str:
    return cell.source if cell.cell_type == "markdown" else ""


def _text(cells: list[NotebookNode] | tuple[NotebookNode, ...]) -> str:
    return "\n\n".join(_markdown(cell) for cell in cells if cell.cell_type == "markdown")


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _exercise(section: list[NotebookNode]) -> Exercise | None:
    solutions = [cell for cell in section if cell.cell_type == "code" and _flag(cell, "solution")]
    checks = [cell for cell in section if cell.cell_type == "code" and _flag(cell, "grade")]
    if len(solutions) != 1 or len(checks) != 1:
        return None
    number, _, points = HEADING.search(_markdown(section[0])).groups()
    return Exercise(
        _grade_id(solutions[0]), int(number), int(points), tuple(section), solutions[0], checks[0]
    )


def region(source: str, begin: str, end: str) -> str:
    """The lines between the two markers, in all regions of a cell."""
    lines, inside = [], False
    for line in source.splitlines():
        if begin in line:
            inside = True
        elif end in line:
            inside = False
        elif inside:
            lines.append(line)
    return "\n".join(lines)


def without_region(source: str, begin: str, end: str, stub: str = "") -> str:
    """The cell as a student gets it: the region gone, or replaced by a stub."""
    lines, inside = [], False
    for line in source.splitlines():
        if begin in line:
            inside = True
            lines += [line[: len(line) - len(line.lstrip())] + stub] if stub else []
        elif end in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


# ------------------------------------------------------------------------------------ the file
def file_format(week: Week) -> Iterator[str]:
    """One notebook a folder, of the folder's name, in format 4.5, for the course's kernel."""
    if not week.path.is_file():
        yield f"{week.path.name} is missing in source/{week.name}/"
        return
    others = [path.name for path in week.path.parent.glob("*.ipynb") if path != week.path]
    if others:
        yield f"other notebooks beside it: {', '.join(others)}"
    if (week.notebook.nbformat, week.notebook.nbformat_minor) != (4, 5):
        yield f"nbformat {week.notebook.nbformat}.{week.notebook.nbformat_minor}, expected 4.5"
    kernel = week.notebook.metadata.get("kernelspec", {})
    if kernel.get("name") != "word2chat" or kernel.get("language") != "python":
        yield f"kernelspec {dict(kernel)}, expected name word2chat and language python"
    yield from _schema_errors(week.notebook)


def _schema_errors(notebook: NotebookNode) -> Iterator[str]:
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        yield f"not a valid notebook: {error}"


def file_size(week: Week) -> Iterator[str]:
    """A notebook stays under 2 MB, stored figures included."""
    size = week.path.stat().st_size
    if size > 2 * MEGABYTE:
        yield f"{size / MEGABYTE:.1f} MB: smaller figures (dpi <= 80) or fewer stored outputs"


def cell_ids(week: Week) -> Iterator[str]:
    """Cell ids are unique and readable, and equal the grade_id where there is one."""
    seen: set[str] = set()
    for cell in week.cells:
        if cell.id in seen:
            yield f"the cell id {cell.id} is used twice"
        seen.add(cell.id)
        if not re.fullmatch(r"[a-zA-Z0-9_-]{2,64}", cell.id) or re.fullmatch(
            r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell.id
        ):
            yield f"the cell id {cell.id} is not readable"
        if _grade_id(cell) and cell.id != _grade_id(cell):
            yield f"cell id {cell.id}, grade_id {_grade_id(cell)}: they must be equal"


def nbgrader_metadata(week: Week) -> Iterator[str]:
    """nbgrader's own validator accepts every cell, and the schema is version 3."""
    for cell in week.cells:
        meta = cell.metadata.get("nbgrader")
        if meta is None:
            continue
        if meta.get("schema_version") != 3:
            yield f"{cell.id}: schema_version {meta.get('schema_version')}, expected 3"
        try:
            MetadataValidator().validate_cell(cell)
        except Exception as error:
            yield f"{cell.id}: nbgrader refuses it: {str(error).splitlines()[0]}"


def cell_kinds(week: Week) -> Iterator[str]:
    """A code cell is set-up, solution, check or playground, with that kind's flags and tags."""
    for cell in week.code:
        meta = cell.metadata.get("nbgrader")
        if meta is None:
            if "nbval-skip" not in _tags(cell):
                yield f"{cell.id}: neither nbgrader metadata nor the tag nbval-skip"
            continue
        flags = (_flag(cell, "grade"), _flag(cell, "solution"), _flag(cell, "locked"))
        if flags not in ((False, False, True), (False, True, False), (True, False, True)):
            yield f"{cell.id}: grade, solution, locked = {flags} is no kind of cell"
        if "nbval-skip" in _tags(cell):
            yield f"{cell.id}: grading needs this cell, but its tag is nbval-skip"
        if _flag(cell, "grade") and "nbval-check-output" not in _tags(cell):
            yield f"{cell.id}: a check cell needs the tag nbval-check-output"


def no_host_traces(week: Week) -> Iterator[str]:
    """No absolute paths, and no execution times, in sources, outputs and metadata."""
    for cell in week.cells:
        outputs = [_without_images(output) for output in cell.get("outputs", [])]
        found = HOST_PATH.search(cell.source + json.dumps(outputs))
        if found:
            yield f"{cell.id}: an absolute path ({found[0]}…)"
        if "execution" in cell.metadata:
            yield f"{cell.id}: execution times in the metadata"


def _without_images(output: NotebookNode) -> dict:
    data = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}
    return {**output, "data": data}


def left_overs(week: Week) -> Iterator[str]:
    """No TODO, no stub text and no emoji in the instructor's notebook."""
    for cell in week.cells:
        for word in ("TODO", "FIXME", "YOUR CODE HERE", "YOUR ANSWER HERE"):
            if word in cell.source and (cell.cell_type == "code" or not word.startswith("YOUR")):
                yield f"{cell.id}: contains {word}"
        if EMOJI.search(cell.source):
            yield f"{cell.id}: an emoji ({EMOJI.search(cell.source)[0]})"
    for cell in week.solutions:
        if "NotImplementedError" in cell.source:
            yield f"{cell.id}: a stub where the solution should be"


# ------------------------------------------------------------------------------------ the shape
def opening(week: Week) -> Iterator[str]:
    """The first cell: title, question, time, what you will build, papers, terms in Korean."""
    first = _markdown(week.cells[0])
    number = week.name[4:6]
    if not re.match(rf"# Week {number}\b", first):
        yield f"the first line is not `# Week {number}: …`"
    wanted = {
        r"(?i)question": "the question of the week",
        r"(?i)\b\d+½?(\s*(-|to|–)\s*\d+½?)?\s*(hours?|minutes?)\b": "the time it takes",
        r"(?i)you (will )?build": "what you will build",
        r"(?i)papers?\b": "the papers",
        r"한국어": "the table of key terms (English, 한국어)",
    }
    for pattern, what in wanted.items():
        if not re.search(pattern, week.opening):
            yield f"nothing before exercise 1 says {what}"


def key_terms(week: Week) -> Iterator[str]:
    """At least six key terms stand in a table with their Korean words."""
    rows = [line for line in week.opening.splitlines() if line.strip().startswith("|")]
    terms = [row for row in rows if HANGUL.search(row) and "한국어" not in row]
    if len(terms) < 6:
        yield f"{len(terms)} key terms with Korean in a table, expected at least 6"


def papers(week: Week) -> Iterator[str]:
    """Each paper of the opening has a year and a link; every link is https and whole."""
    listed = [line for line in week.opening.splitlines() if re.match(r"\s*([-*|]|\d+\.) ?", line)]
    entries = [line for line in listed if LINK.search(line)]
    if len(entries) < 2:
        yield f"{len(entries)} papers with a link in the opening's lists and tables, expected 2"
    for entry in entries:
        if not YEAR.search(LINK.sub("", entry)):
            yield f"a paper without a year: {entry.strip()[:80]}"
    for line in _section_lines(week.opening, "paper"):
        if re.match(r"\s*([-*]|\d+\.) ", line) and not LINK.search(line):
            yield f"a paper without a link: {line.strip()[:80]}"


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


def links(week: Week) -> Iterator[str]:
    """Every link is https and whole; arXiv links have the form that arXiv gives."""
    for cell in week.cells:
        for groups in LINK.findall(_markdown(cell)):
            link = groups[0] or groups[1]
            if link.startswith(("#", "../", "attachment:")):
                continue
            if not GOOD_LINK.fullmatch(link):
                yield f"{cell.id}: the link {link} is not a whole https address"
            elif "arxiv.org" in link and not ARXIV.fullmatch(link):
                yield f"{cell.id}: {link} is not an arXiv address"


def set_up(week: Week) -> Iterator[str]:
    """One set-up cell, the first code that counts, with one thread; few other support cells."""
    support = [c for c in week.code if "nbgrader" in c.metadata and not _graded_or_solution(c)]
    names = [_grade_id(cell) for cell in support]
    if names.count("setup") != 1:
        yield f"support cells {names}: exactly one must be `setup`"
        return
    if names[0] != "setup":
        yield "the set-up cell is not the first"
    if len(support) > 4:
        yield f"{len(support)} support cells: keep them few"
    if "torch.set_num_threads(1)" not in support[names.index("setup")].source:
        yield "no torch.set_num_threads(1) in the set-up cell"


def _graded_or_solution(cell: NotebookNode) -> bool:
    return _flag(cell, "grade") or _flag(cell, "solution")


def exercise_cells(week: Week) -> Iterator[str]:
    """5 to 10 exercises, numbered; in each one solution cell, then its check cell, same name."""
    if not 5 <= len(week.sections) <= 10:
        yield f"{len(week.sections)} headings `## Exercise k: name (N points)`, expected 5 to 10"
    if len(week.solutions) != len(week.sections) or len(week.checks) != len(week.sections):
        yield (
            f"{len(week.sections)} exercise headings, {len(week.solutions)} solution cells, "
            f"{len(week.checks)} check cells: one of each per exercise"
        )
    for number, section in enumerate(week.sections, start=1):
        title = HEADING.search(_markdown(section[0]))
        found = _exercise(section)
        if found is None:
            yield f"`{title[0]}`: needs one solution cell and one check cell before the next ##"
            continue
        if found.number != number:
            yield f"`{title[0]}`: this is exercise {number}"
        if section.index(found.solution) > section.index(found.check):
            yield f"{found.name}: the check stands before the solution"
        if _grade_id(found.check) != f"check_{found.name}":
            yield f"{_grade_id(found.check)}: expected check_{found.name}"
        inside = section[section.index(found.solution) + 1 : section.index(found.check)]
        if any(cell.cell_type == "code" for cell in inside):
            yield f"{found.name}: code between solution and check"


def points(week: Week) -> Iterator[str]:
    """Headings and check cells agree on the points, and a week has 30 to 40 of them."""
    for found in week.exercises:
        stored = found.check.metadata["nbgrader"].get("points")
        if stored != found.points:
            yield f"{found.name}: {found.points} points in the heading, {stored} in the check cell"
    total = sum(cell.metadata["nbgrader"].get("points", 0) for cell in week.checks)
    if not 30 <= total <= 40:
        yield f"{total} points in all checks, expected 30 to 40"


def guidance(week: Week) -> Iterator[str]:
    """Each exercise: idea, shapes, line budget, a predict-first question and three hints."""
    for found in week.exercises:
        text = found.before + without_region(found.solution.source, BEGIN_SOLUTION, END_SOLUTION)
        if not SHAPES.search(text):
            yield f"{found.name}: no word on shapes in the text or the docstring"
        if not re.search(r"(?i)\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
                         r"( [a-z]+)? lines?\b", found.before):  # fmt: skip
            yield f"{found.name}: no line budget (such as: about 6 lines)"
        predict = found.before.lower().find("predict first")
        if predict < 0:
            yield f"{found.name}: no predict-first question before the solution"
        elif "<summary>answer" not in found.before.lower()[predict:]:
            yield f"{found.name}: the predict-first question has no folded answer"
        yield from _hints(found)


def _hints(found: Exercise) -> Iterator[str]:
    numbers = re.findall(r"<summary>\s*Hint (\d)", found.between)
    if numbers != ["1", "2", "3"]:
        yield f"{found.name}: hints {numbers} between solution and check, expected 1, 2, 3"


def folded(week: Week) -> Iterator[str]:
    """Every <details> is closed, has a summary, and a blank line before its text."""
    for cell in week.cells:
        text = _markdown(cell)
        opened, closed = text.count("<details"), text.count("</details>")
        if opened != closed or opened != text.count("<summary>"):
            yield f"{cell.id}: {opened} <details>, {closed} </details>, unequal or no summary"
        if re.search(r"</summary>[^\n]*\n(?!\s*\n)(?=\s*(```|[-*] |\d+\. ))", text):
            yield f"{cell.id}: no blank line after </summary>, so the list or code is not rendered"


def formulas(week: Week) -> Iterator[str]:
    """Formulas are LaTeX, and every `$$` is closed."""
    if "$" not in _text(week.cells):
        yield "no formula in the whole notebook"
    for cell in week.cells:
        text = re.sub(r"```.*?```|`[^`]*`", "", _markdown(cell), flags=re.DOTALL)
        if text.count("$$") % 2:
            yield f"{cell.id}: an open $$"


def written_question(week: Week) -> Iterator[str]:
    """One task cell of 5 points with a mark scheme; a cell for the answer follows."""
    tasks = [cell for cell in week.cells if _flag(cell, "task")]
    if len(tasks) != 1:
        yield f"{len(tasks)} written questions (task cells), expected 1"
        return
    task = tasks[0]
    if not _grade_id(task).startswith("written_"):
        yield f"{_grade_id(task)}: expected the grade_id written_<topic>"
    if task.metadata["nbgrader"].get("points") != 5:
        yield f"the written question has {task.metadata['nbgrader'].get('points')} points, not 5"
    scheme = region(task.source, BEGIN_SCHEME, END_SCHEME)
    if BEGIN_SCHEME not in task.source or END_SCHEME not in task.source or len(scheme) < 80:
        yield "no mark scheme between the two === … MARK SCHEME === lines"
    after = week.cells[week.cells.index(task) + 1 :]
    if not after or after[0].cell_type != "markdown" or not after[0].id.startswith("answer_"):
        yield "no markdown cell answer_<topic> after the written question"


def ending(week: Week) -> Iterator[str]:
    """The last cell opens the door to the next week."""
    if not re.search(r"(?i)next week|\bweek \d\d?\b", _markdown(week.cells[-1])):
        yield "the last cell says nothing of the next week"


# ------------------------------------------------------------------------------------ the code
def solution_form(week: Week) -> Iterator[str]:
    """A solution cell defines one typed, documented name, its body in a closed region."""
    for cell in week.solutions:
        yield from (f"{cell.id}: {problem}" for problem in _solution_problems(cell))


def _solution_problems(cell: NotebookNode) -> Iterator[str]:
    tree = _parsed(cell.source)
    if tree is None:
        yield "not Python"
        return
    if cell.source.count(BEGIN_SOLUTION) < 1:
        yield "no ### BEGIN SOLUTION"
    if cell.source.count(BEGIN_SOLUTION) != cell.source.count(END_SOLUTION):
        yield "a solution region is not closed"
    if any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree)):
        yield "imports: they belong into the set-up cell"
    stub = without_region(cell.source, BEGIN_SOLUTION, END_SOLUTION, "raise NotImplementedError()")
    stub_tree = _parsed(stub)
    if stub_tree is None:
        yield "the stub that students get is not Python: is the region's indentation right?"
        return
    defined = [node for node in stub_tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    if _grade_id(cell) not in [node.name for node in defined]:
        yield f"the stub defines {[node.name for node in defined]}, not {_grade_id(cell)}"
    for node in defined:
        yield from _definition_problems(node)


def _definition_problems(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    if len(ast.get_docstring(node) or "") < 40:
        yield f"{node.name} has no docstring that says meaning and shapes"
    for function in ast.walk(node):
        if isinstance(function, ast.FunctionDef):
            arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            untyped = [a.arg for a in arguments if a.annotation is None and a.arg != "self"]
            if untyped:
                yield f"{function.name}: no type for {', '.join(untyped)}"
            if function.returns is None:
                yield f"{function.name}: no return type"


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def check_form(week: Week) -> Iterator[str]:
    """A check cell: hidden probes first, then asserts that each say symptom and likely cause."""
    for cell in week.checks:
        yield from (f"{cell.id}: {problem}" for problem in _check_problems(cell, week))


def _check_problems(cell: NotebookNode, week: Week) -> Iterator[str]:
    if not cell.source.startswith(BEGIN_HIDDEN):
        yield f"its first line is not {BEGIN_HIDDEN}"
    if cell.source.count(BEGIN_HIDDEN) != 1 or cell.source.count(END_HIDDEN) != 1:
        yield "it needs exactly one hidden region"
    hidden = _parsed(region(cell.source, BEGIN_HIDDEN, END_HIDDEN))
    visible = _parsed(without_region(cell.source, BEGIN_HIDDEN, END_HIDDEN))
    if hidden is None or visible is None:
        yield "the hidden or the visible part is not Python by itself"
        return
    asserts = [node for node in ast.walk(visible) if isinstance(node, ast.Assert)]
    if not asserts:
        yield "no visible assert"
    for node in asserts:
        if node.msg is None:
            yield f"an assert without a message: {ast.unparse(node.test)[:60]}"
    if "all passed" not in cell.source:
        yield "its last line does not print that the visible checks passed"
    secret = (_bound(hidden) - _bound(visible)) & _loaded(visible)
    if secret:
        yield f"the visible part uses hidden names: {', '.join(sorted(secret))}"
    own = cell.id.removeprefix("check_")
    others = (_loaded(hidden) | _loaded(visible)) & (set(week.names) - {own})
    if others:
        yield f"it calls other exercises ({', '.join(sorted(others))}): a mistake costs twice"


def _bound(tree: ast.Module) -> set[str]:
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_store(n)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        if isinstance(node, ast.arg):
            names.add(node.arg)
    return names


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _loaded(tree: ast.Module) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not _is_store(n)}


def probes(week: Week) -> Iterator[str]:
    """Probe points sum to the cell's points; labels are unique; all of it is written out."""
    for cell in week.checks:
        calls = list(probe_calls(cell.source))
        if not calls:
            yield f"{cell.id}: no probe"
            continue
        labels = [_literal(call.args[0]) if call.args else None for call in calls]
        worth = [_points_of(call) for call in calls]
        if None in labels or None in worth:
            yield f"{cell.id}: a label or points that are not written as literals"
            continue
        if len(set(labels)) < len(labels):
            yield f"{cell.id}: a label is used twice"
        if sum(worth) != cell.metadata["nbgrader"].get("points"):
            stored = cell.metadata["nbgrader"].get("points")
            yield f"{cell.id}: probes sum to {sum(worth)}, the cell has {stored} points"
        if min(worth) <= 0:
            yield f"{cell.id}: a probe without points"


def probe_calls(source: str) -> Iterator[ast.Call]:
    """The calls of `probe` in a check cell's hidden region."""
    tree = _parsed(region(source, BEGIN_HIDDEN, END_HIDDEN)) or ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "probe":
            yield node


def _points_of(call: ast.Call) -> float | None:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "points"]
    return _literal(given[0]) if given else 1 if len(call.args) < 3 else _literal(call.args[2])


def _literal(node: ast.expr) -> str | float | None:
    return node.value if isinstance(node, ast.Constant) else None


YES_NO_CALLS = ("bool", "all", "any", "isinstance", "allclose", "equal", "isclose", "hasattr")


def no_yes_or_no(week: Week) -> Iterator[str]:
    """A probe shows numbers or text, never an answer that could be guessed in five tries."""
    for cell in week.checks:
        for call in probe_calls(cell.source):
            if len(call.args) > 1 and _is_yes_or_no(call.args[1]):
                yield f"{cell.id}: a probe of True or False: {ast.unparse(call)[:80]}"
        for evidence in _evidence(cell):
            yield from _guessable(cell.id, evidence)


def _is_yes_or_no(node: ast.expr) -> bool:
    body = node.body if isinstance(node, ast.Lambda) else node
    if isinstance(body, (ast.Compare, ast.BoolOp)):
        return True
    if isinstance(body, ast.UnaryOp):
        return isinstance(body.op, ast.Not)
    if not isinstance(body, ast.Call):
        return False
    name = body.func.attr if isinstance(body.func, ast.Attribute) else getattr(body.func, "id", "")
    whole = not body.args[1:] and not body.keywords  # mask.all(dim=0) is not one answer
    return name in YES_NO_CALLS and (whole or name not in ("all", "any"))


def _guessable(cell_id: str, evidence: dict) -> Iterator[str]:
    leaves = list(_leaves(evidence["value"]))
    label = evidence["label"]
    if len(leaves) < 3 and all(kind == "bool" for kind, _ in leaves):
        yield f"{cell_id}: the stored answer of `{label}` is {len(leaves)} yes-or-no"
    if len(leaves) == 1 and leaves[0][0] == "int" and abs(leaves[0][1]) <= 4:
        yield f"{cell_id}: the stored answer of `{label}` is {leaves[0][1]}: guessed in five tries"


def _leaves(value: dict) -> Iterator[tuple[str, object]]:
    if value["kind"] == "array":
        yield from ((value["dtype"], item) for item in value["values"])
    elif value["kind"] in ("sequence", "set"):
        for item in value["items"]:
            yield from _leaves(item)
    elif value["kind"] == "mapping":
        for key, item in value["items"]:
            yield from _leaves(key)
            yield from _leaves(item)
    elif value["kind"] != "none":
        yield value["kind"], value.get("text", "")


def _evidence(cell: NotebookNode) -> list[dict]:
    """What the probes of a check cell displayed when the notebook was stored."""
    found = [output.get("data", {}).get(MIME) for output in cell.get("outputs", [])]
    return [json.loads(item) if isinstance(item, str) else item for item in found if item]


# ------------------------------------------------------------------------------------ outputs
def stored_outputs(week: Week) -> Iterator[str]:
    """Every cell has run without an error, and the probes' answers are stored."""
    for cell in week.code:
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"{cell.id}: a stored error: {output.ename}"
            if output.get("name") == "stderr":
                yield f"{cell.id}: stored text on stderr: {output.text[:60]!r}"
        if cell.execution_count is None:
            yield f"{cell.id}: it was not run before it was stored"
    for cell in week.checks:
        stored = _evidence(cell)
        if len(stored) != len(list(probe_calls(cell.source))):
            count = len(list(probe_calls(cell.source)))
            yield f"{cell.id}: {len(stored)} stored answers for {count} probes"
        for evidence in stored:
            if evidence["value"]["kind"] in ("error", "none"):
                yield f"{cell.id}: `{evidence['label']}` shows {evidence['value']}"
            if any(item == "nan" for _, item in _leaves(evidence["value"])):
                yield f"{cell.id}: `{evidence['label']}` shows NaN, which never passes"


def figures(week: Week) -> Iterator[str]:
    """A figure near the top and at least four playground cells with a stored picture."""
    shown = [cell for cell in week.code if "nbgrader" not in cell.metadata and _has_figure(cell)]
    if len(shown) < 4:
        yield f"{len(shown)} playground cells with a stored figure or widget, expected 4"
    top = week.cells[: week._first_heading]
    if not any(cell in shown for cell in top):
        yield "no figure before exercise 1"


def _has_figure(cell: NotebookNode) -> bool:
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in FIGURES)


# ------------------------------------------------------------------------------------ mistakes
def mistakes(week: Week) -> Iterator[str]:
    """3 to 6 known mistakes per exercise with hints in both languages, and two variants."""
    try:
        book = week.book
    except (FileNotFoundError, MistakeFileError) as error:
        yield from str(error).splitlines()
        return
    for name in week.names:
        count = len(book.mistakes_of(name))
        if not 3 <= count <= 6:
            yield f"{name}: {count} known mistakes, expected 3 to 6"
    if len(book.variants) < 2:
        yield f"{len(book.variants)} correct variants, expected at least 2"
    for item in book.mistakes:
        if not HANGUL.search(item.ko):
            yield f"line {item.line}: the Korean hint holds no Hangul"
        if HANGUL.search(item.en):
            yield f"line {item.line}: the English hint holds Hangul"
        if len(item.en) > 240 or len(item.ko) > 240:
            yield f"line {item.line}: a hint is one sentence, not {len(item.en)} characters"


# ------------------------------------------------------------------------------------ tools
def ruff(week: Week) -> Iterator[str]:
    """The code cells pass ruff with the project's settings."""
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise", str(week.path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stdout + result.stderr).strip().splitlines()
        yield from (line for line in lines if not line.startswith(("Found ", "[*]", "No fixes")))


def spelling(week: Week) -> Iterator[str]:
    """codespell knows no misspelling in the notebook's text and code."""
    text = "\n".join(cell.source for cell in week.cells)
    command = [sys.executable, "-m", "codespell_lib", "-L", SPELLING_IGNORED, "-"]
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    found = [line for line in result.stdout.splitlines() if "==>" in line]
    yield from (line.strip() for line in found)
    if result.returncode and not found:
        yield f"codespell did not run: {result.stderr.strip()[-200:]}"


RULES: tuple[Callable[[Week], Iterator[str]], ...] = (
    *(file_format, file_size, cell_ids, nbgrader_metadata, cell_kinds, no_host_traces, left_overs),
    *(opening, key_terms, papers, links, set_up, exercise_cells, points, guidance, folded),
    *(formulas, written_question, ending, solution_form, check_form, probes, no_yes_or_no),
    *(stored_outputs, figures, mistakes, ruff, spelling),
)
