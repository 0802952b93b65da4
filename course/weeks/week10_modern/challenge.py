"""The open challenge of week 10: the tiny Llama in a file of at most so many bytes.

An entry is a file and the function that reads it. The file becomes a model here, and the model
chooses, of sixteen tokens, the one that comes next in a story.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course.challenges.numbers import CHARACTERS
from course.challenges.task import Challenge, Windows
from course.challenges.text_machine import written_text
from course.weeks.week10_modern.toys import unread_stories

BYTES = 320_000  # of the file
CONTEXT, CHOICES = 16, 16  # tokens shown; tokens to choose from
PRACTICE_PLACES, HIDDEN_PLACES = 1200, 2400
ROOM = 90  # characters of the text that one place takes, at the most

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
        shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
        if shapes != {name: tuple(weight.shape) for name, weight in kept.items()}:
            raise ValueError("read(file) must give every weight, under its name and in its shape")
        model.load_state_dict(weights, strict=False)
        rows = torch.from_numpy(np.stack(list(contexts)))
        return np.concatenate([_chosen(model, part) for part in rows.split(200)])


@torch.no_grad()
def _chosen(model: Any, rows: Tensor) -> np.ndarray:
    last = model.model(input_ids=rows[:, :CONTEXT]).last_hidden_state[:, -1]  # (N, D)
    table = model.get_input_embeddings().weight[rows[:, CONTEXT:]]  # (N, CHOICES, D)
    return torch.einsum("nd,ncd->nc", last, table).softmax(-1).numpy()


def own_weights(model: Any) -> dict[str, Tensor]:
    """The weights of the tiny Llama by name; the output layer is its first table once more."""
    return {name: w.clone() for name, w in model.state_dict().items() if name != "lm_head.weight"}


def tiny_weights() -> dict[str, Tensor]:
    """What every entry gets: the tiny Llama's weights, float32."""
    from course.models import load_tiny_llama

    return own_weights(load_tiny_llama()[0])


@lru_cache(maxsize=4)
def places(seed: str, count: int) -> Windows:
    """Places in stories that a machine wrote in the manner of unread ones.

    A context holds `CONTEXT` ids and then `CHOICES` ids in no order, one of which came next; the
    others are drawn as often as they occur in stories. The target is the place of the right one.
    """
    from tokenizers import Tokenizer

    from course.models import MODELS_DIR

    tokenizer = Tokenizer.from_file(str(MODELS_DIR / "tiny_gpt2" / "tokenizer.json"))
    rng = random.Random(f"places/{seed}")
    text = written_text(unread_stories(), f"stories/{seed}", count * ROOM)
    ids = tokenizer.encode(text).ids
    pool = list(Counter(ids).elements())
    contexts, targets, at = [], [], 0
    for _ in range(count):
        right = ids[at + CONTEXT]
        others: set[int] = set()
        while len(others) < CHOICES - 1:
            others.add(pool[rng.randrange(len(pool))])
            others.discard(right)
        choices = rng.sample([right, *sorted(others)], CHOICES)
        contexts.append(np.array([*ids[at : at + CONTEXT], *choices]))
        targets.append(choices.index(right))
        at += CONTEXT + 1 + rng.randint(1, 4)
    return Windows(tuple(contexts), tuple(targets))


CHALLENGE = Challenge(
    name="small file",
    unit="bits a choice",
    classes=[f"choice {n}" for n in range(CHOICES)],
    curve=((4.0, 0), (2.5, 1), (2.0, 2), (1.5, 3), (1.2, 4), (1.0, 5)),
    practice=lambda: places("practice", PRACTICE_PLACES),
    given=tiny_weights,
    numbers=BYTES // CHARACTERS,
)
