"""The open challenge of week 14: which of eight captions belongs to a picture, in two languages.

Pictures and languages are invented anew for each secret. A picture shows one of 24 emoji in a
corner of a coloured card. The hill people say it in three words, each with its own; the coast
people glue everything into one word, whose ending has two forms. Nobody else speaks either.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course.challenges.task import Challenge, Windows
from course.data import load_emoji

CANDIDATES = "abcdefgh"
SIDE, LEVELS = 10, 16  # pixels of a card's side; steps of a colour, 0 to 15
THINGS, COLOURS, CORNERS = 24, 6, 4
EXAMPLES, PRACTICE, HIDDEN = 600, 1000, 2000
ALIKE = 0.06  # mean squared difference of two faces
KEPT_BACK = 0.4  # the share of all cards that no example shows
CONSONANTS, VOWELS = "bdgklmnprstz", "aeiou"
Card = tuple[int, int, int]  # thing, colour, corner


@dataclass(frozen=True)
class World:
    """What a secret chooses: how things and cards look, and what they are called twice."""

    faces: np.ndarray  # (THINGS, 7, 7, 3), 0 to 1; white is seen through
    colours: np.ndarray  # (COLOURS, 3)
    hill: tuple[tuple[str, ...], ...]  # words for things, for colours, for corners
    coast: tuple[tuple[str, ...], ...]  # stems, prefixes, endings


@dataclass(frozen=True)
class Question:
    """A picture (10, 10, 3) from 0 to 1, and captions: eight to choose from, or the right one."""

    picture: np.ndarray
    captions: tuple[str, ...]


def read(context: str) -> Question:
    """A context as numbers and texts: one hexadecimal digit for each number of the picture."""
    pixels, *captions = context.split("|")
    digits = np.frombuffer(pixels.encode(), np.uint8)
    numbers = (digits - np.where(digits > 57, 87, 48)) / (LEVELS - 1)  # 57 is "9", 97 is "a"
    return Question(numbers.reshape(SIDE, SIDE, 3), tuple(captions))


# ------------------------------------------------------------------------------------ a world
def invented(dice: random.Random) -> World:
    """A world: 24 faces, six colours that are far apart, two languages without a common word."""
    faces = _faces(dice)
    colours = [[low + dice.uniform(0, 0.2) for low in dice.choice(_TINTS[k])] for k in range(6)]
    sizes = (THINGS, COLOURS, CORNERS)
    hill = tuple(_words(dice, size, 2) for size in sizes)
    stems = tuple(stem + dice.choice(["", "n", "k"]) for stem in _words(dice, THINGS, 2))
    endings = tuple(dice.choice(VOWELS) + end for end in _words(dice, CORNERS, 1))
    return World(faces, np.array(colours), hill, (stems, _words(dice, COLOURS, 1), endings))


def _faces(dice: random.Random) -> np.ndarray:
    """24 emoji at 7 x 7 pixels, no two of them alike: (THINGS, 7, 7, 3)."""
    images, _ = load_emoji()
    order = dice.sample(range(len(images)), len(images))
    small = images[order, 2:30, 2:30].reshape(-1, 7, 4, 7, 4, 3).mean(axis=(2, 4)) / 255
    kept = small[:1]
    for face in small[1:]:
        both = np.stack([face, face[:, ::-1]])
        if len(kept) < THINGS and ((both[:, None] - kept) ** 2).mean(axis=(2, 3, 4)).min() > ALIKE:
            kept = np.concatenate([kept, face[None]])
    return kept


def _words(dice: random.Random, count: int, syllables: int) -> tuple[str, ...]:
    """Different words of so many syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        word = [dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(syllables)]
        found["".join(word)] = None
    return tuple(found)


_TINTS = (
    ((0.8, 0.2, 0.2), (0.7, 0.1, 0.3)), ((0.2, 0.7, 0.2), (0.1, 0.8, 0.4)),
    ((0.2, 0.2, 0.8), (0.1, 0.4, 0.8)), ((0.8, 0.7, 0.2), (0.8, 0.6, 0.1)),
    ((0.1, 0.1, 0.1), (0.3, 0.2, 0.1)), ((0.7, 0.3, 0.8), (0.6, 0.5, 0.8)),
)  # fmt: skip


