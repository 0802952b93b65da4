"""Widgets of week 01: each a `Panel` over one plain figure function of the week's plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from IPython.display import HTML
from ipywidgets import Dropdown, IntSlider, SelectionSlider
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.arrays import Numbers
from course.figures.panel import Panel
from course.weeks.week01_word2vec import plots
from course.weeks.week01_word2vec.word_map import read_map, svg

PairsFunction = Callable[[list[int], int], Sequence[tuple[int, int]]]


def window_slider(sentences: Mapping[str, str], context_pairs: PairsFunction) -> Panel:
    """Slide a window over a sentence and see the pairs that `context_pairs` makes of it.

    Args:
        sentences: name -> text, cut at spaces.
        context_pairs: (ids, window) -> (centre, context) pairs; it is handed positions as ids,
            so that the picture can tell two equal words apart.
    """
    first = next(iter(sentences.values())).split()

    def draw(sentence: str, centre: int, window: int) -> Figure:
        words = sentences[sentence].split()
        pairs = context_pairs(list(range(len(words))), window)
        return plots.window_figure(words, min(centre, len(words) - 1), pairs)

    longest = max(len(text.split()) for text in sentences.values())
    return Panel(
        draw,
        sentence=Dropdown(options=list(sentences), description="sentence"),
        centre=IntSlider(value=len(first) // 2, max=longest - 1, description="centre"),
        window=IntSlider(value=2, min=1, max=5, description="window"),
    )


def neighbours(
    words: Sequence[str],
    nearest: Callable[[str], tuple[Sequence[int] | Tensor, Numbers]],
    choices: Sequence[str],
) -> Panel:
    """Pick a word, see its nearest words.

    Args:
        words: the vocabulary.
        nearest: a word -> (ids, cosines), nearest first.
        choices: the words to offer.
    """

    def draw(word: str) -> Figure:
        ids, scores = nearest(word)
        labels = [words[int(i)] for i in ids]
        return plots.bars_figure(labels, scores, "cosine similarity", f"Nearest to “{word}”")

    return Panel(draw, word=Dropdown(options=list(choices), description="word"))


def parallelograms(
    words: Sequence[str], vectors: Numbers, relations: Mapping[str, Sequence[tuple[str, str]]]
) -> Panel:
    """Pick a relation and two of its pairs, see whether they make a parallelogram.

    Pairs with a word that is not in `words` are left out.

    Raises:
        ValueError: fewer than two pairs of the first relation are known.
    """
    known = set(words)
    pairs = {
        name: [pair for pair in all_pairs if known.issuperset(pair)]
        for name, all_pairs in relations.items()
    }
    first = next(iter(pairs.values()))
    if len(first) < 2:
        raise ValueError("the first relation has fewer than two pairs of known words")
    most = max(map(len, pairs.values())) - 1

    def draw(relation: str, one: int, other: int) -> Figure:
        last = len(pairs[relation]) - 1
        show = (min(one, last), min(other, last))
        return plots.parallelogram_figure(words, vectors, pairs[relation], show)

    return Panel(
        draw,
        relation=Dropdown(options=list(pairs), description="relation"),
        one=IntSlider(value=0, max=most, description="one pair"),
        other=IntSlider(value=1, max=most, description="other pair"),
    )


def training_slider(
    words: Sequence[str],
    snapshots: Mapping[int, Numbers],
    losses: Numbers,
    pairs: Sequence[tuple[str, str]],
) -> Panel:
    """Move through training: the words on the left, the loss on the right.

    Args:
        words: the vocabulary, in the order of the rows.
        snapshots: step -> vectors (V, D).
        losses: (steps,), the loss of each step.
        pairs: the relation to draw.
    """

    def draw(step: int) -> Figure:
        return plots.training_figure(words, snapshots, losses, pairs, step)

    steps = sorted(snapshots)
    slider = SelectionSlider(options=steps, value=steps[-1], description="step")
    return Panel(draw, step=slider)


def word_map() -> HTML:
    """2,000 frequent words where t-SNE puts them. Pointing at a dot shows its word, by style alone:
    no kernel and no script."""
    return HTML(svg(read_map()))
