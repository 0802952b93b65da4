"""The models that ship with the course. They load from this folder: nothing is downloaded.

    >>> from course.models import load_tiny_gpt2
    >>> model, tokenizer = load_tiny_gpt2()

Each model has its own folder with a model card, `README.md`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel, GPT2Tokenizer

    from course.models.char_lstm_model import CharLSTM

__all__ = ["MODELS_DIR", "ModelError", "load_char_lstm", "load_tiny_gpt2"]

MODELS_DIR = Path(__file__).resolve().parent
CHECKSUMS = "checksums.json"
REMEDY = "restore it with `git checkout -- course/models`, or download the course again"


class ModelError(Exception):
    """A shipped model is missing or damaged. The message names the file and says what to do."""


def write_checksums(folder: Path, names: list[str]) -> None:
    """Write the sha256 of the named files of a model: what `load_…` compares with."""
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def check_files(folder: Path) -> None:
    """Compare a model's files with its checksums.

    Raises:
        ModelError: a file is missing, unreadable, or not the file that was shipped.
    """
    try:
        sums = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The model folder {folder} has no readable {CHECKSUMS}: {REMEDY}."
        ) from error
    for name, expected in sums.items():
        path = folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"The model file {path} cannot be read: {REMEDY}.") from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise ModelError(
                f"The model file {path} is damaged ({len(content):,} bytes, wrong sha256): "
                f"{REMEDY}."
            )


def load_char_lstm() -> CharLSTM:
    """The course's own character LSTM: 256 units, one layer, 36 characters.

    It read nine tenths of each of six novels of Jane Austen; its model card says what to expect.

    Returns:
        the model in float32, in evaluation mode, on the CPU. Each call reads fresh weights, so you
        may change them.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    folder = MODELS_DIR / "char_lstm"
    check_files(folder)

    from safetensors.torch import load_file

    from course.models.char_lstm_model import CharLSTM

    model = CharLSTM()
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.eval()


def load_tiny_gpt2() -> tuple[GPT2LMHeadModel, GPT2Tokenizer]:
    """The course's own GPT-2: 1.8 million parameters, 3,072 tokens, 256 positions.

    It read five novels of Jane Austen, most of *Moby-Dick* and a little Korean. It writes English
    that sounds old and means little; its model card says what to expect.

    Returns:
        (model, tokenizer): the model in float32, in evaluation mode, on the CPU. Each call reads
        fresh weights, so you may change them.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    folder = MODELS_DIR / "tiny_gpt2"
    check_files(folder)

    import torch
    from transformers import GPT2LMHeadModel, GPT2Tokenizer

    with _no_progress_bar():
        tokenizer = GPT2Tokenizer.from_pretrained(folder, local_files_only=True)
        model = GPT2LMHeadModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), tokenizer


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """transformers draws a bar even for a file of four megabytes."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
