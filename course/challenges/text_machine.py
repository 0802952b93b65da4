"""A text that nobody has read: words drawn from a book's word pairs and triples, under a seed.

A hidden text from a real book could be looked up. This one is written anew for each seed, and its
author cannot be asked: the judge's seed is in no kernel. Its spelling, its words and its short
phrases are the books'; its sense is not.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from course.challenges.task import Windows

TOKEN = re.compile(r" ?[a-z']+|[^a-z']")  # a word with the blank before it, or a mark
TRIPLE, PAIR = 0.55, 0.43  # how often two words, or one, are looked back at; else none


def written_text(books: Sequence[str], seed: str, length: int) -> str:
    """At least `length` characters of new text in the manner of the books.

    Args:
        books: clean prose (see `course.data.prose.clean_prose`).
        seed: the same seed writes the same text, on every machine.
        length: in characters.
    """
    tokens = [token for book in books for token in TOKEN.findall(book)]
    after_two, after_one = defaultdict(list), defaultdict(list)
    for one, two, three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        after_two[one, two].append(three)
        after_one[two].append(three)
    rng = random.Random(seed)
    made, size = [tokens[0], tokens[1]], 0
    while size < length:
        drawn = rng.random()
        pool = after_two.get((made[-2], made[-1])) if drawn < TRIPLE else None
        if pool is None and drawn < TRIPLE + PAIR:
            pool = after_one.get(made[-1])
        pool = pool or tokens
        made.append(pool[rng.randrange(len(pool))])
        size += len(made[-1])
    return "".join(made)


def windows(
    text: str, classes: str, seed: str, count: int, length: int, gap: tuple[int, int] = (5, 30)
) -> Windows:
    """Disjoint windows of a text in shuffled order: each a context and the character behind it.

    Between one window's target and the next window some characters are left out, a different
    number each time, so no context shows another's target or tells what stood around it.

    Raises:
        ValueError: the text is too short.
    """
    rng = random.Random(f"windows/{seed}")
    found, at = [], 0
    for _ in range(count):
        if at + length >= len(text):
            raise ValueError(f"a text of {len(text)} characters is too short for {count} windows")
        found.append((text[at : at + length], classes.index(text[at + length])))
        at += length + 1 + rng.randint(*gap)
    rng.shuffle(found)
    return Windows(tuple(context for context, _ in found), tuple(target for _, target in found))
