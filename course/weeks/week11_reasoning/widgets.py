"""Widgets of week 11: votes, estimates of a distance, the clip, and a thought to be edited."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets as widgets
import torch
from IPython.display import HTML
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Panel
from course.weeks.week11_reasoning import plots, toys

Votes = Sequence[str | None]
CODE = "font-family:monospace;font-size:120%"


def votes_panel(
    ballots: Mapping[str, Votes], right: Mapping[str, str], vote: Callable[[Votes], str | None]
) -> Panel:
    """Count more and more of a problem's votes, and see which answer leads.

    Args:
        ballots: the answers to each problem, in the order in which they were sampled.
        right: the right answer to each.
        vote: the `majority_vote` of the exercise.
    """

    def draw(problem: str, votes: int) -> Figure:
        counted = list(ballots[problem])[:votes]
        table = Counter(answer for answer in counted if answer is not None)
        return plots.vote_bars(table, right[problem], vote(counted))

    most = max(len(answers) for answers in ballots.values())
    return Panel(
        draw,
        problem=widgets.Dropdown(options=list(ballots), description="problem"),
        votes=widgets.IntSlider(
            value=min(16, most), min=1, max=most, description="votes", continuous_update=False
        ),
    )


def estimates_panel(k3: Callable[[Tensor, Tensor], Tensor]) -> Panel:
    """Move a policy away from its reference; three estimates of the KL from 2,000 samples.

    Args:
        k3: the `kl_k3` of the exercise.
    """

    def draw(distance: float) -> Figure:
        logp, ref = toys.two_policies(distance)
        ours, theirs = toys.drawn_pairs(logp, ref, 2000)
        d = theirs - ours
        found = {"k1": -d, "k2": d.square() / 2, "k3": k3(ours, theirs)}
        return plots.estimate_histograms(found, float((logp.exp() * (logp - ref)).sum()))

    slider = widgets.FloatSlider(
        value=0.6, min=0, max=2.0, step=0.1, description="distance", continuous_update=False
    )
    return Panel(draw, distance=slider)


def clip_panel(gain: Callable[[float, float, float], float]) -> Panel:
    """Move the clip and see where the push on a symbol ends.

    Args:
        gain: from a ratio, an advantage and a clip to the gain of one symbol.
    """
    ratios = torch.linspace(0.3, 2.0, 35).tolist()

    def draw(clip: float) -> Figure:
        lines = {
            f"{kind} answer, A = {A:+.0f}": [gain(ratio, A, clip) for ratio in ratios]
            for kind, A in (("good", 1.0), ("bad", -1.0))
        }
        return plots.clip_curves(ratios, lines, clip)

    slider = widgets.FloatSlider(
        value=0.2, min=0.05, max=0.6, step=0.05, description="clip", continuous_update=False
    )
    return Panel(draw, clip=slider)


def thought_panel(go_on: Callable[[str, str], str], problem: str, begun: str) -> Panel:
    """Write the beginning of an answer, and see how the model goes on behind it.

    Args:
        go_on: from a problem and the beginning of an answer to the whole answer.
        problem, begun: what is shown first.
    """

    def draw(problem: str, begun: str) -> HTML:
        whole = go_on(problem, begun)
        rest = whole[len(begun) :] if whole.startswith(begun) else whole
        told = f"{escape(problem)} = {escape(begun)}<b>{escape(rest)}</b>"
        return HTML(f"<p style='{CODE}'>{told}</p><p>What the model wrote is bold.</p>")

    field = {"continuous_update": False}
    return Panel(
        draw,
        stills=[{}, {"begun": ""}, {"begun": begun[: math.ceil(len(begun) / 2)]}],
        problem=widgets.Text(value=problem, description="problem", **field),
        begun=widgets.Text(value=begun, description="beginning", **field),
    )
