"""An exam for a chatbot, with the answers known: what it is asked, and what it said.

Questions on the Factbook of 2015 are made mechanically (`course.data.factbook`), those on the
constitution were written by hand; some have no answer in the sources, and the bot should say so.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from course.chat.bot import Bot
from course.chat.corpus import factbook_passages, names
from course.chat.parts import Message, Passage
from course.chat.wording import COUNTRIES
from course.data.factbook import FactbookQuestion, factbook_questions
from course.weeks.week15_chatbot.words import mentions


@dataclass(frozen=True)
class Case:
    """A question of an exam.

    Attributes:
        question: what the user says now.
        answer: what a right answer holds; None where the sources do not say.
        source: the title of the passage that says it; "" where none does.
        kind: plain, reworded, follow-up, Korean, constitution or nowhere.
        history: what was said before.
    """

    question: str
    answer: str | None
    source: str = ""
    kind: str = "plain"
    history: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Said:
    """What a bot made of a case: its text, None if it abstained, and the title that it cites."""

    text: str | None
    source: str = ""


KINDS = ("plain", "reworded", "follow-up", "Korean", "constitution", "nowhere")
FOLLOW_UPS = {
    "Capital": "And what is its capital?",
    "Internet country code": "And its Internet country code?",
    "Exchange rates": "And in what is its exchange rate counted?",
    "Elevation extremes": "And its highest point?",
    "National anthem": "And the name of its national anthem?",
    "Independence": "And its date of independence?",
    "Population": "And its population?",
    "Area": "And its total area?",
}
IN_KOREAN = {
    "Capital": "{}의 수도는 어디인가요?",
    "Internet country code": "{}의 도메인은 무엇인가요?",
    "Exchange rates": "{}의 통화는 무엇인가요?",
    "Elevation extremes": "{}에서 가장 높은 산은 무엇인가요?",
    "Independence": "{}의 독립 기념일은 언제인가요?",
    "Population": "{}의 인구는 몇 명인가요?",
    "Area": "{}의 면적은 얼마인가요?",
}
NOWHERE = (
    "Who won the chess championship of {} last year?", "What does a cup of coffee cost in {}?",
    "Which football club of {} has most supporters?", "Who wrote the best novel of {}?",
    "How many bicycles does {} have?", "What is the telephone number of the zoo of {}?",
    "Who directs the opera of {}?", "When does the school year begin in {}?",
)  # fmt: skip
CONSTITUTION = (
    ("70", "대통령의 임기는 몇 년인가요?", "5년"), ("42", "국회의원의 임기는 몇 년인가요?", "4년"),
    ("105", "대법원장의 임기는 몇 년인가요?", "6년"),
    ("41", "국회의원의 수는 몇 인 이상인가요?", "200인"),
    ("88", "국무회의는 몇 인의 국무위원으로 구성되나요?", "30인"),
    ("98", "감사원은 몇 인의 감사위원으로 구성되나요?", "11인"),
    ("111", "헌법재판소는 몇 인의 재판관으로 구성되나요?", "9인"),
    ("3", "대한민국의 영토는 무엇인가요?", "한반도"),
    ("47", "국회의 정기회 회기는 며칠을 초과할 수 없나요?", "100일"),
    ("112", "헌법재판소 재판관의 임기는 몇 년인가요?", "6년"),
    ("67", "대통령으로 선거될 수 있는 나이는 몇 세인가요?", "40세"),
    ("44", "현행범인이 아닌 국회의원을 체포하려면 누구의 동의가 필요한가요?", "국회의"),
)  # fmt: skip
NOT_IN_IT = (
    "대통령의 취미는 무엇인가요?", "국회 식당의 점심 값은 얼마인가요?",
    "대법원장의 생일은 언제인가요?",
    "헌법재판소의 전화번호는 무엇인가요?",
)  # fmt: skip


def exam(seed: int, each: int = 8) -> list[Case]:
    """So many cases of each kind, drawn from a seed, in a random order."""
    dice = random.Random(f"exam/{seed}")
    pools = all_cases()
    drawn = [case for kind in KINDS for case in dice.sample(pools[kind], each)]
    dice.shuffle(drawn)
    return drawn


@cache
def all_cases() -> dict[str, list[Case]]:
    """Every case that can be made, by kind; an answer stands in exactly the passage it names."""
    pools: dict[str, list[Case]] = {kind: [] for kind in KINDS}
    for found, passage in placed_questions():
        for case in _of(found, passage):
            pools[case.kind].append(case)
    for number, question, answer in CONSTITUTION:
        title = f"대한민국헌법 제{number}조"
        pools["constitution"].append(Case(question, answer, title, "constitution"))
    countries = sorted(set(names().values()))
    pools["nowhere"] = [Case(form.format(country), None, "", "nowhere")
                        for form in NOWHERE for country in countries]  # fmt: skip
    pools["nowhere"] += [Case(q, None, "", "nowhere") for q in NOT_IN_IT for _ in range(40)]
    return pools


def placed_questions() -> Iterator[tuple[FactbookQuestion, Passage]]:
    """Questions on the Factbook, each with the passage of its country that holds the answer."""
    for found in factbook_questions():
        for passage in passages_by_country().get(found.country, ()):
            if f"{found.field}:" in passage.text and mentions(passage.text, found.answer):
                yield found, passage


@cache
def passages_by_country() -> dict[str, list[Passage]]:
    """The passages of the Factbook, by the country that a passage's title begins with."""
    found: dict[str, list[Passage]] = {}
    for passage in factbook_passages():
        found.setdefault(passage.title.split(":")[0], []).append(passage)
    return found


@cache
def held_countries() -> frozenset[str]:
    """Every third country of the Factbook: the adapter that ships was trained without them."""
    return frozenset(sorted(passages_by_country())[::3])


def held_exam(seed: int, kinds: tuple[str, ...], each: int = 8) -> list[Case]:
    """As `exam`, of some kinds, and on held countries where a case names a source."""
    dice = random.Random(f"held exam/{seed}")
    drawn = []
    for kind in kinds:
        pool = [case for case in all_cases()[kind]
                if not case.source or case.source.split(":")[0] in held_countries()]  # fmt: skip
        drawn += dice.sample(pool, each)
    return drawn


def _of(found: FactbookQuestion, passage: Passage) -> Iterator[Case]:
    kind = "plain" if found.plain else "reworded"
    yield Case(found.text, found.answer, passage.title, kind)
    if not found.plain:
        return
    before = (Message("user", f"Where is {found.country}?"), Message("assistant", "On the map."))
    follow = FOLLOW_UPS[found.field]
    yield Case(follow, found.answer, passage.title, "follow-up", before)
    korean = next((k for k, title in COUNTRIES.items() if title == found.country), None)
    if korean and found.field in IN_KOREAN:
        question = IN_KOREAN[found.field].format(korean)
        yield Case(question, found.answer, passage.title, "Korean")


# ------------------------------------------------------------------------------------ taking it
def take(bot: Bot, case: Case) -> Said:
    """What a bot makes of a case: its text and the title of the first source that it cites."""
    reply = bot.reply(case.question, case.history)
    if reply.refused:
        return Said(None)
    cited = reply.cited[0].source if reply.cited else 0
    return Said(reply.text, reply.sources[cited].title if reply.sources else "")


def talked(bot: Bot, questions: list[str]) -> list[Said]:
    """A dialogue with a bot, which keeps what was said before."""
    history: list[Message] = []
    answers = []
    for question in questions:
        said = take(bot, Case(question, None, history=tuple(history)))
        answers.append(said)
        history += [Message("user", question), Message("assistant", said.text or bot.abstention)]
    return answers
