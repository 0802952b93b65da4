"""What stands in for an exercise of week 11 while it is blank, so that a student can read on.

Calls of libraries, and the long way round. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import chain, groupby, islice

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Categorical

CODES = dict.fromkeys("0123456789", "d") | {"{": "(", "}": ")", ".": "!"}


def verify(answer: str, right: str) -> float:
    """The kinds of the characters in a row, runs of digits as one; then the digit itself."""
    kinds = [CODES.get(c, "?") for c in answer]
    runs = "".join(kind for kind, _ in groupby(kinds))
    alone = kinds[-2:] == ["d", "!"] and kinds[-3:-2] in ([], [")"])
    return 1.0 if alone and runs in ("d!", "(d)d!", "()d!") and answer[-2] == right else 0.0


def majority_vote(answers: Sequence[str | None]) -> str | None:
    """By the module of statistics."""
    try:
        return statistics.mode(filter(lambda answer: answer is not None, answers))
    except statistics.StatisticsError:
        return None


def pass_at_k(n: int, c: int, k: int) -> float:
    """By exact fractions, one draw after the other."""
    missed = Fraction(1)
    for drawn in range(k):
        missed *= Fraction(max(n - c - drawn, 0), n - drawn)
    return float(1 - missed)


def rejection_sample(
    problems: Sequence[str],
    draw: Callable[[str, int], list[str]],
    judge: Callable[[str, str], float],
    k: int,
    keep: int,
    distinct: bool,
) -> list[tuple[str, str]]:
    """With numpy's unique, put back into the order of drawing."""

    def of_one(problem: str) -> list[tuple[str, str]]:
        drawn = np.array(draw(problem, k), dtype=object)
        hits = drawn[[judge(problem, answer) > 0 for answer in drawn]]
        if distinct and len(hits):
            hits = hits[np.sort(np.unique(hits.astype(str), return_index=True)[1])]
        return list(islice(((problem, str(hit)) for hit in hits), keep))

    return list(chain.from_iterable(map(of_one, problems)))


def response_mask(ids: Tensor, stop: int) -> Tensor:
    """Row by row, with numpy: how long each answer is."""
    table = np.pad(ids.numpy() == stop, ((0, 0), (0, 1)), constant_values=True)
    lengths = table.argmax(1) + 1
    return torch.from_numpy(np.less(np.arange(ids.shape[1]), lengths[:, None])).to(torch.float32)


def group_advantages(rewards: Tensor, scale: bool = True, eps: float = 1e-4) -> Tensor:
    """By the library's norm without parameters, whose own epsilon is undone."""
    spread, middle = torch.std_mean(rewards, dim=-1, keepdim=True, correction=0)
    return torch.div(rewards - middle, spread.add(eps) if scale else torch.ones_like(spread))


def kl_k3(logp: Tensor, ref: Tensor) -> Tensor:
    """From the library's expm1."""
    return torch.expm1(ref - logp).sub(ref).add(logp)


def policy_loss(
    logp: Tensor, old: Tensor, advantages: Tensor, mask: Tensor, clip: float, how: str
) -> Tensor:
    """Answer by answer, on the symbols that count alone."""
    rows = []
    for row in range(len(logp)):
        real, A = mask[row].bool(), advantages[row]
        far = torch.exp(logp[row][real] - old[row][real])
        bounds = torch.clip(far, 1 - clip, 1 + clip)
        rows.append(torch.where(A > 0, torch.fmin(far, bounds), torch.fmax(far, bounds)) * -A)
    if how == "sequence":
        return torch.stack([row.mean() for row in rows]).mean()
    flat = torch.cat(rows)
    return flat.mean() if how == "token" else flat.sum().div(logp.shape[0] * logp.shape[1])


def best_vote(purchases: Sequence[str]) -> np.ndarray:
    """Every digit is as likely as any other."""
    even = Categorical(logits=torch.zeros(len(purchases), 10))
    return even.probs.numpy()


STAND_INS = {
    thing.__name__: thing
    for thing in (
        verify,
        majority_vote,
        pass_at_k,
        rejection_sample,
        response_mask,
        group_advantages,
        kl_k3,
        policy_loss,
        best_vote,
    )
}
