"""How fast grading is beside an earlier revision: one class, alternating runs, ratios at the end.

    python tests/bench/against_revision.py 4003b80 --count 40 --rounds 5

Each revision releases and grades a class of its own, of the same correct solutions, with its own
code in the environment of today. Processor time is that of the run's own control group where one
can be made, so other programs disturb it little; elsewhere it is the whole machine's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.bench import assignment
from autograder.bench.processor import machine_cpu

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
COMMAND = """try:
    from autograder.cli.app import main
except ImportError:  # as it was in version 0.1.0
    from autograder.cli import main
main()"""


@dataclass(frozen=True)
class Side:
    """One revision: where its code lies, and its course folder."""

    name: str
    code: Path
    course: Path

    def call(self, *words: str, group: Path | None = None) -> str:
        """Run its `autograder`, in a control group."""
        environment = {
            **os.environ, "PYTHONPATH": str(self.code), "OMP_NUM_THREADS": "1",
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words], cwd=self.course, env=environment,
            capture_output=True, text=True, check=False,
            preexec_fn=lambda: group and (group / "cgroup.procs").write_text(str(os.getpid())),
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr[-2000:]}")
        return done.stdout

    def make(self, count: int) -> Side:
        config = assignment.CONFIG + "\nc.Grading.provisioner = 'word2chat-warm'\n"
        assignment.make_course(self.course, assignment.probe_source(), config)
        self.call("release", assignment.WEEK, "--skip-proof")
        assignment.hand_in(self.course, count)
        shutil.copy(self.course / "gradebook.db", self.course / "gradebook.clean")
        self.grade(count, 2)  # the reference is executed once, and does not count
        return self

    def grade(self, count: int, workers: int) -> tuple[float, float]:
        """Wall and processor seconds of a run over the class; all of it must get full points."""
        shutil.rmtree(self.course / "autograded", ignore_errors=True)
        shutil.rmtree(self.course / ".autograder" / "journal", ignore_errors=True)
        shutil.copy(self.course / "gradebook.clean", self.course / "gradebook.db")
        words = ("grade", assignment.WEEK, "--json", "--workers", str(workers))
        with own_group() as group:
            before, started = used_cpu(group), time.perf_counter()
            found = json.loads(self.call(*words, group=group))["entries"]
            wall, cpu = time.perf_counter() - started, used_cpu(group) - before
        assert [entry["score"] for entry in found] == [assignment.POINTS] * count, self.name
        return wall, cpu


# ------------------------------------------------------------------------------------ the meter
@contextlib.contextmanager
def own_group() -> Iterator[Path | None]:
    """A control group of version 2, which counts processor time without any controller."""
    made = next((place / f"bench-{os.getpid()}" for place in _version_two()), None)
    try:
        if made is not None:
            made.mkdir()
    except OSError:
        made = None
    yield made
    if made is not None:
        _remove(made)


def _version_two() -> Iterator[Path]:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        if line.split()[2] == "cgroup2":
            yield Path(line.split()[1])


def _remove(group: Path) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            return group.rmdir()
        time.sleep(0.1)


def used_cpu(group: Path | None) -> float:
    if group is None:
        return machine_cpu()
    lines = (group / "cpu.stat").read_text().splitlines()
    return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6


# ------------------------------------------------------------------------------------ both
@contextlib.contextmanager
def checkout(revision: str, folder: Path) -> Iterator[Path]:
    """A work tree of the earlier revision."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "-q", "--detach", str(folder), revision], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reading.add_argument("revision")
    reading.add_argument("--count", type=int, default=40)
    reading.add_argument("--rounds", type=int, default=5)
    reading.add_argument("--workers", type=int, default=1)
    told = reading.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with checkout(told.revision, folder / "before") as code:
            sides = [Side(told.revision, code, folder / "a"), Side("today", ROOT, folder / "b")]
            compare([side.make(told.count) for side in sides], told)


def compare(sides: list[Side], told: argparse.Namespace) -> None:
    """Alternating rounds; ratios of today to before, of medians and of the best."""
    found: dict[str, list[tuple[float, float]]] = {side.name: [] for side in sides}
    for number in range(told.rounds):
        for side in sides[:: 1 if number % 2 else -1]:
            found[side.name].append(side.grade(told.count, told.workers))
            wall, cpu = found[side.name][-1]
            print(f"{side.name}: {wall:.2f} s, {cpu:.2f} s of processor", flush=True)
    for place, what in enumerate(("wall", "processor")):
        for way in (statistics.median, min):
            before, today = (way(one[place] for one in found[side.name]) for side in sides)
            print(
                f"{what}, {way.__name__}: {before:.2f} s before, {today:.2f} s today, "
                f"ratio {today / before:.3f}"
            )


if __name__ == "__main__":
    main()
