"""Who the student is, as the zip of `course submit` says it: asked once, kept in one small file.

The grader believes the course site's own word on who sent an upload. Where a download of the site
names nobody, what stands in the zip is all there is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from course.errors import UserError

SUBMISSION_FILE = "submission.json"  # in the zip, beside the notebook
STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")  # as the grader accepts them


def identity_file() -> Path:
    """Where the id is kept: in Jupyter's folder of settings, outside of any course folder."""
    from jupyter_core.paths import jupyter_config_dir

    return Path(jupyter_config_dir()) / "word2chat_student.json"


def remembered_id() -> str:
    """The id that was given before; empty if none was, or if the file is damaged."""
    try:
        student = json.loads(identity_file().read_text("utf-8"))["student"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return student if isinstance(student, str) and STUDENT_ID.fullmatch(student) else ""


def checked_id(text: str) -> str:
    """The id without blanks around it.

    Raises:
        UserError: the grader would not accept it.
    """
    student = text.strip()
    if not STUDENT_ID.fullmatch(student):
        raise UserError(
            f"'{student[:70]}' is no student id: letters without accents, digits and . _ @ + -, "
            "as on your student card."
        )
    return student


def remember_id(student: str) -> None:
    """Keep the id for the next time; where that cannot be written, it is asked again."""
    path = identity_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"student": student}) + "\n", "utf-8")
    except OSError:
        return


def submission_json(student: str, week: str) -> bytes:
    """What goes into the zip."""
    return (json.dumps({"student": student, "week": week}) + "\n").encode()
