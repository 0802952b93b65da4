"""Widgets of week 02: each a `Panel` over a plain function that draws or writes."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ipywidgets
from IPython.display import HTML
from matplotlib.figure import Figure

from course.figures.panel import TEXT_STYLE, Counter, Panel
from course.weeks.week02_rnn import plots
from course.weeks.week02_rnn.toys import gradient_norms


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
def sample_html(checkpoint: Checkpoint) -> str:
    """One checkpoint's sample as a small HTML block; the text is escaped."""
    head = f"step {checkpoint.step:,}: validation perplexity {checkpoint.perplexity:.2f}"
    text = html.escape(checkpoint.sample)
    return f"<p><b>{head}</b></p><pre style='{TEXT_STYLE}'>{text}</pre>"


def sample_slider(
    checkpoints: Sequence[Checkpoint], baselines: Mapping[str, float] | None = None
) -> Panel:
    """Slide through training: what the model wrote at each checkpoint, and where it stood.

    Where no kernel runs, the first, the middle and the last text are shown.

    Args:
        checkpoints: in the order of training.
        baselines: label -> perplexity, drawn as horizontal lines.

    Raises:
        ValueError: there is no checkpoint.
    """
    if not checkpoints:
        raise ValueError("There is no checkpoint to show: run the training cell first.")
    steps, values = zip(*((c.step, c.perplexity) for c in checkpoints), strict=True)

    def draw(number: int) -> tuple[HTML, Figure]:
        curve = plots.training_curve(steps, values, baselines or {}, number)
        return HTML(sample_html(checkpoints[number])), curve

    last = len(checkpoints) - 1
    choose = ipywidgets.SelectionSlider(
        options=[(f"{step:,}", number) for number, step in enumerate(steps)],
        description="step",
        continuous_update=False,
    )
    stills = [{"number": number} for number in sorted({0, last // 2, last})]
    return Panel(draw, stills=stills, number=choose)


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


def markov_writer(
    write: Callable[[int, int], str], orders: Sequence[int], book: str, given: int = 0
) -> Panel:
    """Choose n and read what the n-gram chain writes; what it copied from the book is marked.

    Where no kernel runs, one text of each order is shown.

    Args:
        write: (n, seed) -> text.
        orders: the values of n to choose from.
        book: the text that was counted.
        given: how many characters at the start of each text the chain did not write itself.
    """

    def draw(order: int, seed: int) -> HTML:
        return HTML(writer_html(order, write(order, seed), book, given))

    choose = ipywidgets.SelectionSlider(
        options=list(orders), description="n", continuous_update=False
    )
    again = Counter(description="write again")
    return Panel(draw, stills=[{"order": n} for n in orders], order=choose, seed=again)
