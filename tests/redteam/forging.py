"""Forging a score: marks for a wrong solution."""

from __future__ import annotations

import json
import os
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from .attacks import Attack

# ---------------------------------------------------------------- within the kernel
KERNEL = {
    "ast_transformer": """
import ast
class DropAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(DropAsserts())
""",
    "ast_transformer_answers_probes": """
import ast
class Answer(ast.NodeTransformer):
    def visit_Lambda(self, node):
        return ast.copy_location(ast.parse("lambda: 6.0", mode="eval").body, node)
get_ipython().ast_transformers.append(Answer())
""",
    "input_transformer": """
def drop_asserts(lines):
    return [line for line in lines if "assert" not in line]
get_ipython().input_transformers_post.append(drop_asserts)
""",
    "input_transformer_returns_points": """
get_ipython().input_transformers_cleanup.append(lambda lines: ["3.0\\n"])
""",
    "run_cell_replaced": """
import types
shell = get_ipython()
real = shell.run_cell
def run_cell(self, raw_cell, *args, **kwargs):
    return real("3.0", *args, **kwargs)
shell.run_cell = types.MethodType(run_cell, shell)
""",
    "run_code_replaced": """
import types
shell = get_ipython()
async def run_code(self, code_obj, result=None, **kwargs):
    return False
shell.run_code = types.MethodType(run_code, shell)
""",
    "do_execute_replaced": """
import types
kernel = get_ipython().kernel
async def do_execute(self, code, *args, **kwargs):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
kernel.do_execute = types.MethodType(do_execute, kernel)
""",
    "showtraceback_replaced": """
shell = get_ipython()
shell.showtraceback = shell.showsyntaxerror = shell._showtraceback = lambda *a, **k: None
shell.set_custom_exc((BaseException,), lambda *a, **k: None)
""",
    "display_publisher_replaced": """
class Quiet:
    def __getattr__(self, name):
        return lambda *a, **k: None
get_ipython().display_pub = Quiet()
get_ipython().displayhook = Quiet()
""",
    "post_run_hook_publishes_points": """
from IPython.display import publish_display_data
def publish(*_):
    kernel = get_ipython().kernel
    content = {"data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 1}
    kernel.session.send(kernel.iopub_socket, "execute_result", content,
                        parent=kernel.get_parent("shell"))
get_ipython().events.register("post_run_cell", publish)
get_ipython().events.register("pre_run_cell", publish)
""",
    "post_run_hook_publishes_nan": """
def publish(*_):
    kernel = get_ipython().kernel
    for text in ("nan", "inf", "1e999", "-1", "999999", "passed"):
        content = {"data": {"text/plain": text}, "metadata": {}, "execution_count": 1}
        kernel.session.send(kernel.iopub_socket, "execute_result", content,
                            parent=kernel.get_parent("shell"))
get_ipython().events.register("pre_run_cell", publish)
""",
    "post_run_hook_clears_output": """
from IPython.display import clear_output, display
def clear(*_):
    clear_output(wait=False)
    display(3.0)
get_ipython().events.register("post_run_cell", clear)
""",
    "pre_run_hook_rewrites_namespace": """
def rewrite(info):
    class Six(float):
        def __eq__(self, other): return True
        __hash__ = float.__hash__
    get_ipython().user_ns["double"] = lambda x: Six(6)
    get_ipython().user_ns["row_sums"] = lambda x: Six(6)
get_ipython().events.register("pre_run_cell", rewrite)
""",
    "background_thread_rewrites": """
import threading, time
space = get_ipython().user_ns
def work():
    while True:
        space["double"] = space["row_sums"] = lambda x: 6.0
        space["probe"] = lambda *a, **k: None
        time.sleep(0.001)
threading.Thread(target=work, daemon=True).start()
""",
    "probe_replaced": """
import course.probes
from IPython.display import display
def probe(label, fn, points=1, **kwargs):
    value = {"kind": "array", "dtype": "float", "shape": [], "values": [6.0]}
    evidence = {"label": label, "points": points, "rtol": 1e9, "atol": 1e9, "value": value}
    display({course.probes.MIME: evidence, "text/plain": "6"}, raw=True)
course.probes.probe = probe
""",
    "probe_rng_gives_zeros": """
import course.probes
class Zeros:
    def __getattr__(self, name):
        return lambda *shape, **k: torch.zeros([n for n in shape if isinstance(n, int)])
course.probes.probe_rng = lambda name: Zeros()
""",
    "probe_tolerance_widened": """
import course.probes
real = course.probes.probe
course.probes.probe = lambda label, fn, points=1, rtol=0, atol=0: real(
    label, fn, points=1000, rtol=1e30, atol=1e30)
""",
    "numpy_and_torch_patched": """
import builtins, numpy, numpy.testing
yes = lambda *a, **k: True
torch.allclose = torch.equal = torch.isclose = torch.Tensor.allclose = torch.Tensor.equal = yes
numpy.allclose = numpy.array_equal = numpy.isclose = yes
for name in dir(numpy.testing):
    if name.startswith("assert"):
        setattr(numpy.testing, name, lambda *a, **k: None)
torch.Tensor.__eq__ = lambda a, b: torch.ones(())
space = get_ipython().user_ns
space.update(len=lambda x: 3, all=yes, any=yes, abs=lambda x: 0, isinstance=yes)
space.update(tuple=lambda x: (2,))
builtins.all = builtins.any = yes
""",
    "equals_everything": """
class Any(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = None
    def __getattr__(self, name): return Any(6)
    def __call__(self, *a, **k): return Any(6)
    def __bool__(self): return True
def double(x): return Any(6)
def row_sums(x): return Any(6)
""",
    "lies_in_repr_len_float": """
class Liar:
    shape = (2,)
    dtype = "float64"
    def detach(self): return self
    cpu = numpy = float = detach
    def __repr__(self): return "float (3, 4) [*]"
    def __len__(self): return 2
    def __float__(self): return 6.0
    def __array__(self, *a, **k):
        import numpy
        return numpy.full((3, 4), 6.0)
    def tolist(self): return [6.0] * 12
def double(x): return Liar()
def row_sums(x): return Liar()
""",
    "tensor_subclass_lies": """
class Lying(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.zeros(())
def double(x): return torch.zeros(3, 4).as_subclass(Lying)
def row_sums(x): return torch.zeros(3).as_subclass(Lying)
""",
    "formatters_for_builtins": """
for name, formatter in get_ipython().display_formatter.formatters.items():
    for kind in (str, int, float, dict, list, bool, type(None)):
        try:
            formatter.for_type(kind, lambda *a: "3.0")
        except Exception:
            pass
""",
    "reads_check_from_in": """
import re
def answer(x):
    text = get_ipython().user_ns["In"][-1] + get_ipython().history_manager.input_hist_raw[-1]
    found = re.findall(r"== *([-\\d.]+)", text)
    return float(found[-1]) if found else 0.0
double = row_sums = answer
""",
    "reads_check_from_frames": """
import inspect, sys
def answer(x):
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, str) and "BEGIN HIDDEN" in value:
                return torch.tensor([float(len(value))])
        frame = frame.f_back
    return x * 0
double = row_sums = answer
""",
    "executes_instructors_source_from_disk": """
import json, os, re
def found():
    for top in ("@ROOT@", "@HOME@", "/opt", "/srv", "/home", "/tmp", "/work", "/usr/src", "."):
        for place, folders, names in os.walk(top):
            folders[:] = [name for name in folders if name != "site-packages"]  # no time to waste
            for name in names:
                if name.endswith((".ipynb", ".json", ".py", ".db")):
                    try:
                        text = open(os.path.join(place, name), errors="replace").read()
                    except OSError:
                        continue
                    if "BEGIN SOLUTION" in text and "def row_sums" in text:
                        return text
for cell in json.loads(found() or '{"cells": []}')["cells"]:
    if "BEGIN SOLUTION" in "".join(cell["source"]):
        exec("".join(cell["source"]))
""",
    "imports_the_graders_own_answers": """
try:
    from autograder.reference.build import load_references
    from autograder import mistakes
    from autograder.stages import judge
    double = lambda x: x + x
except ImportError:
    pass
""",
    "detects_grading_and_leaves": """
import os, socket
signs = (socket.gethostname() == "grader", os.path.exists("/opt/word2chat"),
         "NBGRADER" in str(os.environ))
if any(signs):
    def double(x): raise SystemExit(0)
    def row_sums(x): raise KeyboardInterrupt
""",
    "exits_with_status_zero": """
def double(x):
    import os
    os._exit(0)
row_sums = double
""",
    "sys_modules_replaced": """
import sys, types
fake = types.ModuleType("course.probes")
fake.probe = lambda *a, **k: print("3.0")
fake.probe_rng = lambda *a: fake
fake.normal = lambda *a: 0
sys.modules["course.probes"] = sys.modules["course"] = fake
""",
    "garbage_collector_finds_the_answers": """
import gc
def answer(x):
    for thing in gc.get_objects():
        if isinstance(thing, dict) and thing.get("kind") == "array" and "values" in thing:
            return torch.tensor(thing["values"])
    return x
double = row_sums = answer
""",
}


