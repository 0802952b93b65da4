"""The data of the course: one function a set, offline, cached, checked by sha256.

    >>> from course.data import load_glove
    >>> words, vectors = load_glove()
    >>> vectors.shape
    (10000, 100)

A second call is quick. Lists, dicts and arrays come as fresh copies, so changing them does no harm;
the items inside them are shared. Every loader raises `DataError`, whose message says which
file is missing or damaged and what to do. `README.md` beside this file states source and licence.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import json
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from course.data.files import (
    DATA_DIR,
    DataError,
    DataFile,
    Finding,
    manifest,
    read_bytes,
    read_rows,
    read_text,
    verify,
)

__all__ = [
    "DATA_DIR",
    "AnalogyQuestion",
    "DataError",
    "DataFile",
    "EmojiCaption",
    "Finding",
    "Gpt2Bpe",
    "MovieSnippet",
    "SpeechClip",
    "WordPair",
    "load_analogies",
    "load_austen",
    "load_debian_faq",
    "load_digits",
    "load_emoji",
    "load_en_ko_help",
    "load_en_ko_udhr",
    "load_factbook",
    "load_glove",
    "load_gpt2_bpe",
    "load_korean_constitution",
    "load_moby_dick",
    "load_movie_raters",
    "load_movie_snippets",
    "load_simlex999",
    "load_speech",
    "load_wordsim353",
    "manifest",
    "verify",
]

P = ParamSpec("P")
T = TypeVar("T")


def _loader(function: Callable[P, T]) -> Callable[P, T]:
    """Cache what a loader read; hand out a fresh top level each time."""
    cached = functools.cache(function)

    @functools.wraps(function)
    def load(*args: P.args, **kwargs: P.kwargs) -> T:
        return _fresh(cached(*args, **kwargs))  # type: ignore[arg-type]

    load.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
    return load


def _fresh(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, dict)):
        return value.copy()
    if type(value) is tuple:
        return tuple(_fresh(item) for item in value)
    return value


# ---------------------------------------------------------------------------------------- books
@_loader
def load_austen() -> dict[str, str]:
    """Jane Austen's six novels, by short name, in order of publication as the source has them.

    Returns:
        {"sensesensibility": text, "prideprejudice": …, "mansfieldpark": …, "emma": …,
        "northangerabbey": …, "persuasion": …}; 4.0 million characters in all.
    """
    novels = read_text("austen.txt.xz").split("\f")[1:]  # a form feed stands before each name
    return {name: text for name, _, text in (novel.partition("\n") for novel in novels)}


@_loader
def load_moby_dick() -> str:
    """Herman Melville's *Moby-Dick* from "CHAPTER 1. Loomings."; 1.19 million characters."""
    return read_text("moby_dick.txt.xz")


@_loader
def load_korean_constitution() -> str:
    """The Constitution of the Republic of Korea, in Korean: 18 thousand characters, formal."""
    return read_text("korean_constitution.txt.xz")


@_loader
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


@_loader
def load_movie_snippets() -> list[MovieSnippet]:
    """10,605 sentences of movie reviews with mean ratings between -4 and 4.

    Source: Hutto & Gilbert 2014, VADER (ICWSM). The sentences quote reviews by third parties.
    """
    rows = read_rows("movie_snippets.tsv.xz")
    return [MovieSnippet(int(key), float(rating), text) for key, rating, text in rows]


@_loader
def load_movie_raters() -> dict[int, list[int]]:
    """Every rater's score of each snippet: id -> 15 to 29 integers from -4 to 4.

    The ids are those of `load_movie_snippets`; the mean of a list is the snippet's rating.
    """
    rows = read_rows("movie_snippets_raters.tsv.xz")
    return {int(key): json.loads(scores) for key, _mean, _deviation, scores in rows}


