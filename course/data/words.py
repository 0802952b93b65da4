"""Word vectors, a tokenizer, and the evaluation sets that come with gensim."""

from __future__ import annotations

import importlib.util
import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course.data.files import DataError, read_bytes, read_text
from course.data.loading import loader


# ----------------------------------------------------------------------------- words and tokens
@loader
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


@loader
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


@loader
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


@loader
def load_wordsim353() -> list[WordPair]:
    """WordSim-353 (Finkelstein et al. 2002): relatedness from 0 to 10, from gensim's test data.

    Raises:
        DataError: gensim is not installed (it is optional), or lacks the file.
    """
    return _word_pairs("wordsim353.tsv")


@loader
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