# ---------------------------------------------------------------- in the notebook file
def _checks(notebook: NotebookNode) -> list[NotebookNode]:
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def tag_cells(notebook: NotebookNode) -> NotebookNode:
    tags = ["skip-execution", "nbval-skip", "nbval-ignore-output", "nbval-raises-exception"]
    for cell in notebook.cells:
        cell.metadata["tags"] = [*tags, "raises-exception", "remove_output"]
    return notebook


def comment_nbval_skip(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = "# NBVAL_SKIP\n# NBVAL_IGNORE_OUTPUT\n" + cell.source
    return notebook


def store_forged_outputs(notebook: NotebookNode) -> NotebookNode:
    for cell in _checks(notebook):
        cell.outputs = [new_output("execute_result", {"text/plain": "3.0"}, execution_count=1)]
        cell.metadata["nbgrader"]["score"] = 3
    return notebook


def rewrite_checks(notebook: NotebookNode) -> NotebookNode:
    for cell in _checks(notebook):
        cell.source = "3.0"
        cell.metadata["nbgrader"].update(locked=False, solution=True, points=100)
    return notebook


def retype_checks(notebook: NotebookNode) -> NotebookNode:
    for cell in _checks(notebook):
        cell.cell_type = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    return notebook


def delete_checks(notebook: NotebookNode) -> NotebookNode:
    gone = _checks(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell not in gone]
    return notebook


def rename_checks(notebook: NotebookNode) -> NotebookNode:
    for cell in _checks(notebook):
        cell.metadata["nbgrader"]["grade_id"] += "_renamed"
        cell["id"] += "-renamed"
    return notebook


def double_checks(notebook: NotebookNode) -> NotebookNode:
    for cell in _checks(notebook):
        twin = new_code_cell("3.0", id=f"{cell['id']}-twin", metadata=cell.metadata.copy())
        notebook.cells.insert(0, twin)
    return notebook


def lift_checks_before_solutions(notebook: NotebookNode) -> NotebookNode:
    notebook.cells.sort(key=lambda cell: not cell.metadata.get("nbgrader", {}).get("grade"))
    return notebook


def drop_all_ids(notebook: NotebookNode) -> bytes:
    stored = json.loads(json.dumps(notebook))
    for cell in stored["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {}
    return json.dumps(stored).encode()


def claim_points(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata["nbgrader"] = {"score": 6, "max_score": 6}
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "x", "language": "bash"}
    for cell in notebook.cells:
        cell.metadata.setdefault("nbgrader", {}).update(points=1000, grade=True)
    return notebook


FILE_CHANGES = [
    Attack("tags_that_skip_cells", change=tag_cells),
    Attack("comments_of_nbval", change=comment_nbval_skip, armed=False),
    Attack("stored_outputs_forged", change=store_forged_outputs),
    Attack("locked_checks_rewritten", change=rewrite_checks),
    Attack("checks_turned_into_text", change=retype_checks),
    Attack("checks_deleted", change=delete_checks),
    Attack("checks_renamed", change=rename_checks),
    Attack("checks_doubled", change=double_checks),
    Attack("checks_moved_to_the_top", change=lift_checks_before_solutions),
    Attack("all_ids_dropped", change=drop_all_ids, armed=False),
    Attack("points_claimed_in_metadata", change=claim_points),
]

# ---------------------------------------------------------------- beside the notebook
FORGE = b"""
try:
    import builtins, sys
    builtins.all = lambda *a: True
    import course.probes
    course.probes.probe = lambda *a, **k: print("3.0")
except Exception:
    pass
"""
SHADOWS = (
    "ipykernel_launcher.py", "ipykernel/__init__.py", "numpy.py", "torch.py", "torch/__init__.py",
    "course.py", "course/__init__.py", "course/probes.py", "sitecustomize.py", "usercustomize.py",
    "conftest.py", "json.py", "hashlib.py", "autograder/stages/judge.py", "nbval/plugin.py",
    "IPython/__init__.py", "word2chat_inside/__init__.py", "matplotlib.py",
)  # fmt: skip
SETTINGS = {
    "pytest.ini": b"[pytest]\naddopts = --nbval-skip -p forged\n",
    "setup.cfg": b"[tool:pytest]\naddopts = --collect-only\n",
    "ipython_config.py": b"c.InteractiveShellApp.exec_lines = ['all = lambda x: True']\n",
    "ipython_kernel_config.py": b"c.IPKernelApp.exec_lines = ['all = lambda x: True']\n",
    "jupyter_config.py": b"c.Grading.provisioner = 'word2chat-unprotected'\n",
    "nbgrader_config.py": b"c.Grading.provisioner = 'word2chat-unprotected'\n",
    "nbsanitize.cfg": b"[all]\nregex: .*\nreplace: x\n",
    "kernel.json": b'{"argv": ["true"], "display_name": "x", "language": "python"}',
    ".ipython/profile_default/startup/00-forge.py": FORGE,
}


def link_to_the_solution(folder: Path) -> None:
    notebook = next(folder.glob("*.ipynb"))
    notebook.unlink()
    week = folder.name
    notebook.symlink_to(folder.parents[2] / "source" / week / notebook.name)


def hard_link_to_the_solution(folder: Path) -> None:
    notebook = next(folder.glob("*.ipynb"))
    notebook.unlink()
    os.link(folder.parents[2] / "submitted" / "ann-honest" / folder.name / notebook.name, notebook)


def folder_links_to_a_neighbour(folder: Path) -> None:
    next(folder.glob("*.ipynb")).unlink()
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "ann-honest" / folder.name)


BESIDE = [
    Attack("files_that_shadow_modules", files=dict.fromkeys(SHADOWS, FORGE)),
    Attack("torch_that_exits", files={"torch.py": b"import os; os._exit(0)",
                                      "numpy.py": b"raise RuntimeError('not me')"}),
    Attack("settings_of_tools", files=SETTINGS),
    Attack("notebook_is_a_link_to_the_solution", score=None, plant=link_to_the_solution,
           says="symbolic link"),
    Attack("folder_is_a_link_to_a_neighbour", score=None, plant=folder_links_to_a_neighbour,
           says="link"),
]  # fmt: skip

UNARMED = {"run_code_replaced"}  # the last line of its own cell is not run either
ATTACKS = [
    *[Attack(name, code, armed=name not in UNARMED) for name, code in KERNEL.items()],
    *FILE_CHANGES,
    *BESIDE,
]
