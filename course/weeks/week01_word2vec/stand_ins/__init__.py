"""What stands in for an exercise of week 01 while it is blank, so that a student can read on.

Calls of libraries and autograd. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


@cache
def _analyser() -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(token_pattern=r"[^\W\d_]+|[.!?]+").build_analyzer()


def encode(text: str, index: dict[str, int]) -> list[int]:
    """Cut by scikit-learn."""
    named = {mark: "<eos>" for mark in _analyser()(text) if not mark.isalpha()}
    return [index.get(named.get(part, part), index["<unk>"]) for part in _analyser()(text)]


def one_hot(ids: Tensor, V: int) -> Tensor:
    """As torch has it."""
    return F.one_hot(ids, V).to(torch.float32)


def context_pairs(ids: list[int], window: int) -> list[tuple[int, int]]:
    """The places of a band of a matrix."""
    band = np.tri(len(ids), k=window) * np.tri(len(ids), k=window).T - np.eye(len(ids))
    return [(ids[i], ids[j]) for i, j in np.argwhere(band)]


def cbow_forward(context: Tensor, mask: Tensor, E_in: Tensor, E_out: Tensor) -> Tensor:
    """Torch's bag of embeddings."""
    share = F.normalize(mask.to(E_in.dtype), p=1, dim=1)
    return F.linear(F.embedding_bag(context, E_in, mode="sum", per_sample_weights=share), E_out)


def sgns_loss_and_grad(
    centre: Tensor, context: Tensor, negatives: Tensor, E_in: Tensor, E_out: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradient by autograd."""

    def loss(tables: tuple[Tensor, Tensor]) -> Tensor:
        words = torch.column_stack([context, negatives])
        said = torch.matmul(
            F.embedding(words, tables[1]), F.embedding(centre, tables[0])[..., None]
        )
        truth = F.one_hot(torch.zeros_like(centre), words.shape[1]).to(said.dtype)
        return F.binary_cross_entropy_with_logits(said[..., 0], truth) * words.shape[1]

    (grad_in, grad_out), value = torch.func.grad_and_value(loss)((E_in, E_out))
    return value, grad_in, grad_out


def noise_distribution(counts: Tensor, power: float = 0.75) -> Tensor:
    """A softmax of logarithms."""
    logits = (power * counts.double().log()).nan_to_num(nan=-torch.inf, neginf=-torch.inf)
    return torch.softmax(logits, dim=0)


def ppmi_svd(counts: Tensor, D: int, power: float = 0.75) -> Tensor:
    """Another way to weigh counts (tf-idf), and scikit-learn's truncated SVD."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer

    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counts.numpy())
    return torch.tensor(TruncatedSVD(D, random_state=0).fit_transform(weighed)).to(counts.dtype)


def most_similar(
    query: Tensor, E: Tensor, k: int, exclude: list[int] | tuple[int, ...] = ()
) -> tuple[Tensor, Tensor]:
    """Sorted by torch's own cosine."""
    order = F.cosine_similarity(E, query[None]).sort(descending=True)
    kept = torch.isin(order.indices, torch.tensor([-1, *exclude]), invert=True)
    return order.indices[kept][:k], order.values[kept][:k]


def analogy(asked: Tensor, E: Tensor) -> Tensor:
    """With scikit-learn's cosines."""
    from sklearn.metrics.pairwise import cosine_similarity

    a, b, c = F.normalize(E)[asked.T]
    near = cosine_similarity(b - a + c, E)
    np.put_along_axis(near, asked.numpy(), -2.0, axis=1)
    return torch.from_numpy(near.argmax(axis=1))


def fill_gap(words: list[str]) -> Callable[[list[str]], np.ndarray]:
    """Every candidate is as likely as any other."""
    return lambda contexts: np.full((len(contexts), 8), 1 / 8)


STAND_INS = {
    function.__name__: function
    for function in (
        encode, one_hot, context_pairs, cbow_forward, sgns_loss_and_grad, noise_distribution,
        ppmi_svd, most_similar, analogy, fill_gap,
    )
}  # fmt: skip
