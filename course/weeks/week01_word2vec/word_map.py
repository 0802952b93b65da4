"""The map of words: where t-SNE puts the 2,000 most frequent words of GloVe, kept beside this file.

Made by `python -m course.weeks.week01_word2vec.word_map`, in about ten seconds.

Source: van der Maaten and Hinton 2008, Visualizing Data using t-SNE (JMLR 9).
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np

from course.data import load_glove
from course.figures import style

STORED = Path(__file__).with_name("word_map.tsv")
COUNT = 2000
WIDTH, HEIGHT = 900, 640  # of the picture, in pixels
LANDMARKS = set(
    "monday january football china water doctor mother army music school court computer red two "
    "president film oil car church hospital jazz whale january wheat inches tennis hotel".split()
)
LOOK = (
    "<style>.words g text{visibility:hidden;font:13px sans-serif;paint-order:stroke;"
    "stroke:#fff;stroke-width:4px}.words g.mark text{visibility:visible;font-weight:bold}"
    f".words g circle{{fill:{style.SKY}}}.words g.mark circle{{fill:{style.BLUE}}}"
    f".words g:hover text{{visibility:visible;fill:{style.RED};font-weight:bold}}"
    f".words g:hover circle{{fill:{style.RED};r:6px}}</style>"
)


def layout(vectors: np.ndarray) -> np.ndarray:
    """Places (N, 2) of vectors (N, D), neighbours together."""
    from sklearn.manifold import TSNE

    tsne = TSNE(metric="cosine", init="pca", perplexity=20, random_state=0)
    return tsne.fit_transform(vectors.astype(np.float64))


def read_map() -> list[tuple[str, float, float]]:
    """The stored map: words with their places."""
    rows = (line.split("\t") for line in STORED.read_text("utf-8").splitlines())
    return [(word, float(x), float(y)) for word, x, y in rows]


def svg(places: list[tuple[str, float, float]]) -> str:
    """The map as a picture whose dots show their words when you point at them; no script.

    Args:
        places: words with their places, in any unit.
    """
    points = np.array([[x, y] for _, x, y in places])
    low, span = points.min(0), np.ptp(points, axis=0)
    scaled = (points - low) / np.where(span > 0, span, 1.0) * (WIDTH - 90, HEIGHT - 40) + 20
    dots = "".join(_dot(word, *at) for (word, _, _), at in zip(places, scaled, strict=True))
    return (
        f"<svg class='words' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' "
        f"aria-label='a map of {len(places)} words' style='max-width:{WIDTH}px;width:100%;"
        f"background:#fff' xmlns='http://www.w3.org/2000/svg'>{LOOK}{dots}</svg>"
    )


def _dot(word: str, x: float, y: float) -> str:
    kind = " class='mark'" if word in LANDMARKS else ""
    return (
        f"<g{kind}><circle cx='{x:.0f}' cy='{y:.0f}' r='3'/>"
        f"<text x='{x + 7:.0f}' y='{y + 4:.0f}'>{escape(word)}</text></g>"
    )


if __name__ == "__main__":
    names, vectors = load_glove()
    rows = zip(names[:COUNT], layout(vectors[:COUNT]), strict=True)
    STORED.write_text("".join(f"{w}\t{x:.1f}\t{y:.1f}\n" for w, (x, y) in rows), "utf-8")
