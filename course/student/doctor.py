"""One look at everything that a student's computer needs, and what to do about each red line."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from course.student.submission import course_root

OLDEST, NEWEST = (3, 11), (3, 13)
LEAST_DISK_GB, GOOD_DISK_GB = 0.5, 2.0
LEAST_MEMORY_GB = 3.0
KERNEL_SECONDS = 90
LAB_EXTENSIONS = {
    "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets",
    "@jupyter/nbgrader": "nbgrader",
}
INSTALL = "Run `python -m pip install -r requirements.txt` in the course folder."


class Status(StrEnum):
    """How a line is shown. Only RED makes the command fail."""

    OK = "ok"
    NOTE = "note"
    RED = "red"


@dataclass(frozen=True)
class Line:
    """One line of the screen."""

    name: str
    status: Status
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Pin:
    """A package that does not satisfy its line of requirements.txt."""

    requirement: str
    name: str
    installed: str | None


def examine(quick: bool = False, tell: Callable[[str], None] | None = None) -> list[Line]:
    """Every line of the doctor's screen, in order.

    Args:
        quick: leave out what takes seconds: starting a kernel, and asking torch about CUDA.
        tell: called with the name of each examination before it starts.
    """
    slow = [("notebook kernel runs", look_at_running), ("device", look_at_device)]
    examinations: list[tuple[str, Callable[[], Line]]] = [
        ("Python", look_at_python),
        ("course package", look_at_package),
        ("packages", look_at_packages),
        ("kernel", look_at_kernel),
        ("JupyterLab extensions", look_at_extensions),
        *([] if quick else slow),
        ("Hangul in figures", look_at_fonts),
        ("data", look_at_data),
        ("models", look_at_models),
        ("disk", look_at_disk),
        ("memory", look_at_memory),
    ]
    return list(_run(examinations, tell or (lambda name: None)))


def as_dict(lines: list[Line]) -> dict[str, Any]:
    """Plain data for `--json`."""
    healthy = not any(line.status is Status.RED for line in lines)
    return {"healthy": healthy, "lines": [asdict(line) for line in lines]}


def _run(
    examinations: list[tuple[str, Callable[[], Line]]], tell: Callable[[str], None]
) -> Iterator[Line]:
    for name, examination in examinations:
        tell(name)
        try:
            yield examination()
        except Exception as error:  # a doctor must not fall over what it examines
            problem = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            yield Line(name, Status.RED, problem, INSTALL)


# ------------------------------------------------------------------------------------ Python
def look_at_python() -> Line:
    return python_line(sys.version_info[:3], sys.maxsize > 2**32, sys.prefix != sys.base_prefix)


def python_line(version: tuple[int, ...], is_64_bit: bool, in_environment: bool) -> Line:
    """Judge a Python by version, word size, and whether it is an environment of its own."""
    text = f"{'.'.join(map(str, version))} on {platform.system()} {platform.machine()}"
    if not OLDEST <= version[:2] <= NEWEST:
        remedy = "Make the environment anew with Python 3.11, 3.12 or 3.13."
        return Line("Python", Status.RED, text, remedy)
    if not is_64_bit:
        return Line("Python", Status.RED, f"{text}, 32 bit", "Install a 64-bit Python.")
    if not in_environment and "CONDA_PREFIX" not in os.environ:
        remedy = "A virtual environment keeps this course apart from other software."
        return Line("Python", Status.NOTE, f"{text}, no virtual environment", remedy)
    return Line("Python", Status.OK, text)


# ------------------------------------------------------------------------------------ packages
def look_at_package() -> Line:
    try:
        version = importlib.metadata.version("word2chat")
    except importlib.metadata.PackageNotFoundError:
        remedy = "Run `python -m pip install --no-deps -e .` in the course folder."
        return Line("course package", Status.RED, "not installed: notebooks cannot find it", remedy)
    return Line("course package", Status.OK, f"word2chat {version}")


def look_at_packages() -> Line:
    root = course_root()
    path = (root or Path.cwd()) / "requirements.txt"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        found = f"there is no requirements.txt in {path.parent}, so nothing to compare with"
        return Line("packages", Status.NOTE, found, "Run this in the course folder.")
    return packages_line(text)


def packages_line(requirements: str) -> Line:
    """Compare what is installed with the text of a requirements.txt."""
    pins = parse_requirements(requirements)
    bad = unmet(pins)
    if not bad:
        return Line("packages", Status.OK, f"all {len(pins)} as in requirements.txt")
    named = [f"{pin.name} {pin.installed or 'missing'} (want {pin.requirement})" for pin in bad[:3]]
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    found = f"{len(bad)} of {len(pins)} differ: {', '.join(named)}{more}"
    return Line("packages", Status.RED, found, INSTALL)


def parse_requirements(text: str) -> list[Any]:
    """The requirements of a pip file that apply here; options, hashes and comments are left out.

    Raises:
        ValueError: a line is not a requirement.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    found = []
    for line in text.replace("\\\n", " ").splitlines():
        line = re.split(r"(?:^|\s)#", line)[0]
        line = re.sub(r"\s--hash[= ]\S+", "", line).strip()
        if not line or line.startswith("-"):
            continue
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            raise ValueError(f"'{line}' of requirements.txt is not a requirement") from error
        if requirement.marker is None or requirement.marker.evaluate():
            found.append(requirement)
    return found


