"""nbgrader's `collect` from its exchange, where every student may write whatever they like.

nbgrader copies a submission with its links followed, and as the instructor: a student who puts a
link to the gradebook into the exchange would be sent a copy of it. One entry with an odd name ends
its collection for everybody, and an entry under another's name is taken with a warning.
nbgrader_config.py puts this collector into place: `c.ExchangeFactory.collect`.
"""

from __future__ import annotations

import os
import shutil
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default.collect import ExchangeCollect

from autograder.errors import Refused
from autograder.notebook_files import STUDENT_ID, IngestLimits, read_files, shown, write_files

NOBODY = ""  # whose entries are not collected


class CarefulCollect(ExchangeCollect):
    """Copies regular files within the caps of ingest; an odd submission arrives as an empty folder.

    The empty folder makes grading put the student into needs_review. The submission itself stays in
    the exchange, where every version of it is kept. What is no submission, or not its owner's, is
    left out before the newest of each student is chosen, so that it takes nobody's place.
    """

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        try:
            record = super()._path_to_record(path)
            self._refuse(record["username"], os.lstat(path))
        except (Refused, ExchangeError, OSError, ValueError, OverflowError) as error:
            self.log.error("Left out: %s: %s", shown(os.path.basename(path)), error)
            return {"username": NOBODY, "filename": "", "timestamp": datetime.min}
        return record

    def _refuse(self, student: str, info: os.stat_result) -> None:
        """Whatever is not a folder that this student, or we, put there.

        Raises:
            Refused: with what is wrong.
        """
        if not STUDENT_ID.fullmatch(student):
            raise Refused("it is not called after a student.")
        if not stat.S_ISDIR(info.st_mode):
            raise Refused("it is a link or a file where a folder is expected.")
        if self.check_owner and info.st_uid not in {*_uids(student, info.st_uid), os.geteuid(), 0}:
            raise Refused(f"it belongs to the system's user {info.st_uid}, not to this student.")

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [one for one in self.src_records if one["username"] != NOBODY]

    def copy_files(self) -> None:
        """One student after another: what cannot be collected stops nobody else."""
        records = self.src_records
        if not records:
            super().copy_files()
        for record in records:
            self.src_records = [record]
            try:
                super().copy_files()
            except (OSError, ValueError, ExchangeError, SystemExit) as error:
                self.log.error("Not collected: %s: %s", record["username"], error)
        self.src_records = records

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        target = Path(dest)
        target.mkdir(parents=True)
        try:
            write_files(target, read_files(Path(src), IngestLimits()))
        except Refused as refusal:
            self.log.error("Not collected: %s: %s", src, refusal)
        except OSError:
            shutil.rmtree(target, ignore_errors=True)  # half of it would be taken for the whole
            raise


def _uids(student: str, otherwise: int) -> set[int]:
    """The system's user of that name; where there is none, owners say nothing."""
    import pwd  # Windows has neither this nor an exchange

    try:
        return {pwd.getpwnam(student).pw_uid}
    except KeyError:
        return {otherwise}
