"""Figures of week 01: windows, similarities, noise, parallelograms, training, accuracy.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

Pair = tuple[int, int]
MANY_PAIRS = 8  # the labels of more arrows than these overlap


# ------------------------------------------------------------------------------ similarity
def cosine_matrix(vectors: Numbers) -> np.ndarray:
    """Cosine of every row with every row, (N, D) -> (N, N). A zero row gives zeros."""
    unit = unit_rows(vectors)
    return unit @ unit.T


def similarity_figure(words: Sequence[str], tables: Mapping[str, Numbers]) -> Figure:
    """One heat map of cosines for each table; a table (N, D) has one row for each word."""
    fig, axes = style.panels(len(tables), 3.8, 3.4, per_row=3)
    for ax, (title, vectors) in zip(axes, tables.items(), strict=True):
        cosines = cosine_matrix(vectors)
        image = ax.imshow(cosines, vmin=0, vmax=1, cmap=style.SEQUENTIAL)
        _write_cells(ax, cosines)
        ax.set_xticks(range(len(words)), words, rotation=45, ha="right")
        ax.set_yticks(range(len(words)), words)
        ax.set_title(title)
        ax.grid(False)
    fig.colorbar(image, ax=axes, label="cosine similarity", shrink=0.8)
    return fig


def _write_cells(ax: Axes, values: np.ndarray) -> None:
    for i, j in np.ndindex(values.shape):
        colour = "white" if values[i, j] < 0.5 else style.INK
        ax.text(j, i, f"{values[i, j]:.1f}", ha="center", va="center", color=colour, fontsize=7)


# ------------------------------------------------------------------------------ window
def window_figure(words: Sequence[str], centre: int, pairs: Sequence[Pair]) -> Figure:
    """A sentence as a row of boxes, the centre word filled, with an arc to each context word.

    Args:
        words: the sentence.
        centre: position of the centre word.
        pairs: (centre position, context position), for the whole sentence; others are counted only.

    Raises:
        IndexError: centre is no position of the sentence.
    """
    if not 0 <= centre < len(words):
        raise IndexError(f"centre is {centre}, but the sentence has {len(words)} words")
    mine = [j for i, j in pairs if i == centre]
    fig, ax = style.figure(8.0, 2.2)
    for position, word in enumerate(words):
        _word(ax, position, word, position == centre, position in mine)
    for j in mine:
        bend = -0.38 if j > centre else 0.38
        diagram.arrow(ax, (centre, 0.42), (j, 0.42), style.BLUE, bend=bend)
    listed = ", ".join(f"({words[centre]}, {words[j]})" for j in mine) or "none"
    ax.text(-0.5, -0.8, f"pairs of this centre: {listed}", fontsize=9)
    ax.set_title(f"{len(mine)} pairs here, {len(pairs)} in the whole sentence")
    ax.set(xlim=(-0.6, len(words) - 0.4), ylim=(-1.0, 1.6))
    ax.axis("off")
    return fig


def _word(ax: Axes, position: int, word: str, is_centre: bool, is_context: bool) -> None:
    fill = style.BLUE if is_centre else style.SKY if is_context else style.PALE
    border = style.INK if is_centre else "none"
    ink = "white" if is_centre else style.INK
    place, size = (position, 0), (0.9, 0.72)
    diagram.box(ax, place, size, word, colour=border, fill=fill, ink=ink, rounding=0.1)


# ------------------------------------------------------------------------------ bars
def bars_figure(labels: Sequence[str], values: Numbers, xlabel: str, title: str) -> Figure:
    """Horizontal bars, the first on top, each with its number."""
    heights = as_array(values)
    fig, ax = style.figure(5.5, 0.32 * len(labels) + 1.0)
    places = np.arange(len(labels))
    bars = ax.barh(places, heights, color=style.BLUE, height=0.7)
    ax.bar_label(bars, fmt="{:z.2f}", padding=3, fontsize=9)  # z: no sign before 0.00
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.set(xlabel=xlabel, title=title)
    ax.grid(axis="y", visible=False)
    return fig


def cost_figure(vocabulary_sizes: Numbers, dim: int, n_negatives: int) -> Figure:
    """Multiplications to score one training pair: full softmax against negative sampling."""
    sizes = as_array(vocabulary_sizes)
    fig, ax = style.figure(5.5, 3.2)
    ax.loglog(sizes, sizes * dim, marker="o", label="softmax over V: V · D")
    few = np.full_like(sizes, (n_negatives + 1) * dim)
    ax.loglog(sizes, few, marker="s", ls="--", label=f"{n_negatives} negatives: (K + 1) · D")
    ax.set(xlabel="vocabulary size V (words)", ylabel="multiplications a pair")
    ax.set_title(f"The price of one training pair, D = {dim}")
    ax.legend()
    return fig


# ------------------------------------------------------------------------------ gradients, noise
def touched_rows_figure(words: Sequence[str], grads: Mapping[str, Numbers]) -> Figure:
    """Heat map of each gradient (V, D): rows that no pair of the batch uses stay white."""
    fig, axes = style.panels(len(grads), 4.2, 0.2 * len(words) + 1.2, per_row=4, sharey=True)
    tables = {name: as_array(grad) for name, grad in grads.items()}
    limit = max(np.abs(table).max() for table in tables.values()) or 1.0
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        image = ax.imshow(table, cmap=style.DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
        used = int((np.abs(table).sum(axis=1) > 0).sum())
        ax.set(title=f"{name}: {used} of {len(words)} rows used", xlabel="dimension d")
        ax.set_yticks(range(len(words)), words, fontsize=8)
        ax.grid(False)
    fig.colorbar(image, ax=axes, label="gradient")
    return fig


def noise_figure(words: Sequence[str], columns: Mapping[str, Numbers]) -> Figure:
    """How often each word is drawn as noise: a row a word, a marker a distribution, log scale.

    Words are no quantity, so no line leads from one to the next; the grey bar in a row spans its
    own markers.
    """
    fig, ax = style.figure(7.0, 0.42 * len(words) + 1.4)
    places = np.arange(len(words))[::-1]
    table = np.array([as_array(column) for column in columns.values()])
    ax.hlines(places, table.min(axis=0), table.max(axis=0), color=style.PALE, lw=5)
    for label, column, look in with_looks(columns):
        ax.plot(as_array(column), places, look.marker, color=look.colour, ms=8, label=label)
    ax.set_xscale("log")
    ax.set_yticks(places, words)
    ax.set(xlabel="probability of being drawn", title="Who is drawn as noise?")
    ax.grid(axis="y", visible=False)
    legend(ax, fontsize=9, loc="upper center", bbox_to_anchor=(0.4, -0.2), ncols=3)
    return fig


# ------------------------------------------------------------------------------ PCA
def principal_axes(vectors: Numbers, k: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (D,), the k main directions (k, D) and the share of variance (k,) that each explains.

    The sign of a direction is fixed: its largest entry is positive, so pictures do not flip.
    """
    rows = as_array(vectors)
    mean = rows.mean(axis=0)
    _, sizes, directions = np.linalg.svd(rows - mean, full_matrices=False)
    directions = directions[:k]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    share = sizes**2 / max((sizes**2).sum(), 1e-12)
    return mean, directions * signs[:, None], share[:k]


