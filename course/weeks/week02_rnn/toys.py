"""Toys of week 02: a recurrent network whose gradients fade or grow, as one number decides."""

from __future__ import annotations

import numpy as np


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
