"""What week 02 works with: prose reduced to 36 characters, and a toy whose gradients fade or grow.

>>> from course.data import load_austen
>>> text = clean_prose(load_austen()["prideprejudice"], start="It is a truth")
>>> text[:38]
'it is a truth universally acknowledged'
"""

from __future__ import annotations

import re

import numpy as np

ALPHABET = " !\"',-.:;?abcdefghijklmnopqrstuvwxyz"  # sorted; 36 characters


def clean_prose(text: str, start: str = "") -> str:
    """English prose in `ALPHABET` only: lower case, any other run of characters is one space.

    Args:
        text: a book as it comes.
        start: the first words to keep; what stands before them (title, chapter heading) is cut.

    Raises:
        ValueError: `start` is not in the text.
    """
    if start not in text:
        raise ValueError(f"The text does not contain {start!r}: where should it start?")
    text = text[text.index(start) :].lower().replace("’", "'").replace("“", '"').replace("”", '"')
    text = text.replace("—", " - ")
    return re.sub(r"[^a-z!\"',\-.:;?]+", " ", text).strip()


def split_text(text: str, valid: float = 0.1) -> tuple[str, str]:
    """The text's first part for training and its last part, a share of `valid`, for validation.

    Raises:
        ValueError: `valid` is not between 0 and 1.
    """
    if not 0 < valid < 1:
        raise ValueError(f"valid is a share between 0 and 1, not {valid}.")
    cut = round(len(text) * (1 - valid))
    return text[:cut], text[cut:]


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