def unit_rows(vectors: Numbers) -> np.ndarray:
    """Every row at length 1; a zero row stays zero."""
    rows = as_array(vectors)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def parallelogram_figure(
    words: Sequence[str],
    vectors: Numbers,
    pairs: Sequence[tuple[str, str]],
    show: Sequence[int] = (),
) -> Figure:
    """The pairs of one relation in the plane of their first two principal axes.

    Args:
        words: the V words, in the order of the rows.
        vectors: (V, D).
        pairs: the relation; every word must be one of `words`.
        show: two positions in `pairs`; their four corners are joined to a parallelogram. Of a
            relation with many pairs only these two carry their words, so that labels stay apart.
    """
    index = {word: i for i, word in enumerate(words)}
    ids = np.array([[index[a], index[b]] for a, b in pairs])
    corners = unit_rows(as_array(vectors)[ids.reshape(-1)])
    mean, directions, share = principal_axes(corners)
    fig, ax = style.figure(6.5, 4.6)
    _draw_pairs(ax, pairs, ((corners - mean) @ directions.T).reshape(-1, 2, 2), show)
    ax.set_xlabel(f"principal axis 1 ({share[0]:.0%} of the variance)")
    ax.set_ylabel(f"principal axis 2 ({share[1]:.0%})")
    ax.set_title("Pairs of one relation: are the arrows parallel?")
    return fig


