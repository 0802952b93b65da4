"""Toys of week 13: digits, their reader, baselines, syllables, texts fed on themselves."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from course.data import load_austen, load_digits, load_korean_constitution
from course.figures.style import HANGUL_FONT

TRAINING = 1000
INITIALS, VOWELS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ", "ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣ"
INITIAL_PLACES = (0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18)  # among Unicode's 19
VOWEL_PLACES = (0, 2, 4, 6, 8, 12, 13, 17, 18, 20)  # among its 21
SIDE = 12  # pixels of a syllable


# ------------------------------------------------------------------------------------ digits
@dataclass(frozen=True)
class SplitDigits:
    """Digits for generators to learn from, and others to judge them by: (N, 64) and (N,)."""

    train: Tensor
    train_labels: Tensor
    held: Tensor
    held_labels: Tensor


@cache
def split_digits() -> SplitDigits:
    """scikit-learn's digits in one fixed shuffle: 1,000 to learn from, 797 to judge by."""
    images, labels = load_digits()
    pixels, names = torch.from_numpy(images.reshape(-1, 64)), torch.from_numpy(labels)
    order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(13))
    train, held = order[:TRAINING], order[TRAINING:]
    return SplitDigits(pixels[train], names[train], pixels[held], names[held])


class Reader:
    """A support vector machine that reads digits (Cortes and Vapnik 1995)."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        from sklearn.svm import SVC

        self.machine = SVC(C=10).fit(images.numpy(), labels.numpy())

    def read(self, images: Tensor) -> Tensor:
        """Images (N, 64) to digits (N,)."""
        return torch.from_numpy(self.machine.predict(images.numpy()))

    def counts(self, images: Tensor) -> list[int]:
        """How often each of the ten digits is read."""
        return torch.bincount(self.read(images), minlength=10).tolist()


def grey(images: Tensor) -> Tensor:
    """Whatever a model gave, as grey values from 0 to 1."""
    return images.nan_to_num(0.0).clamp(0, 1)


# ------------------------------------------------------------------------------------ measuring
def fidelity(samples: Tensor, real: Tensor, k: int) -> float:
    """The share of samples that lie in the ball of some real image, which reaches to its k-th
    nearest other (Kynkäänniemi and others 2019, improved precision)."""
    if not len(samples):
        return 0.0
    radius = torch.cdist(real, real).sort(dim=1).values[:, k]
    return (torch.cdist(samples, real) <= radius).any(dim=1).double().mean().item()


def nearest_training(samples: Tensor, train: Tensor) -> float:
    """How far a sample is from the nearest training image that is not equal to it, the median."""
    away = torch.cdist(samples, train, compute_mode="donot_use_mm_for_euclid_dist")
    return away.masked_fill(away < 1e-6, torch.inf).amin(dim=1).median().item()


# ------------------------------------------------------------------------------------ baselines
def pca_rebuilt(train: Tensor, images: Tensor, H: int) -> Tensor:
    """Images behind H numbers of PCA's, which is the best that linear maps can do."""
    from sklearn.decomposition import PCA

    pca = PCA(H, random_state=0).fit(train.numpy())
    return torch.from_numpy(pca.inverse_transform(pca.transform(images.numpy()))).float()


