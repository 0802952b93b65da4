"""Data of week 01: a toy world whose analogies are true by construction, pairs for real vectors.

The toy world has seven trades. Each has two people (king and queen, actor and actress, …) and its
own places and things. Sentences about the two people of one trade differ in their pronouns alone,
and the same pronouns serve all seven trades. So "which trade" and "which pronoun" are two separate
reasons for a word to appear, and a model that learns from neighbours can find both.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

# trade: (he, she), things, places, verbs
TRADES: dict[str, tuple[tuple[str, str], list[str], list[str], list[str]]] = {
    "court": (("king", "queen"), ["crown", "sceptre"], ["palace", "throne"], ["ruled", "reigned"]),
    "stage": (
        ("actor", "actress"),
        ["script", "mask"],
        ["theatre", "stage"],
        ["sang", "rehearsed"],
    ),
    "cafe": (("waiter", "waitress"), ["tray", "menu"], ["cafe", "kitchen"], ["served", "poured"]),
    "magic": (("wizard", "witch"), ["wand", "potion"], ["tower", "cave"], ["cast", "brewed"]),
    "abbey": (("monk", "nun"), ["candle", "psalm"], ["abbey", "chapel"], ["prayed", "fasted"]),
    "family": (("father", "mother"), ["cradle", "baby"], ["home", "garden"], ["cooked", "rocked"]),
    "school": (("boy", "girl"), ["book", "pencil"], ["school", "desk"], ["learned", "spelled"]),
}
PRONOUNS = (
    {"subject": "he", "possessive": "his", "object": "him", "reflexive": "himself"},
    {"subject": "she", "possessive": "her", "object": "her", "reflexive": "herself"},
)
TEMPLATES = (
    "the {person} {verb} with {possessive} {thing} in the {place}",
    "{subject} {verb} alone said the {person} near the {place}",
    "the {person} saw {reflexive} and {possessive} {thing} at the {place}",
    "they gave {object} a {thing} and the {person} {verb}",
    "the {person} said that {subject} {verb} for {reflexive}",
)


def toy_world(n_sentences: int = 6000, seed: int = 0) -> list[list[str]]:
    """Sentences of the toy world, each a list of words.

    Args:
        n_sentences: how many to draw.
        seed: of the draw; the same seed gives the same sentences.

    Raises:
        ValueError: n_sentences is negative.
    """
    if n_sentences < 0:
        raise ValueError(f"n_sentences is {n_sentences}, expected 0 or more")
    rng = np.random.default_rng(seed)
    return [_sentence(rng) for _ in range(n_sentences)]


def _sentence(rng: np.random.Generator) -> list[str]:
    people, things, places, verbs = list(TRADES.values())[rng.integers(len(TRADES))]
    gender = int(rng.integers(2))
    words = {
        "person": people[gender],
        "thing": things[rng.integers(len(things))],
        "place": places[rng.integers(len(places))],
        "verb": verbs[rng.integers(len(verbs))],
        **PRONOUNS[gender],
    }
    return TEMPLATES[rng.integers(len(TEMPLATES))].format(**words).split()


def toy_pairs() -> list[tuple[str, str]]:
    """The seven (he, she) pairs of the toy world, such as ("king", "queen")."""
    return [people for people, *_ in TRADES.values()]


def questions(pairs: list[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """All analogy questions (a, b, c, d), "a is to b as c is to d", from pairs of one relation.

    Every ordered pair of different pairs gives one question: n pairs give n * (n - 1) questions.
    """
    return [(a, b, c, d) for (a, b), (c, d) in permutations(pairs, 2)]


# Pairs for real vectors, written for this course. In a relation the second word of every pair means
# the same change of the first, and no word occurs in two pairs.
RELATIONS: dict[str, list[tuple[str, str]]] = {
    "he to she": [
        ("man", "woman"),
        ("boy", "girl"),
        ("brother", "sister"),
        ("father", "mother"),
        ("son", "daughter"),
        ("husband", "wife"),
        ("uncle", "aunt"),
        ("nephew", "niece"),
        ("king", "queen"),
        ("he", "she"),
        ("himself", "herself"),
        ("gentleman", "lady"),
    ],
    "one to many": [
        ("book", "books"),
        ("day", "days"),
        ("eye", "eyes"),
        ("friend", "friends"),
        ("hand", "hands"),
        ("horse", "horses"),
        ("house", "houses"),
        ("letter", "letters"),
        ("man", "men"),
        ("ship", "ships"),
        ("word", "words"),
        ("year", "years"),
    ],
    "more of it": [
        ("bad", "worse"),
        ("deep", "deeper"),
        ("good", "better"),
        ("great", "greater"),
        ("happy", "happier"),
        ("high", "higher"),
        ("large", "larger"),
        ("long", "longer"),
        ("old", "older"),
        ("short", "shorter"),
        ("small", "smaller"),
        ("strong", "stronger"),
    ],
    "now to then": [
        ("begin", "began"),
        ("come", "came"),
        ("feel", "felt"),
        ("find", "found"),
        ("give", "gave"),
        ("go", "went"),
        ("know", "knew"),
        ("make", "made"),
        ("see", "saw"),
        ("speak", "spoke"),
        ("take", "took"),
        ("think", "thought"),
    ],
    "country to capital": [
        ("austria", "vienna"),
        ("china", "beijing"),
        ("egypt", "cairo"),
        ("england", "london"),
        ("france", "paris"),
        ("germany", "berlin"),
        ("greece", "athens"),
        ("italy", "rome"),
        ("japan", "tokyo"),
        ("korea", "seoul"),
        ("russia", "moscow"),
        ("spain", "madrid"),
    ],
}
