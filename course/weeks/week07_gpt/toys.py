"""Toys of week 07: words for a tokenizer, GPT-2's merges, tables to beat, reviews, word pairs."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from course.data import load_gpt2_bpe, load_movie_snippets

Merges = Sequence[tuple[int, int]]
Pairs = Sequence[tuple[str, str]]

# GPT-2's way to cut a text into words (Radford and others 2019): a blank belongs to the next word.
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


# ------------------------------------------------------------------------------------ words
def split_words(text: str) -> list[bytes]:
    """A text as GPT-2 cuts it before byte-pair encoding; the pieces joined are the text."""
    return [word.encode() for word in WORD.findall(text)]


def word_counts(text: str) -> Counter[bytes]:
    """How often each word of a text occurs, as bytes."""
    return Counter(split_words(text))


def one_line(text: str) -> str:
    """A book's text with every run of blanks and line breaks as one blank."""
    words = text.split()
    return " ".join(words)


# ------------------------------------------------------------------------------------ merges
def pieces(merges: Merges) -> dict[int, str]:
    """The text of each id; what is no UTF-8 by itself is shown as U+FFFD."""
    return {i: piece.decode("utf-8", "replace") for i, piece in _bytes_of(merges).items()}


def _bytes_of(merges: Merges) -> dict[int, bytes]:
    found = {i: bytes([i]) for i in range(256)}
    for k, (left, right) in enumerate(merges):
        found[256 + k] = found[left] + found[right]
    return found


def bytes_per_token(text: str, merges: Merges) -> float:
    """How many bytes a token of this text has on average, by the library's encoder."""
    encoder = library_encoder(merges)
    words = word_counts(text)
    size = sum(len(word) * count for word, count in words.items())
    return size / sum(len(encoder(word)) * count for word, count in words.items())


def library_encoder(merges: Merges) -> Callable[[bytes], list[int]]:
    """A function from a word (bytes) to its ids, made of the library `tokenizers`."""
    from tokenizers import Tokenizer, models

    names = {i: "".join(map(_sign, piece)) for i, piece in _bytes_of(merges).items()}
    vocab = {name: i for i, name in names.items()}
    pairs = [(names[left], names[right]) for left, right in merges]
    model = Tokenizer(models.BPE(vocab, pairs))
    return lambda word: model.encode("".join(map(_sign, word))).ids


def _sign(byte: int) -> str:
    """A character for a byte that no rule of a tokenizer treats specially."""
    return chr(0x4E00 + byte)


# ------------------------------------------------------------------------------------ GPT-2's own
@cache
def _gpt2_bytes() -> tuple[int, ...]:
    """The byte behind each of GPT-2's first 256 ids: those that print first, then the others."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return (*shown, *(byte for byte in range(256) if byte not in shown))


def gpt2_merges() -> list[tuple[int, int]]:
    """GPT-2's 50,000 merges as pairs of ids: 0 to 255 are bytes, merge k makes the id 256 + k."""
    vocab, merges = load_gpt2_bpe()
    ours = dict(enumerate(_gpt2_bytes()))
    place = {token: ours.get(i, i) for token, i in vocab.items()}
    return [(place[left], place[right]) for left, right in merges]


def gpt2_ids(ids: Iterable[int]) -> list[int]:
    """Our ids in GPT-2's numbering: the 256 bytes stand there in another order."""
    theirs = {byte: i for i, byte in enumerate(_gpt2_bytes())}
    return [theirs.get(i, i) for i in ids]


# ------------------------------------------------------------------------------------ tables
class NgramTable:
    """N-grams that ask the shorter context: (count + epsilon P_shorter) / (total + epsilon)."""

    def __init__(self, texts: Iterable[Sequence], order: int, size: int) -> None:
        """Count.

        Args:
            texts: sequences of hashable symbols.
            order: the longest context.
            size: how many symbols there are.
        """
        self.order, self.size = order, size
        self.tables: list[dict] = [defaultdict(Counter) for _ in range(order + 1)]
        for text in texts:
            for n, table in enumerate(self.tables):
                for i in range(n, len(text)):
                    table[text[i - n : i]][text[i]] += 1

    def bits(self, texts: Iterable[Sequence], epsilon: float, order: int | None = None) -> float:
        """Bits a symbol, over all symbols of the texts."""
        top = self.order if order is None else order
        paid = [self._cost(text, i, epsilon, top) for text in texts for i in range(len(text))]
        return sum(paid) / len(paid)

    def _cost(self, text: Sequence, i: int, epsilon: float, top: int) -> float:
        p = 1 / self.size
        for n in range(min(top, i) + 1):
            row = self.tables[n].get(text[i - n : i])
            if row is None:
                break
            p = (row[text[i]] + epsilon * p) / (row.total() + epsilon)
        return -math.log2(p)

    def tuned(self, tuning: Sequence[Sequence]) -> tuple[int, float]:
        """The order and epsilon with the fewest bits on separate texts."""
        tried = [(order, eps) for order in range(2, self.order + 1) for eps in (2.0, 8.0)]
        return min(tried, key=lambda how: self.bits(tuning, how[1], how[0]))


