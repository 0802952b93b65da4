"""How well a model sorts film snippets with some examples in its prompt; `measure_smollm2` asks.

Half of the snippets are good, half bad, by the mean of their raters. What the model says is the
likelier of the two words behind the cue. Calibrated, it is the word that is likelier than
elsewhere: than where the same prompt asks about nothing (Zhao and others 2021,
https://arxiv.org/abs/2102.09690), or than on the mean of all that is asked (Zhou and others 2023,
https://arxiv.org/abs/2309.17249).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from course.data import MovieSnippet, split_movie_snippets

TASK = "Say whether a review is good or bad."
WORDS = ("bad", "good")
COUNTS = (0, 1, 2, 4, 8)  # examples in the prompt
DRAWS, ASKED = 3, 60  # draws of examples, and of snippets to sort for each
EMPTY = ("N/A", "[MASK]", "")  # in a snippet's place: they say nothing, and have no right word
CLEAR = 1.0  # ratings go from -4 to 4; those nearer to 0 are left out
BuildPrompt = Callable[[str, list[tuple[str, str, str]], str], str]
Labelled = tuple[str, int]  # text, place in WORDS


def clear_snippets(part: Sequence[MovieSnippet]) -> list[Labelled]:
    """Snippets on which raters are at one, with their word."""
    return [(one.text, int(one.rating > 0)) for one in part if abs(one.rating) >= CLEAR]


def balanced(part: Sequence[Labelled], count: int, rng: random.Random) -> list[Labelled]:
    """Equally many of both words, in no order; of an odd number the last is left to chance."""
    found = []
    for label in rng.sample((0, 1), 2):
        found.append(rng.sample([one for one in part if one[1] == label], (count + 1) // 2))
    pairs = [one for pair in zip(*found, strict=True) for one in rng.sample(pair, 2)]
    return pairs[:count]


def prompts(
    build_prompt: BuildPrompt, shots: Sequence[Labelled], asked: Sequence[Labelled]
) -> list[str]:
    """One prompt for each snippet, the same examples in each."""
    shown = [(text, "", WORDS[label]) for text, label in shots]
    return [build_prompt(TASK, shown, text) for text, _ in asked]


@torch.no_grad()
def leanings(model: Any, tokenizer: Any, texts: Sequence[str]) -> Tensor:
    """How much likelier good is than bad behind each text: the difference of their logits, (N,).

    What all texts begin with is read once.
    """
    rows = [tokenizer(text).input_ids for text in texts]
    bad, good = (tokenizer(f" {word}").input_ids[0] for word in WORDS)
    shared, cache = in_common(rows), DynamicCache()
    if shared:
        _read(model, rows[0][:shared], cache)
    found = []
    for row in rows:
        logits = _read(model, row[shared:], cache)
        found.append(logits[good] - logits[bad])
        cache.crop(shared - len(row))  # takes that many away again
    return torch.stack(found)


def chosen(leaned: Tensor, others: Tensor | None = None) -> list[int]:
    """The place in WORDS that each text leans to, calibrated by what other texts lean to.

    Args:
        leaned: (N,), from `leanings`.
        others: (K,), the same for prompts that ask about nothing, or `leaned` itself; None: as the
            model says it.
    """
    middle = 0.0 if others is None else others.sigmoid().mean().logit().item()
    return [int(one > middle) for one in leaned.tolist()]


def in_common(rows: Sequence[Sequence[int]]) -> int:
    """How many ids all rows begin with."""
    columns = zip(*rows, strict=False)
    return sum(1 for _ in takewhile(lambda ids: len(set(ids)) == 1, columns))


def _read(model: Any, ids: list[int], cache: DynamicCache) -> Tensor:
    out = model(input_ids=torch.tensor([ids]), past_key_values=cache, use_cache=True)
    logits: Tensor = out.logits[0, -1]
    return logits


def draws() -> Iterator[tuple[list[Labelled], list[Labelled]]]:
    """Examples of the training part, and snippets of the test part, for each draw."""
    parts = {name: clear_snippets(part) for name, part in split_movie_snippets().items()}
    for seed in range(DRAWS):
        rng = random.Random(f"few-shot/{seed}")
        yield balanced(parts["train"], max(COUNTS), rng), balanced(parts["test"], ASKED, rng)


def by_counting(asked: Sequence[Labelled]) -> list[int]:
    """The baseline: words and pairs of words of the training part, tuned on the validation part."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    parts = {name: clear_snippets(part) for name, part in split_movie_snippets().items()}
    reader = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    (read, labels), (tuning, right) = (
        zip(*parts[name], strict=True) for name in ("train", "valid")
    )
    known = reader.fit_transform(read)
    fits = [LogisticRegression(C=c, max_iter=500).fit(known, labels) for c in (0.3, 1, 3, 10, 30)]
    best = max(fits, key=lambda fit: fit.score(reader.transform(tuning), right))
    return [int(label) for label in best.predict(reader.transform([text for text, _ in asked]))]
