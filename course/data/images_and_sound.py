"""Emoji, digits and speech, each with a loader."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass

import numpy as np

from course.data.files import DataError, read_bytes, read_rows, read_text
from course.data.loading import loader


# ---------------------------------------------------------------------------------------- images
@dataclass(frozen=True)
class EmojiCaption:
    """What one emoji is called, in both languages."""

    emoji: str
    english: str
    korean: str
    group: str
    subgroup: str
    english_tags: tuple[str, ...]
    korean_tags: tuple[str, ...]


@loader
def load_emoji() -> tuple[np.ndarray, list[EmojiCaption]]:
    """1,911 emoji as small pictures, and their names.

    Returns:
        images: uint8 (1911, 32, 32, 3), RGB on white.
        captions: 1,911 `EmojiCaption`, in the order of the images.
    """
    with np.load(io.BytesIO(read_bytes("emoji_noto32.npz")), allow_pickle=False) as archive:
        images = archive["images"]
    return images, [_caption(row) for row in read_rows("emoji_captions.tsv.xz")]


def _caption(row: list[str]) -> EmojiCaption:
    emoji, english, korean, group, subgroup, english_tags, korean_tags = row
    return EmojiCaption(
        emoji, english, korean, group, subgroup, _tags(english_tags), _tags(korean_tags)
    )


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag for tag in text.split("|") if tag)


@loader
def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's handwritten digits, grey values scaled to [0, 1].

    Returns:
        images: float32 (1797, 8, 8), 0 is the paper and 1 is full ink.
        labels: int64 (1797,), the digit 0 to 9.

    Raises:
        DataError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits as sklearn_digits
    except ImportError:
        raise DataError(
            "The digits come with scikit-learn, which is not installed: "
            "run `pip install -r requirements.txt`."
        ) from None
    digits = sklearn_digits()
    return (digits.images / 16).astype(np.float32), digits.target.astype(np.int64)


# ---------------------------------------------------------------------------------------- speech
@dataclass(frozen=True)
class SpeechClip:
    """One recording: `samples` is int16 (n,), mono, at `sample_rate` samples per second."""

    name: str
    sample_rate: int
    samples: np.ndarray
    transcript: str

    @property
    def waveform(self) -> np.ndarray:
        """The samples as float32 (n,) in [-1, 1)."""
        return self.samples.astype(np.float32) / 32768

    @property
    def seconds(self) -> float:
        """Length of the recording in seconds."""
        return len(self.samples) / self.sample_rate


@loader
def load_speech() -> list[SpeechClip]:
    """Five read sentences of *Sense and Sensibility*, 16 kHz mono, with their transcripts."""
    return [_clip(line) for line in read_text("speech/transcription").split("\n") if line]


def _clip(line: str) -> SpeechClip:
    # a line of the transcription: "<s> the words </s> (name-of-the-clip)"
    words, _, name = line.rpartition("(")
    name = name.rstrip(") ")
    with wave.open(io.BytesIO(read_bytes(f"speech/{name}.wav")), "rb") as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2")
        rate = recording.getframerate()
    return SpeechClip(name, rate, samples, words.replace("</s>", "").replace("<s>", "").strip())
