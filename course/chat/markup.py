"""An answer as HTML for the notebook; every text of models, documents and people is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from course.chat.parts import Event, Passage, Quote, Reply, Sources, Span, Token, Verdict
from course.phrases import tr

# seen on light and on dark: of a token's probability, the least, and what is behind the token
SHADES = (
    (0.9, ""),
    (0.5, "background:#2da44e44"),
    (0.2, "background:#d4a72c55"),
    (0.05, "background:#fb854966;border-bottom:2px dotted"),
    (0.0, "background:#f8514966;border-bottom:3px dotted"),
)
WRAP = "white-space:pre-wrap;overflow-wrap:anywhere"
MARKED = "background:#d4a72c66;color:inherit;text-decoration:underline"


def answer_markup(events: Sequence[Event]) -> str:
    """What is known of an answer so far: quotation, tokens, verdict, conclusion, sources."""
    verdicts = [event for event in events if isinstance(event, Verdict)]
    held = any(not verdict.passed for verdict in verdicts)
    sources = next((event for event in events if isinstance(event, Sources)), None)
    parts = [
        *(_quote(event, sources) for event in events if isinstance(event, Quote)),
        _tokens([event for event in events if isinstance(event, Token)], held),
        *map(_verdict, verdicts),
        *(_conclusion(event) for event in events if isinstance(event, Reply)),
        _sources(sources, _cited(events)) if sources else "",
    ]
    return "".join(parts)


def _quote(quote: Quote, sources: Sources | None) -> str:
    title = sources.passages[quote.span.source].title if sources else ""
    text = f"<blockquote style='{WRAP}'><b>{escape(quote.text)}</b></blockquote>"
    where = tr(f"Quoted from source {quote.span.source + 1}")
    return f"{text}<div><small>{where}: {escape(title)}</small></div>"


def _tokens(tokens: Sequence[Token], held: bool) -> str:
    struck = ";text-decoration:line-through" if held else ""
    return f"<p style='{WRAP}{struck}'>{''.join(map(token_markup, tokens))}</p>" if tokens else ""


def token_markup(token: Token) -> str:
    """A token on a ground that tells its probability; pointing at it shows the alternatives."""
    shade = next(style for least, style in SHADES if token.probability >= least)
    others = (f"{shown(one.text)} {one.probability:.1%}" for one in token.alternatives)
    told = "\n".join([tr(f"Probability {token.probability:.1%}"), *others])
    return f"<span style='{shade}' title='{escape(told, quote=True)}'>{escape(token.text)}</span>"


def shown(text: str) -> str:
    """A token's text where a blank and a line break can be seen."""
    return text.replace(" ", "␣").replace("\n", "⏎") or "∅"


def _verdict(verdict: Verdict) -> str:
    if verdict.passed:
        said = tr("Guard: every name and number stands in a source or in the question.")
        return f"<div>✓ {said}</div>"
    names = escape(", ".join(verdict.unsupported))
    return f"<div>✗ {tr('Guard: held back, for these stand nowhere:')} {names}</div>"


def _conclusion(reply: Reply) -> str:
    """What is said in the draft's place, where it was refused."""
    if not reply.refused:
        return ""
    why = "" if reply.draft else f"<div><small>{escape(tr(reply.refused))}</small></div>"
    return f"{why}<p><b>{escape(tr(reply.text))}</b></p>"


def _cited(events: Sequence[Event]) -> Iterator[Span]:
    for event in events:
        if isinstance(event, Reply):
            yield from event.cited
        elif isinstance(event, Quote):
            yield event.span


def _sources(sources: Sources, cited: Iterator[Span]) -> str:
    spans = list(cited)
    if not sources.passages:
        return f"<div><small>{tr('No source was found')}</small></div>"
    items = "".join(
        f"<li><b>{escape(passage.title)}</b><div style='{WRAP}'>"
        f"{marked(passage, [span for span in spans if span.source == place])}</div></li>"
        for place, passage in enumerate(sources.passages)
    )
    said = tr(f"Sources ({len(sources.passages)})")
    looked = f"{tr('Looked up:')} {escape(sources.query)}"
    inside = f"<summary>{said}</summary><small>{looked}</small><ol>{items}</ol>"
    return f"<details{' open' if spans else ''}>{inside}</details>"


def marked(passage: Passage, spans: Sequence[Span]) -> str:
    """A passage with the cited places marked; of two that overlap the first."""
    pieces, at = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.start < at:
            continue
        pieces.append(escape(passage.text[at : span.start]))
        pieces.append(
            f"<mark style='{MARKED}'>{escape(passage.text[span.start : span.end])}</mark>"
        )
        at = span.end
    return "".join([*pieces, escape(passage.text[at:])])
