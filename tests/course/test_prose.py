"""Prose for character models: its alphabet, its cleaning, its two parts."""

from __future__ import annotations

import pytest

from course.data import load_austen
from course.data.prose import ALPHABET, clean_prose, split_text


def test_alphabet_is_sorted_and_without_repeats() -> None:
    """The alphabet's 36 characters are sorted and different, so ids are stable."""
    assert list(ALPHABET) == sorted(set(ALPHABET))
    assert len(ALPHABET) == 36


def test_clean_prose_keeps_the_alphabet_only() -> None:
    """Case, digits, underscores, line ends and typographic quotes are normalised."""
    assert clean_prose("He_said:\n “No—it’s 3 o'clock!”") == "he said: \"no - it's o'clock!\""
    assert clean_prose("Title\n\nOnce  upon", start="Once") == "once upon"


def test_clean_prose_says_when_the_start_is_missing() -> None:
    """A start that is not in the book is an error that quotes it."""
    with pytest.raises(ValueError, match="Call me"):
        clean_prose("Once upon a time", start="Call me")


def test_the_novel_uses_exactly_the_alphabet() -> None:
    """Pride and Prejudice, cleaned, has all 36 characters and no other."""
    novel = clean_prose(load_austen()["prideprejudice"], start="It is a truth")
    assert set(novel) == set(ALPHABET)
    assert novel.startswith("it is a truth universally acknowledged, that")
    assert len(novel) > 650_000


def test_split_text_loses_nothing() -> None:
    """The two parts joined are the text; the share is that of the last part."""
    train, valid = split_text("abcdefghij" * 10, valid=0.2)
    assert train + valid == "abcdefghij" * 10
    assert len(valid) == 20
    with pytest.raises(ValueError, match=r"1\.5"):
        split_text("abc", valid=1.5)
