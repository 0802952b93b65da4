"""A chatbot made of named parts; its answer is a stream of events.

    bot = default_bot()
    for event in bot.answer("What is the capital of Kenya?"):
        ...                                                # Sources, Quote, Token, Verdict, Reply
    print(bot.reply("What is the capital of Kenya?").text)

A switch leaves one part out: what is a bot without its sources, its guard, its adapter?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from course.chat.dialog import DialogState
from course.chat.grounding import cited_spans
from course.chat.parts import (
    Event,
    Generator,
    Ground,
    Guard,
    Hit,
    Message,
    Note,
    Passage,
    Quote,
    Quoter,
    Reply,
    Sampling,
    Search,
    Sources,
    Span,
    State,
    Template,
    Token,
    Verdict,
)
from course.chat.template import chatml
from course.errors import UserError

HISTORY_WORDS = 300  # of the dialog, shown to the model where nothing was looked up
UNGROUNDED = "these stand neither in a source nor in the question:"
MOST_TOKENS = 2_000  # of an answer, whatever its generator thinks
NOTHING_WRITTEN = "the model wrote nothing"
NOTHING_FOUND = "no source is good enough"


class PartError(UserError):
    """A part raised something, or gave what it must not give; `part` says which one."""

    def __init__(self, part: str, error: Exception | str) -> None:
        told = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        super().__init__(f"The part `{part}` of this bot failed: {told}")
        self.part = part


@dataclass(frozen=True)
class Switches:
    """Which parts take part; `greedy` takes the likeliest token each time."""

    retrieval: bool = True
    guard: bool = True
    adapter: bool = True
    greedy: bool = False


ALL_ON = Switches()


@dataclass(frozen=True)
class Bot:
    """The parts, put together. `course.chat.parts` says what each takes and gives.

    Attributes:
        name: how it is called on the page.
        generator: the model.
        template, state, search, ground, quote, guard, adapter: see there; None leaves one out.
        persona: the system message where `ground` gives none.
        abstention: what is said in place of an answer that the guard refuses.
        closed_book: whether it answers from memory where nothing good enough was found.
        sampling: how tokens are drawn; the switch `greedy` sets the temperature to 0.
        notes: what each part is, for people.
        missing: what this machine lacks, and how to get it.
        on_request: switches that page and panel leave off until somebody sets them.
    """

    name: str
    generator: Generator
    template: Template = chatml
    persona: str = "You are a helpful assistant."
    state: Callable[[], State] = DialogState
    search: Search | None = None
    ground: Ground | None = None
    quote: Quoter | None = None
    guard: Guard | None = None
    adapter: Generator | None = None
    abstention: str = "The sources do not say."
    closed_book: bool = True
    sampling: Sampling = field(default_factory=Sampling)
    notes: tuple[Note, ...] = ()
    missing: tuple[str, ...] = ()
    on_request: frozenset[str] = frozenset()

    # -------------------------------------------------------------------------------- talking
    def answer(
        self,
        question: str,
        history: Sequence[Message] = (),
        switches: Switches = ALL_ON,
        seed: int | None = None,
    ) -> Iterator[Event]:
        """The events of an answer, in this order: Sources, Quote, Token…, Verdict, Reply.

        Without a search, or switched off, there are no Sources; without a quoter no Quote; without
        a guard no Verdict. Close the iterator to stop the model.

        Args:
            question: what the user says.
            history: the dialog before it, without a system message.
            switches: which parts take part.
            seed: for the drawing of tokens, in place of the one in `sampling`.

        Raises:
            PartError: a part failed.
        """
        state = self._state(history)
        reply = Reply("")
        messages: Sequence[Message] = ()
        if self.search is not None and switches.retrieval:
            found, messages = self._looked_up(state, question)
            yield found
            reply = replace(reply, sources=found.passages, query=found.query)
        quoted = self._quoted(question, reply.sources)
        if quoted is not None:
            yield quoted
            reply = replace(reply, text=quoted.text, cited=(quoted.span,))
        if messages or quoted or self._may_remember(switches):
            messages = messages or [*self._window(state), Message("user", question)]
            for token in self._written(messages, switches, seed):
                yield token
                reply = replace(reply, draft=reply.draft + token.text,
                                tokens=(*reply.tokens, token))  # fmt: skip
            reply = replace(reply, ended=self._ended(reply))
            if self.guard is not None and switches.guard:
                verdict = self._judged(reply, question)
                yield verdict
                reply = replace(reply, refused=_why(verdict))
        else:
            reply = replace(reply, refused=NOTHING_FOUND, ended="nothing")
        yield self._concluded(reply)

    def reply(
        self,
        question: str,
        history: Sequence[Message] = (),
        switches: Switches = ALL_ON,
        seed: int | None = None,
    ) -> Reply:
        """The last event of `answer`: the whole answer at once."""
        *_, last = self.answer(question, history, switches, seed)
        if not isinstance(last, Reply):  # cannot happen: `answer` ends with one
            raise TypeError(f"the last event is {last!r}")
        return last

    def write(self, messages: Sequence[Message], switches: Switches = ALL_ON) -> str:
        """What the model writes after some messages; nothing is looked up, nobody guards."""
        return "".join(token.text for token in self._written(messages, switches, None)).strip()

    # -------------------------------------------------------------------------------- its steps
    def _state(self, history: Sequence[Message]) -> State:
        state = _called("state", self.state)
        for message in history:
            _called("state", lambda m: state.add(m), message)
        return state

    def _window(self, state: State) -> list[Message]:
        """The newest turns behind a system message: the state's own, or the persona."""
        turns = list(_called("state", lambda: state.window(HISTORY_WORDS)))
        return turns if turns[:1] and turns[0].role == "system" else [self._system(), *turns]

    def _may_remember(self, switches: Switches) -> bool:
        """Whether an answer without sources is wanted."""
        return self.closed_book or self.search is None or not switches.retrieval

    def _system(self) -> Message:
        return Message("system", self.persona)

    def _looked_up(self, state: State, question: str) -> tuple[Sources, Sequence[Message]]:
        query = str(_called("state", lambda: state.query(question)))
        hits = _hits(_called("search", self.search, query))
        if self.ground is None:
            return Sources(query, tuple(p for p, _ in hits), tuple(s for _, s in hits)), ()
        messages, used = _pair(_called("ground", self.ground, query, hits))
        scores = dict(hits)
        sources = Sources(query, tuple(used), tuple(float(scores.get(p, 0.0)) for p in used))
        if messages and messages[0].role != "system":
            messages = [self._system(), *messages]
        return sources, messages

    def _quoted(self, question: str, sources: Sequence[Passage]) -> Quote | None:
        if self.quote is None or not sources:
            return None
        span = _called("quote", self.quote, question, sources)
        return None if span is None else Quote(_cut(sources, span), span)

    def _written(
        self, messages: Sequence[Message], switches: Switches, seed: int | None
    ) -> Iterator[Token]:
        adapted = switches.adapter and self.adapter is not None
        part, generator = ("adapter", self.adapter) if adapted else ("generator", self.generator)
        prompt = _called("template", self.template, messages)
        if not isinstance(prompt, str):
            raise PartError("template", f"it gave {type(prompt).__name__}, and no text")
        tokens = _called(part, generator, prompt, self._sampling(switches, seed))
        for count, token in enumerate(_each(part, tokens)):
            if count == MOST_TOKENS:
                raise PartError(part, f"it does not end: {MOST_TOKENS:,} tokens were enough")
            yield token

    def _sampling(self, switches: Switches, seed: int | None) -> Sampling:
        sampling = self.sampling if seed is None else replace(self.sampling, seed=seed)
        return replace(sampling, temperature=0.0) if switches.greedy else sampling

    def _ended(self, reply: Reply) -> str:
        if not reply.draft.strip():
            return "nothing"
        return "length" if len(reply.tokens) >= self.sampling.most_tokens else "stop"

    def _judged(self, reply: Reply, question: str) -> Verdict:
        found = _called("guard", self.guard, reply.draft.strip(), question, reply.sources)
        if isinstance(found, bool) or not isinstance(found, Sequence):
            raise PartError("guard", f"it gave {found!r}, expected a list of names and numbers")
        return Verdict(not found, tuple(str(name) for name in found))

    def _concluded(self, reply: Reply) -> Reply:
        """The text that counts: a quotation, or the draft if nothing speaks against it."""
        draft = reply.draft.strip()
        if reply.text:  # quoted: a refused draft takes nothing from the quotation
            return replace(reply, draft=draft, refused="")
        refused = reply.refused or ("" if draft else NOTHING_WRITTEN)
        spans = tuple(cited_spans(draft, reply.sources))
        text = self.abstention if refused else draft
        return replace(reply, text=text, draft=draft, refused=refused, cited=spans)


