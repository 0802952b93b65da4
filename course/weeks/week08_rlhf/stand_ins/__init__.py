"""What stands in for a blank exercise of week 08: calls of libraries, and other ways round."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn


def preference_pairs(
    scores: Sequence[Sequence[int]], pairs: Sequence[tuple[int, int]]
) -> tuple[Tensor, Tensor, Tensor]:
    """By looking each score up in the sorted scores of the other text."""
    rows = []
    for one, other in pairs:
        ladder = np.sort(scores[other])
        below = [np.searchsorted(ladder, scores[one], side) for side in ("left", "right")]
        share = float(np.mean(below)) / len(ladder)
        rows.append((one, other, share) if share > 0.5 else (other, one, 1 - share))
    kept = [row for row in rows if row[2] > 0.5]
    table = np.array(kept, dtype=np.float64).reshape(-1, 3)
    left, right = (torch.from_numpy(table[:, k].astype(np.int64)) for k in (0, 1))
    return left, right, torch.from_numpy(table[:, 2].astype(np.float32))


def reward_loss(chosen: Tensor, rejected: Tensor, agreement: Tensor) -> Tensor:
    """By torch's loss of logits against shares."""
    return nn.functional.binary_cross_entropy_with_logits(chosen - rejected, agreement)


def token_logprobs(logits: Tensor, ids: Tensor) -> Tensor:
    """By torch's cross-entropy of each place."""
    losses = nn.functional.cross_entropy(
        logits.narrow(1, 0, logits.shape[1] - 1).transpose(1, 2),
        ids.narrow(1, 1, ids.shape[1] - 1), reduction="none",
    )  # fmt: skip
    return losses.neg()


def kl_penalty(
    score: Tensor, logprobs: Tensor, ref_logprobs: Tensor, mask: Tensor, beta: float
) -> Tensor:
    """Text by text, in numpy."""
    told = [array.detach().numpy() for array in (score, logprobs, ref_logprobs)]
    table = np.zeros_like(told[1])
    for row, size in enumerate(mask.numpy().sum(axis=1)):
        np.multiply(told[2][row, :size] - told[1][row, :size], beta, out=table[row, :size])
        table[row, size - 1] += told[0][row]
    return torch.from_numpy(table)


def advantages(
    rewards: Tensor, values: Tensor, mask: Tensor, gamma: float = 1.0, lam: float = 0.95
) -> tuple[Tensor, Tensor]:
    """By one product with a triangular matrix."""
    real = mask.to(rewards.dtype)
    guess, paid = (values * real).detach(), (rewards * real).detach()
    size = rewards.shape[1]
    shift = torch.diag(torch.ones(size - 1, dtype=paid.dtype), -1)
    far = torch.linalg.inv(torch.eye(size, dtype=paid.dtype) - gamma * lam * shift)
    found = (paid + gamma * guess @ shift - guess) @ far * real
    return found, found + guess


def ppo_loss(
    logprobs: Tensor, old_logprobs: Tensor, advantage: Tensor, mask: Tensor, clip: float = 0.2
) -> Tensor:
    """By two cases of the advantage's sign."""
    gain, ratio = advantage.detach(), torch.exp(logprobs - old_logprobs.detach())
    high, low = ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip)
    kept = torch.where(gain > 0, high, low).mul(gain).masked_select(mask)
    return kept.mean().neg()


def dpo_loss(
    chosen: Tensor, rejected: Tensor, ref_chosen: Tensor, ref_rejected: Tensor, beta: float
) -> tuple[Tensor, Tensor]:
    """By torch's soft margin loss."""
    gain = torch.stack([chosen - ref_chosen.detach(), rejected - ref_rejected.detach()])
    apart = gain.diff(dim=0)[0].mul(-beta)
    return nn.functional.soft_margin_loss(apart, torch.ones_like(apart)), apart.detach()


def best_of_n(proxy: Tensor, gold: Tensor, n: int) -> tuple[Tensor, float]:
    """From the best text down: the chance that it is drawn, and none before it was."""
    size = proxy.shape[1]
    drawn = (n / torch.arange(size, 0, -1, dtype=torch.float64)).clamp(max=1.0)
    missed = torch.cat([torch.ones(1, dtype=torch.float64), (1 - drawn[:-1]).cumprod(0)])
    falling = torch.sort(proxy, descending=True).indices
    worth = torch.take_along_dim(gold, falling, dim=1)
    return worth.mul((drawn * missed).to(gold.dtype)).sum(1), math.log(n) - (n - 1) / n


def best_wins(contexts: list[np.ndarray]) -> np.ndarray:
    """An even choice."""
    return np.full((len(contexts), 8), 1 / 8)


STAND_INS = {
    thing.__name__: thing
    for thing in (
        preference_pairs,
        reward_loss,
        token_logprobs,
        kl_penalty,
        advantages,
        ppo_loss,
        dpo_loss,
        best_of_n,
        best_wins,
    )
}
