"""The adapter of week 15: thin matrices beside a Llama's own, and how they are trained."""

from __future__ import annotations

import json
import random
import shutil

import pytest
import torch
from safetensors import safe_open

from course import models
from course.chat.grounding import INSTRUCTION
from course.chat.ready import SHOWS_SOURCES
from course.models import ModelError, load_tiny_llama
from course.models.catalogue import SMOLLM2, is_fetched
from course.models.chat_adapter import (
    BLOCKS,
    FOLDER,
    PARTS,
    RANK,
    load_chat_adapter,
    thin_matrices,
    with_adapter,
)
from course.weeks.week15_chatbot import train_adapter
from course.weeks.week15_chatbot.exam import held_countries, held_exam
from course.weeks.week15_chatbot.words import mentions

SHIPPED = models.MODELS_DIR / FOLDER
PROMPT, TEXT = "Once there was a fox. Who was there?", "A fox."
STATES, HIDDEN, KEYS = 576, 1536, {"self_attn.q_proj": (576, 576)}  # of SmolLM2-135M


@pytest.fixture(scope="module")
def llama():
    """The tiny Llama stands in for SmolLM2: the same blocks, only fewer and smaller."""
    model, tokenizer = load_tiny_llama()
    return model.requires_grad_(False), tokenizer


def shape(part: str, letter: str) -> tuple[int, int]:
    """The shape of a thin matrix beside a part of SmolLM2."""
    d_in = HIDDEN if part == "mlp.down_proj" else STATES
    d_out = HIDDEN if part in ("mlp.gate_proj", "mlp.up_proj") else STATES
    return (d_in, RANK) if letter == "A" else (RANK, d_out)


# ------------------------------------------------------------------------------------ the model
def test_at_first_an_adapter_changes_nothing_and_shares_all(llama):
    """B is zero: the same logits; no number of the model is kept twice."""
    model, tokenizer = llama
    adapted, ids = with_adapter(model), torch.tensor([tokenizer(PROMPT).input_ids])
    assert torch.equal(adapted(ids).logits, model(ids).logits)
    own = {p.data_ptr() for p in thin_matrices(adapted).values()}
    assert {p.data_ptr() for p in adapted.parameters()} - own == {
        p.data_ptr() for p in model.parameters()
    }
    assert not any("base" in name for name, _ in model.named_modules()), "the model was changed"


def test_training_moves_the_thin_matrices_alone(llama):
    """A few steps on one example: its loss falls, and the model underneath is what it was."""
    model, tokenizer = llama
    before = {name: p.clone() for name, p in model.named_parameters()}
    torch.manual_seed(0)
    adapted = with_adapter(model)
    example = train_adapter.read(adapted, tokenizer, PROMPT, TEXT)
    losses = train_adapter.train(adapted, [example] * 80, random.Random(0))
    assert losses[-1] < 0.7 * losses[0]
    assert all(torch.equal(p, before[name]) for name, p in model.named_parameters())


def test_the_loss_is_that_of_the_whole_model(llama):
    """Frozen blocks read once, the others by hand: the loss of the answer's tokens and no other."""
    model, tokenizer = llama
    example = train_adapter.read(with_adapter(model), tokenizer, PROMPT, TEXT)
    ids = train_adapter.ids_of(tokenizer, PROMPT) + example.target.tolist()
    logits = model(torch.tensor([ids])).logits[0, -len(example.target) - 1 : -1]
    expected = torch.nn.functional.cross_entropy(logits, example.target)
    assert torch.allclose(train_adapter.loss_of(model, example), expected, atol=1e-5)


# ------------------------------------------------------------------------------------ the questions
def test_a_context_holds_the_answer_or_does_not():
    """Every second question can be answered from its context, and none of the others."""
    pool = train_adapter.questions(held=False, untaught=False)
    made = train_adapter.asked(pool, train_adapter.on_the_page, 24, random.Random(0))
    assert [one.answer is None for one in made] == [False, True] * 12
    answers = [q.answer for q, _ in pool]
    for one in made:
        context = one.prompt.split(INSTRUCTION)[0]
        assert INSTRUCTION in one.prompt and context
        assert one.answer is None or (one.answer in answers and mentions(context, one.answer))


