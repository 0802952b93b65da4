"""The open challenge of week 04: align the words of two languages that nobody speaks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from course.challenges.task import Challenge, Windows

LONGEST = 12  # words of a source sentence
PRACTICE_SENTENCES, HIDDEN_SENTENCES = 2500, 2500
SYLLABLES = [c + v for c in "bdfghklmnprstvz" for v in "aeiou"]
KINDS = 4  # of words; the target language orders them in its own way
WORDS = 160


@dataclass(frozen=True)
class Language:
    """A pair of invented languages: words by frequency, what they become, and how they stand."""

    words: tuple[str, ...]
    kinds: dict[str, int]
    becomes: dict[str, tuple[str, ...]]  # translations of a word; () where it has none
    order: tuple[int, ...]  # for each kind, how far to the front it goes
    particles: dict[int, str]  # what follows a word of this kind


def read(context: str) -> tuple[list[str], list[str], int]:
    """The source words, the target words, and the place of the target word in brackets.

    >>> read("ka lomi | rosa [kel]")
    (['ka', 'lomi'], ['rosa', 'kel'], 1)
    """
    source, _, target = context.partition(" | ")
    words = target.split()
    place = next(n for n, word in enumerate(words) if word.startswith("["))
    return source.split(), [word.strip("[]") for word in words], place


def invented(rng: random.Random) -> Language:
    """A pair of languages; one word in ten has no translation, one in five has two."""
    pool = rng.sample([a + b for a in SYLLABLES for b in SYLLABLES], 3 * WORDS)
    words, rest = tuple(pool[:WORDS]), pool[WORDS:]
    becomes = {}
    for word in words:
        count = rng.choices((0, 1, 2), (1, 7, 2))[0]
        becomes[word] = tuple(rest.pop() for _ in range(count))
    particles = {kind: rest.pop() for kind in rng.sample(range(KINDS), 2)}
    order = tuple(rng.sample(range(KINDS), KINDS))
    return Language(words, {w: rng.randrange(KINDS) for w in words}, becomes, order, particles)


def sentence(rng: random.Random, language: Language) -> tuple[list[str], list[tuple[str, int]]]:
    """A source sentence, and target words with the place that each comes from."""
    weights = [1 / (n + 3) for n in range(WORDS)]  # few words are frequent (Zipf)
    source = rng.choices(language.words, weights, k=rng.randint(3, LONGEST))
    # words go where their kind goes, and sometimes a little elsewhere
    key = [
        4.0 * language.order[language.kinds[word]] + 0.5 * place + rng.gauss(0, 1)
        for place, word in enumerate(source)
    ]
    target = []
    for place in sorted(range(len(source)), key=key.__getitem__):
        choices = language.becomes[source[place]]
        if choices:
            target.append((rng.choice(choices), place))
            particle = language.particles.get(language.kinds[source[place]])
            if particle and rng.random() < 0.6:
                target.append((particle, place))
    return source, target


@lru_cache(maxsize=2)
def unseen_sentences(seed: str, count: int) -> Windows:
    """Contexts of a pair of languages that is invented anew for each seed."""
    rng = random.Random(f"languages/{seed}")
    language = invented(rng)
    contexts: list[str] = []
    targets: list[int] = []
    while len(contexts) < count:
        source, target = sentence(rng, language)
        if target:
            asked = rng.randrange(len(target))
            words = [f"[{word}]" if n == asked else word for n, (word, _) in enumerate(target)]
            contexts.append(f"{' '.join(source)} | {' '.join(words)}")
            targets.append(target[asked][1])
    return Windows(tuple(contexts), tuple(targets))


CHALLENGE = Challenge(
    name="bits of an alignment",
    unit="bits a word",
    classes=tuple(map(str, range(LONGEST))),
    curve=((2.7, 0), (1.8, 1), (1.0, 2), (0.65, 3), (0.45, 4), (0.35, 5)),
    practice=lambda: unseen_sentences("practice", PRACTICE_SENTENCES),
)
