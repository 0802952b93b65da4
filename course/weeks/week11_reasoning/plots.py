"""Figures of week 11: ways to an answer, votes, masks, advantages, pushes, runs, prices.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks
from course.figures.text_strip import shown

WAYS = (
    ("at once", "5.", "one token of work"),
    ("with steps", "{15}5.", "chain of thought, 2022"),
    ("many, and vote", "5. 4. 5.", "2: self-consistency, 2023"),
    ("keep what is right", "5. ✓", "4: STaR, 2022"),
    ("reward it", "+1  -1", "5 to 8: GRPO, 2024"),
)
Row = Mapping[str, float]


def ways() -> Figure:
    """Five ways from a question to a better answer, with the exercises that build them."""
    fig, ax = style.figure(9.0, 2.3)
    for k, (name, inner, below) in enumerate(WAYS):
        colour = style.BLUE if k < 3 else style.GREEN
        diagram.box(ax, (2.2 * k, 1.0), (1.7, 0.7), inner, colour=colour, lw=2)
        ax.text(2.2 * k, 1.55, name, ha="center", fontsize=11)
        ax.text(2.2 * k, 0.4, below, ha="center", fontsize=8)
    ax.text(2.2, 2.1, "more work when answering", ha="center", color=style.BLUE)
    ax.text(7.7, 2.1, "a judge (1), and learning from it", ha="center", color=style.GREEN)
    ax.set_xlim(-1.1, 9.9)
    ax.set_ylim(0.1, 2.4)
    ax.axis("off")
    return fig


def verdict_bars(rows: Mapping[str, tuple[float, float]]) -> Figure:
    """Shares of right and of well-formed answers, a pair of bars for each kind."""
    fig, ax = style.figure(6.0, 3.0)
    x = np.arange(len(rows))
    kinds = (("right", style.BLUE, ""), ("in the agreed form", style.ORANGE, "///"))
    for place, (label, colour, hatch) in enumerate(kinds):
        heights = [pair[place] for pair in rows.values()]
        shift = 0.4 * place - 0.2
        ax.bar(x + shift, heights, 0.4, color=colour, hatch=hatch, edgecolor="white", label=label)
        for at, height in zip(x, heights, strict=True):
            ax.text(at + shift, height, f"{height:.0%}", ha="center", va="bottom", fontsize=8)
    _chance(ax, 0.1)
    ax.set_xticks(x, list(rows))
    ax.set(ylabel="share of answers", ylim=(0, 1.3))
    ax.legend(ncols=2, loc="upper left")
    return fig


def _chance(ax: Axes, level: float) -> None:
    ax.axhline(level, color=style.INK, lw=1, ls=":")
    left = ax.get_xlim()[0]
    ax.text(left, level, " blind guess", ha="left", va="bottom", fontsize=8)


def vote_bars(votes: Mapping[str, int], right: str, winner: str | None) -> Figure:
    """How many votes each digit has; the right one is hatched, the winner is named."""
    fig, ax = style.figure(6.0, 2.6)
    digits = [str(digit) for digit in range(10)]
    for digit in digits:
        true = digit == right
        ax.bar(digit, votes.get(digit, 0), color=style.BLUE if true else style.GREY,
               hatch="///" if true else "", edgecolor="white")  # fmt: skip
    won = "no vote" if winner is None else f"the majority says {winner}"
    ax.set_title(f"{won}; right is {right} (hatched)")
    ax.set(xlabel="answer", ylabel="votes")
    ax.yaxis.get_major_locator().set_params(integer=True)
    return fig


def sampling_curves(counts: Sequence[int], curves: Mapping[str, Numbers], chance: float) -> Figure:
    """Shares against the number of samples, and what blind guesses reach at least once."""
    fig, ax = style.figure(6.5, 3.5)
    for label, values, look in with_looks(curves, monochrome=True):
        ax.plot(counts, as_array(values), color=look.colour, ls=look.line, marker=look.marker,
                ms=5, label=label)  # fmt: skip
    guess = 1 - (1 - chance) ** as_array(counts)
    ax.plot(counts, guess, color=style.INK, ls=":", lw=2.4, label="pass@k of a blind guess")
    ax.set_xscale("log", base=2)
    ax.set_xticks(list(counts), [str(count) for count in counts])
    ax.set(xlabel="samples k", ylabel="share of problems", ylim=(0, 1.03))
    legend(ax, fontsize=8)
    return fig


def star_rounds(runs: Mapping[str, Sequence[Row]]) -> Figure:
    """Right and worked answers against the round of rejection sampling, a look for each run."""
    fig, axes = style.figure(8.0, 3.1, 1, 2, sharey=True)
    for ax, name in zip(axes, ("right", "worked"), strict=True):
        for label, rows, look in with_looks(runs, monochrome=True):
            ax.plot([row[name] for row in rows], color=look.colour, ls=look.line,
                    marker=look.marker, ms=5, label=label)  # fmt: skip
        ax.set(xlabel="round", ylabel=f"share of {name} answers", ylim=(0, 1.03))
        ax.xaxis.get_major_locator().set_params(integer=True)
    legend(axes[1], fontsize=8)
    return fig


def mask_strips(texts: Sequence[str], mask: Numbers) -> Figure:
    """Sampled rows symbol by symbol; what does not count is pale."""
    table = as_array(mask)
    fig, ax = style.figure(0.5 * table.shape[1] + 1.5, 0.32 * len(texts) + 0.7)
    ax.imshow(0.75 * table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), kept in np.ndenumerate(table):
        ink = "white" if kept else style.GREY
        ax.text(column, row, shown(texts[row][column]), ha="center", va="center", color=ink,
                family="monospace", fontweight="bold" if kept else "normal")  # fmt: skip
    ax.set(xlabel="place in the answer", yticks=[], ylabel="sampled rows")
    ax.grid(False)
    return fig


def group_grids(problems: Sequence[str], rewards: Numbers, advantages: Numbers) -> Figure:
    """Rewards of each problem's answers, and their advantages, in two tables."""
    fig, axes = style.figure(10.0, 0.26 * len(problems) + 1.1, 1, 2)
    largest = max(1e-9, float(np.abs(as_array(advantages)).max()))
    tables = (("reward", rewards, style.SEQUENTIAL, 0, 1),
              ("advantage", advantages, style.DIVERGING, -largest, largest))  # fmt: skip
    for ax, (name, values, colours, low, high) in zip(axes, tables, strict=True):
        image = ax.imshow(as_array(values), cmap=colours, vmin=low, vmax=high, aspect="auto")
        ax.set_yticks(range(len(problems)), problems, fontsize=8)
        ax.set(xlabel="answer of the group", title=name)
        ax.grid(False)
        fig.colorbar(image, ax=ax)
    return fig


