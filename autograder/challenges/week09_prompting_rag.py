"""Week 09: invented countries, drawn anew under this folder's secret, and asked for in other words.

The wordings are none of those that ship: an entry that knows the practice set's by heart is no
better for it.
"""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week09_prompting_rag.challenge import CHALLENGE, HIDDEN, Forms, frozen, windows

__all__ = ["CHALLENGE", "hidden"]

FORMS: Forms = {
    "Capital": ("Which is the capital city of {}?", "In which city does the ruler of {} live?"),
    "Internet country code": (
        "Which Internet code belongs to {}?",
        "What stands at the end of an Internet site from {}?",
    ),
    "Exchange rates": (
        "How is the money of {} exchanged for dollars?",
        "Which coins are in use in {}?",
    ),
    "Elevation extremes": (
        "What are the extremes of elevation in {}?",
        "How high is the highest mountain of {}?",
    ),
    "National anthem": (
        "What is the name of the anthem of {}?",
        "Which music is heard on the national day of {}?",
    ),
    "Independence": ("When did {} gain independence?", "In which year did {} become free?"),
    "Population": ("How large is the population of {}?", "How many inhabitants has {}?"),
    "Languages": ("Which languages do people speak in {}?", "What tongue is spoken in {}?"),
    "Religions": ("What religion do most in {} have?", "To which churches do people in {} go?"),
    "Climate": ("What is the climate like in {}?", "What weather should I expect in {}?"),
    "Industries": ("Which industries are there in {}?", "What do factories in {} produce?"),
}


def hidden(seed: str) -> Windows:
    """The hidden set: a library of invented countries, and questions about it."""
    return windows(seed, HIDDEN, frozen(FORMS))
