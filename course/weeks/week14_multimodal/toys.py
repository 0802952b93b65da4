"""Toys of week 14: captions of digits, scenes of four emoji, a baseline, keys that sound.

Images are float32 from 0 to 1, channels last. Sounds are float32, 16,000 numbers a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course.data.images_and_sound import EmojiCaption

RATE = 16_000
Bag = Sequence[str]

# ------------------------------------------------------------------------------------ digits
ENGLISH_DIGITS = "zero one two three four five six seven eight nine".split()
KOREAN_DIGITS = "영 일 이 삼 사 오 육 칠 팔 구".split()
TOLD = {
    "English": ("the digit {}", "a handwritten {}", "{} in black ink", "somebody wrote {}"),
    "Korean": ("숫자 {}", "손으로 쓴 {}", "검은 잉크로 쓴 {}", "누가 {} 하고 썼다"),
}
ASKED = {
    "English": ("a scan of the number {}", "this looks like {}"),
    "Korean": ("{} 모양의 그림", "이것은 {} 같다"),
}


def digit_captions(digit: int, language: str, asked: bool = False) -> list[str]:
    """Captions of a digit, in "English" or "Korean": those to learn from, or others to ask with."""
    word = (ENGLISH_DIGITS if language == "English" else KOREAN_DIGITS)[digit]
    return [form.format(word) for form in (ASKED if asked else TOLD)[language]]


# ------------------------------------------------------------------------------------ scenes
PLAIN_THINGS = (
    "red heart", "dog face", "cat face", "whale", "octopus", "tulip", "evergreen tree", "grapes",
    "banana", "red apple", "strawberry", "carrot", "hamburger", "pizza", "automobile", "sun",
    "umbrella", "snowman", "soccer ball", "crown",
)  # fmt: skip


def plain_things(captions: Sequence[EmojiCaption]) -> list[int]:
    """The places of twenty plain emoji, in the order of `PLAIN_THINGS`."""
    places = {caption.english: n for n, caption in enumerate(captions)}
    return [places[name] for name in PLAIN_THINGS]


def halved(images: Tensor) -> Tensor:
    """Pictures at half their size, (B, H, W, C) to (B, H/2, W/2, C): means of four pixels."""
    B, H, W, C = images.shape
    return images.reshape(B, H // 2, 2, W // 2, 2, C).mean(dim=(2, 4))


def scenes(pictures: Tensor, count: int, dice: torch.Generator) -> tuple[Tensor, Tensor]:
    """Four different pictures side by side, two above two.

    Args:
        pictures: (K, S, S, C).
        count: how many scenes, B.

    Returns:
        (B, 2S, 2S, C), and which picture stands where, (B, 4): top left, top right, bottom left,
        bottom right.
    """
    K, S, _, C = pictures.shape
    who = torch.stack([torch.randperm(K, generator=dice)[:4] for _ in range(count)])
    grid = pictures[who].reshape(count, 2, 2, S, S, C).permute(0, 1, 3, 2, 4, 5)
    return grid.reshape(count, 2 * S, 2 * S, C), who


def in_corners(weights: Tensor) -> Tensor:
    """The attention that each corner of a scene gets: (B, T, N) to (B, T, 4), N a square number."""
    B, T, N = weights.shape
    half = round(N**0.5) // 2
    return weights.reshape(B, T, 2, half, 2, half).sum(dim=(3, 5)).flatten(2)


# ------------------------------------------------------------------------------------ a baseline
def weighted_bags(bags: Sequence[Bag], known: Sequence[Bag]) -> np.ndarray:
    """Bags of pieces as rows of length 1; a piece weighs more, the fewer known bags hold it.

    Args:
        bags: N of them; a piece that no known bag holds is left out.
        known: the bags that the weights are counted in.

    Returns:
        (N, P): P different pieces in the known bags.
    """
    held = Counter(piece for bag in known for piece in set(bag))
    places = {piece: n for n, piece in enumerate(held)}
    rows = np.zeros((len(bags), len(held)), dtype=np.float32)
    for row, bag in zip(rows, bags, strict=True):
        for piece in set(bag) & held.keys():
            row[places[piece]] = np.log(len(known) / held[piece])
    return rows / np.maximum(1e-9, np.linalg.norm(rows, axis=1, keepdims=True))


def neighbour_scores(
    seen: np.ndarray, told: np.ndarray, unseen: np.ndarray, candidates: np.ndarray, k: int
) -> np.ndarray:
    """Score captions by those of the nearest pictures: no learning, only looking around.

    Args:
        seen, unseen: pictures as rows of numbers, (N, F) and (Q, F).
        told: bags of the captions of the seen ones, (N, P).
        candidates: bags of the captions to choose from, (C, P).
        k: how many neighbours.

    Returns:
        (Q, C): the nearer a candidate is to the neighbours' captions, the higher.
    """
    far = (unseen**2).sum(1)[:, None] - 2 * unseen @ seen.T + (seen**2).sum(1)
    near = np.argsort(far, axis=1)[:, :k]
    return told[near].mean(axis=1) @ candidates.T


# ------------------------------------------------------------------------------------ sound
def mel_filters(rate: int, n_fft: int, n_mels: int) -> Tensor:
    """Triangles evenly spaced on the mel scale, m = 2595 log10(1 + f/700): (n_fft/2 + 1, n_mels).

    Source: Stevens, Volkmann and Newman 1937; the formula is O'Shaughnessy's (1987).
    """
    hertz = torch.linspace(0, rate / 2, n_fft // 2 + 1)[:, None]
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (torch.linspace(0, float(top), n_mels + 2) / 2595) - 1)
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return torch.minimum(rising, falling).clamp(min=0)


INITIALS = "r R s e E f a q Q t T d w W c z x v g".split()
VOWELS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
FINALS = " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split(" ")


def keys_of(word: str) -> str:
    """The keys a to z that write a word; Hangul on the Korean two-set keyboard (두벌식).

    >>> keys_of("Cat"), keys_of("고양이")
    ('cat', 'rhdiddl')
    """
    return "".join(_keys(character) for character in word.lower()).lower()


def _keys(character: str) -> str:
    place = ord(character) - ord("가")
    if 0 <= place < 19 * 21 * 28:
        initial, rest = divmod(place, 21 * 28)
        return INITIALS[initial] + VOWELS[rest // 28] + FINALS[rest % 28]
    return character if "a" <= character <= "z" else ""


LOW = (500, 700, 950, 1250, 1600)  # hertz
HIGH = (2100, 2600, 3200, 3900, 4700, 5600)


def key_sound(key: str, dice: np.random.Generator) -> np.ndarray:
    """Two tones at once, as on a telephone: of another length, pitch and loudness each time."""
    place = ord(key) - ord("a")
    t = np.arange(int(RATE * dice.uniform(0.05, 0.11))) / RATE
    swell = np.minimum(1, np.minimum(t / 0.005, (t[-1] - t) / 0.02))
    pitch, phases = dice.uniform(0.97, 1.03), dice.uniform(0, 2 * np.pi, 2)
    low, high = LOW[place % 5], HIGH[place // 5]
    tones = np.sin(2 * np.pi * low * pitch * t + phases[0])
    tones += 0.8 * np.sin(2 * np.pi * high * pitch * t + phases[1])
    return 0.3 * dice.uniform(0.4, 1.0) * swell * tones


def key_sounds(keys: str, dice: np.random.Generator) -> Tensor:
    """A word as it is typed, with pauses of 0 to 50 ms and with noise: float32 (n,)."""
    parts = [np.zeros(640)]
    for key in keys:
        parts += [key_sound(key, dice), np.zeros(dice.integers(0, 800))]
    wave = np.concatenate([*parts, np.zeros(800)])
    return torch.tensor(wave + 0.015 * dice.normal(size=len(wave)), dtype=torch.float32)


def short_words(captions: Sequence[EmojiCaption]) -> list[str]:
    """English and Korean words of emoji names that take two to nine keys, sorted."""
    said = " ".join(f"{caption.english} {caption.korean}" for caption in captions).lower()
    words = {word for word in said.replace(":", " ").split() if 2 <= len(keys_of(word)) <= 9}
    return sorted(word for word in words if all(map(keys_of, word)))


def edits(said: Sequence, meant: Sequence) -> int:
    """Insertions, deletions and exchanges that lead from one to the other (Levenshtein 1966)."""
    row = list(range(len(meant) + 1))
    for i, a in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(meant, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