def caption(world: World, card: Card, language: str) -> str:
    """What a card is called. The hills: colour, thing, corner. The coast: all in one word."""
    thing, colour, corner = card
    if language == "hill":
        return f"{world.hill[1][colour]} {world.hill[0][thing]} {world.hill[2][corner]}"
    stem, ending = world.coast[0][thing], world.coast[2][corner]
    # behind a vowel the ending drops its own, as Korean's 은 becomes 는
    return world.coast[1][colour] + stem + (ending[1:] if stem[-1] in VOWELS else ending)


def drawn(world: World, card: Card, dice: random.Random) -> str:
    """A face on a colour, noisy, perhaps mirrored; one hexadecimal digit for each number."""
    thing, colour, corner = card
    noise = np.random.default_rng(dice.randrange(2**32))
    picture = np.tile(world.colours[colour] * dice.uniform(0.8, 1.2), (SIDE, SIDE, 1))
    top, left = 3 * (corner // 2), 3 * (corner % 2)
    face = world.faces[thing][:, :: dice.choice([1, -1])]
    ink = 1 - face.min(axis=2, keepdims=True) ** 6  # white lets the card shine through
    part = picture[top : top + 7, left : left + 7]
    part[:] = ink * face + (1 - ink) * part
    steps = (picture + noise.normal(0, 0.05, picture.shape)) * (LEVELS - 1)
    return "".join(f"{value:x}" for value in steps.round().clip(0, LEVELS - 1).astype(int).flat)


# ------------------------------------------------------------------------------------ questions
def lures(card: Card, dice: random.Random) -> list[Card]:
    """Eight different cards, the right one first; four differ from it in one respect only."""
    sizes, found = (THINGS, COLOURS, CORNERS), [card]
    while len(found) < len(CANDIDATES):
        other = [dice.randrange(size) for size in sizes]
        if len(found) < 5:
            changed = dice.randrange(3)
            other = [other[k] if k == changed else card[k] for k in range(3)]
        if tuple(other) not in found:
            found.append((other[0], other[1], other[2]))
    return found


def _question(world: World, card: Card, dice: random.Random) -> tuple[str, int]:
    language, choices = dice.choice(["hill", "coast"]), lures(card, dice)
    dice.shuffle(choices)
    captions = [caption(world, choice, language) for choice in choices]
    return "|".join([drawn(world, card, dice), *captions]), choices.index(card)


@lru_cache(maxsize=2)
def unseen_cards(seed: str, count: int) -> Windows:
    """Questions about cards that no example shows, and 600 examples, of a world of the seed's."""
    dice = random.Random(f"cards/{seed}")
    world = invented(dice)
    sizes = (THINGS, COLOURS, CORNERS)
    cards = [(a, b, c) for a in range(sizes[0]) for b in range(sizes[1]) for c in range(sizes[2])]
    dice.shuffle(cards)
    split = round(KEPT_BACK * len(cards))
    asked = [_question(world, dice.choice(cards[:split]), dice) for _ in range(count)]
    told = [_example(world, dice.choice(cards[split:]), dice) for _ in range(EXAMPLES)]
    contexts, targets = zip(*asked, strict=True)
    return Windows(contexts, targets, tuple((text, 0) for text in told))


def _example(world: World, card: Card, dice: random.Random) -> str:
    names = [caption(world, card, language) for language in ("hill", "coast")]
    return "|".join([drawn(world, card, dice), *names])


def _given(examples: Sequence[tuple[str, int]] = ()) -> list[str]:
    """What an entry learns from: the examples as texts, for `read`."""
    found = examples or unseen_cards("practice", PRACTICE).examples
    return [text for text, _ in found]


CHALLENGE = Challenge(
    name="recall at 1",
    unit="% recall at 1",
    classes=CANDIDATES,
    curve=((12.5, 0), (28, 1), (40, 2), (54, 3), (65, 4), (76, 5)),
    practice=lambda: unseen_cards("practice", PRACTICE),
    given=_given,
    measure="recall",
)
