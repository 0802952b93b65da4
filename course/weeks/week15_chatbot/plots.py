"""Figures of week 15: the bot and its parts, which tokens count, what is right, what a guard stops.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

BOXES = (
    ("memory", "3", (0.0, 1.0)),
    ("search", "week 09", (2.0, 1.0)),
    ("ground", "4", (4.0, 1.0)),
    ("template", "1", (6.0, 1.6)),
    ("model", "weeks 07, 10", (8.0, 1.6)),
    ("quote", "5", (7.0, 0.4)),
    ("guard", "6", (10.0, 1.0)),
)
ARROWS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 6), (2, 5), (5, 6))
OUTCOMES = (("right", style.BLUE, ""), ("silent", style.PALE, "..."), ("wrong", style.RED, "///"))


def the_bot() -> Figure:
    """The parts of the bot from a question to an answer, with the exercises that build them."""
    fig, ax = style.figure(9.0, 2.5)
    for name, built, centre in BOXES:
        own = not built.startswith("week")
        diagram.box(ax, centre, (1.5, 0.6), name, colour=style.BLUE if own else style.GREY, lw=2)
        ax.text(centre[0], centre[1] - 0.52, f"exercise {built}" if own else built, ha="center",
                fontsize=8)  # fmt: skip
    for start, end in ARROWS:
        (x0, y0), (x1, y1) = BOXES[start][2], BOXES[end][2]
        diagram.arrow(ax, (x0 + 0.75, y0), (x1 - 0.75, y1))
    diagram.arrow(ax, (-1.5, 1.0), (-0.75, 1.0))
    diagram.arrow(ax, (10.75, 1.0), (11.5, 1.0))
    ax.text(-1.55, 1.2, "question", ha="center", fontsize=9)
    ax.text(11.7, 1.25, "answer, or\n“I do not know”", ha="center", fontsize=9)
    ax.set_xlim(-2.2, 12.9)
    ax.set_ylim(-0.35, 2.2)
    ax.axis("off")
    return fig


def token_strip(tokens: Sequence[str], mask: Numbers, wide: int = 64) -> Figure:
    """A dialogue token by token; those that count for the loss are filled.

    Args:
        tokens: T texts; a line break is shown as ⏎.
        mask: (T,), true where a token counts.
        wide: characters in a line.
    """
    lines = _lines([token.replace("\n", "⏎") for token in tokens], wide)
    fig, ax = style.figure(9.0, 0.34 * (max(line for line, _, _ in lines) + 1) + 0.3)
    for (line, start, text), kept in zip(lines, as_array(mask), strict=True):
        face = style.BLUE if kept else style.PALE
        size = (0.94 * len(text) + 0.5, 0.7)
        centre = (start + len(text) / 2, -line)
        diagram.box(ax, centre, size, colour=face, fill=face, rounding=0.1)
        ax.text(*centre, text, ha="center", va="center", fontsize=7,
                color="white" if kept else style.INK)  # fmt: skip
    ax.set_xlim(-1, wide + 1)
    ax.set_ylim(-max(line for line, _, _ in lines) - 0.6, 0.6)
    ax.axis("off")
    return fig


def _lines(texts: Sequence[str], wide: int) -> list[tuple[int, int, str]]:
    """Line, first column and text of each token."""
    line, column, found = 0, 0, []
    for text in texts:
        if column and column + len(text) > wide:
            line, column = line + 1, 0
        found.append((line, column, text))
        column += len(text) + 1
    return found


def outcome_bars(
    shares: Mapping[str, Sequence[float]], xlabel: str = "share of questions"
) -> Figure:
    """Right, silent and wrong, one bar for each name.

    Args:
        shares: by name three shares that sum to 1.
    """
    fig, ax = style.figure(7.5, 0.42 * len(shares) + 1.2)
    left = np.zeros(len(shares))
    table = np.array([list(row) for row in shares.values()], dtype=float)
    for place, (label, colour, hatch) in enumerate(OUTCOMES):
        ax.barh(list(shares), table[:, place], left=left, color=colour, hatch=hatch,
                edgecolor="white", label=label)  # fmt: skip
        for row, (start, share) in enumerate(zip(left, table[:, place], strict=True)):
            if share >= 0.06:
                ink = "white" if colour == style.BLUE else style.INK
                box = {"facecolor": colour, "edgecolor": "none", "pad": 1.0}
                ax.text(start + share / 2, row, f"{share:.0%}", ha="center", va="center",
                        fontsize=8, color=ink, bbox=box)  # fmt: skip
        left += table[:, place]
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, ylabel="", xlim=(0, 1))
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    return fig


def daring_curves(
    dares: Sequence[float], curves: Mapping[str, tuple[Numbers, Numbers]], here: float | None = None
) -> Figure:
    """Right and made-up answers while the bot is asked to be surer and surer of itself.

    Args:
        dares: the least shares of a question's weight.
        curves: by name the shares of right and of made-up answers, one for each.
        here: a value to mark.
    """
    fig, axes = style.figure(8.5, 3.1, 1, 2)
    titles = ("right, of questions with an answer", "made up, of what was said")
    for place, (ax, title) in enumerate(zip(axes, titles, strict=True)):
        lines = {name: both[place] for name, both in curves.items()}
        for label, values, look in with_looks(lines, monochrome=True):
            ax.plot(dares, as_array(values), color=look.colour, ls=look.line, marker=look.marker,
                    ms=4, label=label)  # fmt: skip
        if here is not None:
            ax.axvline(here, color=style.GREY, ls=":")
        ax.set(
            xlabel="least share of the question", ylabel="share", ylim=(-0.03, 1.03), title=title
        )
    legend(axes[0], fontsize=8)
    return fig


def let_through(shares: Mapping[str, Numbers]) -> Figure:
    """How many drafts of each kind a guard lets through, a dot for each seed."""
    fig, ax = style.figure(6.5, 0.42 * len(shares) + 1.0)
    for row, values in enumerate(shares.values()):
        found = as_array(values)
        ax.plot(found, np.full(len(found), row), "o", color=style.BLUE, ms=6, alpha=0.6)
        ax.plot([found.mean()], [row], "|", color=style.INK, ms=18, mew=2)
        side = -1 if found.mean() > 0.8 else 1
        ax.text(found.mean() + 0.04 * side, row - 0.2, f"{found.mean():.0%}", va="center",
                ha="right" if side < 0 else "left", fontsize=8)  # fmt: skip
    ax.set_yticks(range(len(shares)), list(shares))
    ax.invert_yaxis()
    ax.set(xlabel="share that the guard lets through", ylabel="draft", xlim=(-0.04, 1.04))
    return fig
