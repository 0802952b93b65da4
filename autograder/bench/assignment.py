"""The assignment of the bench: torch, one function, six checks; in the form each peer wants.

The function is the skip-gram loss with negative sampling. For our engine the checks are probes; for
nbgrader, nbval and otter they are asserts on the same inputs. Submissions are correct solutions,
each with its own comment, so that no cache can answer for another.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course.notebook_format import HIDDEN_TESTS, SOLUTION

WEEK = "bench"
POINTS = 6
IMPORTS = "import torch\nimport torch.nn.functional as F\n\ntorch.set_num_threads(1)"
HEAD = '''def sgns_loss(center, context, negatives):
    """Skip-gram loss with negative sampling.

    center, context: (B, D); negatives: (B, K, D); returns a scalar.
    """
'''
BODY = [
    "pos = (center * context).sum(-1)",
    "neg = torch.bmm(negatives, center.unsqueeze(-1)).squeeze(-1)",
    "return -(F.logsigmoid(pos) + F.logsigmoid(-neg).sum(-1)).mean()",
]
INPUTS = """g = torch.Generator().manual_seed({seed})
c, o, n = (torch.randn(s, generator=g) for s in ((8, 16), (8, 16), (8, 5, 16)))"""
ASSERTS = [
    INPUTS.format(seed=0) + "\nassert sgns_loss(c, o, n).dim() == 0",
    "z = torch.zeros\nassert torch.allclose(sgns_loss(z(4, 8), z(4, 8), z(4, 3, 8)), "
    "torch.tensor(4 * 0.6931472), atol=1e-5)",
    INPUTS.format(seed=1) + "\n_ = c.requires_grad_()\nsgns_loss(c, o, n).backward()\n"
    "assert c.grad.shape == (8, 16)",
    INPUTS.format(seed=2) + "\nassert sgns_loss(c, 50 * c, -50 * c.unsqueeze(1)) < 1e-3",
    INPUTS.format(seed=3) + "\nright = -(torch.sigmoid((c * o).sum(-1)).log() + torch.sigmoid("
    "-torch.einsum('bkd,bd->bk', n, c)).log().sum(-1)).mean()\n"
    "assert torch.allclose(sgns_loss(c, o, n), right, atol=1e-4)",
    "assert torch.isfinite(sgns_loss(9 * torch.ones(2, 4), -9 * torch.ones(2, 4), "
    "9 * torch.ones(2, 1, 4)))",
]
PROBES = [
    INPUTS.format(seed=0) + '\nprobe("loss", lambda: sgns_loss(c, o, n), rtol=1e-4)',
    'z = torch.zeros\nprobe("zeros", lambda: sgns_loss(z(4, 8), z(4, 8), z(4, 3, 8)), rtol=1e-4)',
    INPUTS.format(seed=1) + "\nc.requires_grad_()\n"
    'probe("grad", lambda: torch.autograd.grad(sgns_loss(c, o, n), c)[0], rtol=1e-3, atol=1e-5)',
    INPUTS.format(seed=2)
    + '\nprobe("sure", lambda: 1 + sgns_loss(c, 50 * c, -50 * c.unsqueeze(1)), rtol=1e-4)',
    INPUTS.format(seed=3) + '\nprobe("again", lambda: sgns_loss(c, o, n), rtol=1e-4)',
    "o = torch.ones\n"
    'probe("far", lambda: sgns_loss(9 * o(2, 4), -9 * o(2, 4), 9 * o(2, 1, 4)), rtol=1e-4)',
]
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"


def solution(number: int) -> str:
    """A correct answer; `number` makes it one of its kind."""
    body = "\n".join(f"    {line}" for line in BODY)
    return f"# submission {number}\n{HEAD}{body}"


def _metadata(grade_id: str, **flags: object) -> dict:
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, **plain, **flags}}


def _cell(source: str, grade_id: str, **flags: object) -> nbformat.NotebookNode:
    return new_code_cell(source, id=grade_id, metadata=_metadata(grade_id, **flags))


def _source(checks: list[str]) -> nbformat.NotebookNode:
    marked = "\n".join([SOLUTION.begin, *BODY, SOLUTION.end]).split("\n")
    answer = HEAD + "\n".join(f"    {line}" for line in marked)
    cells = [
        new_markdown_cell("# Skip-gram loss", id="title"),
        _cell(IMPORTS, "setup", locked=True),
        _cell(answer, "sgns_loss", solution=True),
    ]
    for index, check in enumerate(checks):
        hidden = f"{HIDDEN_TESTS.begin}\n{check}\n{HIDDEN_TESTS.end}"
        name = "check_sgns_loss" if len(checks) == 1 else f"check_{index}"
        points = POINTS // len(checks)
        cells.append(_cell(hidden, name, grade=True, locked=True, points=points))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def probe_source() -> nbformat.NotebookNode:
    """The instructor's notebook for our engine: one check of six probes."""
    imports = "from course.probes import probe"
    return _source(["\n".join([imports, *PROBES])])


def assert_source() -> nbformat.NotebookNode:
    """The instructor's notebook for stock nbgrader and nbval: six checks of one assert."""
    return _source(list(ASSERTS))


def make_course(root: Path, source: nbformat.NotebookNode, config: str) -> Path:
    """A course folder with the bench's assignment in source/."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "source" / WEEK).mkdir(parents=True)
    nbformat.write(source, root / "source" / WEEK / f"{WEEK}.ipynb")
    (root / "nbgrader_config.py").write_text(config, "utf-8")
    return root


def hand_in(root: Path, count: int) -> list[Path]:
    """`count` submissions made from the released notebook."""
    notebook = nbformat.read(str(root / "release" / WEEK / f"{WEEK}.ipynb"), as_version=4)
    (answer,) = [cell for cell in notebook.cells if cell.get("id") == "sgns_loss"]
    paths = []
    for number in range(count):
        answer.source = solution(number)
        path = root / "submitted" / f"s{number:05}" / WEEK / f"{WEEK}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        paths.append(path)
    return paths


def whole_notebooks(folder: Path, count: int) -> list[Path]:
    """Solved notebooks with the asserts in them: what nbval and bare execution run."""
    folder.mkdir(parents=True)
    notebook = assert_source()
    (answer,) = [cell for cell in notebook.cells if cell.get("id") == "sgns_loss"]
    paths = []
    for number in range(count):
        answer.source = solution(number)
        paths.append(folder / f"s{number:05}.ipynb")
        nbformat.write(notebook, paths[-1])
    return paths


def otter_source() -> nbformat.NotebookNode:
    """The same assignment in the form of otter assign."""
    config = "# ASSIGNMENT CONFIG\nname: bench\nexport_cell: false\ngenerate:\n  pdf: false\n"
    body = "\n".join(f"    {line}" for line in BODY)
    answer = f"{HEAD}    # BEGIN SOLUTION\n{body}\n    # END SOLUTION"
    cells = [
        new_raw_cell(config), new_code_cell(IMPORTS),
        new_raw_cell(f"# BEGIN QUESTION\nname: q1\npoints: {POINTS}"),
        new_markdown_cell("Write `sgns_loss`."), new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(answer), new_raw_cell("# END SOLUTION"), new_raw_cell("# BEGIN TESTS"),
        *[new_code_cell(f"# HIDDEN\n{check}") for check in ASSERTS],
        new_raw_cell("# END TESTS"), new_raw_cell("# END QUESTION"),
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})