# ---------------------------------------------------------------------------------- translations
@_loader
def load_en_ko_help() -> list[tuple[str, str]]:
    """11,155 aligned (English, Korean) paragraphs of LibreOffice's help (MPL-2.0)."""
    return [(english, korean) for english, korean in read_rows("en_ko_help.tsv.xz")]


@_loader
def load_en_ko_udhr() -> list[tuple[str, str]]:
    """60 aligned (English, Korean) paragraphs of the Universal Declaration of Human Rights."""
    return [(english, korean) for english, korean in read_rows("en_ko_udhr.tsv")]


# ------------------------------------------------------------------------------------- knowledge
@_loader
def load_factbook() -> list[dict]:
    """262 profiles of countries and regions from the CIA World Factbook **of 2015**.

    Each is a nested dict: "region", "code", then sections such as "Geography", whose leaves are
    {"text": …}. The facts are as old as their year; say so wherever they are shown.
    """
    return [json.loads(line) for line in read_text("factbook2015.jsonl.xz").split("\n") if line]


# ---------------------------------------------------------------------------------------- images
@dataclass(frozen=True)
class EmojiCaption:
    """What one emoji is called, in both languages."""

    emoji: str
    english: str
    korean: str
    group: str
    subgroup: str
    english_tags: tuple[str, ...]
    korean_tags: tuple[str, ...]


@_loader
def load_emoji() -> tuple[np.ndarray, list[EmojiCaption]]:
    """1,911 emoji as small pictures, and their names.

    Returns:
        images: uint8 (1911, 32, 32, 3), RGB on white.
        captions: 1,911 `EmojiCaption`, in the order of the images.
    """
    with np.load(io.BytesIO(read_bytes("emoji_noto32.npz")), allow_pickle=False) as archive:
        images = archive["images"]
    return images, [_caption(row) for row in read_rows("emoji_captions.tsv.xz")]


def _caption(row: list[str]) -> EmojiCaption:
    emoji, english, korean, group, subgroup, english_tags, korean_tags = row
    return EmojiCaption(
        emoji, english, korean, group, subgroup, _tags(english_tags), _tags(korean_tags)
    )


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag for tag in text.split("|") if tag)


@_loader
def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's handwritten digits, grey values scaled to [0, 1].

    Returns:
        images: float32 (1797, 8, 8), 0 is the paper and 1 is full ink.
        labels: int64 (1797,), the digit 0 to 9.

    Raises:
        DataError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits as sklearn_digits
    except ImportError:
        raise DataError(
            "The digits come with scikit-learn, which is not installed: "
            "run `pip install -r requirements.txt`."
        ) from None
    digits = sklearn_digits()
    return (digits.images / 16).astype(np.float32), digits.target.astype(np.int64)


# ----------------------------------------------------------------------------- words and tokens
@_loader
def load_glove() -> tuple[list[str], np.ndarray]:
    """GloVe word vectors of 10,000 frequent English words, the most frequent first.

    Returns:
        words: 10,000 lower-case words.
        vectors: float32 (10000, 100); row i belongs to words[i]. Stored at half precision.

    Source: Pennington, Socher & Manning 2014, GloVe (EMNLP).
    """
    content = io.BytesIO(read_bytes("glove100_top10k_f16.npz"))
    with np.load(content, allow_pickle=False) as archive:
        return archive["words"].tolist(), archive["vectors"].astype(np.float32)


class Gpt2Bpe(NamedTuple):
    """GPT-2's byte-level BPE: what `tokenizers.ByteLevelBPETokenizer(vocab, merges)` takes."""

    vocab: dict[str, int]
    merges: list[tuple[str, str]]


