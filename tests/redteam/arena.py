"""Where attacks are tried: a tiny course full of secrets, two honest neighbours, and a look around
before and after."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import secrets
import shutil
import socket
import stat
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import tiny_course
from nbgrader.api import Gradebook

from autograder.course_folder import Course, open_course
from autograder.edition.release import generate
from autograder.model import Entry
from autograder.pages.feedback import write_feedback
from autograder.reference.build import load_references
from autograder.reference.suppositions import with_suppositions
from autograder.run.grade import GradeRun, Options, grade
from autograder.week import open_week

from .attacks import ARMED, Attack

WEEK = tiny_course.WEEK
NEIGHBOURS = ("ann-honest", "zoe-honest")  # graded before and after the attackers
LIMITS = """
c.Grading.cell_seconds = 4
c.Grading.submission_seconds = 20
c.Grading.memory_mb = 900
c.Grading.output_bytes = 1_000_000
"""
HIDDEN_CANARY = "CANARY-hidden-check"
SOURCE_CANARY = "CANARY-instructors-solution"
CONFIG_CANARY = "CANARY-configuration"
EXPECTED_OUTPUT = ("autograded", "feedback", ".autograder", "gradebook.db")
SHARED_PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/run")


def make_template(folder: Path, provisioner: str) -> Path:
    """A released tiny course with canaries in every place that a student must not read."""
    config = f'\n# {CONFIG_CANARY}\nc.Grading.provisioner = "{provisioner}"\n{LIMITS}'
    root = tiny_course.make_course(folder, config)
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    text = path.read_text("utf-8")
    text = text.replace("return 2 * x", f"return 2 * x  # {SOURCE_CANARY}")
    text = text.replace("### BEGIN HIDDEN TESTS", f"### BEGIN HIDDEN TESTS\\n# {HIDDEN_CANARY}")
    path.write_text(text, "utf-8")
    course = open_course(root)
    generate(open_week(course, WEEK))
    week = open_week(course, WEEK)
    with_suppositions(week, load_references(week, say=lambda _: None), say=lambda _: None)
    return root


@dataclass(repr=False)  # a class of outputs is too long for pytest to print
class Outcome:
    """What a class of attackers brought about."""

    run: GradeRun
    scores: dict[str, float]  # what the gradebook says
    loot: dict[str, list[str]]  # canaries in what was stored about a student
    changed: list[str]  # files outside the expected outputs
    left: list[str]  # files and processes that outlived the run
    arrived: list[str]  # what came over the network
    outputs: dict[str, str]  # of the autograded notebooks

    @property
    def entries(self) -> dict[str, Entry]:
        return {entry.student: entry for entry in self.run.entries}


class Arena:
    """One course folder with secrets around it, open ports, and a mark that attackers leave."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.root = Path(shutil.copytree(template, folder / "course"))
        self.course: Course = open_course(self.root)
        self.mark = f"mark{secrets.randbelow(10**12):012d}"
        self.canaries = {
            place: f"CANARY-{place}-{secrets.token_hex(8)}"
            for place in ("gradebook", "submission", "home", "environment", "tmp")
        }
        self._stack = ExitStack()

    # ------------------------------------------------------------------ setting up
    def __enter__(self) -> Arena:
        self._hide_canaries()
        self.listeners = {
            "tcp": _listener(socket.AF_INET, ("127.0.0.1", 0)),
            "abstract": _listener(socket.AF_UNIX, f"\0redteam-{self.mark}"),
            "udp": _datagrams(),
        }
        for one in self.listeners.values():
            self._stack.enter_context(one)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def words(self) -> dict[str, str]:
        """What an attacker is told: everything about the machine but the secrets themselves."""
        return {
            "ROOT": str(self.root),
            "HOME": str(Path.home()),
            "WEEK": WEEK,
            "MARK": self.mark,
            "NUMBER": self.mark.removeprefix("mark"),
            "GRADER": str(os.getpid()),
            "TCP": str(self.listeners["tcp"].getsockname()[1]),
            "UDP": str(self.listeners["udp"].getsockname()[1]),
        }

    def _hide_canaries(self) -> None:
        os.environ["REDTEAM_CANARY"] = self.canaries["environment"]
        self._stack.callback(os.environ.pop, "REDTEAM_CANARY", None)
        for place, folder in (("home", Path.home()), ("tmp", Path("/tmp"))):
            path = folder / f".redteam-{self.mark}-secret"
            path.write_text(self.canaries[place])
            self._stack.callback(path.unlink, missing_ok=True)
        with Gradebook(self.course.db_url, self.course.coursedir.course_id) as gradebook:
            name = self.canaries["gradebook"]
            gradebook.update_or_create_student(NEIGHBOURS[0], first_name=name)

    def submit(self, attacks: Iterable[Attack]) -> None:
        """Hand in the attacks, and two honest solutions."""
        for neighbour in NEIGHBOURS:
            honest = dict(tiny_course.GOOD)
            honest["double"] += f"  # {self.canaries['submission']}"
            tiny_course.submit(self.root, neighbour, tiny_course.solve(self.root, honest))
        for attack in attacks:
            self.submit_one(attack, attack.who)

    def submit_one(self, attack: Attack, who: str) -> None:
        notebook = tiny_course.solve(self.root, attack.sources(self.words))
        made = attack.change(notebook) if attack.change else notebook
        folder = tiny_course.submit(self.root, who, made)
        for name, content in attack.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        if attack.plant:
            attack.plant(folder)

    # ------------------------------------------------------------------ the run
    def grade(self, feedback: bool = True, **options: object) -> Outcome:
        """Grade the class and look at what became of the world."""
        before = fingerprints(self.root)
        run = grade(open_week(self.course, WEEK), Options(**{"workers": 2, **options}))  # type: ignore[arg-type]
        after = fingerprints(self.root)
        if feedback:
            write_feedback(open_week(self.course, WEEK), workers=2)
        names = before.keys() | after
        changed = sorted(name for name in names if before.get(name) != after.get(name))
        students = [entry.student for entry in run.entries]
        return Outcome(
            run, self.scores(), {student: self._loot(student) for student in students},
            changed, [*self._left_files(), *self._left_processes()], self._arrived(),
            {student: self.printed_by(student) for student in students},
        )  # fmt: skip

    def scores(self) -> dict[str, float]:
        """Every submission's score as the gradebook says it."""
        with Gradebook(self.course.db_url, self.course.coursedir.course_id) as gradebook:
            found = gradebook.assignment_submissions(WEEK)
            return {submission.student.id: submission.score for submission in found}

    # ------------------------------------------------------------------ looking around
    def printed_by(self, student: str) -> str:
        """All outputs in the autograded notebook."""
        path = self.course.folder("autograded", WEEK, student) / f"{WEEK}.ipynb"
        if not path.is_file():
            return ""
        cells = nbformat.read(path, as_version=4).cells
        return json.dumps([cell.get("outputs", []) for cell in cells])

    def stored_about(self, student: str) -> str:
        """What grading shows of a submission, the hidden checks' own cells apart."""
        texts = [self.printed_by(student)]
        for step in ("autograded", "feedback"):
            folder = self.course.folder(step, WEEK, student)
            files = [path for path in folder.rglob("*") if path.is_file()]
            for path in files:
                content = path.read_text("utf-8", "replace")
                hidden = step == "autograded" and path.suffix == ".ipynb"
                texts.append(content.replace(HIDDEN_CANARY, "") if hidden else content)
        return "\n".join(texts)

    def journal_of(self, student: str) -> str:
        """The journal's lines: the instructor's, who may see the hidden checks."""
        journal = (self.course.state / "journal" / f"{WEEK}.jsonl").read_text("utf-8")
        return "\n".join(x for x in journal.splitlines() if f'"student": "{student}"' in x)

    def _loot(self, student: str) -> list[str]:
        """The canaries that were carried out."""
        if student in NEIGHBOURS:
            return []
        shown = self.stored_about(student)
        both = shown + self.journal_of(student)
        secret = [*self.canaries.values(), SOURCE_CANARY, CONFIG_CANARY]
        found = [word for word in secret if any(dress in both for dress in disguises(word))]
        hidden = any(dress in shown for dress in disguises(HIDDEN_CANARY))
        return [*found, HIDDEN_CANARY] if hidden else found

    def _left_files(self) -> Iterator[str]:
        """Files with the attackers' mark in their name anywhere that they may have tried."""
        folders = {Path.home(), Path.cwd(), tiny_course.ROOT, self.root, self.root.parent}
        folders |= {Path(place) for place in SHARED_PLACES}
        for folder in folders:
            with suppress(OSError):
                for entry in folder.iterdir():
                    if self.mark in entry.name and not entry.name.startswith(".redteam"):
                        yield str(entry)
        yield from (str(path) for path in self.root.rglob(f"*{self.mark}*"))

    def _left_processes(self) -> Iterator[str]:
        """Processes with the mark's number in their command line: daemons that lived on."""
        number = self.words["NUMBER"].encode()
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and number in (entry / "cmdline").read_bytes():
                    yield f"process {entry.name}"

    def _arrived(self) -> list[str]:
        return [name for name, one in self.listeners.items() if _was_reached(one)]


