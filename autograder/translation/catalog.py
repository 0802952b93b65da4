"""The catalog of a week: `translations/LANGUAGE/WEEK.po`, an entry for each text of its notebook.

It does not lie in source/WEEK, because nbgrader copies what lies there to the students. A text cell
is one entry, a message of code is one; the context is the cell's id.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from autograder.errors import UserError
from autograder.stored import write_atomically
from autograder.translation.cells import Entry
from course.phrases import Message, read_messages

FOLDER = "translations"
ALIKE = 0.6  # of a source that must be kept for its translation to be worth looking at
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


@dataclass(frozen=True)
class Updated:
    """A catalog that was brought up to date, and how much of it is translated."""

    path: Path
    translated: int
    fuzzy: int
    missing: int
    obsolete: int


def catalog_path(root: Path, language: str, week: str) -> Path:
    """Where the catalog of a week stands."""
    return root / FOLDER / language / f"{week}.po"


def catalogs(root: Path, week: str) -> dict[str, tuple[Message, ...]]:
    """The catalogs of a week that there are, by language."""
    found = sorted(root.glob(f"{FOLDER}/*/{week}.po"))
    return {path.parent.name: read_messages(path) for path in found}


def update(path: Path, entries: Sequence[Entry], language: str) -> Updated:
    """Write a catalog anew for what the source now says.

    A translation whose source is unchanged stays. One whose source was changed a little is kept as
    fuzzy, with the source that it was made for; one whose source is gone is kept as obsolete. What
    was translated in another place is taken over from there.
    """
    old = read_messages(path)
    kept = _merged(entries, old)
    gone = _gone(entries, old)
    text = HEADER.format(language=language) + "\n" + _po(entries, kept, gone)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)
    done = [message for message, _ in kept]
    return Updated(
        path,
        translated=sum(bool(m.text) and not m.fuzzy for m in done),
        fuzzy=sum(m.fuzzy for m in done),
        missing=sum(not m.text for m in done),
        obsolete=len(gone),
    )


def _merged(entries: Sequence[Entry], old: Sequence[Message]) -> list[tuple[Message, str]]:
    """Each entry with what is known of its translation, and the source that this was made for."""
    exact = {(m.context, m.source): m for m in old if m.text}
    elsewhere = {m.source: m for m in old if m.text and not m.fuzzy}
    now = {(entry.context, entry.source) for entry in entries}
    free = [m for m in old if m.text and (m.context, m.source) not in now]
    merged = []
    for entry in entries:
        same = exact.get((entry.context, entry.source)) or elsewhere.get(entry.source)
        near = None if same else _nearest(entry, free)
        if near is not None:
            free.remove(near)
        text, fuzzy = (
            (same.text, same.fuzzy) if same else (near.text, True) if near else ("", False)
        )
        message = Message(entry.source, text, entry.context, fuzzy)
        merged.append((message, near.source if near else ""))
    return merged


def _nearest(entry: Entry, free: Iterable[Message]) -> Message | None:
    """The translation in the same cell whose source is most like this one."""
    same_cell = [m for m in free if m.context == entry.context]
    shares = [(_likeness(m.source, entry.source), index) for index, m in enumerate(same_cell)]
    share, index = max(shares, default=(0.0, 0))
    return same_cell[index] if share >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio()


def _gone(entries: Sequence[Entry], old: Sequence[Message]) -> list[Message]:
    """Translations whose source is gone, also those that serve a changed one as fuzzy.

    A text may come back; and a student may have an edition with the old one.
    """
    now = {(entry.context, entry.source) for entry in entries}
    return [m for m in old if m.text and not m.fuzzy and (m.context, m.source) not in now]


def _po(entries: Sequence[Entry], kept: list[tuple[Message, str]], gone: list[Message]) -> str:
    try:
        from babel.messages.catalog import Catalog
        from babel.messages.catalog import Message as Line
        from babel.messages.pofile import write_po
    except ModuleNotFoundError as error:  # the engine without JupyterLab, which brings it
        raise UserError(
            "Catalogs of translations are written by Babel, which is not installed here.",
            "Run `python -m pip install babel`, then the command again.",
        ) from error
    catalog = Catalog(charset="utf-8")
    for entry, (message, before) in zip(entries, kept, strict=True):
        catalog.add(
            message.source, message.text, flags=["fuzzy"] if message.fuzzy else [],
            auto_comments=[entry.comment] if entry.comment else [], context=message.context or None,
            previous_id=before or (),
        )  # fmt: skip
    for message in gone:
        line = Line(message.source, message.text, context=message.context or None)
        catalog.obsolete[f"{message.context}/{message.source}"] = line
    buffer = BytesIO()
    write_po(buffer, catalog, width=98, omit_header=True, include_previous=True)
    return buffer.getvalue().decode("utf-8")


def stale(messages: Iterable[Message], entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """The entries that fall back to English, and why: changed since, or not translated."""
    usable = {(m.context, m.source) for m in messages if m.text and not m.fuzzy}
    known = {m.context for m in messages}
    for entry in entries:
        if (entry.context, entry.source) not in usable:
            yield entry, "changed since" if entry.context in known else "not translated"
