"""How LMSs name the files of a download: whose each one is, and when it arrived.

Canvas       kimyuna_LATE_4711_90210_week01.zip   the person's number, the upload's number
Moodle       Kim Yuna_4711_assignsubmission_file_/week01.zip   the number in this assignment
Blackboard   Week 1_s4711_attempt_2026-03-02-23-30-05_week01.zip   the login, the attempt
Classroom    whatever the student called the file: who it is stands in what `course submit` wrote
folder       s4711/week01.ipynb, made by hand or by nbgrader

An LMS's name is looked for at the start of every folder or file of a path, so a download that was
unpacked and packed again with a folder around it is still read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.notebook_files import STUDENT_ID

FORMS = ("canvas", "moodle", "blackboard", "classroom", "folder")
CANVAS = re.compile(
    r"(?P<name>[^/_]{0,300}?)_(?P<late>LATE_)?(?P<lms_id>\d{1,20})_(?P<order>\d{1,20})_(?P<file>[^/].*)"
)
MOODLE = re.compile(
    r"(?P<name>[^/]{1,300}?)_(?P<number>\d{1,20})_assignsubmission_[a-z]{1,20}_?/?(?P<file>[^/].*)"
)
BLACKBOARD = re.compile(
    r"(?P<before>[^/]{1,300})_attempt_(?P<time>\d{4}(?:-\d\d){5})(?P<file>(?:_|\.txt$).*)"
)


@dataclass(frozen=True)
class Sender:
    """What a name says about who sent a file.

    kind, key : what to look up in the roster: an LMS's number, a login, a name, an id
    name : as a person reads it
    inner : the file's own name
    late : whether the LMS says that it came late
    time : when it came, in the LMS's local time
    order : the upload's number, by which uploads follow each other where no time is told
    """

    kind: str
    key: str
    name: str
    inner: str
    late: bool = False
    time: datetime | None = None
    order: int = 0
    beside: bool = False  # not the student's: a note of the LMS on the upload

    @property
    def shown(self) -> str:
        """The sender for a message: the name, and the key where that says more."""
        return self.name if self.key == self.name else f"{self.name} ({self.key})"


def sender_of(lms: str, path: str, logins: Sequence[str] = ()) -> Sender | None:
    """Who sent a file, from its path in the download; None if the name is no such LMS's.

    Args:
        lms: one of FORMS.
        path: the file's path in the download.
        logins: those that are known: Blackboard's names cannot be split without.
    """
    if lms == "classroom":
        return Sender("inside", path, path, path.rpartition("/")[2])
    if lms == "folder":
        who, slash, rest = path.partition("/")
        return Sender("id", who, who, rest) if slash and who else None
    parts = path.split("/")
    for start in range(len(parts)):
        if found := _READERS[lms]("/".join(parts[start:]), logins):
            return found
    return None


def sender_at_start(lms: str, path: str) -> Sender | None:
    """As `sender_of`, but of an LMS's name that nothing stands before."""
    return _READERS[lms](path, ())


def _canvas(path: str, _: Sequence[str]) -> Sender | None:
    match = CANVAS.match(path)
    if match is None:
        return None
    late, order = match["late"] is not None, int(match["order"])
    return Sender("lms_id", match["lms_id"], match["name"], match["file"], late, order=order)


def _moodle(path: str, _: Sequence[str]) -> Sender | None:
    match = MOODLE.match(path)
    return match and Sender("number", match["number"], match["name"], match["file"])


def _blackboard(path: str, logins: Sequence[str]) -> Sender | None:
    match = BLACKBOARD.match(path)
    if match is None:
        return None
    try:
        time = datetime.strptime(match["time"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    login = _login(match["before"], logins)
    note = match["file"] == ".txt"
    return Sender("login", login, login, match["file"].lstrip("_"), time=time, beside=note)


def _login(before: str, logins: Sequence[str]) -> str:
    """The login at the end of "Week 1_login"; either part may hold an underscore."""
    folded = before.casefold()
    ends = [login for login in logins if folded.endswith(f"_{login.casefold()}")]
    return max(ends, key=len) if ends else before.rpartition("_")[2]


_READERS = {"canvas": _canvas, "moodle": _moodle, "blackboard": _blackboard}


# ------------------------------------------------------------------------------------ the shape
def recognised(paths: Sequence[str]) -> str | None:
    """The LMS whose names all these are, if one is; a folder a student is no LMS's."""
    for lms in _READERS:
        if paths and all(sender_of(lms, path) for path in paths):
            return lms
    return None


def outer_folder(paths: Sequence[str], students: Sequence[str]) -> str:
    """The folder around a download of folders, one a student: "download/" of download/s1/a.ipynb.

    Args:
        paths: every file of the download.
        students: ids that are known; a folder named so is a student's and not around anything.
    """
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1 or any("/" not in path for path in paths):
        return ""
    (top,) = tops
    inner = [path.partition("/")[2] for path in paths]
    if top in students or any("/" not in path for path in inner):
        return ""
    below = {path.partition("/")[0] for path in inner}
    if students:
        return f"{top}/" if below & set(students) or not STUDENT_ID.fullmatch(top) else ""
    with_work = {path.partition("/")[0] for path in inner if path.lower().endswith(WORK)}
    return f"{top}/" if len(with_work) > 1 else ""


WORK = (".ipynb", ".zip", ".tar", ".tgz", ".tar.gz", ".ipynb.json")