def disguises(word: str) -> Iterator[str]:
    """A secret as it is, and as an attacker may dress it up."""
    yield from (word, word[::-1], word.encode().hex(), codecs.encode(word, "rot13"))
    yield "".join(chr(0xAC00 + ord(char)) for char in word)  # letters of another alphabet
    yield str(int.from_bytes(word.encode(), "big"))
    for shift in range(3):  # base64 depends on what stood before
        yield b64encode(b"x" * shift + word.encode())[4:-4].decode()


def was_armed(outcome: Outcome, student: str) -> bool:
    """Whether the attack's code ran to its end."""
    return ARMED in outcome.outputs[student]


def fingerprints(root: Path) -> dict[str, str]:
    """Name to hash and mode, for everything in the course that grading must not change."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if name.split("/")[0] in EXPECTED_OUTPUT:
            continue
        info = path.lstat()
        content = b""
        if stat.S_ISREG(info.st_mode) and os.access(path, os.R_OK):
            with path.open("rb") as file:
                content = file.read(1_000_000)  # attackers' files may be huge
        state = f"{info.st_mode:o} {info.st_size} {info.st_mtime_ns}"
        found[name] = f"{state} {hashlib.sha256(content).hexdigest()}"
    return found


def _listener(family: int, address: object) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    one.bind(address)  # type: ignore[arg-type]
    one.listen()
    one.setblocking(False)
    return one


def _datagrams() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.setblocking(False)
    return one


def _was_reached(one: socket.socket) -> bool:
    with suppress(BlockingIOError):
        if one.type == socket.SOCK_DGRAM:
            one.recv(16)
        else:
            one.accept()[0].close()
        return True
    return False


@contextmanager
def arena(template: Path, folder: Path) -> Iterator[Arena]:
    """An arena of its own for one class."""
    with Arena(template, folder) as made:
        yield made
