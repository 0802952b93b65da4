"""Sentences in the student's language: gettext catalogs, and templates matched on finished text.

A catalog is a `.po` file that a translator edits; it is read as it is, nothing is compiled. Its
sources are the sentences of the code, with what varies in braces: "{count} of {pins} differ". The
code says its sentences in English and knows no catalog; where they are shown, `tr` looks for the
template that a sentence was made from and says it in the other language. What no catalog knows
stays English. Matching takes time linear in the text, whatever a student put into it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, "ko")
VARIABLE = "WORD2CHAT_LANGUAGE"
LOCALE = Path(__file__).resolve().parent / "locale"
EDITION = LOCALE / "edition.txt"  # an edition in another language says so here
MOST_TEXT = 4000  # characters; what is longer is no sentence of ours
DEEPEST = 3  # a sentence may quote a sentence that quotes a word
ENDS = (". ", "? ", "! ", ": ", "; ")


@dataclass(frozen=True)
class Message:
    """One entry of a catalog. `context` is empty, or the id of the notebook's cell."""

    source: str
    text: str
    context: str = ""
    fuzzy: bool = False  # translated before its source was changed
    obsolete: bool = False  # nothing has this source any more


def read_messages(path: Path) -> tuple[Message, ...]:
    """The entries of a .po file, in its order, obsolete ones last; none where there is no file."""
    from babel.messages.pofile import read_po

    if not path.is_file():
        return ()
    with path.open("rb") as file:
        catalog = read_po(file)
    live = [entry for entry in catalog if entry.id]
    return tuple(
        Message(str(e.id), str(e.string or ""), e.context or "", e.fuzzy, e in gone)
        for gone in [list(catalog.obsolete.values())]
        for e in (*live, *gone)
    )


# ------------------------------------------------------------------------------------ templates
def split_template(template: str) -> list[tuple[str, str]]:
    """A template as pairs of literal text and the field behind it; the last field is empty.

    >>> split_template("{a} of {b!r} {{x}}")
    [('', 'a'), (' of ', 'b!r'), (' {x}', '')]
    """
    pairs, literal, place = [], "", 0
    while place < len(template):
        sign, two = template[place], template[place : place + 2]
        if two in ("{{", "}}"):
            literal, place = literal + sign, place + 2
        elif sign == "{":
            end = _closing(template, place)
            pairs.append((literal, template[place + 1 : end]))
            literal, place = "", end + 1
        else:
            literal, place = literal + sign, place + 1
    return [*pairs, (literal, "")]


def _closing(template: str, place: int) -> int:
    """Where the brace that opens at a place is closed; the end where it never is."""
    depth = 0
    for index in range(place, len(template)):
        depth += (template[index] == "{") - (template[index] == "}")
        if not depth:
            return index
    return len(template)


def fields(template: str) -> list[str]:
    """What varies in a template, sorted: a translation must hold the same."""
    return sorted(field for _, field in split_template(template) if field)


def matched(text: str, template: list[tuple[str, str]]) -> dict[str, str] | None:
    """What stands in a finished text for the fields of its split template; None if it is another.

    Each field ends where the literal behind it is found first; one that begins the template holds
    no end of a sentence, which would belong to another one.
    """
    values: dict[str, str] = {}
    first, place, last = template[0][0], 0, template[-1][0]
    if not text.startswith(first) or not text.endswith(last):
        return None
    place, stop = len(first), len(text) - len(last)
    for (_, field), (literal, following) in pairwise(template):
        end = text.find(literal, place, stop) if following else stop
        if end < place:
            return None
        values[field] = text[place:end]
        if not place and ". " in values[field]:
            return None
        place = end + len(literal)
    return values if len(template) > 1 or place == len(text) else None


# ------------------------------------------------------------------------------------ phrases
@dataclass(frozen=True)
class Phrases:
    """The sentences of one language."""

    messages: tuple[Message, ...]

    @cached_property
    def _usable(self) -> dict[str, str]:
        kept = [m for m in self.messages if m.text and not m.fuzzy]
        kept.sort(key=lambda message: not message.obsolete)  # a live one goes before an old one
        return {message.source: message.text for message in kept}

    @cached_property
    def _exact(self) -> dict[str, str]:
        return {s: _plain(t) for source, t in self._usable.items() if (s := _fixed(source))}

    @cached_property
    def _templates(self) -> list[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
        """Templates with fields and their translations, the most telling first."""
        pairs = [(split_template(s), split_template(t)) for s, t in self._usable.items()]
        varying = [pair for pair in pairs if len(pair[0]) > 1 and _letters(pair[0]) > 2]
        return sorted(varying, key=lambda pair: -_letters(pair[0]))

    def said(self, text: str, depth: int = 0) -> str:
        """The text in this language, as far as it is known; else as it is."""
        if not self.messages or len(text) > MOST_TEXT or depth > DEEPEST:
            return text
        blank, sentence = len(text) - len(text.lstrip()), text.strip()
        found = self._known(sentence, depth)
        if found is None:
            return self._in_parts(text, depth)
        return text[:blank] + found + text[blank + len(sentence) :]

    def _known(self, text: str, depth: int) -> str | None:
        if text in self._exact:
            return self._exact[text]
        for source, target in self._templates:
            values = matched(text, source)
            if values is not None:
                said = {field: self.said(value, depth + 1) for field, value in values.items()}
                return "".join(literal + said.get(field, "") for literal, field in target)
        return None

    def _in_parts(self, text: str, depth: int) -> str:
        """A text of several sentences: those that are known, in this language."""
        for end in ENDS:
            head, found, tail = text.partition(end)
            if found and tail:
                sentence = self._known((head + end).strip(), depth) or self._known(head, depth)
                if sentence is not None:
                    return f"{sentence}{' ' if sentence[-1:] in '.?!:;' else end}{self.said(tail)}"
        return text


def _fixed(template: str) -> str:
    """The text of a template without fields; empty for any other."""
    pairs = split_template(template)
    return pairs[0][0] if len(pairs) == 1 else ""


def _plain(template: str) -> str:
    return "".join(literal for literal, _ in split_template(template))


def _letters(template: list[tuple[str, str]]) -> int:
    return sum(sign.isalpha() for literal, _ in template for sign in literal)


# ------------------------------------------------------------------------------------ the language
def language() -> str:
    """The student's language: what the variable says, or else the language of the edition."""
    wanted = os.environ.get(VARIABLE, "").strip() or edition_of_the_folder()
    return wanted if wanted in LANGUAGES else SOURCE_LANGUAGE


@cache
def edition_of_the_folder() -> str:
    return EDITION.read_text("utf-8").strip() if EDITION.is_file() else SOURCE_LANGUAGE


@cache
def phrases(wanted: str) -> Phrases:
    """What the course and its grader say, in a language; nothing is read for the source's own."""
    if wanted == SOURCE_LANGUAGE or wanted not in LANGUAGES:
        return Phrases(())
    return Phrases(read_messages(LOCALE / f"{wanted}.po"))


def tr(text: str, wanted: str = "") -> str:
    """A finished sentence or label in the student's language; English where nobody translated it.

    >>> tr("Choose one.", "en")
    'Choose one.'
    """
    return phrases(wanted or language()).said(text)


def speak(wanted: str) -> None:
    """Let this process and its kernels speak a language, unless the student has chosen one."""
    if wanted in LANGUAGES:
        os.environ.setdefault(VARIABLE, wanted)