@_loader
def load_gpt2_bpe() -> Gpt2Bpe:
    """GPT-2's tokenizer: 50,257 tokens, 50,000 merges in order of priority.

    To use it::

        from tokenizers import ByteLevelBPETokenizer
        tokenizer = ByteLevelBPETokenizer(*load_gpt2_bpe())

    Source: Radford et al. 2019, Language Models are Unsupervised Multitask Learners.
    """
    vocab = json.loads(read_text("gpt2_encoder.json.xz"))
    lines = read_text("gpt2_vocab.bpe.xz").split("\n")[1:]  # the first line is the version
    merges = [(left, right) for left, right in (line.split(" ") for line in lines if line)]
    return Gpt2Bpe(vocab, merges)


# ---------------------------------------------------------------------------------------- speech
@dataclass(frozen=True)
class SpeechClip:
    """One recording: `samples` is int16 (n,), mono, at `sample_rate` samples per second."""

    name: str
    sample_rate: int
    samples: np.ndarray
    transcript: str

    @property
    def waveform(self) -> np.ndarray:
        """The samples as float32 (n,) in [-1, 1)."""
        return self.samples.astype(np.float32) / 32768

    @property
    def seconds(self) -> float:
        """Length of the recording in seconds."""
        return len(self.samples) / self.sample_rate


@_loader
def load_speech() -> list[SpeechClip]:
    """Five read sentences of *Sense and Sensibility*, 16 kHz mono, with their transcripts."""
    return [_clip(line) for line in read_text("speech/transcription").split("\n") if line]


def _clip(line: str) -> SpeechClip:
    # a line of the transcription: "<s> the words </s> (name-of-the-clip)"
    words, _, name = line.rpartition("(")
    name = name.rstrip(") ")
    with wave.open(io.BytesIO(read_bytes(f"speech/{name}.wav")), "rb") as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2")
        rate = recording.getframerate()
    return SpeechClip(name, rate, samples, words.replace("</s>", "").replace("<s>", "").strip())


# --------------------------------------------------------- evaluation sets that come with gensim
class AnalogyQuestion(NamedTuple):
    """`a` is to `b` as `c` is to `d`; `section` is the kind of relation."""

    section: str
    a: str
    b: str
    c: str
    d: str


class WordPair(NamedTuple):
    """Two words and how similar people judged them to be."""

    first: str
    second: str
    score: float


@_loader
def load_analogies() -> list[AnalogyQuestion]:
    """The 19,544 analogy questions of Mikolov et al. 2013, read from gensim's test data.

    Raises:
        DataError: gensim is not installed (it is optional), or lacks the file.
    """
    questions, section = [], ""
    for line in _gensim_text("questions-words.txt").splitlines():
        if line.startswith(":"):
            section = line[1:].strip()
        elif line:
            questions.append(AnalogyQuestion(section, *line.split()))
    return questions


@_loader
def load_wordsim353() -> list[WordPair]:
    """WordSim-353 (Finkelstein et al. 2002): relatedness from 0 to 10, from gensim's test data.

    Raises:
        DataError: gensim is not installed (it is optional), or lacks the file.
    """
    return _word_pairs("wordsim353.tsv")


@_loader
def load_simlex999() -> list[WordPair]:
    """SimLex-999 (Hill, Reichart & Korhonen 2015): similarity from 0 to 10, from gensim.

    Raises:
        DataError: gensim is not installed (it is optional), or lacks the file.
    """
    return _word_pairs("simlex999.txt")


def _word_pairs(name: str) -> list[WordPair]:
    lines = _gensim_text(name).splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [WordPair(row[0], row[1], float(row[2])) for row in rows]


def _gensim_text(name: str) -> str:
    """A file of gensim's test data, found without importing gensim (its import takes seconds)."""
    package = importlib.util.find_spec("gensim")
    if package is None or not package.submodule_search_locations:
        raise DataError(
            f"{name} comes with gensim, which the course does not need and which is not installed: "
            "run `pip install gensim`, or skip this part."
        )
    path = Path(package.submodule_search_locations[0]) / "test" / "test_data" / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"The installed gensim has no readable {name} in its test data ({error.strerror}): "
            "install gensim from PyPI, or skip this part."
        ) from error
