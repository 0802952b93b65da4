"""The tiny course with an open challenge: in nine of ten windows the other letter follows.

The entropy of that is 0.47 bits a letter. Its targets are nowhere in a kernel.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import tiny_course
from nbformat.v4 import new_code_cell

from autograder.course_folder import open_course
from autograder.edition.release import generate
from autograder.reference.build import load_references
from autograder.week import open_week

WEEK = tiny_course.WEEK
POINTS = 4.0
TASK = """
from course.challenges import Challenge, Windows

CHALLENGE = Challenge(
    name="letters",
    unit="bits a letter",
    classes="ab",
    curve=((1.0, 0), (0.7, 2), (0.5, 4)),
    practice=lambda: Windows(("aba", "bab", "abb", "bba"), (1, 0, 0, 1)),
    numbers=20,
)
"""
HIDDEN = f'''"""The hidden text of the tiny course."""
import random
{TASK}
def hidden(seed):
    rng = random.Random(seed)
    contexts = tuple("".join(rng.choices("ab", k=7)) for _ in range(600))
    same = [True] * 60 + [False] * 540  # so an entry has one score, whatever the seed
    rng.shuffle(same)
    last = ["ab".index(context[-1]) for context in contexts]
    return Windows(contexts, tuple(x if s else 1 - x for x, s in zip(last, same)))
'''
ENTRIES = '''"""Entries, from the worst to the best."""

# %% entry=a-coin points=0..0
def next_letter(contexts):
    return torch.full((len(contexts), 2), 0.5)

# %% entry=too-careful points=3..3
def next_letter(contexts):
    return torch.tensor([[0.25, 0.75] if c[-1] == "a" else [0.75, 0.25] for c in contexts])
'''
OWN = '''def next_letter(contexts):
    """A probability for a and for b behind each context: (N,) texts -> (N, 2)."""
    ### BEGIN SOLUTION
    return torch.tensor([[0.1, 0.9] if c[-1] == "a" else [0.9, 0.1] for c in contexts])
    ### END SOLUTION'''
CHECK = """### BEGIN HIDDEN TESTS
from course.challenges import challenge

challenge(CHALLENGE, next_letter, points=4)
### END HIDDEN TESTS
out = next_letter(["aba", "bab"])
assert tuple(out.shape) == (2, 2), "two contexts, two letters: is it a row a context?"
print("visible checks of next_letter: all passed")"""
GOOD = OWN.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")


def source_notebook() -> nbformat.NotebookNode:
    """The tiny week with one more exercise."""
    notebook = tiny_course.source_notebook()
    notebook.cells[1].source += f"\n{TASK}"
    flags = {"next_letter": {"solution": True},
             "check_next_letter": {"grade": True, "locked": True, "points": POINTS}}  # fmt: skip
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    for name, source in (("next_letter", OWN), ("check_next_letter", CHECK)):
        told = {"schema_version": 3, "grade_id": name, **plain, **flags[name]}
        notebook.cells.append(new_code_cell(source, id=name, metadata={"nbgrader": told}))
    return notebook


def make_course(folder: Path, extra_config: str = "") -> Path:
    """A course folder with the week, its hidden text and its entries; nothing is released yet."""
    root = tiny_course.make_course(folder, extra_config)
    nbformat.write(source_notebook(), root / "source" / WEEK / f"{WEEK}.ipynb")
    entries = root / "autograder" / "challenges" / "entries"
    entries.mkdir(parents=True)
    (entries / f"{WEEK}.py").write_text(ENTRIES)
    (entries.parent / f"{WEEK}.py").write_text(HIDDEN)
    return root


def release(root: Path) -> None:
    """Generate the students' version, and execute the reference."""
    week = open_week(open_course(root), WEEK)
    generate(week)
    load_references(week, say=lambda _: None)


def submit(root: Path, student: str, entry: str) -> None:
    """Hand in right answers to the exercises, and an entry."""
    answers = {**tiny_course.GOOD, "next_letter": entry}
    tiny_course.submit(root, student, tiny_course.solve(root, answers))
