"""Who reads whose answers: the sections of an assistant, from course.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader.api import Gradebook

from autograder.errors import UserError
from autograder.roster.store import class_of


@dataclass(frozen=True)
class Share:
    """What one person reads.

    reader : the name that the server knows the person by
    sections : whose answers are shown; None is everybody's
    choice : the sections that the person may choose among
    wanted : the one that was chosen
    """

    reader: str
    sections: tuple[str, ...] | None
    choice: tuple[str, ...]
    wanted: str = ""


def share_of(
    user: str, wanted: str, readers: Mapping[str, tuple[str, ...]], gradebook: Gradebook
) -> Share:
    """The share of a person: who is a reader of course.toml has her own sections and no others.

    Anybody else is an instructor, and may choose. The formgrader's other pages know no sections, so
    this divides work; it keeps no secret.

    Raises:
        UserError: a section that the person does not read.
    """
    all_sections = {member.section for member in class_of(gradebook).values() if member.section}
    mine = readers.get(user)
    choice = tuple(sorted(all_sections)) if mine is None else mine
    if wanted and wanted not in choice:
        raise UserError(f"Section '{wanted}' is not yours to read.", f"Yours: {', '.join(choice)}.")
    return Share(user, (wanted,) if wanted else mine, choice, wanted)