def unmet(requirements: list[Any]) -> list[Pin]:
    """The requirements that the installed packages do not satisfy."""
    bad = []
    for requirement in requirements:
        try:
            installed = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            bad.append(Pin(str(requirement.specifier) or "any", requirement.name, None))
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            bad.append(Pin(str(requirement.specifier), requirement.name, installed))
    return bad


# ------------------------------------------------------------------------------------ Jupyter
def look_at_kernel() -> Line:
    from course.student import kernels

    remedy = "Run `course kernels install`."
    try:
        found = kernels.list_installed()
    except kernels.KernelError as error:
        return Line("kernel", Status.RED, str(error), remedy)
    if not any(kernel.name == kernels.CPU for kernel in found):
        return Line("kernel", Status.RED, f"'{kernels.CPU}' is not registered", remedy)
    for kernel in found:
        if not kernel.python_exists:
            gone = f"'{kernel.name}' starts {kernel.python}, which does not exist"
            return Line("kernel", Status.RED, gone, remedy)
        if not kernel.is_this_python:
            other = f"'{kernel.name}' starts another Python, {kernel.python}"
            return Line("kernel", Status.NOTE, other, f"If that is not meant: {remedy.lower()}")
    return Line("kernel", Status.OK, ", ".join(kernel.display_name for kernel in found))


def look_at_extensions() -> Line:
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    missing = [
        package
        for extension, package in LAB_EXTENSIONS.items()
        if not any((folder / extension / "package.json").is_file() for folder in folders)
    ]
    name = "JupyterLab extensions"
    if missing:
        found = f"{' and '.join(missing)} not found: widgets or the Validate button are missing"
        return Line(name, Status.RED, found, f"{INSTALL} Then restart JupyterLab.")
    return Line(name, Status.OK, "widgets, nbgrader (Validate button)")


WIDGET_CODE = """
import course, ipywidgets
from IPython.display import display
slider = ipywidgets.IntSlider(3)
slider.value = 5
display(slider)
print("slider", slider.value)
"""


def look_at_running() -> Line:
    """Start a kernel of this Python and draw a slider in it."""
    from course.notebook_format import Cell
    from course.student.running import run_cells
    from course.student.submission import GraderLimits

    name = "kernel and widgets"
    limits = GraderLimits(cell_seconds=KERNEL_SECONDS, submission_seconds=KERNEL_SECONDS)
    run = run_cells([Cell("code", WIDGET_CODE, "widget")], Path.cwd(), limits)[0]
    if run.error or run.timed_out or run.not_run:
        problem = ": ".join(run.error) if run.error else f"no answer in {KERNEL_SECONDS} s"
        return Line(name, Status.RED, f"a kernel cannot draw a slider ({problem[:200]})", INSTALL)
    version = importlib.metadata.version("ipywidgets")
    if "application/vnd.jupyter.widget-view+json" not in run.mime_types:
        return Line(name, Status.RED, f"ipywidgets {version} sends no widget", INSTALL)
    return Line(name, Status.OK, f"a kernel starts, a slider of ipywidgets {version} is alive")