def _draw_pairs(
    ax: Axes, pairs: Sequence[tuple[str, str]], points: np.ndarray, show: Sequence[int] = ()
) -> None:
    """Arrows from first to second word; points (pairs, 2, 2)."""
    for number, ((first, second), (start, end)) in enumerate(zip(pairs, points, strict=True)):
        strong = number in show or not show
        arrow = {"arrowstyle": "-|>", "color": style.BLUE if strong else style.PALE, "lw": 1.5}
        ax.annotate("", xy=end, xytext=start, arrowprops=arrow)
        colour = style.INK if strong else style.GREY
        for word, place, marker in ((first, start, "o"), (second, end, "s")):
            ax.plot(*place, marker=marker, color=colour, ms=4)
            if strong or len(pairs) <= MANY_PAIRS:
                ax.annotate(word, place, xytext=(4, 4), textcoords="offset points", color=colour)
    if len(show) == 2:
        i, j = show
        for side in (0, 1):
            ax.plot(*points[[i, j], side].T, ls="--", color=style.RED, lw=1.5)
    ax.margins(0.15)


# ------------------------------------------------------------------------------ training
def training_figure(
    words: Sequence[str],
    snapshots: Mapping[int, Numbers],
    losses: Numbers,
    pairs: Sequence[tuple[str, str]],
    step: int,
) -> Figure:
    """Left: the pairs at one step, in the axes of the last step. Right: the loss until then."""
    index = {word: i for i, word in enumerate(words)}
    ids = np.array([[index[a], index[b]] for a, b in pairs]).reshape(-1)
    mean, directions, _ = principal_axes(as_array(snapshots[max(snapshots)])[ids])
    points = (as_array(snapshots[step])[ids] - mean) @ directions.T
    fig, (left, right) = style.figure(9.0, 3.8, cols=2, width_ratios=[3, 2])
    _draw_pairs(left, pairs, points.reshape(-1, 2, 2))
    left.set(xlabel="principal axis 1", ylabel="principal axis 2", title=f"step {step}")
    curve = as_array(losses)
    right.plot(curve, color=style.PALE)
    right.plot(curve[:step], color=style.BLUE)
    right.set(xlabel="step", ylabel="loss (nats a pair)", title="training loss")
    return fig


# ------------------------------------------------------------------------------ accuracy
def accuracy_figure(
    results: Mapping[str, Mapping[str, tuple[int, int]]], title: str = "Analogies answered"
) -> Figure:
    """Grouped bars: the share of questions that each model answers, by relation.

    Args:
        results: model -> relation -> (right, asked). Where nothing was asked a dash stands.
        title: above the bars.
    """
    relations = list(next(iter(results.values())))
    fig, ax = style.figure(max(8.0, 0.28 * len(relations) * len(results)), 3.6)
    width = 0.8 / len(results)
    for number, (model, scores, look) in enumerate(with_looks(results)):
        places = np.arange(len(relations)) + (number - (len(results) - 1) / 2) * width
        counts = [scores[relation] for relation in relations]
        shares = [right / asked if asked else 0.0 for right, asked in counts]
        bars = ax.bar(places, shares, width=0.9 * width, label=model, **look.bar)
        texts = [f"{right}/{asked}" if asked else "–" for right, asked in counts]
        upright = 90 if len(results) > 2 else 0  # three labels side by side run into each other
        ax.bar_label(bars, texts, fontsize=7, padding=2, rotation=upright)
    ax.set_xticks(range(len(relations)), relations)
    ax.set(ylim=(0, 1.12), ylabel="share right", title=title)
    ax.grid(axis="x", visible=False)
    legend(ax, ncols=len(results), loc="upper center", bbox_to_anchor=(0.5, -0.1))
    return fig


