"""Books, reviews, translations and knowledge, each with a loader."""

from __future__ import annotations

import json
from dataclasses import dataclass

from course.data.files import read_rows, read_text
from course.data.loading import loader


# ---------------------------------------------------------------------------------------- books
@loader
def load_austen() -> dict[str, str]:
    """Jane Austen's six novels, by short name, in order of publication as the source has them.

    Returns:
        {"sensesensibility": text, "prideprejudice": …, "mansfieldpark": …, "emma": …,
        "northangerabbey": …, "persuasion": …}; 4.0 million characters in all.
    """
    novels = read_text("austen.txt.xz").split("\f")[1:]  # a form feed stands before each name
    return {name: text for name, _, text in (novel.partition("\n") for novel in novels)}


@loader
def load_moby_dick() -> str:
    """Herman Melville's *Moby-Dick* from "CHAPTER 1. Loomings."; 1.19 million characters."""
    return read_text("moby_dick.txt.xz")


@loader
def load_korean_constitution() -> str:
    """The Constitution of the Republic of Korea, in Korean: 18 thousand characters, formal."""
    return read_text("korean_constitution.txt.xz")


@loader
def load_debian_faq(lang: str = "en") -> str:
    """The Debian FAQ 11.0 as one text, with its copyright notice. Pass that notice on with it.

    Args:
        lang: "en" for English or "ko" for Korean.

    Raises:
        ValueError: `lang` is neither.
    """
    if lang not in ("en", "ko"):
        raise ValueError(f"The Debian FAQ is here in 'en' and 'ko', not in {lang!r}.")
    return read_text(f"debian_faq_{lang}.txt.xz")


# --------------------------------------------------------------------------------- movie reviews
@dataclass(frozen=True)
class MovieSnippet:
    """A sentence of a movie review; `rating` is the mean over raters, from -4 to 4."""

    id: int
    rating: float
    text: str


@loader
def load_movie_snippets() -> list[MovieSnippet]:
    """10,605 sentences of movie reviews with mean ratings between -4 and 4.

    Source: Hutto & Gilbert 2014, VADER (ICWSM). The sentences quote reviews by third parties.
    """
    rows = read_rows("movie_snippets.tsv.xz")
    return [MovieSnippet(int(key), float(rating), text) for key, rating, text in rows]


def split_movie_snippets() -> dict[str, list[MovieSnippet]]:
    """The snippets in three parts that no two weeks mix: what trains never judges.

    The last digit of the id decides (0 and 1: test, 2: valid, the others: train), so that every
    part holds the same mixture: the file has the good reviews first.

    Returns:
        {"train": …, "valid": …, "test": …}, about 70, 10 and 20% of the 10,605 snippets. The
        shipped models that read snippets read the training part alone.
    """
    parts: dict[str, list[MovieSnippet]] = {"train": [], "valid": [], "test": []}
    for snippet in load_movie_snippets():
        parts[{0: "test", 1: "test", 2: "valid"}.get(snippet.id % 10, "train")].append(snippet)
    return parts


@loader
def load_movie_raters() -> dict[int, list[int]]:
    """Every rater's score of each snippet: id -> 15 to 29 integers from -4 to 4.

    The ids are those of `load_movie_snippets`; the mean of a list is the snippet's rating.
    """
    rows = read_rows("movie_snippets_raters.tsv.xz")
    return {int(key): json.loads(scores) for key, _mean, _deviation, scores in rows}


# ---------------------------------------------------------------------------------- translations
@loader
def load_en_ko_help() -> list[tuple[str, str]]:
    """11,155 aligned (English, Korean) paragraphs of LibreOffice's help (MPL-2.0)."""
    return [(english, korean) for english, korean in read_rows("en_ko_help.tsv.xz")]


def split_en_ko_help() -> dict[str, list[tuple[str, str]]]:
    """The help pairs in two parts: {"train": …, "test": …}; every tenth pair is for the test.

    The manual repeats itself: a training pair that shares its English or its Korean side with a
    test pair is left out, so that nothing in the test has been read before.
    """
    pairs = load_en_ko_help()
    test = pairs[::10]
    seen = {english for english, _ in test} | {korean for _, korean in test}
    train = [pair for i, pair in enumerate(pairs) if i % 10 and not seen & set(pair)]
    return {"train": train, "test": test}


@loader
def load_en_ko_udhr() -> list[tuple[str, str]]:
    """60 aligned (English, Korean) paragraphs of the Universal Declaration of Human Rights."""
    return [(english, korean) for english, korean in read_rows("en_ko_udhr.tsv")]


# ------------------------------------------------------------------------------------- knowledge
@loader
def load_factbook() -> list[dict]:
    """262 profiles of countries and regions from the CIA World Factbook **of 2015**.

    Each is a nested dict: "region", "code", then sections such as "Geography", whose leaves are
    {"text": …}. The facts are as old as their year; say so wherever they are shown.
    """
    return [json.loads(line) for line in read_text("factbook2015.jsonl.xz").split("\n") if line]