# ------------------------------------------------------------------------------------ guards
def _why(verdict: Verdict) -> str:
    return "" if verdict.passed else f"{UNGROUNDED} {', '.join(verdict.unsupported)}"


def _called(part: str, function: Any, *given: Any) -> Any:
    """The result of a part; it may be a student's, so whatever it raises names the part."""
    try:
        return function(*given)
    except Exception as error:
        raise PartError(part, error) from error


def _each(part: str, tokens: Any) -> Iterator[Token]:
    """The tokens of a generator; closing this closes the generator too."""
    try:
        for token in tokens:
            if not isinstance(token, Token):
                raise PartError(part, f"it gave {token!r}, expected a Token")
            yield token
    except PartError:
        raise
    except Exception as error:
        raise PartError(part, error) from error
    finally:
        getattr(tokens, "close", lambda: None)()


def _hits(found: Any) -> list[Hit]:
    try:
        return [(passage, float(score)) for passage, score in found]
    except (TypeError, ValueError):
        raise PartError("search", "expected a list of (passage, score)") from None


def _pair(found: Any) -> tuple[list[Message], list[Passage]]:
    try:
        messages, used = found
        return list(messages), list(used)
    except (TypeError, ValueError):
        raise PartError("ground", "expected (messages, passages)") from None


def _cut(sources: Sequence[Passage], span: Span) -> str:
    try:
        text = sources[span.source].text[span.start : span.end]
    except (IndexError, TypeError, AttributeError):
        text = ""
    if not text:
        raise PartError("quote", f"{span!r} is no place in a source")
    return text
