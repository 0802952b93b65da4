"""Hard links: a backup that was made with them, told from a link to a file that is somebody else's.

`cp -al submitted backup`, rsync and many backup programs give every file a second name, and the
content is still the student's. A second name of the gradebook or of a neighbour's work is not.
"""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import Refused

NOT_OURS = {".git", ".venv", "node_modules", "__pycache__"}
SLACK_NS = 2_000_000_000  # the clock of a file system may be behind

_Linked = Sequence[tuple[str, os.stat_result]]
_names: dict[Path, tuple[int, dict[tuple[int, int], list[Path]]]] = {}


def refuse_hard_links(folder: Path, linked: _Linked, files: int) -> None:
    """Let a backup pass, and nothing else.

    A file passes if its other names are those of copies of the same submission: within the course
    they end as it does, in STUDENT/WEEK/FILE; outside of it, where nobody looks, all files of the
    submission are linked alike, as a backup does it.

    Args:
        folder: submitted/STUDENT/WEEK.
        linked: the files that have several names, by their paths in it.
        files: how many files the submission has; 0 lets no link pass.

    Raises:
        Refused: with the cause.
    """
    alike = len(linked) >= files > 0 and len({info.st_nlink for _, info in linked}) == 1
    owner = folder.lstat().st_uid
    for path, info in linked:
        others = _other_names(folder, path, info) if files else []
        strange = [name for name in others if not _is_copy(name, folder, path)]
        if strange or not files or info.st_uid != owner:
            what = f", here {strange[0].name}" if strange else ""
            raise Refused(f"'{path}' is a hard link to another file{what}. Ask for a plain copy.")
        if len(others) + 1 < info.st_nlink and not alike:
            raise Refused(
                f"'{path}' is a hard link: it has {info.st_nlink} names on this disk, and not all "
                "of them are in this course. Was a backup made with links? Copy the folder "
                "(`cp -r`), and grade the copy."
            )


def _is_copy(name: Path, folder: Path, path: str) -> bool:
    """Whether a name within the course is that of the same file in a copy of submitted/."""
    tail = f"/{folder.parent.name}/{folder.name}/{path}"
    return unicodedata.normalize("NFC", name.as_posix()).endswith(tail)


def _other_names(folder: Path, path: str, info: os.stat_result) -> list[Path]:
    root = folder.absolute().parent.parent.parent
    names = _names_within(root, info.st_ctime_ns).get((info.st_dev, info.st_ino), [])
    return [name for name in names if name != folder.absolute() / path]


def _names_within(root: Path, changed: int) -> dict[tuple[int, int], list[Path]]:
    """All files of a course with several names; read anew if one was linked since the last time.

    Giving a file a second name changes its time of change: an old table cannot hide a new name.
    """
    known = _names.get(root)
    if known is None or changed + SLACK_NS > known[0]:
        known = _names[root] = (time.time_ns(), _table(root))
    return known[1]


def _table(root: Path) -> dict[tuple[int, int], list[Path]]:
    table: dict[tuple[int, int], list[Path]] = {}
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        for name in files:
            path = Path(folder) / name
            try:
                info = path.lstat()
            except OSError:  # gone meanwhile
                continue
            if info.st_nlink > 1:
                table.setdefault((info.st_dev, info.st_ino), []).append(path)
    return table