class TunedMixture:
    """Gaussians in PCA's space; how many, and of how many numbers, is chosen on separate images."""

    SIZES = ((10, 10), (10, 30), (20, 10), (20, 30))

    def __init__(self, train: Tensor) -> None:
        data = train.numpy()
        learn, choose = data[: len(data) * 4 // 5], data[len(data) * 4 // 5 :]
        self.size = max(self.SIZES, key=lambda size: self._score(learn, choose, size))
        self._fit(data, self.size)

    def _fit(self, data: np.ndarray, size: tuple[int, int]) -> None:
        from sklearn.decomposition import PCA
        from sklearn.mixture import GaussianMixture

        H, parts = size
        self.pca = PCA(H, random_state=0).fit(data)
        self.mixture = GaussianMixture(parts, reg_covar=1e-2, random_state=0, max_iter=30)
        self.mixture.fit(self.pca.transform(data))

    def _score(self, learn: np.ndarray, choose: np.ndarray, size: tuple[int, int]) -> float:
        """Fidelity times coverage of as many samples as there are images to choose by."""
        self._fit(learn, size)
        made, real = self.draw(len(choose), 0), torch.from_numpy(choose)
        return fidelity(made, real, 5) * fidelity_turned(made, real, 5)

    def draw(self, N: int, seed: int) -> Tensor:
        """N images (N, 64)."""
        dice = np.random.default_rng(seed)
        parts = dice.choice(len(self.mixture.weights_), N, p=self.mixture.weights_)
        roots = np.linalg.cholesky(self.mixture.covariances_)
        noise = dice.standard_normal((N, roots.shape[1]))
        codes = self.mixture.means_[parts] + np.einsum("nij,nj->ni", roots[parts], noise)
        return grey(torch.from_numpy(self.pca.inverse_transform(codes)).float())


def fidelity_turned(samples: Tensor, real: Tensor, k: int) -> float:
    """The share of balls that hold a sample: what the exercise `diversity` asks for."""
    from sklearn.neighbors import NearestNeighbors

    radius = NearestNeighbors(n_neighbors=k).fit(real.numpy()).kneighbors()[0][:, -1]
    if not len(samples):
        return 0.0
    nearest = NearestNeighbors(n_neighbors=1).fit(samples.numpy()).kneighbors(real.numpy())[0]
    return float((nearest[:, 0] <= radius * (1 + 1e-9)).mean())


# ------------------------------------------------------------------------------------ syllables
@dataclass(frozen=True)
class Syllables:
    """Open syllables: images (140, 144), their initials and vowels (140,), names, and which are
    held out (140,): two vowels of each initial."""

    images: Tensor
    initials: Tensor
    vowels: Tensor
    names: tuple[str, ...]
    held_out: Tensor


@cache
def hangul_syllables() -> Syllables:
    """14 initials with 10 vowels, as the course's font draws them, 12×12 pixels."""
    pairs = [(i, v) for i in range(len(INITIALS)) for v in range(len(VOWELS))]
    names = tuple(chr(0xAC00 + (INITIAL_PLACES[i] * 21 + VOWEL_PLACES[v]) * 28) for i, v in pairs)
    initials, vowels = torch.tensor(pairs).T
    images = torch.from_numpy(np.stack([_drawn(name).ravel() for name in names]))
    return Syllables(images, initials, vowels, names, (vowels - 3 * initials - 1) % 5 == 0)


def _drawn(syllable: str) -> np.ndarray:
    """A syllable in white on black, drawn four times as large and averaged."""
    from PIL import Image, ImageDraw, ImageFont

    font, large = ImageFont.truetype(str(HANGUL_FONT), 4 * SIDE), 4 * SIDE
    page = Image.new("L", (large, large))
    ImageDraw.Draw(page).text((large / 2, large / 2), syllable, font=font, fill=255, anchor="mm")
    return np.asarray(page.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float32) / 255


def added_parts(given: Syllables) -> Tensor:
    """Means of an initial's and of a vowel's seen syllables minus that of all: (140, 144)."""
    seen, images = ~given.held_out, given.images
    parts = [
        torch.stack([images[seen & (kind == n)].mean(0) for n in range(int(kind.max()) + 1)])[kind]
        for kind in (given.initials, given.vowels)
    ]
    return parts[0] + parts[1] - images[seen].mean(0)


# ------------------------------------------------------------------------------------ text
def texts_for_collapse(count: int) -> dict[str, list[str]]:
    """The first words of an English and a Korean text, by name: at most `count` of each."""
    return {
        "Persuasion": load_austen()["persuasion"].split()[:count],
        "the constitution": load_korean_constitution().split()[:count],
    }


def trigram_generations(
    words: Sequence[str], generations: int, keep_real: bool, seed: int
) -> list[int]:
    """How many different words trigram models use that learn from each other's texts.

    Args:
        words: the real text, read by the first model; each writes a text of its length.
        generations: how many models, one behind the other.
        keep_real: each reads the real text and all that was written; else the last text alone.
        seed: of the dice.

    Returns:
        The number of different words of the real text, and of what each model wrote.
    """
    dice, read, counts = random.Random(seed), list(words), [len(set(words))]
    for _ in range(generations):
        written = written_by_trigrams(read, len(words), dice)
        counts.append(len(set(written)))
        read = read + written if keep_real else written
    return counts


def written_by_trigrams(text: Sequence[str], length: int, dice: random.Random) -> list[str]:
    """A text by the counts of another: each word is one that stood behind the last two there."""
    following: Mapping[tuple[str, str], list[str]] = defaultdict(list)
    for a, b, c in zip(text, text[1:], text[2:], strict=False):
        following[a, b].append(c)
    found = list(text[:2])
    while len(found) < length:
        choices = following.get((found[-2], found[-1]))
        if choices is None:  # the end of the text was met: begin somewhere else
            place = dice.randrange(len(text) - 1)
            found += text[place : place + 2]
        else:
            found.append(dice.choice(choices))
    return found[:length]


# ------------------------------------------------------------------------------------ the chatbot
def as_braille(image: Tensor) -> str:
    """An image of 64 pixels as two lines of Braille signs: a dot where there is ink."""
    ink = image.view(8, 8) > 0.5
    dots = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1))  # Unicode's order
    lines = [
        "".join(
            chr(0x2800 + sum(int(ink[top + y, left + x]) << n for n, (y, x) in enumerate(dots)))
            for left in range(0, 8, 2)
        )
        for top in (0, 4)
    ]
    return "\n".join(lines)
