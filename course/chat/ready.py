"""The bots that the course itself can put together on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from course.chat.bot import Bot
from course.chat.corpus import index, is_korean, names, reworded
from course.chat.dialog import DialogState
from course.chat.generator import ModelGenerator, from_transformers
from course.chat.grounding import best_sentence, ground, guardrail
from course.chat.parts import Hit, Message, Note, Passage, Sampling, Span, Token
from course.chat.template import plain
from course.errors import UserError

SHIPPED = ("story_gpt2", "tiny_gpt2", "tiny_llama")
MODELS = ("smollm2", *SHIPPED)
PERSONA = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
LEAST_SHARE = 0.6  # of what a question asks for must stand in a passage that is found
LEAST_SHARE_KOREAN = 0.3  # its endings are asked for too, and stand in few passages
SHOWS_SOURCES = ("\nContext:\n", "\n[1] ")  # the course's own prompt, and that of week 15
SHORT = 40  # tokens of a shipped model: it goes on, it does not answer
NO_SMOLLM2 = (
    "SmolLM2 is not on this machine: the sources are quoted, and a shipped model, which never "
    "learned to answer, only goes on behind the question. `course models fetch smollm2` (98 MB, "
    "once) brings a model that answers."
)


def default_bot(model: str = "") -> Bot:
    """The course's bot: with SmolLM2 where it was fetched, else a quoting one.

    Args:
        model: "smollm2", or one that ships: "story_gpt2", "tiny_gpt2", "tiny_llama". Empty: the
            best that is here.

    Raises:
        UserError: there is no such model, or it has not been fetched.
    """
    from course.models.named import available

    chosen = model or ("smollm2" if available("smollm2") else SHIPPED[0])
    if chosen not in MODELS:
        raise UserError(f"There is no model '{chosen}' to chat with: choose {', '.join(MODELS)}.")
    return _answering() if chosen == "smollm2" else _quoting(chosen)


def _answering() -> Bot:
    bot = Bot("the course's bot", smollm2(), persona=PERSONA, adapter=from_sources,
              on_request=frozenset({"adapter"}))  # fmt: skip
    notes = (_model_note("smollm2"), ADAPTER, *NOTES)
    return replace(_grounded(bot), quote=_quote_korean, notes=notes)


def _quoting(model: str) -> Bot:
    """Quotes a sentence of the sources; the model's words stand beside it."""
    bot = Bot(
        "the course's bot", shipped(model), template=plain, quote=quote,
        closed_book=False, sampling=Sampling(most_tokens=SHORT),
    )  # fmt: skip
    missing = (NO_SMOLLM2,) if not _has_smollm2() else ()
    quoting = Note("quote", "the sentence of a source that shares the most with the question")
    notes = (_model_note(model), quoting, *NOTES)
    # its template shows a model that only read books the question alone
    return replace(_grounded(bot), ground=_ground_and_ask, notes=notes, missing=missing)


def _grounded(bot: Bot) -> Bot:
    return replace(
        bot, search=search, ground=ground, guard=guardrail,
        state=partial(DialogState, names=names()),
    )  # fmt: skip


def _quote_korean(question: str, passages: Sequence[Passage]) -> Span | None:
    """SmolLM2 reads no Korean: a Korean question is answered by a quotation."""
    return quote(question, passages) if is_korean(question) else None


def _ground_and_ask(question: str, hits: Sequence[Hit]) -> tuple[list[Message], list[Passage]]:
    messages, used = ground(question, hits)
    return ([Message("user", question)] if messages else []), used


def quote(question: str, passages: Sequence[Passage]) -> Span | None:
    """The sentence to quote, in English or Korean; of a question about all of it the first."""
    first = passages[0].text.partition("\n")[0] if passages else ""
    found = best_sentence(reworded(question), passages)
    return found or (Span(0, 0, len(first)) if first else None)


# ------------------------------------------------------------------------------------ parts
NOTES = (
    Note("search", "BM25 over the Factbook of 2015 and the Constitution of the Republic of Korea"),
    Note("guard", "every name and number of an answer must stand in a source or in the question"),
)
ADAPTER = Note("adapter", "0.6 million numbers that learned to answer from sources (week 15)")


def _model_note(model: str) -> Note:
    return Note("generator", {
        "smollm2": "SmolLM2-135M-Instruct (135 million numbers, Allal and others 2025)",
        "story_gpt2": "the course's story GPT-2 (7 million numbers; it read children's stories)",
        "tiny_gpt2": "the course's tiny GPT-2 (1.8 million numbers; it read Jane Austen)",
        "tiny_llama": "the course's tiny Llama (0.9 million numbers; it read children's stories)",
    }[model])  # fmt: skip


def search(query: str) -> list[Hit]:
    """The three best passages for a query in English or Korean."""
    words = reworded(query)
    return index().search(words, 3, LEAST_SHARE_KOREAN if is_korean(words) else LEAST_SHARE)


def _has_smollm2() -> bool:
    from course.models.named import available

    return available("smollm2")


@cache
def smollm2() -> ModelGenerator:
    """SmolLM2, as transformers runs it.

    Raises:
        UserError: it has not been fetched.
    """
    model, tokenizer = _loaded_smollm2()
    return from_transformers(model, tokenizer, stops(tokenizer), "SmolLM2-135M-Instruct")


@cache
def adapted_smollm2() -> ModelGenerator:
    """SmolLM2 with the course's adapter; both share SmolLM2's numbers.

    Raises:
        UserError: SmolLM2 has not been fetched.
    """
    from course.models.chat_adapter import load_chat_adapter

    model, tokenizer = _loaded_smollm2()
    return from_transformers(load_chat_adapter(model), tokenizer, stops(tokenizer), "adapted")


def from_sources(prompt: str, sampling: Sampling) -> Iterator[Token]:
    """The adapter where the prompt shows sources; SmolLM2 as it is where it only talks.

    The adapter learned to answer from sources, and forgot to talk: its model card shows it.
    """
    reads = any(sign in prompt for sign in SHOWS_SOURCES)
    return (adapted_smollm2() if reads else smollm2())(prompt, sampling)


@cache
def _loaded_smollm2() -> tuple[Any, Any]:
    from course.models.named import load_language_model

    return load_language_model("smollm2")


def stops(tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer of SmolLM2."""
    return frozenset({tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids("<|im_end|>")})


@cache
def shipped(model: str) -> ModelGenerator:
    """One of the small models that ship with the course."""
    import course.models

    loaded, tokenizer = getattr(course.models, f"load_{model}")()
    return from_transformers(loaded, tokenizer, frozenset({tokenizer.eos_token_id}), model)