def frequency_figure(groups: Mapping[str, Sequence[tuple[float, float, int]]]) -> Figure:
    """Share right against the count of the rarest word, a line for each relation.

    Args:
        groups: relation -> groups of its questions, as (count of the rarest word, share right,
            number of questions).
    """
    fig, ax = style.figure(6.5, 3.6)
    for relation, points, look in with_looks(groups):
        counts, shares, sizes = zip(*points, strict=True)
        label = f"{relation} ({sum(sizes)} questions)"
        ax.plot(
            counts, shares, color=look.colour, marker=look.marker, ls=look.line, ms=7, label=label
        )
    ax.set(xscale="log", ylim=(0, 1), xlabel="occurrences of the rarest word (logarithmic axis)")
    ax.set(ylabel="share right", title="Within each relation: do rare words fail more often?")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    legend(ax, fontsize=9)
    return fig


# ------------------------------------------------------------------------------ ages, unknown words
def ages_figure(by_labels: Mapping[str, Mapping[str, float]]) -> Figure:
    """Share right of each description of a text, a marker for each number of labels.

    Args:
        by_labels: name of the setting -> description -> share right.
    """
    names = list(next(iter(by_labels.values())))
    fig, ax = style.figure(6.5, 0.45 * len(names) + 1.5)
    places = np.arange(len(names))[::-1]
    for label, shares, look in with_looks(by_labels):
        values = [shares[name] for name in names]
        ax.plot(values, places, look.marker, color=look.colour, ms=9, label=label)
    ax.axvline(0.5, color=style.GREY, ls="--", lw=1)
    ax.set_yticks(places, names)
    ax.set(xlabel="share of 3,072 test sentences right (dashed: tossing a coin)", xlim=(0.45, 0.85))
    ax.set(
        title="Praise or blame? Four descriptions of the same texts", ylim=(-0.6, len(names) - 0.4)
    )
    ax.grid(axis="y", visible=False)
    legend(ax, fontsize=9, loc="lower right")
    return fig


def unknown_figure(sizes: Numbers, shares: Mapping[str, Numbers]) -> Figure:
    """Share of unknown words in new text against the size of the vocabulary, a line a language."""
    fig, ax = style.figure(6.0, 3.2)
    for label, values, look in with_looks(shares):
        ax.plot(
            as_array(sizes), as_array(values), color=look.colour, ls=look.line,
            marker=look.marker, ms=7, label=label,
        )  # fmt: skip
    ax.set(xscale="log", ylim=(0, 1), xlabel="words in the vocabulary (logarithmic axis)")
    ax.set(ylabel="share of <unk>", title="The same manual in two languages, new paragraphs")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    legend(ax, fontsize=9)
    return fig


def gradients_figure(tables: Mapping[str, tuple[Numbers, Numbers]]) -> Figure:
    """Each gradient by hand against the one by small steps, entry by entry: one panel a table.

    Args:
        tables: name -> (by hand, by steps), of equal shapes.
    """
    fig, axes = style.panels(len(tables), 3.6, 3.3)
    for ax, (name, pair) in zip(axes, tables.items(), strict=True):
        mine, steps = (as_array(gradient).ravel() for gradient in pair)
        end = 1.1 * max(np.abs(mine).max(), np.abs(steps).max(), 1e-12)
        ax.plot([-end, end], [-end, end], color=style.GREY, lw=1, ls="--")
        ax.plot(steps, mine, "o", color=style.BLUE, ms=5)
        ax.set(xlabel="by small steps (numerical_grad)", ylabel="by hand")
        ax.set_title(f"{name}: largest difference {np.abs(mine - steps).max():.0e}", fontsize=10)
    return fig
