"""Widgets of week 08: a policy as it is tuned, the leash, twenty pairs to label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets
import torch
from IPython.display import HTML
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.arrays import Numbers
from course.figures.panel import Panel
from course.lesson.intervals import wilson
from course.phrases import tr
from course.weeks.week08_rlhf import plots, toys

SHOWN = 5  # texts beside a picture
BETAS = (8.0, 4.0, 2.0, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1)


@dataclass(frozen=True)
class Moment:
    """One step of a tuning run: KL in nats a text, mean reward, a few texts."""

    kl: float
    reward: float
    texts: tuple[str, ...]


def listed(texts: Sequence[str]) -> str:
    """Texts as a list in HTML."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul style='margin:4px 0'>{items}</ul>"


def tuning_slider(moments: Sequence[Moment]) -> Panel:
    """Move through a tuning run: what the policy writes, its reward and its KL."""
    kls, rewards = [m.kl for m in moments], [m.reward for m in moments]

    def draw(step: int) -> tuple[HTML, Figure]:
        now = moments[step]
        told = f"reward {now.reward:.1f}, KL {now.kl:.1f} nats"
        figure = plots.frontier({"the way so far": (kls[: step + 1], rewards[: step + 1])},
                                {"this step": (now.kl, now.reward)})  # fmt: skip
        return HTML(f"<b>{told}</b>{listed(now.texts)}"), figure

    last = len(moments) - 1
    slider = ipywidgets.IntSlider(
        value=last, min=0, max=last, description="step", continuous_update=False
    )
    return Panel(draw, step=slider)


def leash_slider(
    rewards: Tensor, texts: Sequence[str], dots: Mapping[str, tuple[float, float]]
) -> Panel:
    """Shorten and lengthen the leash: the best policy on these texts at each beta.

    Args:
        rewards: (N,), of texts that the reference wrote.
        texts: these.
        dots: (kl, reward) of trained policies by label.
    """
    points = [toys.reward_and_kl(toys.tilted(rewards, beta), rewards) for beta in BETAS]
    line: tuple[Numbers, Numbers] = ([kl for _, kl in points], [reward for reward, _ in points])

    def draw(beta: float) -> tuple[HTML, Figure]:
        weights = toys.tilted(rewards, beta)
        reward, kl = toys.reward_and_kl(weights, rewards)
        top = weights.argsort(descending=True)[:SHOWN].tolist()
        rows = [f"{weights[k].item():.1%}: {texts[k]}" for k in top]
        told = f"reward {reward:.2f}, KL {kl:.2f} nats; the likeliest texts now:"
        figure = plots.frontier({"the best there is": line}, {"this beta": (kl, reward), **dots})
        return HTML(f"<b>{told}</b>{listed(rows)}"), figure

    slider = ipywidgets.SelectionSlider(
        options=[(f"{beta:g}", beta) for beta in BETAS], value=1.0, description="β",
        continuous_update=False,
    )  # fmt: skip
    return Panel(draw, beta=slider)


def lambda_slider(advantages: Callable[..., Any], rewards: Tensor, values: Tensor) -> Panel:
    """Turn lambda and see how far back a reward at the end is felt.

    Args:
        advantages: the exercise's.
        rewards, values: (T,), of one text.
    """
    names = [str(t) for t in range(len(rewards))]

    def draw(lam: float) -> Figure:
        mask = torch.ones(1, len(rewards), dtype=torch.bool)
        found, _ = advantages(rewards[None], values[None], mask, 1.0, lam)
        return plots.token_rewards(
            names, {"reward": rewards, "value": values, "advantage": found[0]}
        )

    slider = ipywidgets.FloatSlider(
        value=0.95, min=0.0, max=1.0, step=0.05, description="λ", continuous_update=False
    )
    return Panel(draw, lam=slider)


# ------------------------------------------------------------------------------------ your taste
class Taste(ipywidgets.VBox):
    """Pairs of texts, one at a time: click the one that you prefer.

    Args:
        pairs: of texts.
        default: what stands for a pair that was not clicked yet, 0 or 1 each.
        rule: the rule behind these, in words.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]], default: Sequence[int], rule: str) -> None:
        self.pairs, self.default, self.rule = list(pairs), list(default), rule
        self.clicked: list[int] = []
        self.told = ipywidgets.HTML()
        wide = {"width": "min(46em,95%)", "height": "auto"}
        self.buttons = [ipywidgets.Button(layout=wide) for _ in range(2)]
        for side, button in enumerate(self.buttons):
            button.on_click(lambda _button, side=side: self.choose(side))
        super().__init__([self.told, *self.buttons])
        self._show()

    def choose(self, side: int) -> None:
        """Prefer one text of the pair that is shown, and go on to the next pair."""
        if len(self.clicked) < len(self.pairs):
            self.clicked.append(side)
        self._show()

    @property
    def labels(self) -> list[int]:
        """For each pair which text is preferred: your click, or else the default."""
        return [*self.clicked, *self.default[len(self.clicked) :]]

    @property
    def whose(self) -> str:
        """Whose labels these are, as a sentence."""
        own, total = len(self.clicked), len(self.pairs)
        if own == total:
            return tr(f"All {total} labels are yours.")
        return tr(f"{own} of {total} labels are yours; the others are NOT yours: {self.rule}.")

    def _show(self) -> None:
        at = len(self.clicked)
        self.told.value = f"<b>{escape(self.whose)}</b>"
        for side, button in enumerate(self.buttons):
            button.description = self.pairs[at][side] if at < len(self.pairs) else ""
            button.layout.display = "inline-flex" if at < len(self.pairs) else "none"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live form; where no kernel runs, the pairs with the label that each has now."""
        rows = []
        for pair, label in zip(self.pairs, self.labels, strict=True):
            marked = [
                f"<b>{escape(t)}</b>" if k == label else escape(t) for k, t in enumerate(pair)
            ]
            rows.append(f"<li>{marked[0]} | {marked[1]}</li>")
        still = f"<p>{escape(self.whose)}</p><ol>{''.join(rows)}</ol>"
        return {**super()._repr_mimebundle_(**kwargs), "text/html": still}


def share_with_interval(hits: int, total: int) -> tuple[float, float, float]:
    """A share and its 95% interval (Wilson 1927)."""
    if not total:
        return 0.5, 0.0, 1.0
    return wilson(hits, total)