# ------------------------------------------------------------------------------------ the machine
def look_at_device() -> Line:
    from course.cuda import cuda_report

    return device_line(cuda_report(), os.environ.get("WORD2CHAT_DEVICE", ""))


def device_line(report: Any, wanted: str) -> Line:
    """No GPU is no fault; a GPU that cannot be used is worth a note; a wish for it, unmet, is red.

    Without torch nothing runs, so that is red, too.
    """
    from course.student.kernels import threads

    if report.facts.torch is None and not report.works:
        return Line("device", Status.RED, report.reason, report.remedy)
    if report.works:
        return Line("device", Status.OK, report.reason)
    found = f"CPU, {threads()} threads. {report.reason}"
    if wanted.startswith("cuda"):
        remedy = f"WORD2CHAT_DEVICE asks for {wanted}: unset it. {report.remedy}".strip()
        return Line("device", Status.RED, found, remedy)
    if report.broken:
        return Line("device", Status.NOTE, found, report.remedy)
    return Line("device", Status.OK, found)


def look_at_fonts() -> Line:
    from course.figures.style import HANGUL_FONT, hangul_font

    name, font = "Hangul in figures", hangul_font()
    if font is None:
        found = f"{HANGUL_FONT.name} is missing or damaged; Korean labels will show as boxes"
        remedy = "Restore it with `git checkout -- course/figures`, or download the course again."
        return Line(name, Status.NOTE, found, remedy)
    return Line(name, Status.OK, f"{font} ships with the course")


def look_at_data() -> Line:
    from course.data import manifest, verify

    bad = [finding for finding in verify() if not finding.ok]
    if bad:
        more = f" ({len(bad) - 1} more)" if len(bad) > 1 else ""
        problem, _, remedy = bad[0].problem.partition(": restore")
        problem, _, remedy = (problem, "", remedy) if remedy else problem.partition("; restore")
        return Line("data", Status.RED, problem + more, f"Restore{remedy}".rstrip(".") + ".")
    files = manifest().values()
    size = sum(file.size for file in files) / 1e6
    return Line("data", Status.OK, f"{len(files)} files, {size:.1f} MB, every sha256 as shipped")


def look_at_models() -> Line:
    """What was fetched. Nothing that is graded needs it, so a model that is missing is no fault."""
    from course.models.catalogue import ENTRIES, is_fetched

    here = [entry.name for entry in ENTRIES.values() if is_fetched(entry)]
    away = [name for name in ENTRIES if name not in here]
    found = ", ".join(["those that ship", *here])
    if not away:
        return Line("models", Status.OK, found)
    told = f"{found}; optional: {' or '.join(f'`course models fetch {name}`' for name in away)}"
    return Line("models", Status.OK, told)


def look_at_disk() -> Line:
    folder = course_root() or Path.cwd()
    line = disk_line(shutil.disk_usage(folder).free / 1e9)
    if line.status is Status.OK and not os.access(folder, os.W_OK):
        remedy = "Copy the course to a folder of your own."
        return Line("disk", Status.NOTE, f"{line.found}; {folder} cannot be written", remedy)
    return line


def disk_line(free_gb: float) -> Line:
    """Judge the free space, in GB of 10^9 bytes."""
    found = f"{free_gb:,.1f} GB free"
    if free_gb < LEAST_DISK_GB:
        return Line("disk", Status.RED, found, f"Make room: at least {GOOD_DISK_GB:.0f} GB.")
    if free_gb < GOOD_DISK_GB:
        return Line("disk", Status.NOTE, found, f"{GOOD_DISK_GB:.0f} GB would be comfortable.")
    return Line("disk", Status.OK, found)


def look_at_memory() -> Line:
    import psutil

    memory = psutil.virtual_memory()
    found = f"{memory.total / 1e9:.1f} GB, {memory.available / 1e9:.1f} GB free"
    if memory.total / 1e9 < LEAST_MEMORY_GB:
        remedy = "A week needs up to 1.5 GB: close other programs while you work."
        return Line("memory", Status.NOTE, found, remedy)
    return Line("memory", Status.OK, found)
