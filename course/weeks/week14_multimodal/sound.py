"""A sound in the notebook: a player where the page allows one, else a sentence about it."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass

import numpy as np

from course.figures.arrays import Numbers, as_array

LOUDEST = 32767


def wav_bytes(samples: Numbers, rate: int) -> bytes:
    """A mono WAV file, 16 bit; samples from -1 to 1, what lies outside is cut off."""
    whole = np.clip(as_array(samples), -1, 1) * LOUDEST
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.round().astype("<i2").tobytes())
    return buffer.getvalue()


@dataclass(frozen=True)
class Sound:
    """Samples (n,) from -1 to 1 at `rate` a second, and in words what is to be heard."""

    samples: np.ndarray
    rate: int
    said: str

    def __str__(self) -> str:
        seconds = len(self.samples) / self.rate
        return f"{seconds:.1f} s of sound at {self.rate:,} samples a second: {self.said!r}"

    def _repr_mimebundle_(self, **_kinds: object) -> dict[str, str]:
        """The browser's own player (IPython's Audio); readers that show none get the sentence."""
        from IPython.display import Audio

        player = Audio(data=wav_bytes(self.samples, self.rate), rate=self.rate)
        return {"text/plain": str(self), "text/html": player._repr_html_()}
