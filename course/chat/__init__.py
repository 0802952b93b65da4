"""Your chatbot: its parts, a web page (`course chat`) and a panel in the notebook.

| module | what it gives |
|---|---|
| `parts` | what the parts take and give: messages, passages, events |
| `bot` | `Bot`, the parts put together; `Switches`, which leave one out |
| `template`, `dialog`, `retrieval`, `grounding`, `generator` | the course's own parts |
| `corpus` | the passages that are looked up: the Factbook of 2015, Korea's constitution |
| `ready` | `default_bot()`, the best bot that this machine can run |
| `own` | `save_parts` and `load_parts`: a student's parts in a file |
| `server`, `turns`, `page/` | the web page |
| `panel` | the panel in the notebook |
"""

from course.chat.bot import Bot, PartError, Switches
from course.chat.generator import ModelGenerator
from course.chat.parts import (
    Alternative,
    Message,
    Note,
    Passage,
    Quote,
    Reply,
    Sampling,
    Sources,
    Span,
    Token,
    Verdict,
)

__all__ = [
    "Alternative",
    "Bot",
    "Message",
    "ModelGenerator",
    "Note",
    "PartError",
    "Passage",
    "Quote",
    "Reply",
    "Sampling",
    "Sources",
    "Span",
    "Switches",
    "Token",
    "Verdict",
]
