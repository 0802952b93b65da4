"""Ways to grade the bench's class, each as one function that returns its measurement.

Every run checks the scores it got: a quick wrong answer is no measurement.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.bench import assignment, memory
from autograder.bench.assignment import POINTS, WEEK
from autograder.bench.processor import meter
from autograder.errors import UserError

BIN = Path(sys.executable).parent
OTTER = "otter-grader==7.0.0"


@dataclass(frozen=True)
class Run:
    """One run of one peer over `count` submissions."""

    peer: str
    count: int
    workers: int
    wall_s: float
    cpu_s: float
    peak_mb: float = 0.0  # proportional set size of the whole process tree, at its highest

    @property
    def per_submission_s(self) -> float:
        """Wall seconds a submission, as a person waits for them."""
        return self.wall_s / self.count

    @property
    def core_s(self) -> float:
        """Core seconds a submission: wall times workers."""
        return self.wall_s * self.workers / self.count


@dataclass
class Class:
    """The folders of one bench: a course for us, one for nbgrader, notebooks, otter's files."""

    folder: Path
    count: int
    ours: Path
    stock: Path
    notebooks: list[Path]

    def clean(self) -> None:
        """Forget what was graded: every run starts from the released course."""
        for root in (self.ours, self.stock):
            for name in ("autograded", ".autograder/journal"):
                _remove(root / name)
            shutil.copy(root / "gradebook.clean", root / "gradebook.db")


def make_class(folder: Path, count: int) -> Class:
    """Build both courses, release them, and hand in `count` solutions."""
    config = assignment.CONFIG
    ours = assignment.make_course(folder / "ours", assignment.probe_source(), config)
    stock = assignment.make_course(folder / "stock", assignment.assert_source(), config)
    call([BIN / "autograder", "release", WEEK, "--skip-proof"], ours)
    call([BIN / "nbgrader", "generate_assignment", WEEK], stock)
    for root in (ours, stock):
        assignment.hand_in(root, count)
        shutil.copy(root / "gradebook.db", root / "gradebook.clean")
    notebooks = assignment.whole_notebooks(folder / "notebooks", count)
    return Class(folder, count, ours, stock, notebooks)


# ------------------------------------------------------------------------------------ peers
def bare(made: Class) -> Run:
    """Bare execution in one warm process: nobody can be quicker. Imports are not counted."""
    done = call([sys.executable, "-m", "autograder.bench.bare", *made.notebooks], made.folder)
    found = json.loads(done.stdout.splitlines()[-1])
    expect(found["good"], made.count, "bare")
    return Run("bare execution", made.count, 1, found["seconds"], found["seconds"])


def ours(start: str, workers: int, scheduler: str | None = None) -> Callable[[Class], Run]:
    """`autograder grade` with a cold or warm start, sandbox on."""
    name = f"ours, {start}" + (" on Dask" if scheduler else "")

    def run(made: Class) -> Run:
        _provisioner(made.ours, start)
        command = [BIN / "autograder", "grade", WEEK, "--json", "--workers", str(workers)]
        command += ["--scheduler", scheduler] if scheduler else []
        with memory.watch() as peak:
            done, wall, cpu = timed(command, made.ours, workers)
        entries = json.loads(done.stdout)["entries"]
        expect(sum(entry["score"] == POINTS for entry in entries), made.count, name)
        return Run(name, made.count, workers, wall, cpu, peak.mb)

    return run


def nbgrader(made: Class) -> Run:
    """Stock `nbgrader autograde`: no sandbox, one process."""
    with memory.watch() as peak:
        _, wall, cpu = timed([BIN / "nbgrader", "autograde", WEEK], made.stock, 1)
    with sqlite3.connect(made.stock / "gradebook.db") as database:
        query = "select count(*) from grade where auto_score = 1"
        (good,) = database.execute(query).fetchone()
    expect(good, made.count * POINTS, "nbgrader")
    return Run("nbgrader autograde", made.count, 1, wall, cpu, peak.mb)


