"""English sentences with their Korean translation and gold alignments, made by a grammar.

A synchronous grammar (Aho and Ullman 1969) builds both sides of a sentence at once: each rule says
which parts it has, in which order they stand in English and in which order in Korean. So it knows
which English words each Korean word comes from.

>>> pair = translation_pairs(1, seed=5)[0]
>>> pair.english, pair.korean
('a cat ate two apples in the market', '고양이 는 시장 에서 사과 두 개 를 먹었다')
>>> pair.links[2]  # 시장 comes from the word at place 7
(7,)

What makes it a task: the verb goes to the end, particles follow the sound before them (책 을 but
새 를), things are counted with a word of their own (책 두 권), "in" is 에서 of a place and 에 of a
time, and a reason comes first. The sentences are correct and often odd: birds buy cars.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HANGUL, SYLLABLES_OF_A_VOWEL = 0xAC00, 28  # 27 final consonants, or none


@dataclass(frozen=True)
class SentencePair:
    """A sentence in two languages; `links` has, for each Korean word, places of English words."""

    english_words: tuple[str, ...]
    korean_words: tuple[str, ...]
    links: tuple[tuple[int, ...], ...]

    @property
    def english(self) -> str:
        """The English words with spaces between them."""
        return " ".join(self.english_words)

    @property
    def korean(self) -> str:
        """The Korean words with spaces between them; particles stand apart."""
        return " ".join(self.korean_words)


# ------------------------------------------------------------------------------------ words
@dataclass(frozen=True)
class Noun:
    """A noun, its plural, its Korean, and the word that it is counted with."""

    singular: str
    plural: str
    korean: str
    counter: str


@dataclass(frozen=True)
class Verb:
    """A verb's forms; `past` of Korean is the stem that endings of the past follow."""

    base: str
    third: str
    past: str
    stem: str
    korean_present: str
    korean_past: str


def _nouns(table: str) -> tuple[Noun, ...]:
    return tuple(Noun(*line.split()) for line in table.strip().splitlines())


def _verbs(table: str) -> tuple[Verb, ...]:
    rows = ([part.strip() for part in line.split(",")] for line in table.strip().splitlines())
    return tuple(Verb(*row) for row in rows)


BEINGS = _nouns("""
student students 학생 명
teacher teachers 선생님 명
child children 아이 명
doctor doctors 의사 명
friend friends 친구 명
dog dogs 개 마리
cat cats 고양이 마리
bird birds 새 마리
""")
THINGS = _nouns("""
book books 책 권
letter letters 편지 통
picture pictures 그림 장
flower flowers 꽃 송이
car cars 자동차 대
pencil pencils 연필 자루
""")
FOOD = _nouns("""
apple apples 사과 개
cake cakes 떡 개
""")
ANYTHING = BEINGS + THINGS + FOOD
TEXTS = THINGS[:2]

IDLE = _verbs("""
sing, sings, sang, 노래하, 노래한다, 노래했
sleep, sleeps, slept, 자, 잔다, 잤
laugh, laughs, laughed, 웃, 웃는다, 웃었
work, works, worked, 일하, 일한다, 일했
dance, dances, danced, 춤추, 춤춘다, 춤췄
""")
TOWARDS = _verbs("""
see, sees, saw, 보, 본다, 봤
like, likes, liked, 좋아하, 좋아한다, 좋아했
find, finds, found, 찾, 찾는다, 찾았
draw, draws, drew, 그리, 그린다, 그렸
help, helps, helped, 돕, 돕는다, 도왔
wait for, waits for, waited for, 기다리, 기다린다, 기다렸
buy, buys, bought, 사, 산다, 샀
eat, eats, ate, 먹, 먹는다, 먹었
write, writes, wrote, 쓰, 쓴다, 썼
""")
OBJECTS = {"help": BEINGS, "wait for": BEINGS, "buy": THINGS + FOOD, "eat": FOOD, "write": TEXTS}
ADJECTIVES = {"small": "작은", "big": "큰", "good": "좋은", "old": "오래된"}
NUMERALS = {"two": "두", "three": "세", "four": "네"}
MANNERS = {"slowly": "천천히", "quietly": "조용히", "together": "함께"}
PLACES = {
    "school": "학교",
    "park": "공원",
    "library": "도서관",
    "market": "시장",
    "garden": "정원",
}
DAYTIMES = {"morning": "아침", "evening": "저녁"}

