"""Open challenges: one task a week without a right answer, scored on data that nobody has seen.

practise(CHALLENGE, best_predictor)            # in a playground: your score on the practice set
challenge(CHALLENGE, best_predictor, points=5) # in the check: shows the predictions as evidence

An entry is called with what the challenge gives it, a training text for example, and returns a
predictor. The predictor gets contexts, in no order, and gives a distribution for each. What came
next is not in the kernel: a judge elsewhere knows it, scores the distributions and turns the score
into points along the curve that the notebook states.
"""

from course.challenges.entries import challenge, hand_over, practise
from course.challenges.numbers import count_numbers
from course.challenges.task import Challenge, Windows
from course.challenges.weights import load_weights, weights_to_text

__all__ = [
    "Challenge",
    "Windows",
    "challenge",
    "count_numbers",
    "hand_over",
    "load_weights",
    "practise",
    "weights_to_text",
]
