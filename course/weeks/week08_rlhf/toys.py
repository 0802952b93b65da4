"""Toys of week 08: raters' pairs, a reward model of words, a sampler, and texts to test rewards."""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course.data import load_movie_raters, split_movie_snippets

WORD = re.compile(r"[a-z']+")
END = 0  # the id of <|endoftext|> in the shipped models' tokenizer


# ------------------------------------------------------------------------------------ raters
@dataclass(frozen=True)
class Part:
    """Some snippets: their texts, every rater's scores (-4 to 4), and the means of these."""

    texts: tuple[str, ...]
    scores: tuple[tuple[int, ...], ...]
    means: tuple[float, ...]


@cache
def load_parts() -> Mapping[str, Part]:
    """The rated snippets: "train", "valid" and "test", as the shipped models were trained."""
    raters = load_movie_raters()
    return {
        name: Part(
            tuple(snippet.text for snippet in snippets),
            tuple(tuple(raters[snippet.id]) for snippet in snippets),
            tuple(snippet.rating for snippet in snippets),
        )
        for name, snippets in split_movie_snippets().items()
    }


def thinned(part: Part, every: int) -> Part:
    """Every so many-th snippet of a part."""
    return Part(part.texts[::every], part.scores[::every], part.means[::every])


def draw_pairs(size: int, count: int, seed: int = 0) -> list[tuple[int, int]]:
    """`count` pairs of different places below `size`."""
    dice = random.Random(seed)
    return [(one, other) for one, other in (dice.sample(range(size), 2) for _ in range(count))]


def rater_accuracy(rewards: Tensor, chosen: Tensor, rejected: Tensor, agreement: Tensor) -> float:
    """How often rewards side with one rater's verdict on a pair, equal scores counted as halves.

    Args:
        rewards: (snippets,).
        chosen, rejected, agreement: (P,) each, as `preference_pairs` gives them.
    """
    right = (rewards[chosen] > rewards[rejected]).to(agreement.dtype)
    return (right * agreement + (1 - right) * (1 - agreement)).mean().item()


# ------------------------------------------------------------------------------------ rewards
def words(text: str) -> list[str]:
    """The words of a text in small letters, in their order."""
    return WORD.findall(text.lower())