def nbval(made: Class) -> Run:
    """`pytest --nbval-lax`: a kernel a notebook, no sandbox, no gradebook."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax"]
    _, wall, cpu = timed([*command, *made.notebooks], made.folder, 1)
    return Run("pytest --nbval-lax", made.count, 1, wall, cpu)


def otter(python: Path) -> Callable[[Class], Run]:
    """`otter run` a submission, from its own environment: no sandbox, no gradebook."""

    def run(made: Class) -> Run:
        folder = made.folder / "otter"
        archive = next((folder / "dist" / "autograder").glob("*autograder*.zip"))
        wall = cpu = 0.0
        for path in sorted((folder / "submissions").glob("*/*.ipynb")):
            command = [python.parent / "otter", "run", "-a", archive, "-o", folder / "out"]
            _, more_wall, more_cpu = timed([*command, "--no-logo", path], folder, 1)
            wall, cpu = wall + more_wall, cpu + more_cpu
            tests = json.loads((folder / "out" / "results.json").read_text())["tests"]
            expect(sum(test.get("score", 0) for test in tests), POINTS, "otter")
        return Run("otter run", made.count, 1, wall, cpu)

    return run


def prepare_otter(made: Class) -> Path:
    """A throwaway environment with otter, and the assignment in its form; returns its Python.

    Raises:
        UserError: it cannot be installed here.
    """
    import nbformat

    folder = made.folder / "otter"
    (folder / "submissions").mkdir(parents=True)
    (folder / "out").mkdir()
    python = folder / "venv" / "bin" / "python"
    call([sys.executable, "-m", "venv", folder / "venv"], folder)
    try:
        wanted = [OTTER, "torch==2.13.0", "ipykernel"]
        call([python, "-m", "pip", "install", "-q", *wanted], folder)
    except UserError as error:
        raise UserError("otter cannot be installed here.", "Leave --otter out.") from error
    nbformat.write(assignment.otter_source(), folder / "bench.ipynb")
    call([python.parent / "otter", "assign", "bench.ipynb", "dist", "--no-pdfs"], folder)
    student = nbformat.read(str(folder / "dist" / "autograder" / "bench.ipynb"), as_version=4)
    (answer,) = [cell for cell in student.cells if cell.source.startswith("def sgns_loss")]
    for number in range(made.count):
        answer.source = assignment.solution(number)
        path = folder / "submissions" / f"s{number:05}" / "bench.ipynb"
        path.parent.mkdir()
        nbformat.write(student, path)
    return python


@contextlib.contextmanager
def dask_cluster(workers: int) -> Iterator[str]:
    """A real scheduler and worker processes on this machine; yields the scheduler's address."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


# ------------------------------------------------------------------------------------ pieces
def _provisioner(root: Path, start: str) -> None:
    config = root / "nbgrader_config.py"
    lines = [line for line in config.read_text("utf-8").splitlines() if "provisioner" not in line]
    name = {"cold": "word2chat-sandbox", "warm": "word2chat-warm"}[start]
    config.write_text("\n".join([*lines, f"c.Grading.provisioner = '{name}'", ""]), "utf-8")


def timed(
    command: list, folder: Path, cores: int
) -> tuple[subprocess.CompletedProcess, float, float]:
    """Run on so many cores and no more: wall seconds, and processor seconds, sandboxes included."""
    with meter() as used:
        started = time.perf_counter()
        done = call(command, folder, cores, used.enter)
        return done, time.perf_counter() - started, used.seconds()


def call(
    command: list,
    folder: Path,
    cores: int | None = None,
    first: Callable[[], None] = lambda: None,
) -> subprocess.CompletedProcess:
    """Run a command to its end; `first` is called in its process before it begins.

    Raises:
        UserError: it failed.
    """
    words = [str(word) for word in command]
    allowed = sorted(os.sched_getaffinity(0))[:cores]

    def prepare() -> None:
        os.sched_setaffinity(0, allowed)
        first()

    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, env=environment, check=False,
        preexec_fn=prepare,
    )  # fmt: skip
    if done.returncode:
        tail = (done.stderr or done.stdout)[-600:]
        raise UserError(f"`{' '.join(words[:4])} …` failed: {tail}", "Run it by hand to see why.")
    return done


def expect(found: float, wanted: float, peer: str) -> None:
    if found != wanted:
        raise UserError(f"{peer} found {found} where {wanted} was right.", "The bench is void.")


def _remove(path: Path) -> None:
    for folder, _, files in os.walk(path):  # nbgrader leaves read-only files
        for name in [".", *files]:
            os.chmod(os.path.join(folder, name), 0o755)
    shutil.rmtree(path, ignore_errors=True)