TOPIC, OBJECT, SUBJECT = ("은", "는"), ("을", "를"), ("이", "가")  # after a consonant, a vowel


def ends_in_consonant(word: str) -> bool:
    """Whether the last syllable of a Korean word has a final consonant (받침)."""
    return (ord(word[-1]) - HANGUL) % SYLLABLES_OF_A_VOWEL != 0


# ------------------------------------------------------------------------------------ phrases
@dataclass(frozen=True)
class Phrase:
    """A part of a sentence in both languages; a Korean word carries its places in `english`."""

    english: tuple[str, ...] = ()
    korean: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def all_english(self) -> tuple[int, ...]:
        """The places of all its English words."""
        return tuple(range(len(self.english)))


def word(english: str, korean: str) -> Phrase:
    """One Korean word for one or more English ones."""
    parts = tuple(english.split())
    return Phrase(parts, ((korean, tuple(range(len(parts)))),))


def together(parts: Sequence[Phrase], korean_order: Iterable[int]) -> Phrase:
    """Parts side by side in English, and in another order in Korean."""
    english: tuple[str, ...] = ()
    starts = []
    for part in parts:
        starts.append(len(english))
        english += part.english
    korean = [
        (one, tuple([k + starts[place] for k in links]))
        for place in korean_order
        for one, links in parts[place].korean
    ]
    return Phrase(english, tuple(korean))


def with_particle(phrase: Phrase, particle: tuple[str, str]) -> Phrase:
    """The phrase with the form of the particle that fits its last sound; it marks all of it."""
    form = particle[0] if ends_in_consonant(phrase.korean[-1][0]) else particle[1]
    return Phrase(phrase.english, (*phrase.korean, (form, phrase.all_english)))


def noun_phrase(rng: random.Random, nouns: Sequence[Noun]) -> tuple[Phrase, bool]:
    """An article or a numeral, perhaps an adjective, and a noun; and whether it is more than one.

    "two old books" becomes 오래된 책 두 권: the numeral and its counter stand behind the noun.
    """
    noun = rng.choice(nouns)
    adjective = rng.choice(sorted(ADJECTIVES)) if rng.random() < 0.3 else ""
    middle = word(adjective, ADJECTIVES[adjective]) if adjective else Phrase()
    if rng.random() < 0.3:
        numeral = rng.choice(sorted(NUMERALS))
        parts = [word(numeral, NUMERALS[numeral]), middle, word(noun.plural, noun.korean)]
        counted = together(parts, (1, 2, 0))
        last = (0, len(counted.english) - 1)  # the counter depends on the numeral and the noun
        return Phrase(counted.english, (*counted.korean, (noun.counter, last))), True
    article = "the" if rng.random() < 0.7 or adjective[:1] == "o" else "a"
    if not adjective and article == "a" and noun.singular[0] in "aeiou":
        article = "an"
    parts = [Phrase((article,)), middle, word(noun.singular, noun.korean)]
    return together(parts, (1, 2)), False


def verb_phrase(verb: Verb, many: bool, past: bool, negated: bool, ending: str) -> Phrase:
    """The verb with its ending: "다" at the end of a sentence, "고" before "and", "기" of a reason.

    A negated verb has two words: "does not eat" becomes 먹지 않는다.
    """
    if negated:
        helper = "did" if past else "do" if many else "does"
        negation = {"다": "않았다" if past else "않는다", "고": "않고"}.get(
            ending, "않았기" if past else "않기"
        )
        parts = [word(f"{helper} not", negation), word(verb.base, verb.stem + "지")]
        return together(parts, (1, 0))
    english = verb.past if past else verb.base if many else verb.third
    finished = verb.korean_past + "다" if past else verb.korean_present
    reason = (verb.korean_past if past else verb.stem) + "기"
    return word(english, {"다": finished, "고": verb.stem + "고"}.get(ending, reason))