def ngram_bits(train: str, held: str, order: int = 6, size: int = 36) -> float:
    """Bits a character of the best table, tuned on the end of the training text."""
    table = NgramTable([train[:-6000]], order, size)
    best, epsilon = table.tuned([train[-6000:]])
    return table.bits([held], epsilon, best)


# ------------------------------------------------------------------------------------ reviews
PROMPTS = ("A good film:", "A bad film:")
CLEAR = 1.5  # a mean rating this far from 0 is no matter of taste


@dataclass(frozen=True)
class Reviews:
    """(prompt, answer) pairs: to learn from, to tune a table with, and held out."""

    train: list[tuple[str, str]]
    tuning: list[tuple[str, str]]
    held: list[tuple[str, str]]


@cache
def review_pairs(seed: int = 7, held: int = 80) -> Reviews:
    """Sentences of reviews whose raters agree, each behind the prompt of its kind."""
    kinds = {PROMPTS[0]: lambda r: r >= CLEAR, PROMPTS[1]: lambda r: r <= -CLEAR}
    pairs = [
        (prompt, one_line(snippet.text))
        for prompt, fits in kinds.items()
        for snippet in load_movie_snippets()
        if fits(snippet.rating)
    ]
    random.Random(seed).shuffle(pairs)
    return Reviews(pairs[2 * held :], pairs[:held], pairs[held : 2 * held])


def review_ngram_bits(reviews: Reviews, read: Pairs, order: int = 5) -> float:
    """Bits a byte, on the held-out reviews, of tuned n-grams of bytes that read some others."""
    train, tuning, held = (
        [f" {text}".encode() for _, text in part] for part in (read, reviews.tuning, reviews.held)
    )
    table = NgramTable(train, order, 256)
    best, epsilon = table.tuned(tuning[:30])
    return table.bits(held, epsilon, best)


class ReviewJudge:
    """Naive Bayes over words: which of the two prompts does a sentence belong to?"""

    def __init__(self, pairs: Pairs) -> None:
        """Count the words of both kinds."""
        self.counts: Mapping[str, Counter] = {prompt: Counter() for prompt in PROMPTS}
        for prompt, text in pairs:
            self.counts[prompt].update(set(self._words(text)))
        self.of_each = Counter(prompt for prompt, _ in pairs)

    @staticmethod
    def _words(text: str) -> list[str]:
        return re.findall(r"[a-z']+", text.lower())

    def good(self, text: str) -> bool:
        """Whether the sentence is likelier a good review."""
        score = math.log(self.of_each[PROMPTS[0]] / self.of_each[PROMPTS[1]])
        for word in set(self._words(text)):
            good, bad = ((self.counts[p][word] + 1) / (self.of_each[p] + 2) for p in PROMPTS)
            score += math.log(good / bad)
        return score > 0

    def accuracy(self, pairs: Pairs) -> float:
        """The share of pairs whose prompt is found."""
        return sum(self.good(text) == (prompt == PROMPTS[0]) for prompt, text in pairs) / len(pairs)


# ------------------------------------------------------------------------------------ adapters
ADAPTED = frozenset(  # the matrices of a layer, as GPT-2 and as Llama call them
    ("c_attn", "c_proj", "c_fc", "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj",
     "down_proj")
)  # fmt: skip


def in_and_out(layer: nn.Module) -> tuple[int, int]:
    """D_in and D_out of a layer: `nn.Linear` keeps (out, in), GPT-2's `Conv1D` (in, out)."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    first, second = weight.shape
    return (second, first) if isinstance(layer, nn.Linear) else (first, second)


@torch.no_grad()
def add_to_weight(layer: nn.Module, delta: Tensor) -> None:
    """Add a matrix (in, out) to a layer's weight, whichever way round the layer keeps it."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    weight += delta.T if isinstance(layer, nn.Linear) else delta


# ------------------------------------------------------------------------------------ word pairs
def word_ids(text: str, V: int, length: int = 40) -> tuple[Tensor, Tensor, int]:
    """The V - 1 most frequent words of a text as ids; id 0 is every other word.

    Returns:
        rows: (N, length), the first nine tenths in windows.
        held: (M,), the last tenth.
        V.
    """
    words = re.findall(r"[a-z']+|[.,;!?]", text.lower())
    frequent = [word for word, _ in Counter(words).most_common(V - 1)]
    place = {word: i + 1 for i, word in enumerate(frequent)}
    ids = torch.tensor([place.get(word, 0) for word in words])
    cut = len(ids) * 9 // 10 // length * length
    return ids[:cut].view(-1, length), ids[cut:], V
