"""The open challenge of week 09: which passages of an invented Factbook answer a question.

Every draw invents countries, gives them what the Factbook says of real ones, and asks. A question
is about one country, about two, or about one that is not in the library.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import lru_cache

from course.challenges.measures import as_pair
from course.challenges.task import Challenge, Windows
from course.data.factbook import TOPICS, factbook_passages

COUNTRIES, STRANGERS = 24, 12  # in the library; names that are asked for and are not in it
LONGEST = 11  # words of a field: a passage has at most sixty
PASSAGES = COUNTRIES * len(TOPICS)
CLASSES = (*(f"passage {place}" for place in range(PASSAGES)), "none")
NONE = PASSAGES
TWO, ABSENT = 0.25, 0.15  # shares of questions about two countries, about a stranger
PRACTICE, HIDDEN = 600, 2000
STARTS = "Ba Bel Cor Dra El Fa Gar Hol Is Kar Lor Mar Nor Or Pel Quo Ros Sar Tal Ul Ver Wes Yar Zan"
MIDDLES = "ba da du lo ma mi na ra ri sa te va vi zo"
ENDS = "dor land lia mar nia nor ria stan tia via"
BEFORE = ("North", "New", "Upper")

Forms = Mapping[str, Sequence[str]]
FORMS: Forms = {
    "Capital": ("What is the capital of {}?", "From which city is {} governed?"),
    "Internet country code": (
        "What is the Internet country code of {}?",
        "How do web addresses from {} end?",
    ),
    "Exchange rates": ("What is the exchange rate of {}?", "Which money is used in {}?"),
    "Elevation extremes": ("What is the elevation of {}?", "Which is the tallest peak in {}?"),
    "National anthem": ("What is the national anthem of {}?", "Which song stands for {}?"),
    "Independence": ("When was the independence of {}?", "On what date did {} leave its empire?"),
    "Population": ("What is the population of {}?", "How many people live in {}?"),
    "Languages": ("Which languages are there in {}?", "What is spoken in {}?"),
    "Religions": ("Which religions are there in {}?", "What faith do people in {} hold?"),
    "Climate": ("What is the climate of {}?", "Is it hot in {}?"),
    "Industries": ("Which industries does {} have?", "What is made in the factories of {}?"),
}


@lru_cache(maxsize=4)
def windows(seed: str, count: int, forms: tuple[tuple[str, tuple[str, ...]], ...]) -> Windows:
    """Questions, the one or two passages that answer each, and the library as the examples.

    Args:
        seed: the same seed invents the same countries on every machine.
        count: how many questions.
        forms: wordings by field, with {} for the country, see `frozen`.
    """
    dice = random.Random(f"library/{seed}")
    names = _names(dice)
    texts, homes = _library(dice, names[:COUNTRIES])
    asked = [_asked(dice, names, homes, dict(forms)) for _ in range(count)]
    contexts, targets = zip(*asked, strict=True)
    return Windows(contexts, targets, tuple((text, place) for place, text in enumerate(texts)))


def frozen(forms: Forms) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Wordings as a value that `windows` can remember."""
    return tuple((field, tuple(ways)) for field, ways in forms.items())


def _names(dice: random.Random) -> list[str]:
    """Invented names, all different; every fourth is another one with a word before it."""
    names: list[str] = []
    while len(names) < COUNTRIES + STRANGERS:
        name = "".join(dice.choice(part.split()) for part in (STARTS, MIDDLES, ENDS))
        if len(names) % 4 == 3:
            name = f"{dice.choice(BEFORE)} {names[-2]}"
        if name not in names:
            names.append(name)
    return names


def _library(
    dice: random.Random, names: Sequence[str]
) -> tuple[list[str], dict[tuple[str, str], int]]:
    """Passages in no order, and the place of the one that holds a country's field."""
    rows = [(invented, topic, fields) for invented, real in zip(names, _real(dice), strict=True)
            for topic, fields in real.items()]  # fmt: skip
    dice.shuffle(rows)
    homes = {(name, field): i for i, (name, _, fields) in enumerate(rows) for field in fields}
    told = [" ".join(f"{field}: {text}." for field, text in fields.items())
            for _, _, fields in rows]  # fmt: skip
    return [f"{row[0]}. {text}" for row, text in zip(rows, told, strict=True)], homes


def _real(dice: random.Random) -> list[dict[str, dict[str, str]]]:
    """Topics of real countries that have all four, without their names; drawn."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for passage in factbook_passages():
        found.setdefault(passage.country, {})[passage.topic] = _short(passage.country, passage.text)
    whole = [topics for topics in found.values() if len(topics) == len(TOPICS)]
    return dice.sample(whole, COUNTRIES)


def _short(country: str, text: str) -> dict[str, str]:
    """The first words of each field."""
    rest = text.removeprefix(f"{country}. ").replace(country, "this country")
    heads = [field for fields in TOPICS.values() for field in fields if f"{field}: " in rest]
    cut = sorted((rest.index(f"{field}: "), field) for field in heads)
    stops = [place for place, _ in cut[1:]] + [len(rest)]
    return {
        field: " ".join(rest[place + len(field) + 2 : stop].split()[:LONGEST]).rstrip(".;,")
        for (place, field), stop in zip(cut, stops, strict=True)
    }


def _asked(
    dice: random.Random, names: Sequence[str], homes: Mapping[tuple[str, str], int], forms: Forms
) -> tuple[str, int]:
    field, kind = dice.choice(list(forms)), dice.random()
    form = dice.choice(forms[field])
    known = [name for name in names if (name, field) in homes]
    if kind < ABSENT:
        return form.format(dice.choice(names[COUNTRIES:])), as_pair(NONE, NONE, len(CLASSES))
    first, second = dice.sample(known, 2)
    one, other = homes[first, field], homes[second, field]
    if kind < ABSENT + TWO:
        return form.format(f"{first} and {second}"), as_pair(one, other, len(CLASSES))
    return form.format(first), as_pair(one, one, len(CLASSES))


def texts_of(examples: Sequence[tuple[str, int]]) -> list[str]:
    """The library: what an entry is called with."""
    return [text for text, _ in examples]


CHALLENGE = Challenge(
    name="evidence",
    unit="F1 in 100",
    classes=CLASSES,
    curve=((16.0, 0), (36.0, 1), (52.0, 2), (68.0, 3), (80.0, 4), (88.0, 5)),
    practice=lambda: windows("practice", PRACTICE, frozen(FORMS)),
    given=texts_of,
    measure="f1",
)
