"""nbgrader's shared exchange: students write into it what they like, also while it is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.exchange import ExchangeFactory
from tiny_course import ROOT, WEEK, make_course

from autograder.course_folder import Course, open_course
from autograder.errors import Refused
from autograder.gradebook import open_gradebook
from autograder.intake.exchange import CarefulCollect
from autograder.notebook_files import IngestLimits, read_files

NOTEBOOK = f"{WEEK}.ipynb"
WHEN = "2026-01-02 03:04:05 UTC"
SECRET = b"CANARY of somebody else"
STUDENT, OTHER = "daemon", "bin"  # two users that every Linux has


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a gradebook, made once: that takes longer than a collection."""
    root = make_course(tmp_path_factory.mktemp("exchange"))
    with open_gradebook(open_course(root)):
        return root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    root = Path(shutil.copytree(template, tmp_path / "course"))
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    return open_course(root)


@pytest.fixture
def inbound(course: Course) -> Path:
    made = course.root.parent / "exchange" / "word2chat" / "inbound"
    made.mkdir(parents=True)
    return made


def hand_in(inbound: Path, student: str, when: str = WHEN, content: bytes = b"{}") -> Path:
    """An entry as `nbgrader submit` makes it."""
    folder = inbound / f"{student}+{WEEK}+{when}+{'x' * 8}"
    folder.mkdir()
    (folder / NOTEBOOK).write_bytes(content)
    (folder / "timestamp.txt").write_text(when)
    return folder


def collected(course: Course, update: bool = False) -> tuple[CarefulCollect, dict[str, bytes]]:
    """`nbgrader collect`, and the notebooks that are in submitted/ then."""
    course.coursedir.assignment_id = WEEK
    collector = CarefulCollect(coursedir=course.coursedir, config=course.config)
    collector.update = update
    collector.start()
    found = (course.root / "submitted").glob(f"*/{WEEK}/{NOTEBOOK}")
    return collector, {path.parent.parent.name: path.read_bytes() for path in found}


def test_the_shipped_configuration_collects_carefully() -> None:
    """The file that a course starts with names our collector, and nbgrader can load it."""
    config = open_course(ROOT).config
    assert ExchangeFactory(config=config).collect is CarefulCollect


def test_the_command_follows_no_link(course: Course, inbound: Path) -> None:
    """`nbgrader collect` takes regular files; a link makes its owner's submission arrive empty."""
    hand_in(inbound, "ann")
    (hand_in(inbound, "eve") / "notes.txt").symlink_to(course.root / "nbgrader_config.py")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "collect", WEEK], cwd=course.root,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = {path.name for path in course.folder("submitted", WEEK, "ann").iterdir()}
    assert names == {NOTEBOOK, "timestamp.txt"}
    assert list(course.folder("submitted", WEEK, "eve").iterdir()) == []
    assert "symbolic link" in done.stderr


ODD = [
    f"eve+{WEEK}+yesterday", f"eve+{WEEK}+", f"+{WEEK}+{WHEN}+x", f"..+{WEEK}+{WHEN}+x",
    f".+{WEEK}+{WHEN}+x", f"-rf+{WEEK}+{WHEN}+x", f"eve+{WEEK}+{'9' * 200}", f"a b+{WEEK}+{WHEN}",
    f"eve+{WEEK}+0000-00-00 00:00:00 UTC+x", f"eve+{WEEK}+{WHEN}+x+y+z",
    f"e\x1b[2Jve+{WEEK}+{WHEN}+x", os.fsdecode(b"\xff\xfe") + f"+{WEEK}+{WHEN}+x",
]  # fmt: skip


def test_entries_with_odd_names_stop_nobody(course: Course, inbound: Path) -> None:
    """No time, no name, a name that leads out of submitted/: the others are collected."""
    hand_in(inbound, "ann")
    hand_in(inbound, "zoe")
    for name in ODD:
        (inbound / name).mkdir()
        (inbound / name / NOTEBOOK).write_bytes(SECRET)
    before = {path.name for path in course.root.iterdir()}
    _, found = collected(course)
    assert set(found) == {"ann", "zoe"}
    assert {path.name for path in course.root.iterdir()} <= before | {"submitted", "gradebook.db"}


def to_nowhere(entry: Path) -> None:
    entry.symlink_to("nowhere")


def to_itself(entry: Path) -> None:
    entry.symlink_to(entry.name)


def to_a_neighbour(entry: Path) -> None:
    entry.symlink_to(next(entry.parent.glob("ann+*")).name)


