"""The error that a person can put right: the command line prints it as one sentence."""

from __future__ import annotations


class UserError(Exception):
    """What went wrong and what to do next, in the words of the person at the keyboard."""


ENGINE_ALONE = (
    "This is the grading engine without the course: no weeks, data and models came with it. In the "
    "course's own folder, run `python -m pip install --no-deps -e .`."
)


def sentence(error: Exception) -> str:
    """What to tell; an error that nobody at the keyboard can put right is raised again.

    A plain install of the engine has no weeks, data and models, so importing them fails there.
    """
    if isinstance(error, UserError):
        return str(error)
    if not (getattr(error, "name", "") or "").startswith("course."):
        raise error
    return ENGINE_ALONE
