"""Figures of week 08: the three steps, raters, rewards, the clip, training, the frontier.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

STAGES = (
    ("language model", "writes", "week 07"),
    ("raters", "this or that?", "1"),
    ("reward model", "r(text)", "2"),
    ("PPO", "3 to 6", "with a leash"),
    ("policy", "writes", "what is liked"),
)


def stages() -> Figure:
    """From a language model and raters to a tuned policy, and the way that needs no reward."""
    fig, ax = style.figure(9.0, 2.4)
    for x, (name, inner, below) in enumerate(STAGES):
        diagram.box(ax, (2.0 * x, 1.0), (1.4, 0.7), inner, colour=style.BLUE, lw=2)
        ax.text(2.0 * x, 1.55, name, ha="center", fontsize=11, fontweight="bold")
        ax.text(2.0 * x, 0.42, below, ha="center", fontsize=8)
        if x:
            diagram.arrow(ax, (2.0 * x - 1.3, 1.0), (2.0 * x - 0.7, 1.0), style.INK)
    ax.plot([2.0, 2.0, 8.0, 8.0], [0.3, -0.1, -0.1, 0.3], color=style.ORANGE, lw=1.6)
    ax.text(5.0, -0.4, "DPO (7): from pairs to a policy at once", ha="center", color=style.INK)
    ax.plot([4.0, 4.0, 8.0, 8.0], [1.8, 2.0, 2.0, 1.8], color=style.GREEN, lw=1.6)
    ax.text(6.0, 2.15, "best of n (8): no training, the best of several tries", ha="center")
    ax.set_xlim(-1.0, 9.0)
    ax.set_ylim(-0.7, 2.5)
    ax.axis("off")
    return fig


def agreement_bars(agreement: Numbers, ceiling: float) -> Figure:
    """How many pairs of texts have which agreement of raters."""
    values = as_array(agreement)
    fig, ax = style.figure(6.0, 3.0)
    ax.hist(values, bins=np.linspace(0.5, 1.0, 21), color=style.SKY, edgecolor="white")
    ax.axvline(ceiling, color=style.INK, lw=1.4, ls="--", label=f"mean {ceiling:.2f}")
    ax.set(xlabel="chance that a rater sides with the majority", ylabel="pairs")
    ax.legend()
    return fig


def accuracy_bars(rows: Mapping[str, float], levels: Mapping[str, float]) -> Figure:
    """Accuracy of reward models on pairs that they never saw, with lines to compare."""
    fig, ax = style.figure(6.5, 0.9 + 0.55 * len(rows))
    values = list(rows.values())
    for place, (value, (_, _, look)) in enumerate(zip(values, with_looks(rows), strict=True)):
        ax.barh(place, value, 0.6, **look.bar)
        ax.text(value, place, f" {value:.3f}", va="center", fontsize=9)
    for label, level in levels.items():
        ax.axvline(level, color=style.GREY, lw=1, ls="--")
        ax.text(level, -0.5, label, ha="center", va="bottom", fontsize=8)  # above the top bar
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set(xlabel="agreement with one rater", xlim=(0.45, 0.95))
    ax.invert_yaxis()
    return fig


def clip_curves(ratios: Numbers, losses: Mapping[str, Numbers]) -> Figure:
    """The clipped loss of one token against the ratio of new to old probability."""
    fig, ax = style.figure(6.0, 3.2)
    for label, values, look in with_looks(losses, monochrome=True):
        ax.plot(as_array(ratios), as_array(values), color=look.colour, ls=look.line, label=label)
    ax.axvline(1.0, color=style.GREY, lw=1)
    ax.set(xlabel="new probability / old probability", ylabel="loss of this token")
    legend(ax)
    return fig


def training(runs: Mapping[str, Mapping[str, Numbers]], names: Sequence[str]) -> Figure:
    """One panel for each quantity against the step, a line for each run.

    Args:
        runs: {quantity: values} by label.
        names: the quantities, in the order of the panels.
    """
    fig, axes = style.figure(3.2 * len(names), 3.0, cols=len(names), squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        for label, run, look in with_looks(runs, monochrome=True):
            ax.plot(as_array(run[name]), color=look.colour, ls=look.line, label=label)
        ax.set(xlabel="step", ylabel=name)
    legend(axes[0][0], fontsize=8)
    return fig


def frontier(
    lines: Mapping[str, tuple[Numbers, Numbers]],
    dots: Mapping[str, tuple[float, float]],
    ylabel: str = "mean reward",
) -> Figure:
    """Reward against KL from the reference: curves, and single policies as dots.

    Args:
        lines: (kl, reward) by label.
        dots: (kl, reward) by label.
    """
    fig, ax = style.figure(6.5, 3.6)
    for label, (kls, rewards), look in with_looks(lines, monochrome=True):
        ax.plot(as_array(kls), as_array(rewards), color=look.colour, ls=look.line, label=label)
    for label, (kl, reward), look in with_looks(dots, style.RED, monochrome=True):
        ax.plot([kl], [reward], look.marker, color=look.colour, ms=8, ls="none", label=label)
    ax.set(xlabel="KL from the reference (nats a text)", ylabel=ylabel)
    legend(ax, fontsize=8)
    return fig


def token_rewards(tokens: Sequence[str], rows: Mapping[str, Numbers]) -> Figure:
    """Quantities of each token of one text as bars, a panel for each."""
    fig, axes = style.figure(7.5, 1.0 + 1.3 * len(rows), rows=len(rows), squeeze=False, sharex=True)
    for ax, (label, values, look) in zip(axes[:, 0], with_looks(rows), strict=True):
        ax.bar(np.arange(len(tokens)), as_array(values), **look.bar)
        ax.axhline(0, color=style.INK, lw=0.8)
        ax.set_ylabel(label, fontsize=8)
    axes[-1, 0].set_xticks(
        range(len(tokens)), [t.replace(" ", "␣") for t in tokens], rotation=45, ha="right"
    )
    return fig