@pytest.mark.parametrize(
    "make", [to_nowhere, to_itself, to_a_neighbour, os.mkfifo, Path.touch, Path.mkdir]
)
def test_an_entry_that_is_no_folder_takes_no_place(
    course: Course, inbound: Path, make: object
) -> None:
    """Newest of all, yet the student's real work is collected, and so are the others'."""
    for student in ("ann", "eve", "zoe"):
        hand_in(inbound, student, content=student.encode())
    later = inbound / f"eve+{WEEK}+2026-02-02 00:00:00 UTC+yyyyyyyy"
    make(later)  # type: ignore[operator]
    _, found = collected(course)
    expected = {"ann": b"ann", "eve": b"eve", "zoe": b"zoe"}
    if make is Path.mkdir:  # an empty folder is a submission: for a person to look at
        del expected["eve"]
    assert found == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_nobody_hands_in_for_another(course: Course, inbound: Path) -> None:
    """An entry in another student's name neither counts nor hides that student's own."""
    for owner, when, content in (
        (STUDENT, WHEN, b"honest"), (OTHER, "2026-02-02 00:00:00 UTC", b"forged"),
    ):  # fmt: skip
        folder = hand_in(inbound, STUDENT, when, content)
        os.chown(folder, *(_ids(owner)))
    collector, found = collected(course)
    assert found == {STUDENT: b"honest"}
    assert [one["username"] for one in collector.src_records] == [STUDENT]
    byhand = hand_in(inbound, STUDENT, "2026-03-03 00:00:00 UTC", b"put there by the instructor")
    assert byhand.stat().st_uid == os.geteuid()
    assert collected(course, update=True)[1] == {STUDENT: b"put there by the instructor"}


def _ids(user: str) -> tuple[int, int]:
    import pwd

    found = pwd.getpwnam(user)
    return found.pw_uid, found.pw_gid


def test_a_time_that_is_none_in_a_submission_stops_nobody(course: Course, inbound: Path) -> None:
    """`collect --update` reads the times of what it has collected: garbage is one student's."""
    for student in ("ann", "eve", "zoe"):
        hand_in(inbound, student)
    (next(inbound.glob("eve+*")) / "timestamp.txt").write_bytes(b"\xff yesterday")
    assert set(collected(course)[1]) == {"ann", "eve", "zoe"}
    for student in ("eve", "zoe"):
        hand_in(inbound, student, "2026-02-02 00:00:00 UTC", b"new")
    assert collected(course, update=True)[1]["zoe"] == b"new"


# ------------------------------------------------------------------------------------ races
SWAP = """
import itertools, os, sys, time
place, secret, aside = sys.argv[1:]
makers = {
    "a symbolic link": lambda: os.symlink(secret, aside),
    "a hard link": lambda: os.link(secret, aside),
    "a pipe": lambda: os.mkfifo(aside),
}
mine = lambda: open(aside, "w").write("mine")
print("swapping", flush=True)
for make in itertools.cycle(makers.values()):
    for one in (make, mine):
        one()
        os.replace(aside, place)
"""


@contextmanager
def swapping(place: Path, secret: Path) -> Iterator[None]:
    """A student's program that keeps putting other files under the name of its own."""
    command = [sys.executable, "-S", "-c", SWAP, str(place), str(secret), f"{place}.aside"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        try:
            yield
        finally:
            program.kill()


def read(folder: Path, **how: bool) -> bytes | None:
    """What reading finds in the file that is swapped; None where it refuses."""
    try:
        return read_files(folder, IngestLimits(), **how).get("answer.txt")
    except Refused:
        return None


def race(tmp_path: Path, rounds: int) -> list[bytes | None]:
    folder = tmp_path / "entry"
    folder.mkdir()
    (folder / "answer.txt").write_text("mine")
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    with swapping(folder / "answer.txt", secret):
        return [read(folder) for _ in range(rounds)]


def test_a_file_swapped_while_it_is_read_gives_nothing_away(tmp_path: Path) -> None:
    """Links and pipes that come and go between looking and opening: one's own text, or none."""
    found = race(tmp_path, 300)
    assert set(found) <= {b"mine", None}


@pytest.mark.slow
def test_a_hundred_thousand_races_give_nothing_away(tmp_path: Path) -> None:
    """The same for longer: both of the ends that a race may have are seen."""
    found = race(tmp_path, 100_000)
    assert set(found) == {b"mine", None}


def test_another_file_under_the_name_is_told_from_the_one_that_was_seen(tmp_path: Path) -> None:
    """The moment between looking and opening, held still: a link of the same kind is refused."""
    from autograder import notebook_files

    folder = tmp_path / "entry"
    folder.mkdir()
    mine, secret = folder / "answer.txt", tmp_path / "secret"
    mine.write_text("mine")
    secret.write_bytes(SECRET)
    seen = mine.stat()
    mine.unlink()
    os.link(secret, mine)
    reading = notebook_files._Reading(IngestLimits(), False)
    top = os.open(folder, os.O_RDONLY)
    with pytest.raises(Refused, match="changed while it was read"):
        reading.content(top, "answer.txt", "answer.txt", seen)
    os.close(top)