def estimate_histograms(estimates: Mapping[str, Numbers], exact: float) -> Figure:
    """How single estimates of a KL scatter, a panel for each; exact KL and mean as lines."""
    fig, axes = style.panels(len(estimates), 3.0, 2.8)
    for ax, (label, values, look) in zip(axes, with_looks(estimates), strict=True):
        found = as_array(values)
        ax.hist(found, bins=30, color=look.colour)
        ax.axvline(exact, color=style.INK, lw=2, label="exact KL")
        ax.axvline(found.mean(), color=style.INK, lw=2, ls="--", label="mean of the samples")
        negative = (found < 0).mean()
        ax.set_title(f"{label}: mean {found.mean():.2f}, {negative:.0%} below 0")
        ax.set(xlabel="estimate (nats)", ylabel="samples")
    axes[-1].legend(fontsize=8, loc="upper right")
    return fig


def clip_curves(ratios: Numbers, gains: Mapping[str, Numbers], clip: float) -> Figure:
    """The gain of one symbol against the ratio; the borders of the clip are dashed."""
    fig, ax = style.figure(6.0, 3.2)
    for label, values, look in with_looks(gains, monochrome=True):
        ax.plot(as_array(ratios), as_array(values), color=look.colour, ls=look.line, label=label)
    for border in (1 - clip, 1 + clip):
        ax.axvline(border, color=style.GREY, lw=1, ls=(0, (2, 2)))
    ax.axvline(1, color=style.INK, lw=0.8)
    ax.set(xlabel="ratio of the policy to the one that sampled", ylabel="gain of the symbol")
    legend(ax, fontsize=8)
    return fig


