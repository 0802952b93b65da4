"""The state of a dialog: what was said, what it is about, and how much of it the model is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from course.chat.parts import Message

# What leans on something said before: a word that points back, or a question of a few words.
LEANS = re.compile(
    r"\b(it|its|there|they|their|them|that|this|he|she|his|her)\b|거기|그곳|그 나라|이 나라|그럼"
)
FEW = 3
NOBODY: Mapping[str, str] = {}


class DialogState:
    """Messages in order, and the thing that was named last.

    Args:
        system: the system message; none if empty.
        names: how a thing may be called -> its title, such as "한국" -> "South Korea".
    """

    subject: str | None

    def __init__(self, system: str = "", names: Mapping[str, str] = NOBODY) -> None:
        self.messages: list[Message] = [Message("system", system)] if system else []
        self.subject = None
        self._titles = {name.casefold(): title for name, title in names.items()}
        # the longest name first: "South Korea" is not "Korea"
        longest = sorted(self._titles, key=len, reverse=True)
        self._name = re.compile("|".join(_as_pattern(name) for name in longest) or r"(?!)")

    def add(self, message: Message) -> None:
        """Take the next message; what a user names last becomes the subject."""
        self.messages.append(message)
        if message.role != "user":
            return
        self.subject = self._named(message.content) or self.subject

    def query(self, question: str) -> str:
        """The question, with the subject in front where it names none and leans on one.

        A country that is named in Korean is put in front in English.
        """
        title = self._named(question) or (self.subject if _leans(question) else None)
        return f"{title}: {question}" if title and title not in question else question

    def window(self, budget: int) -> list[Message]:
        """The system message and the newest messages whose words fit; at least the newest one."""
        system = [m for m in self.messages if m.role == "system"]
        turns = [m for m in self.messages if m.role != "system"]
        kept, words = 0, 0
        for message in reversed(turns):
            words += len(message.content.split())
            if kept and words > budget:
                break
            kept += 1
        return [*system, *turns[len(turns) - kept :]]

    def _named(self, text: str) -> str | None:
        found = self._name.findall(text.casefold())
        return self._titles[found[-1]] if found else None


def _leans(question: str) -> bool:
    return len(question.split()) <= FEW or LEANS.search(question.lower()) is not None


def _as_pattern(name: str) -> str:
    """A name in Latin letters is a whole word; a Korean one may have a particle behind it."""
    quoted = re.escape(name)
    return rf"\b{quoted}\b" if name.isascii() else quoted
