"""The English-Korean grammar: both sides agree, links are right, particles follow the sound."""

from __future__ import annotations

from course.data import UNK, Vocabulary, grammar, translation_pairs

PAIRS = translation_pairs(400, seed=1, clauses=(1, 3))
KOREAN = {
    english: korean
    for table in (grammar.ADJECTIVES, grammar.NUMERALS, grammar.MANNERS, grammar.PLACES)
    for english, korean in table.items()
} | {form: noun.korean for noun in grammar.ANYTHING for form in (noun.singular, noun.plural)}


def test_equal_seeds_give_equal_pairs_and_none_comes_twice() -> None:
    """A list is fixed by its seed, its sentences differ, and those to avoid stay away."""
    first = translation_pairs(300, seed=4)
    assert first == translation_pairs(300, seed=4)
    assert first != translation_pairs(300, seed=5)
    others = translation_pairs(300, seed=5, avoid=first)
    assert len({pair.english for pair in (*first, *others)}) == 600


def test_an_english_sentence_has_one_translation() -> None:
    """The task is a function: no English sentence is translated in two ways."""
    found: dict[str, str] = {}
    for seed in range(3):
        for pair in translation_pairs(600, seed=seed, clauses=(1, 2)):
            assert found.setdefault(pair.english, pair.korean) == pair.korean


def test_links_lead_to_the_word_that_was_translated() -> None:
    """Korean nouns, adjectives, numerals, manners and places have the link of a dictionary."""
    tried = 0
    for pair in PAIRS:
        assert len(pair.links) == len(pair.korean_words)
        for word, links in zip(pair.korean_words, pair.links, strict=True):
            assert links and all(0 <= k < len(pair.english_words) for k in links)
            if word in KOREAN.values() and len(links) == 1:
                tried += 1
                assert KOREAN[pair.english_words[links[0]]] == word
    assert tried > 1000


def test_every_word_but_articles_is_linked() -> None:
    """What an English word says is somewhere in Korean; articles of places have no translation."""
    for pair in PAIRS:
        linked = {place for links in pair.links for place in links}
        left = {pair.english_words[k] for k in range(len(pair.english_words)) if k not in linked}
        assert left <= {"the"}


def test_particles_follow_the_sound_before_them() -> None:
    """은, 을 and 이 stand behind a final consonant; 는, 를 and 가 behind a vowel."""
    after_consonant = {"은": True, "을": True, "이": True, "는": False, "를": False, "가": False}
    seen = set()
    for pair in PAIRS:
        for before, word in zip(pair.korean_words, pair.korean_words[1:], strict=False):
            if word in after_consonant:
                seen.add(word)
                assert grammar.ends_in_consonant(before) == after_consonant[word], pair.korean
    assert seen == set(after_consonant)


def test_reasons_come_first_and_verbs_last() -> None:
    """ "A because B" is "B … 때문에 A", and a sentence ends with a verb in 다."""
    reasons = [pair for pair in PAIRS if "because" in pair.english_words]
    assert reasons
    for pair in reasons:
        because, place = pair.english_words.index("because"), pair.korean_words.index("때문에")
        assert pair.links[place] == (because,)
        assert all(max(links) > because for links in pair.links[:place])
        assert all(max(links) < because for links in pair.links[place + 1 :])
    assert all(pair.korean.endswith("다") for pair in PAIRS)


def test_roles_share_their_nouns() -> None:
    """Who does it and to whom it is done cannot be told from the words, only from their order."""
    after: dict[str, set[str]] = {"topic": set(), "object": set()}
    for pair in PAIRS:
        for before, word in zip(pair.korean_words, pair.korean_words[1:], strict=False):
            if word in (*grammar.TOPIC, *grammar.OBJECT):
                after["topic" if word in grammar.TOPIC else "object"].add(before)
    assert {noun.korean for noun in grammar.BEINGS} <= after["topic"] & after["object"]


def test_a_vocabulary_encodes_what_it_knows() -> None:
    """Known words come back, rare and new ones become <unk>, special ids are not words."""
    words = Vocabulary.of([["새", "는", "잤다"], ["새", "는"]], least=2)
    assert words.words == ("<pad>", "<bos>", "<eos>", "<unk>", "는", "새")
    assert words.encode(["새", "잤다", "는"]) == [5, UNK, 4]
    assert words.decode([1, 5, 4, 3, 2, 0]) == ["새", "는", "<unk>"]
