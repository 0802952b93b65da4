"""Toys of week 11: worked answers in words, a table that guesses, distributions at a distance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor

from course.data.calculations import END_IN_A_CONSONANT, last_digit, steps

SYMBOLS_OF_A_POLICY = 18


# ------------------------------------------------------------------------------------ in words
def _lines(calculation: str) -> list[tuple[str, str, str, int]]:
    """What each step does: the digit so far, the sign, the next digit, the whole result."""
    found, so_far = [], calculation[0]
    for sign, digit, after in zip(
        calculation[1::2], calculation[2::2], steps(calculation), strict=True
    ):
        whole = int(so_far) + int(digit) if sign == "+" else int(so_far) * int(digit)
        found.append((so_far, sign, digit, whole))
        so_far = after
    return found


def thought_in_english(calculation: str) -> str:
    """A worked answer as a large model would write it."""
    words = {"+": "plus", "*": "times"}
    told = [
        f"{a} {words[sign]} {b} is {whole}, which ends in {whole % 10}."
        for a, sign, b, whole in _lines(calculation)
    ]
    return " ".join([*told, f"The answer is {last_digit(calculation)}."])


def thought_in_korean(calculation: str) -> str:
    """The same in Korean, with the particle that each digit's sound asks for."""
    told = []
    for a, sign, b, whole in _lines(calculation):
        particle = "을" if b in END_IN_A_CONSONANT else "를"
        does = "더하면" if sign == "+" else "곱하면"
        told.append(f"{a}에 {b}{particle} {does} {whole}, 끝자리는 {whole % 10}.")
    return " ".join([*told, f"답은 {last_digit(calculation)}."])


# ------------------------------------------------------------------------------------ a baseline
class EndTable:
    """Guesses the last digit from how a calculation ends: counts of answers by its last signs."""

    def __init__(self, calculations: Sequence[str], longest: int = 6) -> None:
        """Count the right answers behind every ending of up to `longest` characters."""
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        for calculation in calculations:
            for length in range(longest + 1):
                self.counts[_ending(calculation, length)][last_digit(calculation)] += 1

    def guess(self, calculation: str, length: int, least: int) -> str:
        """The most frequent answer behind the longest ending seen at least `least` times."""
        while length and sum(self.counts[_ending(calculation, length)].values()) < least:
            length -= 1
        return self.counts[_ending(calculation, length)].most_common(1)[0][0]

    def accuracy(self, calculations: Sequence[str], length: int, least: int) -> float:
        """The share of calculations whose last digit is guessed."""
        right = [self.guess(c, length, least) == last_digit(c) for c in calculations]
        return sum(right) / len(right)

    def tuned(self, calculations: Sequence[str]) -> tuple[int, int]:
        """The length and the least count that are best on separate calculations."""
        tried = [(length, least) for length in range(7) for least in (1, 5, 20, 80)]
        return max(tried, key=lambda how: self.accuracy(calculations, *how))


def _ending(calculation: str, length: int) -> str:
    return calculation[len(calculation) - length :]


# ------------------------------------------------------------------------------------ distances
def two_policies(distance: float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Log-probabilities of a policy and of a reference over the symbols, (V,) each.

    Args:
        distance: how far the policy's logits moved; at 0 both are equal.
        seed: of the direction.
    """
    dice = torch.Generator().manual_seed(seed)
    start = torch.randn(SYMBOLS_OF_A_POLICY, generator=dice, dtype=torch.float64)
    move = torch.randn(SYMBOLS_OF_A_POLICY, generator=dice, dtype=torch.float64)
    return (start + distance * move).log_softmax(0), start.log_softmax(0)


def drawn_pairs(logp: Tensor, ref: Tensor, count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Symbols drawn from the policy, as their log-probabilities under both: (count,) each."""
    dice = torch.Generator().manual_seed(seed)
    ids = torch.multinomial(logp.exp(), count, replacement=True, generator=dice)
    return logp[ids], ref[ids]
