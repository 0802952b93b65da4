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

from course.data.factbook import (
    FactbookQuestion,
    Passage,
    factbook_documents,
    factbook_passages,
    factbook_questions,
)
from course.data.faq import FaqSection, faq_sections
from course.data.files import (
    DATA_DIR,
    DataError,
    DataFile,
    Finding,
    manifest,
    verify,
)
from course.data.grammar import SentencePair, translation_pairs
from course.data.images_and_sound import (
    EmojiCaption,
    SpeechClip,
    load_digits,
    load_emoji,
    load_speech,
)
from course.data.texts import (
    MovieSnippet,
    load_austen,
    load_debian_faq,
    load_en_ko_help,
    load_en_ko_udhr,
    load_factbook,
    load_korean_constitution,
    load_moby_dick,
    load_movie_raters,
    load_movie_snippets,
    split_en_ko_help,
    split_movie_snippets,
)
from course.data.vocabulary import BOS, EOS, PAD, UNK, Vocabulary
from course.data.words import (
    AnalogyQuestion,
    Gpt2Bpe,
    WordPair,
    load_analogies,
    load_glove,
    load_gpt2_bpe,
    load_simlex999,
    load_wordsim353,
)

__all__ = [
    "BOS",
    "DATA_DIR",
    "EOS",
    "PAD",
    "UNK",
    "AnalogyQuestion",
    "DataError",
    "DataFile",
    "EmojiCaption",
    "FactbookQuestion",
    "FaqSection",
    "Finding",
    "Gpt2Bpe",
    "MovieSnippet",
    "Passage",
    "SentencePair",
    "SpeechClip",
    "Vocabulary",
    "WordPair",
    "factbook_documents",
    "factbook_passages",
    "factbook_questions",
    "faq_sections",
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
    "split_en_ko_help",
    "split_movie_snippets",
    "translation_pairs",
    "verify",
]
