"""Widgets of week 02. Each is thin: controls, and a pure function that draws or writes.

Where no kernel runs (a page on the web), a widget shows its first picture or its first texts.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from course.figures import style
from course.figures.panel import Panel
from course.weeks.week02_rnn import plots
from course.weeks.week02_rnn.toys import gradient_norms

TEXT_STYLE = "white-space: pre-wrap; max-width: 46em"


@dataclass(frozen=True)
class Checkpoint:
    """What one moment of training looked like."""

    step: int
    perplexity: float
    sample: str


# ------------------------------------------------------------------------------------ gradients
def spectral_figure(radius: float, inputs: float, steps: int = 50) -> Figure:
    """The gradient over `steps` steps for one spectral radius and one size of the inputs."""
    norms = gradient_norms(radius, steps, input_scale=inputs)
    linear = gradient_norms(radius, steps, input_scale=inputs, linear=True)
    return plots.spectral_frame(radius, norms, linear)


def spectral_slider(radius: float = 0.8) -> Panel:
    """Choose the spectral radius of U and watch the gradient fade or grow over 50 steps."""

    def slider(value: float, low: float, high: float, name: str) -> ipywidgets.FloatSlider:
        return ipywidgets.FloatSlider(
            value=value, min=low, max=high, step=0.05, description=name, continuous_update=False
        )

    return Panel(
        spectral_figure,
        radius=slider(radius, 0.5, 1.6, "radius"),
        inputs=slider(0.1, 0.0, 1.0, "input size"),
    )


# ------------------------------------------------------------------------------------ texts
class _TextBox(ipywidgets.VBox):
    """A box that also offers still text to viewers that cannot run widgets."""

    def __init__(self, children: Sequence[ipywidgets.Widget], still: str) -> None:
        super().__init__(list(children))
        self.still = still

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**kwargs), "text/html": self.still}


def sample_html(checkpoint: Checkpoint) -> str:
    """One checkpoint's sample as a small HTML block; the text is escaped."""
    head = f"step {checkpoint.step:,}: validation perplexity {checkpoint.perplexity:.2f}"
    text = html.escape(checkpoint.sample)
    return f"<p><b>{head}</b></p><pre style='{TEXT_STYLE}'>{text}</pre>"


class SampleSlider(_TextBox):
    """Slide through training: what the model wrote at each checkpoint, and where it stood.

    Args:
        checkpoints: in the order of training.
        baselines: label -> perplexity, drawn as horizontal lines.

    Raises:
        ValueError: there is no checkpoint.
    """

    def __init__(
        self, checkpoints: Sequence[Checkpoint], baselines: Mapping[str, float] | None = None
    ) -> None:
        if not checkpoints:
            raise ValueError("There is no checkpoint to show: run the training cell first.")
        self.checkpoints = list(checkpoints)
        self.baselines = dict(baselines or {})
        self.choose = ipywidgets.SelectionSlider(
            options=[(f"{c.step:,}", i) for i, c in enumerate(self.checkpoints)],
            value=0,
            description="step",
            continuous_update=False,
        )
        self.text = ipywidgets.HTML()
        self.picture = ipywidgets.Image(format="png")
        self._draw()
        self.choose.observe(self._draw, names="value")
        still = "".join(sample_html(checkpoint) for checkpoint in self._few())
        super().__init__([self.choose, self.text, self.picture], still)

    def _few(self) -> list[Checkpoint]:
        """First, middle and last: what the still text shows."""
        last = len(self.checkpoints) - 1
        return [self.checkpoints[i] for i in sorted({0, last // 2, last})]

    def _draw(self, _change: object = None) -> None:
        mark = self.choose.value
        self.text.value = sample_html(self.checkpoints[mark])
        steps = [c.step for c in self.checkpoints]
        values = [c.perplexity for c in self.checkpoints]
        self.picture.value = style.png(plots.training_curve(steps, values, self.baselines, mark))


def copied_run(text: str, book: str) -> str:
    """The longest piece of `text` that stands in `book` word for word (the first if several)."""
    best = ""
    for start in range(len(text)):
        while start + len(best) < len(text) and text[start : start + len(best) + 1] in book:
            best = text[start : start + len(best) + 1]
    return best


def writer_html(order: int, text: str, book: str, given: int = 0) -> str:
    """A sample of the n-gram chain of this order, with its longest copied piece marked.

    The first `given` characters were handed to the chain, so they do not count as copied.
    """
    start, own = text[:given], text[given:]
    copied = copied_run(own, book)
    before, _, after = own.partition(copied) if copied else (own, "", "")
    marked = f"{html.escape(start + before)}<mark>{html.escape(copied)}</mark>{html.escape(after)}"
    head = f"<b>n = {order}</b>: {len(copied)} characters in a row are copied from the book"
    return f"<p>{head}</p><pre style='{TEXT_STYLE}'>{marked}</pre>"


class MarkovWriter(_TextBox):
    """Choose n and read what the n-gram chain writes; what it copied from the book is marked.

    Args:
        write: (n, seed) -> text.
        orders: the values of n to choose from.
        book: the text that was counted.
        given: how many characters at the start of each text the chain did not write itself.
    """

    def __init__(
        self,
        write: Callable[[int, int], str],
        orders: Sequence[int],
        book: str,
        given: int = 0,
    ) -> None:
        self.write, self.book, self.given, self.seed = write, book, given, 0
        self.order = ipywidgets.SelectionSlider(
            options=list(orders), value=orders[0], description="n", continuous_update=False
        )
        self.again = ipywidgets.Button(description="write again")
        self.text = ipywidgets.HTML()
        self._draw()
        self.order.observe(self._draw, names="value")
        self.again.on_click(self._next)
        still = "".join(self._sample(order) for order in orders)
        super().__init__([ipywidgets.HBox([self.order, self.again]), self.text], still)

    def _sample(self, order: int) -> str:
        return writer_html(order, self.write(order, self.seed), self.book, self.given)

    def _draw(self, _change: object = None) -> None:
        self.text.value = self._sample(self.order.value)

    def _next(self, _button: object) -> None:
        self.seed += 1
        self._draw()
