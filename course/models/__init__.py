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
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torch import nn
    from transformers import (
        BertForMaskedLM,
        BertTokenizer,
        GPT2ForSequenceClassification,
        GPT2LMHeadModel,
        GPT2Tokenizer,
        LlamaForCausalLM,
    )

    from course.models.char_lstm_model import CharLSTM
    from course.models.reasoner_model import Reasoner
    from course.models.translator_model import HelpTranslator

__all__ = [
    "MODELS_DIR",
    "ModelError",
    "load_char_lstm",
    "load_reasoner",
    "load_reward_model",
    "load_story_gpt2",
    "load_tiny_bert",
    "load_tiny_gpt2",
    "load_tiny_llama",
    "load_translator",
]

MODELS_DIR = Path(__file__).resolve().parent
Net = TypeVar("Net", bound="nn.Module")
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


def _filled(model: Net, weights: Path) -> Net:
    """The model with the weights of a file, in float32 and in evaluation mode."""
    from safetensors.torch import load_file

    state = {name: weight.float() for name, weight in load_file(weights).items()}
    model.load_state_dict(state)
    return model.eval()


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

    from course.models.char_lstm_model import CharLSTM

    return _filled(CharLSTM(), folder / "model.safetensors")


def load_reasoner() -> Reasoner:
    """The base of week 11: 104,000 parameters that can work a calculation out, and seldom do.

    It reads a calculation such as "3+8*5=" and writes its last digit, "5.", or first its steps,
    "{15}5."; its model card says how often, and how often it is right.

        from course.models.reasoner_model import read_prompts

        logits = load_reasoner()(read_prompts(["3+8*5"]))  # (1, 12, 18)

    Returns:
        the model in float32, in evaluation mode, on the CPU. Each call reads fresh weights, so you
        may change them.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    folder = MODELS_DIR / "reasoner"
    check_files(folder)

    from course.models.reasoner_model import Reasoner

    return _filled(Reasoner(), folder / "model.safetensors")


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
    return _load_gpt2(MODELS_DIR / "tiny_gpt2")


def load_story_gpt2() -> tuple[GPT2LMHeadModel, GPT2Tokenizer]:
    """The tiny GPT-2's bigger sister: 7 million parameters, the same tokens and positions.

    It read children's stories by another model, the tiny GPT-2's books, help texts and film
    reviews, each behind "Review: ". It writes simple English that a person can follow; its model
    card says what to expect.

    Returns:
        (model, tokenizer): the model in float32, in evaluation mode, on the CPU. Each call reads
        fresh weights, so you may change them.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    return _load_gpt2(MODELS_DIR / "story_gpt2")


def load_tiny_llama() -> tuple[LlamaForCausalLM, GPT2Tokenizer]:
    """The course's own Llama: 0.9 million parameters, built as SmolLM2 is, only smaller.

    Three layers, four heads over two pairs of keys and values, rotary positions, RMSNorm, SwiGLU.
    It read the story GPT-2's stories with the tiny GPT-2's tokens, 128 at a time; its model card
    says what to expect.

    Returns:
        (model, tokenizer): the model in float32, in evaluation mode, on the CPU. Each call reads
        fresh weights, so you may change them.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    folder = MODELS_DIR / "tiny_llama"
    check_files(folder)

    import torch
    from transformers import GPT2Tokenizer, LlamaForCausalLM

    with _no_progress_bar():
        tokenizer = GPT2Tokenizer.from_pretrained(MODELS_DIR / "tiny_gpt2", local_files_only=True)
        model = LlamaForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), tokenizer


def _load_gpt2(folder: Path) -> tuple[GPT2LMHeadModel, GPT2Tokenizer]:
    check_files(folder)

    import torch
    from transformers import GPT2LMHeadModel, GPT2Tokenizer

    with _no_progress_bar():
        tokenizer = GPT2Tokenizer.from_pretrained(folder, local_files_only=True)
        model = GPT2LMHeadModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), tokenizer


def load_reward_model() -> tuple[GPT2ForSequenceClassification, GPT2Tokenizer]:
    """The reward model of week 08: which of two film snippets would a rater prefer?

    It is the tiny GPT-2 with one number at the last token in place of the vocabulary. Only
    differences of two rewards mean anything: sigmoid(r1 - r2) is the chance that a rater scores
    the first text higher (Bradley & Terry 1952)::

        inputs = tokenizer(texts, padding=True, return_tensors="pt")
        rewards = model(**inputs).logits[:, 0]

    Returns:
        (model, tokenizer): the model in float32, in evaluation mode, on the CPU; the tokenizer pads
        on the right. Each call reads fresh weights, so you may change them.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    folder = MODELS_DIR / "reward"
    check_files(folder)

    import torch
    from transformers import GPT2ForSequenceClassification, GPT2Tokenizer

    with _no_progress_bar():
        tokenizer = GPT2Tokenizer.from_pretrained(folder, local_files_only=True)
        model = GPT2ForSequenceClassification.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32
        )
    return model.eval(), tokenizer


def load_translator(attention: bool = True) -> HelpTranslator:
    """The course's own English-Korean translator: GRUs with additive attention (week 04).

    It read nine tenths of LibreOffice's help, and translates help texts; its model card says what
    to expect.

        load_translator().translate("Click the OK button.").text

    Args:
        attention: False gives its twin, trained alike, whose decoder sees one fixed vector.

    Raises:
        ModelError: a file of the model is missing or damaged.
    """
    folder = MODELS_DIR / "translator"
    check_files(folder)

    from tokenizers import Tokenizer

    from course.models.translator_model import HelpTranslator, Translator

    english, korean = (
        Tokenizer.from_file(str(folder / f"{language}.json")) for language in ("english", "korean")
    )
    model = Translator(english.get_vocab_size(), korean.get_vocab_size(), attention=attention)
    weights = "model.safetensors" if attention else "fixed_vector.safetensors"
    return HelpTranslator(_filled(model, folder / weights), english, korean)


def load_tiny_bert() -> tuple[BertForMaskedLM, BertTokenizer]:
    """The tiny BERT of this course: a `BertForMaskedLM` in float32, and its tokenizer.

    It reads English in lower case, 64 tokens at a time. The model is in evaluation mode. Its card,
    `course/models/tiny_bert/README.md`, says what it was trained on and what it cannot do.

    Raises:
        ModelError: a file is missing or damaged.
    """
    folder = MODELS_DIR / "tiny_bert"
    check_files(folder)

    import torch
    from transformers import BertForMaskedLM, BertTokenizer

    with _no_progress_bar():
        tokenizer = BertTokenizer.from_pretrained(folder, local_files_only=True)
        model = BertForMaskedLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
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
