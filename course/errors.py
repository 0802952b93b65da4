"""The error that a person can put right: the command line prints it as one sentence."""

from __future__ import annotations


class UserError(Exception):
    """What went wrong and what to do next, in the words of the person at the keyboard."""
