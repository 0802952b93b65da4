"""What the parts of a chatbot are, and what they hand to each other.

Each part is a plain callable, so that any one of them can be a student's own:

| part | takes | gives |
|---|---|---|
| `template` | messages | the text that the model goes on with |
| `state` | nothing | an empty dialog state, which takes the messages so far |
| `search` | a query | passages with scores, the best first |
| `ground` | a query, what was found | messages that show the model its sources, and these |
| `quote` | a question, passages | the place in them that answers it, or None |
| `generator` | a text, how to sample | tokens with their probabilities, one by one |
| `adapter` | the same | the same, with the numbers of an adapter in place |
| `guard` | an answer, the question, passages | names and numbers that stand nowhere |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One message of a dialog; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Passage:
    """A text that can be found and cited."""

    title: str
    text: str


Hit = tuple[Passage, float]  # a passage found, and its score


@dataclass(frozen=True)
class Span:
    """A place in the text of a source, in characters; the end is not part of it."""

    source: int
    start: int
    end: int


@dataclass(frozen=True)
class Alternative:
    """A token that could have been written, and its probability."""

    text: str
    probability: float


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn.

    Attributes:
        temperature: 0 takes the likeliest token each time.
        top_k: how many of the likeliest tokens take part.
        most_tokens: writing ends there.
        seed: the same seed, text and model give the same tokens.
    """

    temperature: float = 0.7
    top_k: int = 40
    most_tokens: int = 120
    seed: int = 0


# ------------------------------------------------------------------------------------ events
@dataclass(frozen=True)
class Sources:
    """Event: what was looked up, and what was found for the question."""

    query: str
    passages: tuple[Passage, ...]
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Quote:
    """Event: an answer taken word for word from a source."""

    text: str
    span: Span


@dataclass(frozen=True)
class Token:
    """Event: a piece of the answer.

    `probability` is the model's own, before temperature and top k; of a character that is made of
    several tokens it is their product, and the alternatives are those of the first.
    """

    text: str
    probability: float
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Event: what the guard said; `unsupported` names what stands in no source."""

    passed: bool
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """Last event: the whole answer.

    Attributes:
        text: what the bot says; the abstention where it was refused.
        sources: the passages that were shown to the model.
        refused: empty, or why the draft was held back.
        draft: what the model wrote.
        cited: places in the sources whose words the answer uses.
        tokens: the tokens of the draft.
        ended: "stop" (the model ended it), "length", or "nothing" (it wrote nothing).
        query: what was looked up.
    """

    text: str
    sources: tuple[Passage, ...] = ()
    refused: str = ""
    draft: str = ""
    cited: tuple[Span, ...] = ()
    tokens: tuple[Token, ...] = ()
    ended: str = "stop"
    query: str = ""


Event = Sources | Quote | Token | Verdict | Reply


# ------------------------------------------------------------------------------------ parts
class State(Protocol):
    """What was said so far, and what follows from it for the next question."""

    def add(self, message: Message) -> None:
        """Take the next message of the dialog."""

    def query(self, question: str) -> str:
        """What to look up for a question that may lean on earlier ones."""

    def window(self, budget: int) -> list[Message]:
        """The system message and the newest messages that fit into so many words."""


class Generator(Protocol):
    """A model that goes on with a text."""

    def __call__(self, prompt: str, sampling: Sampling) -> Iterator[Token]:
        """Its tokens, one by one; to close the iterator is to stop it."""


Template = Callable[[Sequence[Message]], str]
Search = Callable[[str], Sequence[Hit]]
Ground = Callable[[str, Sequence[Hit]], tuple[Sequence[Message], Sequence[Passage]]]
Quoter = Callable[[str, Sequence[Passage]], "Span | None"]
Guard = Callable[[str, str, Sequence[Passage]], Sequence[str]]


@dataclass(frozen=True)
class Note:
    """What a part is made of, for people; `own` if a student wrote it."""

    part: str
    what: str
    own: bool = False
