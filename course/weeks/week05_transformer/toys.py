"""Toys of week 05: sentences of who does what to whom, in which only order tells the two apart.

>>> who_does_what(seed=0)[0]
(('the', 'child', 'saw', 'the', 'friend'), ('아이가', '친구를', '봤다'))
"""

from __future__ import annotations

import random

BEINGS = {
    "dog": "개", "cat": "고양이", "bird": "새", "child": "아이",
    "teacher": "선생님", "student": "학생", "friend": "친구", "doctor": "의사",
}  # fmt: skip
THINGS = {
    "book": "책", "letter": "편지", "picture": "그림", "flower": "꽃",
    "car": "자동차", "pencil": "연필", "apple": "사과", "cake": "떡",
}  # fmt: skip
VERBS = {
    "saw": "봤다", "liked": "좋아했다", "found": "찾았다", "drew": "그렸다", "sold": "팔았다",
    "wanted": "원했다", "hid": "숨겼다", "moved": "옮겼다",
}  # fmt: skip
HANGUL, SYLLABLES_OF_A_VOWEL = 0xAC00, 28

Words = tuple[str, ...]


def with_particle(noun: str, after_consonant: str, after_vowel: str) -> str:
    """A Korean noun with the form of its particle that fits the last sound, as one word."""
    closed = (ord(noun[-1]) - HANGUL) % SYLLABLES_OF_A_VOWEL != 0
    return noun + (after_consonant if closed else after_vowel)


def who_does_what(seed: int, shared: bool = True) -> list[tuple[Words, Words]]:
    """English sentences "the A did the B" with their Korean: A가 B를 했다, particles at the nouns.

    There are 448, in a random order. Where subjects and objects are the same nouns, "the A did the
    B" and "the B did the A" stand next to each other, so that a cut at an even place separates no
    such two: what is new is new in both directions.

    Args:
        seed: equal seeds give equal lists.
        shared: subjects and objects are the same nouns; else objects are things.
    """
    rng = random.Random(f"who/{seed}")
    if shared:
        couples = [(a, b) for a in BEINGS for b in BEINGS if a < b]
    else:
        couples = [(a, b) for a in BEINGS for b in THINGS]
    cases = [(a, b, verb) for a, b in couples for verb in VERBS]
    rng.shuffle(cases)
    if shared:
        cases = [one for a, b, verb in cases for one in ((a, b, verb), (b, a, verb))]
    return [_sentence(*case) for case in cases[:448]]


def _sentence(subject: str, thing: str, verb: str) -> tuple[Words, Words]:
    doer = with_particle(BEINGS[subject], "이", "가")
    done_to = with_particle((BEINGS | THINGS)[thing], "을", "를")
    return ("the", subject, verb, "the", thing), (doer, done_to, VERBS[verb])
