"""nbgrader's `collect` from its exchange, without following a student's links.

nbgrader copies a submission with its links followed, and as the instructor: a student who puts a
link to the gradebook into the exchange would be sent a copy of it. nbgrader_config.py puts this
collector into place: `c.ExchangeFactory.collect`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.exchange.default.collect import ExchangeCollect

from autograder.errors import Refused
from autograder.notebook_files import IngestLimits, read_files, write_files


class CarefulCollect(ExchangeCollect):
    """Copies regular files within the caps of ingest; an odd submission arrives as an empty folder.

    The empty folder makes grading put the student into needs_review. The submission itself stays in
    the exchange, where every version of it is kept.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        target = Path(dest)
        target.mkdir(parents=True)
        try:
            files = read_files(Path(src), IngestLimits())
        except Refused as refusal:
            self.log.error("Not collected: %s: %s", src, refusal)
            return
        write_files(target, files)