class WordReward(nn.Module):
    """A reward model that adds up one number for each word of a text, unknown words for nothing.

    Args:
        texts: whose words it knows.
        least: in how many of them a word must occur.
    """

    def __init__(self, texts: Iterable[str], least: int = 3) -> None:
        super().__init__()
        counts = Counter(word for text in texts for word in sorted(set(words(text))))
        known = [word for word, count in counts.most_common() if count >= least]
        self.places = {word: k for k, word in enumerate(known)}
        self.worth = nn.EmbeddingBag(len(known) + 1, 1, mode="sum", padding_idx=len(known))
        nn.init.zeros_(self.worth.weight)

    def rows(self, texts: Sequence[str]) -> list[list[int]]:
        """The places of the known words of each text."""
        return [[self.places[w] for w in words(text) if w in self.places] for text in texts]

    def forward(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """The rewards (texts,) of rows of places."""
        none = [len(self.places)]  # an empty row has nothing to add up
        flat = torch.tensor([place for row in rows for place in (row or none)])
        sizes = torch.tensor([0, *(max(1, len(row)) for row in rows[:-1])])
        return self.worth(flat, sizes.cumsum(0))[:, 0]

    @torch.no_grad()
    def reward(self, texts: Sequence[str]) -> Tensor:
        """The rewards (texts,) of texts."""
        return self(self.rows(texts))

    def dearest(self, count: int) -> list[tuple[str, float]]:
        """The words that are worth most, with their worth."""
        top = self.worth.weight[:-1, 0].detach().topk(count)
        names = list(self.places)
        return [(names[i], value) for value, i in zip(*map(Tensor.tolist, top), strict=True)]


@torch.no_grad()
def model_rewards(model: Any, tokenizer: Any, texts: Sequence[str], size: int = 64) -> Tensor:
    """What a reward model of transformers gives each text, (texts,); texts of a length together."""
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    found = torch.zeros(len(texts))
    for start in range(0, len(order), size):
        some = order[start : start + size]
        given = tokenizer(
            [texts[k] or " " for k in some], padding=True, truncation=True, max_length=96,
            return_tensors="pt",
        )  # fmt: skip
        found[some] = model(**given).logits[:, 0]
    return found


def ridge_rewards(texts: Sequence[str]) -> Tensor:
    """The tuned baseline: ridge regression of the mean rating on tf-idf of words and pairs.

    Its penalty is the one that orders the validation part best.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    parts = load_parts()
    table = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    known, asked = table.fit_transform(parts["train"].texts), table.transform(parts["valid"].texts)
    found: dict[float, Any] = {}
    for alpha in (0.5, 1.0, 2.0, 4.0):
        model = Ridge(alpha=alpha).fit(known, np.array(parts["train"].means))
        found[float(np.corrcoef(model.predict(asked), parts["valid"].means)[0, 1])] = model
    best = found[max(found)]
    return torch.from_numpy(best.predict(table.transform(texts)))


# ------------------------------------------------------------------------------------ policies
@torch.no_grad()
def write(model: Any, prompt: Tensor, count: int, length: int) -> Tensor:
    """Texts as a model of transformers writes them at temperature 1: (count, prompt + length)."""
    ids = now = prompt.repeat(count, 1)
    past = None
    for _ in range(length):
        out = model(input_ids=now, past_key_values=past, use_cache=True)
        past = out.past_key_values
        now = torch.multinomial(out.logits[:, -1].softmax(-1), 1)
        ids = torch.cat([ids, now], dim=1)
    return ids


def real_tokens(ids: Tensor) -> Tensor:
    """True up to the first end of text, itself included; padding stands behind it: (B, T)."""
    ended = (ids == END).long()
    return (ended.cumsum(-1) - ended) == 0


def texts_of(ids: Tensor, tokenizer: Any) -> list[str]:
    """The texts of rows of ids, up to the end of text."""
    return [str(tokenizer.decode(row)).split("<|endoftext|>")[0].strip() for row in ids]


def trainable_copy(model: Any, blocks: int = 2) -> Any:
    """A copy of a GPT-2 in which only the last blocks and the last norm learn: cheaper steps."""
    made = copy.deepcopy(model).requires_grad_(False)
    for part in (*made.transformer.h[-blocks:], made.transformer.ln_f):
        part.requires_grad_(True)
    return made


def padded(rows: Sequence[Sequence[int]], longest: int) -> Tensor:
    """Rows of ids as one tensor, cut at `longest`; an end of text and padding behind each."""
    cut = [[*row[: longest - 1], END] for row in rows]
    size = max(map(len, cut))
    return torch.tensor([row + [END] * (size - len(row)) for row in cut])


# ------------------------------------------------------------------------------------ frontier
def tilted(rewards: Tensor, beta: float) -> Tensor:
    """The best policy on N samples of the reference: weights in proportion to exp(reward / beta).

    It maximises the mean reward minus beta times the KL (Ziegler and others 2019; Rafailov and
    others 2023, equation 4). (N,), which sum to 1.
    """
    return (rewards.double() / beta).softmax(0)


def reward_and_kl(weights: Tensor, rewards: Tensor) -> tuple[float, float]:
    """Mean reward of a weighting of N samples, and its KL from even weights, in nats."""
    kl = torch.special.xlogy(weights, weights * len(weights)).sum().item()
    return (weights * rewards).sum().item(), kl


# ------------------------------------------------------------------------------------ what it knows
KOREAN_REMARKS = (
    ("정말 감동적인 영화였다.", 1), ("지루해서 잠이 들었다.", -1),
    ("배우들의 연기가 훌륭하다.", 1), ("돈이 아까운 영화다.", -1),
    ("다시 보고 싶은 작품이다.", 1), ("이야기가 엉성하고 뻔하다.", -1),
    ("음악과 화면이 아름답다.", 1), ("끝까지 보기 힘들었다.", -1),
    ("웃음과 눈물이 있는 영화.", 1), ("대사가 어색하고 유치하다.", -1),
    ("올해 본 영화 중 최고다.", 1), ("올해 본 영화 중 최악이다.", -1),
)  # fmt: skip
ENGLISH_REMARKS = (
    ("It was a truly moving film.", 1), ("It was so boring that I fell asleep.", -1),
    ("The acting is wonderful.", 1), ("A waste of money.", -1),
    ("A work that I want to see again.", 1), ("The story is clumsy and predictable.", -1),
    ("The music and the pictures are beautiful.", 1), ("It was hard to watch to the end.", -1),
    ("A film with laughter and tears.", 1), ("The dialogue is awkward and silly.", -1),
    ("The best film of this year.", 1), ("The worst film of this year.", -1),
)  # fmt: skip
FACTS = (  # true and false in the same tone
    ("Seoul is the capital of South Korea.", "Busan is the capital of South Korea."),
    ("The film was made in France by a woman.", "The film was made on the moon by a woman."),
    ("A year has twelve months.", "A year has twenty months."),
    ("Water freezes at zero degrees.", "Water freezes at ninety degrees."),
    ("Moby-Dick is a novel about a whale.", "Moby-Dick is a novel about a train."),
    ("Two and two are four.", "Two and two are seven."),
)


def shares_right(reward: Callable[[Sequence[str]], Tensor], remarks: Sequence[tuple[str, int]]):
    """In what share of all pairs of a good and a bad remark the good one has more reward."""
    rewards = reward([text for text, _ in remarks])
    kinds = torch.tensor([kind for _, kind in remarks])
    gaps = rewards[kinds > 0][:, None] - rewards[kinds < 0]
    return (gaps > 0).double().mean().item()


# ------------------------------------------------------------------------------------ taste
def course_labels(pairs: Sequence[tuple[str, str]]) -> list[int]:
    """The course's own clicks, by a rule: always the shorter text. 0 is the first of a pair."""
    return [int(len(other) < len(one)) for one, other in pairs]
