"""The writing part: a language model and its tokenizer, as tokens with their probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from course.chat.parts import Alternative, Sampling, Token

ALTERNATIVES = 5  # told at each place
HALF = "\N{REPLACEMENT CHARACTER}"  # what a part of a character decodes to
LONGEST_CHARACTER = 4  # tokens: after that a broken character is shown as such


@dataclass(frozen=True)
class ModelGenerator:
    """A model as week 10 calls it, and its tokenizer.

    Attributes:
        model: takes ids (1, T) and a cache, gives logits (1, T, V).
        tokenizer: of transformers.
        new_cache: makes an empty cache, which is handed to the model at each call.
        context: how many tokens the model reads at most; of a longer text it sees the end.
        stop: ids that end an answer.
        name: for people.
    """

    model: Callable[[Tensor, Any], Tensor]
    tokenizer: Any
    new_cache: Callable[[], Any]
    context: int
    stop: frozenset[int] = frozenset()
    name: str = ""

    def __call__(self, prompt: str, sampling: Sampling) -> Iterator[Token]:
        """Tokens behind the prompt, drawn one by one."""
        ids = self.tokenizer(prompt, add_special_tokens=False, verbose=False).input_ids
        ids = ids[-max(1, self.context - sampling.most_tokens) :]
        return whole_characters(self._drawn(ids, sampling), self.tokenizer)

    def _drawn(self, ids: list[int], sampling: Sampling) -> Iterator[tuple[int, Token]]:
        cache, piece = self.new_cache(), ids or [self.tokenizer.eos_token_id]
        random = torch.Generator().manual_seed(sampling.seed)
        for _ in range(sampling.most_tokens):
            with torch.inference_mode():
                logits = self.model(torch.tensor([piece]), cache)[0, -1].float()
            chosen = draw(logits, sampling, random)
            if chosen in self.stop:
                return
            yield chosen, self._told(logits, chosen)
            piece = [chosen]

    def _told(self, logits: Tensor, chosen: int) -> Token:
        p = logits.softmax(-1)
        best = p.topk(min(ALTERNATIVES, len(p)))
        others = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        told = tuple(Alternative(decoded(self.tokenizer, [i]), value) for i, value in others)
        return Token("", float(p[chosen]), told)


def decoded(tokenizer: Any, ids: list[int]) -> str:
    """The text of tokens as it is, without a blank taken away before a comma."""
    return tokenizer.decode(ids, clean_up_tokenization_spaces=False)


def draw(logits: Tensor, sampling: Sampling, random: torch.Generator) -> int:
    """An id: the likeliest at temperature 0, else drawn among the top k."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    top = logits.topk(min(sampling.top_k, len(logits)))
    p = (top.values / sampling.temperature).softmax(-1)
    return int(top.indices[torch.multinomial(p, 1, generator=random)])


def whole_characters(drawn: Iterator[tuple[int, Token]], tokenizer: Any) -> Iterator[Token]:
    """Tokens of whole characters: a syllable of Hangul may be made of three.

    The text of each is what it adds to the text so far, since a token's text may depend on those
    before it.
    """
    kept: list[int] = []
    waiting: list[int] = []
    whole: Token | None = None
    for chosen, token in drawn:
        waiting.append(chosen)
        whole = token if whole is None else _joined(whole, token)
        text = decoded(tokenizer, kept + waiting)[len(decoded(tokenizer, kept)) :]
        if text.endswith(HALF) and len(waiting) < LONGEST_CHARACTER:
            continue
        yield replace(whole, text=text)
        kept = (kept + waiting)[-8:]
        waiting, whole = [], None
    if whole is not None:
        yield replace(whole, text=HALF)


def _joined(first: Token, second: Token) -> Token:
    return replace(first, probability=first.probability * second.probability)


# ------------------------------------------------------------------------------------ transformers
def from_transformers(
    model: Any, tokenizer: Any, stop: frozenset[int], name: str
) -> ModelGenerator:
    """A generator from a causal language model of transformers, with its own cache."""
    from transformers import DynamicCache

    def logits(ids: Tensor, cache: Any) -> Tensor:
        return model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits

    positions = getattr(model.config, "n_positions", None) or model.config.max_position_embeddings
    return ModelGenerator(logits, tokenizer, DynamicCache, min(positions, 1024), stop, name)
