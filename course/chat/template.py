"""Chat templates: messages become the one text that a model goes on with."""

from __future__ import annotations

from collections.abc import Sequence

from course.chat.parts import Message

OPEN, CLOSE = "<|im_start|>", "<|im_end|>"
CONTROL = (OPEN, CLOSE, "<|endoftext|>")


def chatml(messages: Sequence[Message]) -> str:
    """ChatML, as SmolLM2 learned it; it ends where the assistant begins.

    What looks like a control token within a message is taken out: otherwise a user, or a document,
    could open a message in another's name.
    """
    turns = [f"{OPEN}{m.role}\n{without_control(m.content)}{CLOSE}\n" for m in messages]
    return "".join(turns) + f"{OPEN}assistant\n"


def plain(messages: Sequence[Message]) -> str:
    """For a model that only ever read books: what the user said last, to be gone on with."""
    return next((m.content for m in reversed(messages) if m.role == "user"), "")


def without_control(text: str) -> str:
    """The text without control tokens, also those that appear when one is taken out."""
    while any(token in text for token in CONTROL):
        for token in CONTROL:
            text = text.replace(token, "")
    return text
