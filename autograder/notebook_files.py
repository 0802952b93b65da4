"""Reading strangers' folders, and the names of people and files in them. Trusted; runs nothing.

Only regular files are read, without following links, within fixed caps. Names are brought to one
form (composed letters, plain spaces), so that what looks alike is alike; what cannot be shown is
refused. Everything that reads a submission from disk reads it here.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.errors import Refused
from autograder.hard_links import refuse_hard_links

STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
TIMESTAMP_FILE = "timestamp.txt"
CHECKPOINTS = ".ipynb_checkpoints"
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")  # what systems leave in a folder
PATH_PARTS, NAME_BYTES, PATH_BYTES = (
    10,
    240,
    800,
)  # disks take 255 in a name; a longer ending may be added
SHOWN_CHARS = 100


@dataclass(frozen=True)
class IngestLimits:
    """What one submission may hold."""

    notebook_bytes: int = 10_000_000
    total_bytes: int = 50_000_000
    files: int = 200
    folder_depth: int = 5
    cells: int = 1_000
    source_chars: int = 200_000  # colouring a page of code takes the square of it at worst


# ------------------------------------------------------------------------------------ names
def shown(text: str, most: int = SHOWN_CHARS) -> str:
    """A name for a message: letters of every alphabet as they are, the rest escaped."""
    one_form = unicodedata.normalize("NFC", text[: 4 * most])
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in one_form)[:most]


def shown_id(student: str) -> str:
    """An id that can be printed and stored. An odd one never looks like another person's."""
    if STUDENT_ID.fullmatch(student):
        return student
    short = shown(student, 64)
    if unicodedata.normalize("NFC", student) == short and not STUDENT_ID.fullmatch(short):
        return short
    whole = student.encode("utf-8", "surrogatepass")
    return f"{short}… ({hashlib.sha256(whole).hexdigest()[:8]})"


def one_name(text: str) -> str:
    """A name in the one form that is compared: letters composed, every kind of blank a space."""
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(" " if unicodedata.category(c) == "Zs" else c for c in composed)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def safe_path(name: str) -> str:
    """A relative path in one form, with / between folders whatever system wrote it.

    Raises:
        Refused: it leads elsewhere, cannot be shown, or is longer than disks take.
    """
    path = one_name(name).replace("\\", "/")
    parts = PurePosixPath(path).parts
    if not path.isprintable():
        raise Refused(f"A file has a name with odd characters: '{shown(name)}'.")
    if path.startswith("/") or ".." in parts or not parts or re.match("[A-Za-z]:", path):
        raise Refused(f"A file has a path that leads elsewhere: '{shown(name)}'.")
    longest = max(len(part.encode()) for part in parts)
    if len(parts) > PATH_PARTS or longest > NAME_BYTES or len(path.encode()) > PATH_BYTES:
        raise Refused(
            f"A file has a name or a path that is too long: '{shown(name)}'. "
            f"At most {NAME_BYTES} bytes a name, {PATH_BYTES} a path."
        )
    return "/".join(parts)


def is_junk(path: str) -> bool:
    """What operating systems leave in a folder, such as macOS's `._name` beside every file."""
    return any(part in JUNK or part.startswith("._") for part in path.split("/"))


# ------------------------------------------------------------------------------------ reading
def read_files(
    folder: Path, limits: IngestLimits, checkpoints: bool = False, backed_up: bool = False
) -> dict[str, bytes]:
    """Every file under `folder`, by relative path. Each open refuses links at every level.

    Args:
        folder: the folder of one submission.
        limits: caps.
        checkpoints: read JupyterLab's own copies too, which are left out otherwise.
        backed_up: the folder is our own, and a backup by hard links of it is no matter; otherwise
            every hard link is refused.

    Raises:
        Refused: links, odd names, anything over the limits, or a file that cannot be read.
    """
    try:
        top = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise Refused(f"The folder of this student cannot be opened: {error.strerror}.") from error
    reading = _Reading(limits, checkpoints)
    try:
        reading.folder(top, folder.name, "")
    except OSError as error:  # no right to read it, or gone since it was listed
        what = shown(str(error.filename))
        raise Refused(f"'{what}' of this student cannot be read: {error.strerror}.") from error
    finally:
        os.close(top)
    if reading.linked:
        refuse_hard_links(folder, reading.linked, len(reading.files) if backed_up else 0)
    return reading.files


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """The way back: files by relative path, as `read_files` gives them, below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


@dataclass
class _Reading:
    """One walk through a submission, and what it has read so far."""

    limits: IngestLimits
    checkpoints: bool
    files: dict[str, bytes] = field(default_factory=dict)
    linked: list[tuple[str, os.stat_result]] = field(default_factory=list)

    def folder(self, parent: int, name: str, prefix: str) -> None:
        place = shown(prefix or name)
        if prefix.count("/") > self.limits.folder_depth:
            most = self.limits.folder_depth
            raise Refused(f"Folders are nested more than {most} deep at '{place}'.")
        try:
            here = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
        except OSError as error:
            raise Refused(f"'{place}' is a link or not a readable folder.") from error
        try:
            for entry in sorted(os.listdir(here)):
                self.entry(here, entry, prefix)
        finally:
            os.close(here)

    def entry(self, parent: int, name: str, prefix: str) -> None:
        path = safe_path(prefix + name)
        info = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISLNK(info.st_mode):
            raise Refused(f"'{path}' is a symbolic link. Ask the student for the file itself.")
        if stat.S_ISDIR(info.st_mode):
            if name.endswith(".ipynb"):
                raise Refused(f"'{path}' is a folder with the name of a notebook.")
            if name != CHECKPOINTS or self.checkpoints:
                self.folder(parent, name, path + "/")
            return
        if not stat.S_ISREG(info.st_mode):
            raise Refused(f"'{path}' is not a regular file.")
        if info.st_nlink > 1:
            self.linked.append((path, info))
        if len(self.files) >= self.limits.files:
            raise Refused(f"The submission holds more than {self.limits.files} files.")
        if path in self.files:
            raise Refused(f"Two files have the name '{path}'.")
        self.files[path] = self.content(parent, name, path, info)

    def content(self, parent: int, name: str, path: str, seen: os.stat_result) -> bytes:
        """What is in the file that was seen; another one may have taken its name since."""
        room = self.limits.total_bytes - sum(len(content) for content in self.files.values())
        cap = min(room, self.limits.notebook_bytes) if path.endswith(".ipynb") else room
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        with os.fdopen(handle, "rb") as stream:
            opened = os.fstat(handle)
            same = os.path.samestat(opened, seen) and opened.st_nlink == seen.st_nlink
            if not stat.S_ISREG(opened.st_mode) or not same:
                raise Refused(f"'{path}' changed while it was read.")
            content = stream.read(cap + 1)
        if len(content) > cap:
            raise Refused(
                f"'{path}' is too large: a notebook may have {self.limits.notebook_bytes:,} bytes, "
                f"a submission {self.limits.total_bytes:,}. Ask the student to clear all outputs."
            )
        return content
