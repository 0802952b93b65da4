"""Toys of week 02: a table of counts at its best, and a network whose gradients fade or grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Counts = Mapping[tuple[str, ...], Mapping[str, int]]


def rotation(hidden: int, seed: int = 0) -> np.ndarray:
    """A random orthogonal matrix (hidden, hidden): all its singular values are 1."""
    gaussian = np.random.default_rng(seed).normal(size=(hidden, hidden))
    q, r = np.linalg.qr(gaussian)
    return q * np.sign(np.diag(r))


def gradient_norms(
    radius: float,
    steps: int = 50,
    hidden: int = 64,
    input_scale: float = 0.1,
    linear: bool = False,
    seed: int = 0,
) -> np.ndarray:
    """How large the gradient of a loss at the last step is at every earlier state.

    The network is h_t = tanh(x_t + h_{t-1} U), U a rotation times `radius`, x_t Gaussian noise, and
    dL/dh_T is a vector of ones. `linear` leaves the tanh out: then the norm at T - k is exactly
    radius**k times the norm at T. After Pascanu, Mikolov and Bengio 2013 (arXiv 1211.5063), sec. 2.

    Returns:
        |dL/dh_t| for t = 0..steps, shape (steps + 1,); the last one is sqrt(hidden).
    """
    noise = np.random.default_rng(seed + 1).normal(scale=input_scale, size=(steps, hidden))
    U = radius * rotation(hidden, seed)
    squash = (lambda a: a) if linear else np.tanh
    states = [np.zeros(hidden)]
    for x in noise:
        states.append(squash(x + states[-1] @ U))
    grad = np.ones(hidden)
    norms = [np.linalg.norm(grad)]
    for h in reversed(states[1:]):
        slope = 1.0 if linear else 1 - h**2
        grad = (grad * slope) @ U.T
        norms.append(np.linalg.norm(grad))
    return np.array(norms[::-1])


class KneserNey:
    """Interpolated Kneser-Ney smoothing: the best that tables of counts could do for decades.

    Two ideas beside interpolation. Every count gives up the same `discount`, and what is saved goes
    to the shorter context. And a shorter context does not ask how *often* a token came, but after
    how many *different* tokens: `francisco` is frequent, but it only ever follows `san`.

    Args:
        tables: tables[k] holds the counts after contexts of k tokens, for k = 0 … n - 1.
        vocab_size: V, the number of tokens that there are.
        discount: what each count gives up, between 0 and 1.

    Source: Chen and Goodman 1998, TR-10-98, section 4.1.6 and equation 22.
    """

    def __init__(self, tables: Sequence[Counts], vocab_size: int, discount: float) -> None:
        self.rows = [*map(_different_before, tables[1:]), tables[-1]]
        self.vocab_size, self.discount = vocab_size, discount
        self.totals = [{c: sum(row.values()) for c, row in table.items()} for table in self.rows]

    def __call__(self, context: tuple[str, ...], token: str) -> float:
        """P(token | context); the context has at least n - 1 tokens."""
        p = 1 / self.vocab_size
        for k, (table, totals) in enumerate(zip(self.rows, self.totals, strict=True)):
            suffix = context[len(context) - k :]
            row = table.get(suffix)
            if row is None:
                break  # then no longer context was seen either
            kept = max(row.get(token, 0) - self.discount, 0)
            p = (kept + self.discount * len(row) * p) / totals[suffix]
        return p


def _different_before(longer: Counts) -> dict[tuple[str, ...], dict[str, int]]:
    """After how many different tokens each n-gram came: the counts of a table one token shorter."""
    different: dict[tuple[str, ...], dict[str, int]] = {}
    for context, followers in longer.items():
        row = different.setdefault(context[1:], {})
        for token in followers:
            row[token] = row.get(token, 0) + 1
    return different