def _where(rng: random.Random) -> Phrase:
    place = rng.choice(sorted(PLACES))
    parts = [word("in", "에서"), Phrase(("the",)), word(place, PLACES[place])]
    return together(parts, (2, 0))


def _when(rng: random.Random) -> Phrase:
    daytime = rng.choice(sorted(DAYTIMES))
    morning = [word("in", "에"), Phrase(("the",)), word(daytime, DAYTIMES[daytime])]
    return rng.choice([word("today", "오늘"), word("every day", "매일"), together(morning, (2, 0))])


def clause(rng: random.Random, past: bool, ending: str = "다") -> Phrase:
    """Subject, verb, object, manner, place and time; in Korean: time, subject, place, object, …"""
    subject, many = noun_phrase(rng, BEINGS)
    verb = rng.choice(IDLE if rng.random() < 0.3 else TOWARDS)
    thing = Phrase()
    if verb in TOWARDS:
        thing = with_particle(noun_phrase(rng, OBJECTS.get(verb.base, ANYTHING))[0], OBJECT)
    manner = rng.choice(sorted(MANNERS)) if rng.random() < 0.2 else ""
    parts = [
        with_particle(subject, SUBJECT if ending == "기" else TOPIC),
        verb_phrase(verb, many, past, rng.random() < 0.2, ending),
        thing,
        word(manner, MANNERS[manner]) if manner else Phrase(),
        _where(rng) if rng.random() < 0.3 else Phrase(),
        _when(rng) if rng.random() < 0.25 else Phrase(),
    ]
    return together(parts, (5, 0, 4, 2, 3, 1))


def sentence(rng: random.Random, clauses: int) -> Phrase:
    """A sentence of so many clauses, joined by "and"; a reason ("because …") comes first."""
    past = rng.random() < 0.5
    if clauses == 1:
        return clause(rng, past)
    if rng.random() < 0.4:
        reason = [word("because", "때문에"), clause(rng, past, "기")]
        rest = sentence_with(rng, clauses - 1, past)
        return together([rest, together(reason, (1, 0))], (1, 0))
    return sentence_with(rng, clauses, past)


def sentence_with(rng: random.Random, clauses: int, past: bool) -> Phrase:
    """Clauses joined by "and", whose Korean is the ending 고 of the verb before it."""
    if clauses == 1:
        return clause(rng, past)
    first = clause(rng, past, "고")
    verb, links = first.korean[-1]
    place = len(first.english)
    joined = Phrase((*first.english, "and"), (*first.korean[:-1], (verb, (*links, place))))
    return together([joined, sentence_with(rng, clauses - 1, past)], (0, 1))


def translation_pairs(
    count: int,
    seed: int = 0,
    clauses: tuple[int, int] = (1, 1),
    avoid: Iterable[SentencePair] = (),
) -> list[SentencePair]:
    """Different sentences, each with its translation and the gold alignment.

    Args:
        count: how many; no English sentence comes twice.
        seed: equal seeds give equal lists.
        clauses: the fewest and the most clauses of a sentence; one has 3 to 17 English words.
        avoid: pairs whose English sentences must not come again: a training set, for a test set.

    Raises:
        ValueError: count is negative, or a sentence should have less than one clause.
    """
    if count < 0 or not 1 <= clauses[0] <= clauses[1]:
        raise ValueError(f"{count} sentences of {clauses[0]} to {clauses[1]} clauses cannot be.")
    rng = random.Random(f"translation/{seed}")
    seen = {pair.english_words for pair in avoid}
    made: list[SentencePair] = []
    while len(made) < count:
        found = sentence(rng, rng.randint(*clauses))
        if found.english not in seen:
            seen.add(found.english)
            words, links = zip(*found.korean, strict=True)
            made.append(SentencePair(found.english, words, links))
    return made
