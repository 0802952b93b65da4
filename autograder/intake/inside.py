"""What `course submit` writes into its zip: whose it is, and of which week.

A student wrote it, so it decides nothing where the LMS itself says who sent an upload: there it is
compared, and a difference is told. Only where a download names nobody (Classroom) is it believed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from autograder.errors import Refused
from autograder.intake.archives import ARCHIVES, read_members
from autograder.notebook_files import STUDENT_ID, IngestLimits

SUBMISSION_FILE = "submission.json"
MOST_BYTES = 10_000


@dataclass(frozen=True)
class Claim:
    """Who a zip says that it is of, and of which week; empty where it does not say."""

    student: str = ""
    week: str = ""


def read_claim(content: bytes) -> Claim | None:
    """The claim of the file in a zip; None if the file is something else."""
    try:
        said = json.loads(content[:MOST_BYTES])
        student, week = said.get("student") or "", said["week"]
    except (ValueError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(student, str) or not isinstance(week, str):
        return None
    return Claim(student if STUDENT_ID.fullmatch(student) else "", week[:100])


def claim_of(name: str, content: bytes, limits: IngestLimits) -> Claim | None:
    """The claim of an upload; None where it is no zip of `course submit`."""
    if not name.lower().endswith(ARCHIVES):
        return None
    try:
        for path, data in read_members(name, content, limits.total_bytes, limits.files):
            if path == SUBMISSION_FILE:
                return read_claim(data)
    except Refused:
        return None
    return None
