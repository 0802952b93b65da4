"""Data of week 06: snippets in three classes, and a toy language of reviews in English and Korean.

The snippets are real (`course.data.load_movie_snippets`); how they become three classes is decided
here, once. The toy reviews are made from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import nn

from course.data import MovieSnippet, load_movie_raters, split_movie_snippets

CLASSES = ("negative", "neutral", "positive")
NEUTRAL, CLEAR = 1.0, 1.5  # mean ratings: up to the first neutral, from the second clearly not


# ------------------------------------------------------------------------------------ snippets
@dataclass(frozen=True)
class Labelled:
    """Texts in lower case with their classes, places in `CLASSES`."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.texts)


def sentiment(rating: float) -> int | None:
    """The class of a mean rating (from -4 to 4); None where it lies between two classes."""
    if abs(rating) <= NEUTRAL:
        return 1
    if abs(rating) < CLEAR:
        return None
    return 2 if rating > 0 else 0


@cache
def snippets_by_class(part: str) -> tuple[tuple[MovieSnippet, ...], ...]:
    """The snippets of a part ("train", "valid" or "test") in three tuples, by class."""
    found: tuple[list[MovieSnippet], ...] = ([], [], [])
    for snippet in split_movie_snippets()[part]:
        kind = sentiment(snippet.rating)
        if kind is not None:
            found[kind].append(snippet)
    return tuple(tuple(snippets) for snippets in found)


def balanced(part: str, seed: int = 0, count: int | None = None) -> Labelled:
    """As many snippets of each class, drawn and shuffled by the seed.

    Args:
        part: "train", "valid" or "test".
        seed: the same seed draws the same snippets on every machine.
        count: how many in all (classes differ by one at most); as many as there are unless told.

    Raises:
        ValueError: there are not that many.
    """
    by_class = snippets_by_class(part)
    most = 3 * min(map(len, by_class))
    count = most if count is None else count
    if not 0 < count <= most:
        raise ValueError(f"{count} balanced snippets were asked of {part}, which has {most}")
    dice = random.Random(f"snippets/{part}/{seed}")
    sizes = [count // 3 + (kind < count % 3) for kind in range(3)]
    rows = [
        (snippet.text.lower(), kind)
        for kind, size in enumerate(sizes)
        for snippet in dice.sample(by_class[kind], size)
    ]
    dice.shuffle(rows)
    return Labelled(tuple(text for text, _ in rows), tuple(kind for _, kind in rows))


def one_rater_alone(part: str = "test") -> float:
    """How often a single rater's score falls into the snippet's class: a person as classifier.

    The mean over classes, each with the same weight. The rater's own score is part of the mean
    rating, so the figure flatters by a little. Scores are whole numbers: 2 or more is positive.
    """
    raters = load_movie_raters()
    shares = []
    for kind, snippets in enumerate(snippets_by_class(part)):
        said = [sentiment(score) for s in snippets for score in raters[s.id]]
        shares.append(sum(one == kind for one in said) / len(said))
    return sum(shares) / len(shares)


# ------------------------------------------------------------------------------------ toy reviews
@dataclass(frozen=True)
class ToyLanguage:
    """What a toy review is made of: things, and words that blame, do neither, or praise."""

    things: Sequence[str]
    links: Sequence[str]
    degrees: Sequence[str]
    verdicts: Sequence[Sequence[str]]  # by class
    joint: str


ENGLISH = ToyLanguage(
    things="film plot cast music story ending dialogue camera humour pace".split(),
    links=("is", "was"),
    degrees=("very", "quite", "rather", "truly"),
    verdicts=(
        "dull weak empty clumsy tedious flat".split(),
        "long short quiet familiar simple serious".split(),
        "good warm bright tender witty fresh".split(),
    ),
    joint="and",
)
KOREAN = ToyLanguage(
    things="영화는 줄거리는 배우는 음악은 이야기는 결말은 대사는 화면은 웃음은 흐름은".split(),
    links=("이번에도", "끝까지"),
    degrees=("아주", "꽤", "정말", "조금"),
    verdicts=(
        "지루하고 약하고 텅비었고 어설프고 따분하고 밋밋하고".split(),
        "길고 짧고 조용하고 익숙하고 단순하고 진지하고".split(),
        "좋고 따뜻하고 밝고 다정하고 재치있고 신선하고".split(),
    ),
    joint="그리고",
)


def toy_reviews(count: int, seed: int) -> list[list[str]]:
    """Reviews of one mood in one of two languages, as lists of words.

    "the plot is very dull and the music is flat .": who sees one verdict knows the mood of the
    other, and who sees a thing in Korean knows the language of the rest. So a gap can be filled
    from both sides only.
    """
    dice = random.Random(f"toy reviews/{seed}")
    return [_review(dice.choice((ENGLISH, KOREAN)), dice.randrange(3), dice) for _ in range(count)]


def _review(language: ToyLanguage, mood: int, dice: random.Random) -> list[str]:
    one, two = dice.sample(list(language.things), 2)
    link, degree = dice.choice(language.links), dice.choice(language.degrees)
    first, second = dice.sample(list(language.verdicts[mood]), 2)
    article = ["the"] if language is ENGLISH else []
    return [*article, one, link, degree, first, language.joint, *article, two, link, second, "."]


def toy_vocabulary() -> list[str]:
    """All words of the toy reviews, behind five special tokens; a word's place is its id."""
    words = {"the", "."}
    for language in (ENGLISH, KOREAN):
        words |= {*language.things, *language.links, *language.degrees, language.joint}
        words |= {word for verdicts in language.verdicts for word in verdicts}
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(words)]


# ------------------------------------------------------------------------------------ heads
class SilentHead:
    """Switch one attention head of a BERT off, for as long as the `with` lasts.

    Its part of what the heads hand on becomes zero. `model` is any model of `transformers` with
    `model.bert.encoder`; nothing of it is changed.
    """

    def __init__(self, model: Any, layer: int, head: int) -> None:
        attention = model.bert.encoder.layer[layer].attention
        width = model.config.hidden_size // model.config.num_attention_heads
        self.columns = slice(head * width, (head + 1) * width)
        self.dense = attention.output.dense

    def __enter__(self) -> None:
        self.handle = self.dense.register_forward_pre_hook(self._silence)

    def __exit__(self, *_: object) -> None:
        self.handle.remove()

    def _silence(self, _module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple:
        heads = inputs[0].clone()
        heads[..., self.columns] = 0.0
        return (heads, *inputs[1:])


def shuffled_words(texts: Sequence[str], seed: int = 0) -> list[str]:
    """The same words of each text in another order."""
    dice = random.Random(f"shuffled words/{seed}")
    return [" ".join(dice.sample(text.split(), len(text.split()))) for text in texts]
