"""The open challenge of week 10: the tiny Llama in a file of at most so many bytes.

An entry is a file and the function that reads it. The file becomes a model here, and the model
chooses, of sixteen tokens, the one that comes next in a story.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course.challenges.numbers import CHARACTERS
from course.challenges.task import Challenge, Windows
from course.weeks.week10_modern.toys import unread_stories

BYTES = 280_000  # of the file
CONTEXT, CHOICES = 16, 16  # tokens shown; tokens to choose from
PRACTICE_PLACES, HIDDEN_PLACES = 1200, 2400
END, VOCABULARY = 0, 3072  # the id between two stories; how many tokens there are

Read = Callable[[bytes], Mapping[str, Tensor]]


@dataclass(frozen=True)
class Squeezed:
    """An entry: a file, and how it is read back. It predicts with the model that comes out.

    Args:
        file: at most `BYTES` bytes.
        read: from the file to the weights, under the names and in the shapes that were given.
            What it holds beside its code counts as part of the file.
    """

    file: bytes
    read: Read

    def __call__(self, contexts: Sequence[np.ndarray]) -> np.ndarray:
        """Probabilities (N, CHOICES) of the last `CHOICES` ids of each context."""
        from course.models import load_tiny_llama

        model, _ = load_tiny_llama()
        weights = {name: weight.float() for name, weight in self.read(self.file).items()}
        kept = own_weights(model)
        if _shapes(weights) != _shapes(kept):
            raise ValueError("read(file) must give every weight, under its name and in its shape")
        model.load_state_dict(weights, strict=False)
        rows = torch.from_numpy(np.stack(list(contexts)))
        return np.concatenate([_chosen(model, part) for part in rows.split(200)])


def _shapes(weights: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(weight.shape) for name, weight in weights.items()}


@torch.no_grad()
def _chosen(model: Any, rows: Tensor) -> np.ndarray:
    last = model.model(input_ids=rows[:, :CONTEXT]).last_hidden_state[:, -1]  # (N, D)
    choices = rows[:, CONTEXT:]  # (N, CHOICES)
    logits = torch.einsum("nd,ncd->nc", last, model.get_input_embeddings().weight[choices])
    return (logits - _log_frequencies()[choices]).softmax(-1).numpy()


@cache
def _log_frequencies() -> Tensor:
    """How often each token occurs in unread stories, as a logarithm.

    The wrong choices are drawn so. A frequent token is then often among the choices by chance, and
    by Bayes' rule the chance that it is the right one is p(token | text) over this frequency.
    """
    counts = torch.bincount(torch.tensor(_ids_of(tuple(unread_stories()))), minlength=VOCABULARY)
    return (counts + 1).log()


def own_weights(model: Any) -> dict[str, Tensor]:
    """The weights of the tiny Llama by name; the output layer is its first table once more."""
    return {name: w.clone() for name, w in model.state_dict().items() if name != "lm_head.weight"}


def tiny_weights() -> dict[str, Tensor]:
    """What every entry gets: the tiny Llama's weights, float32."""
    from course.models import load_tiny_llama

    return own_weights(load_tiny_llama()[0])


@lru_cache(maxsize=2)
def _ids_of(stories: tuple[str, ...]) -> tuple[int, ...]:
    """The stories' tokens in one row."""
    from tokenizers import Tokenizer

    from course.models import MODELS_DIR

    tokenizer = Tokenizer.from_file(str(MODELS_DIR / "tiny_gpt2" / "tokenizer.json"))
    return tuple(i for one in tokenizer.encode_batch(list(stories)) for i in [*one.ids, END])


def places(stories: Sequence[str], seed: str, count: int) -> Windows:
    """Places in stories, drawn at random.

    A context holds `CONTEXT` ids and then `CHOICES` ids in no order, one of which came next; the
    others are drawn as often as they occur in the stories. The target is the place of the right
    one.
    """
    ids = _ids_of(tuple(stories))
    rng = random.Random(f"places/{seed}")
    contexts, targets = [], []
    for start in rng.sample(range(len(ids) - CONTEXT), count):
        right = ids[start + CONTEXT]
        others: set[int] = set()
        while len(others) < CHOICES - 1:
            others.add(ids[rng.randrange(len(ids))])
            others.discard(right)
        choices = rng.sample([right, *sorted(others)], CHOICES)
        contexts.append(np.array([*ids[start : start + CONTEXT], *choices]))
        targets.append(choices.index(right))
    return Windows(tuple(contexts), tuple(targets))


CHALLENGE = Challenge(
    name="small file",
    unit="bits a choice",
    classes=[f"choice {n}" for n in range(CHOICES)],
    curve=((4.0, 0), (3.3, 1), (1.9, 2), (1.15, 3), (0.9, 4), (0.75, 5)),
    practice=lambda: places(unread_stories(), "practice", PRACTICE_PLACES),
    given=tiny_weights,
    numbers=BYTES // CHARACTERS,
)
