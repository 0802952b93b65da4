"""Prose made ready for character models: 36 characters, a training part and a validation part.

>>> from course.data import load_austen
>>> text = clean_prose(load_austen()["prideprejudice"], start="It is a truth")
>>> text[:38]
'it is a truth universally acknowledged'
"""

from __future__ import annotations

import re

ALPHABET = " !\"',-.:;?abcdefghijklmnopqrstuvwxyz"  # sorted; 36 characters


def clean_prose(text: str, start: str = "") -> str:
    """English prose in `ALPHABET` only: lower case, any other run of characters is one space.

    Args:
        text: a book as it comes.
        start: the first words to keep; what stands before them (title, chapter heading) is cut.

    Raises:
        ValueError: `start` is not in the text.
    """
    if start not in text:
        raise ValueError(f"The text does not contain {start!r}: where should it start?")
    text = text[text.index(start) :].lower().replace("’", "'").replace("“", '"').replace("”", '"')
    text = text.replace("—", " - ")
    return re.sub(r"[^a-z!\"',\-.:;?]+", " ", text).strip()


def split_text(text: str, valid: float = 0.1) -> tuple[str, str]:
    """The text's first part for training and its last part, a share of `valid`, for validation.

    Raises:
        ValueError: `valid` is not between 0 and 1.
    """
    if not 0 < valid < 1:
        raise ValueError(f"valid is a share between 0 and 1, not {valid}.")
    cut = round(len(text) * (1 - valid))
    return text[:cut], text[cut:]