def gradient_shares(lengths: Sequence[int], shares: Mapping[str, Numbers]) -> Figure:
    """The share of the gradient on one symbol of answers of several lengths, bars by way."""
    fig, ax = style.figure(6.5, 3.0)
    x, width = np.arange(len(lengths)), 0.8 / len(shares)
    for k, (label, values, look) in enumerate(with_looks(shares, monochrome=True)):
        at, heights = x + (k - (len(shares) - 1) / 2) * width, as_array(values)
        ax.bar(at, heights, width, label=label, **look.bar)
        if len(shares) < 5:
            for place, height in zip(at, heights, strict=True):
                ax.text(place, height, f"{height:.1%}", ha="center", va="bottom", fontsize=7)
    ax.set_xticks(x, [f"an answer of {length}" for length in lengths])
    ax.set(ylabel="share of the gradient\non one symbol")
    legend(ax, fontsize=8)
    return fig


def reward_curves(log: Sequence[Row]) -> Figure:
    """Right and worked answers against the step, and the length beside them."""
    fig, (left, right) = style.figure(9.0, 3.1, 1, 2)
    for name, colour, line in (("right", style.BLUE, "-"), ("worked", style.ORANGE, "--")):
        left.plot([row[name] for row in log], color=colour, ls=line, label=f"{name} answers")
    _chance(left, 0.1)
    left.set(xlabel="step", ylabel="share", ylim=(0, 1.03))
    left.legend(loc="center right")
    right.plot([row["symbols"] for row in log], color=style.GREEN)
    right.set(xlabel="step", ylabel="symbols of an answer")
    right.set_ylim(bottom=0)
    return fig


def seed_dots(rows: Mapping[str, Numbers], chance: float) -> Figure:
    """Each seed's share of right answers as a dot, a line of dots for each way."""
    fig, ax = style.figure(7.0, 0.42 * len(rows) + 1.0)
    for place, (_, values, look) in enumerate(with_looks(rows)):
        found = as_array(values)
        ax.plot(found, np.full(len(found), place), look.marker, color=look.colour, ms=6, alpha=0.7)
    ax.axvline(chance, color=style.INK, lw=1, ls=":")
    ax.text(chance, -0.55, " blind guess", fontsize=8, va="center")
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set(xlabel="share of right answers", xlim=(0, 1.02))
    ax.invert_yaxis()
    return fig


def hacked_reward(log: Sequence[Row]) -> Figure:
    """What the lazy judge pays, and what is right, against the step."""
    fig, ax = style.figure(6.5, 3.2)
    ax.plot([row["reward"] for row in log], color=style.ORANGE, ls="--", label="reward it gets")
    ax.plot([row["right"] for row in log], color=style.BLUE, label="right by the strict judge")
    _chance(ax, 0.1)
    ax.set(xlabel="step", ylabel="share", ylim=(0, 1.35))
    ax.legend(loc="upper right")
    return fig


def thinking_by_length(runs: Mapping[str, Mapping[int, Row]]) -> Figure:
    """Worked and right answers against how many numbers a problem has, a look for each run."""
    fig, axes = style.figure(8.5, 3.1, 1, 2, sharey=True)
    for ax, name in zip(axes, ("worked", "right"), strict=True):
        for label, rows, look in with_looks(runs, monochrome=True):
            ax.plot(list(rows), [row[name] for row in rows.values()], color=look.colour,
                    ls=look.line, marker=look.marker, ms=5, label=label)  # fmt: skip
        ax.set(xlabel="numbers in the problem", ylabel=f"share of {name} answers", ylim=(0, 1.05))
        ax.xaxis.get_major_locator().set_params(integer=True)
    legend(axes[0], fontsize=8)
    return fig