def test_the_exam_asks_about_countries_that_training_never_saw():
    """Held countries and the others share no question; untaught kinds are in neither lesson."""
    taught = {q.country for q, _ in train_adapter.questions(held=False, untaught=False)}
    assert taught.isdisjoint(held_countries()) and len(held_countries()) > 60
    asked = held_exam(1, ("plain", "nowhere"), 6)
    assert {case.source.split(":")[0] for case in asked if case.source} <= held_countries()
    fields = {q.field for q, _ in train_adapter.questions(held=False, untaught=False)}
    assert fields.isdisjoint(train_adapter.UNTAUGHT) and len(fields) == 6


def test_a_lesson_has_the_form_of_a_bot():
    """Both forms occur; what is to be written stands in its context, and names its source."""
    made = train_adapter.lessons(60, random.Random(0))
    in_numbers = [one for one in made if "\n[1] " in one.prompt]
    assert 15 < len(in_numbers) < 45 and all(
        any(s in one.prompt for s in SHOWS_SOURCES) for one in made
    )
    assert 25 < sum(one.answer is not None for one in made) < 55
    for one in in_numbers:
        if one.answer is not None:
            answer, _, number = one.wanted.rpartition(" [")
            source = next(row for row in one.prompt.split("\n") if row.startswith(f"[{number[0]}]"))
            assert answer == one.answer and mentions(source, answer)
        else:
            assert one.wanted == train_adapter.SILENT_SOURCES


# ------------------------------------------------------------------------------------ what ships
def test_the_shipped_adapter_fits_smollm2():
    """Its matrices have the shapes of SmolLM2's last blocks; nothing else is in the file."""
    with safe_open(SHIPPED / "model.safetensors", "pt") as stored:
        shapes = {name: tuple(stored.get_slice(name).get_shape()) for name in stored.keys()}  # noqa: SIM118
    expected = {
        f"model.layers.{block}.{part}.{letter}": shape(part, letter)
        for block in range(30 - BLOCKS, 30)
        for part in PARTS
        for letter in "AB"
    }
    assert shapes == expected
    assert (SHIPPED / "model.safetensors").stat().st_size < 1_300_000


def test_the_card_tells_what_was_measured():
    """Each number of the card's table is that of results.json, rounded."""
    found = json.loads((SHIPPED / "results.json").read_text("utf-8"))
    card = (SHIPPED / "README.md").read_text("utf-8")
    assert len(found["runs"]) >= 2
    for exam in ("taught", "numbered", "untaught"):
        for name in ("exact", "silent"):
            assert f"{found['before'][exam][name]:.0%}" in card
            assert all(f"{run[exam][name]:.0%}" in card for run in found["runs"])


def test_a_damaged_adapter_is_named(llama, tmp_path, monkeypatch):
    """A file that is not the one that was shipped is no adapter."""
    shutil.copytree(SHIPPED, tmp_path / FOLDER)
    (tmp_path / FOLDER / "model.safetensors").write_bytes(b"no weights")
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    with pytest.raises(ModelError, match=r"chat_adapter.*damaged"):
        load_chat_adapter(llama[0])


@pytest.mark.slow
@pytest.mark.skipif(not is_fetched(SMOLLM2), reason="`course models fetch smollm2` was not run")
def test_the_adapter_answers_in_a_few_words_and_is_off_until_asked_for():
    """With SmolLM2: short answers with the adapter, sentences without; both from the sources."""
    from course.chat.bot import Switches
    from course.chat.ready import default_bot

    bot, asked = default_bot("smollm2"), "What is the population of South Korea?"
    assert bot.on_request == {"adapter"}
    adapted = bot.reply(asked, switches=Switches(greedy=True)).draft
    bare = bot.reply(asked, switches=Switches(greedy=True, adapter=False)).draft
    assert adapted.strip(" .") == "49,115,196" and adapted.strip(" .") in bare and len(bare) > 20
