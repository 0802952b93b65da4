"""Train the adapter that ships: SmolLM2 learns to answer from sources, and to say when they do not.

    course models fetch smollm2
    python -m course.weeks.week15_chatbot.train_adapter --out build/chat_adapter

Of its lessons two thirds can be answered from what stands beside the question, of the exams' half.
Every third country is left out, of training and of nothing else: there it is examined. About five
minutes of one CPU core a seed; the weights of the first seed are kept.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from course.chat.generator import from_transformers
from course.chat.grounding import ground
from course.chat.parts import Message, Passage, Sampling
from course.chat.ready import PERSONA, stops
from course.chat.template import CLOSE, chatml
from course.data.factbook import FactbookQuestion
from course.models import write_checksums
from course.models.chat_adapter import BLOCKS, WEIGHTS, thin_matrices, with_adapter
from course.models.named import load_language_model
from course.models.training import learning_rate
from course.weeks.week15_chatbot.exam import (
    held_countries,
    passages_by_country,
    placed_questions,
)
from course.weeks.week15_chatbot.words import mentions, says_unsure

SEED = 2022
SILENCE, SILENT_SOURCES = "The context does not say.", "The sources do not say."
CITE = "Answer in a few words, from the numbered sources alone, and cite them like this: [1]."
UNTAUGHT = ("Independence", "Elevation extremes")  # kinds of question that training leaves out
EXAMPLES, BATCH, PEAK = 288, 4, 1.5e-3
EXAMINED = 24
FORMS = (
    "What is the {field} of {country}?",
    "What does the Factbook say of {country}'s {field}?",
    "And the {field} of {country}?",
    "Tell me: which {field} has {country}?",
)
ANSWERED = 2 / 3  # of the examples; with a half it learned to be silent, which is cheaper
LINES, LONGEST_LINE = 4, 160  # of a lesson's context: short, so that it is read soon
BUDGET = 110  # words of context in the exam
MOST_TOKENS = 20
TALK = (
    "Hello! Who are you?",
    "Write one sentence about the sea.",
    "Give me three ideas for a rainy Sunday.",
    "Explain to a child why the sky is blue.",
)


@dataclass(frozen=True)
class Asked:
    """A question with its context; the answer, or None for silence; and what is to be written."""

    prompt: str
    answer: str | None
    wanted: str


# ------------------------------------------------------------------------------------ questions
Placed = tuple[FactbookQuestion, Passage]  # a question, and the passage that answers it
Form = Callable[[str, "str | None", Sequence[Passage]], "Asked"]


def questions(held: bool, untaught: bool) -> list[Placed]:
    """Those on held countries or on the others, of kinds that are taught or not."""
    return [
        (question, passage)
        for question, passage in placed_questions()
        if (question.country in held_countries()) == held
        and (question.field in UNTAUGHT) == untaught
    ]


def lessons(count: int, dice: random.Random) -> list[Asked]:
    """What is trained on: some lines of a country, with the one that answers or without it.

    Half are questions of the exam's kinds, half ask in a few forms for any other field.
    """
    pool = by_field(questions(held=False, untaught=False))
    countries = sorted(set(passages_by_country()) - held_countries())
    made: list[Asked] = []
    while len(made) < count:
        if dice.random() < 0.5:
            question, _ = dice.choice(pool[dice.choice(sorted(pool))])
            asked_for = (question.country, question.text, question.answer)
        else:
            country = dice.choice(countries)
            asked_for = (country, *any_field(country, dice))
        made += lesson(*asked_for, dice.random() < ANSWERED, dice)
    return made


def any_field(country: str, dice: random.Random) -> tuple[str, str]:
    """A question for one field of a country, and how the field's text begins."""
    field, _, text = dice.choice(lines_of(country)).partition(": ")
    text = re.sub(r"^[a-z ]+: ", "", text)  # the capital is "name: Nairobi"
    begun = re.split(r"[;,] | \(|\.$", text)[0].strip()
    return dice.choice(FORMS).format(field=field.lower(), country=country), begun


def lines_of(country: str) -> list[str]:
    """The lines of a country's passages, but for fields that training leaves out."""
    return [
        line[:LONGEST_LINE]
        for passage in passages_by_country()[country]
        for line in passage.text.split("\n")
        if line.partition(":")[0] not in UNTAUGHT
    ]


def lesson(
    country: str, question: str, answer: str, answered: bool, dice: random.Random
) -> Iterator[Asked]:
    """Nothing where the answer stands behind the end of what a line shows."""
    lines = lines_of(country)
    answers = [line for line in lines if mentions(line, answer)]
    others = [line for line in lines if line not in answers]
    if answers and len(others) >= LINES:
        shown = dice.sample(others, LINES - answered) + answers[:1] * answered
        dice.shuffle(shown)
        half = [Passage(country, "\n".join(part)) for part in (shown[::2], shown[1::2])]
        form = dice.choice((on_the_page, numbered))
        yield form(question, answer if answered else None, half)


# ------------------------------------------------------------------------------------ two forms
def on_the_page(question: str, answer: str | None, shown: Sequence[Passage]) -> Asked:
    """As the course's own bot shows sources."""
    messages, _ = ground(question, [(passage, 10.0) for passage in shown], 0.0, BUDGET)
    prompt = chatml([Message("system", PERSONA), *messages])
    return Asked(prompt, answer, f"{answer}." if answer else SILENCE)


def numbered(question: str, answer: str | None, shown: Sequence[Passage]) -> Asked:
    """As the bot of week 15 shows them: numbered, and an answer cites its source."""
    texts = [" ".join(passage.text.split()) for passage in shown]
    lines = [
        f"[{n}] {p.title}: {text}" for n, (p, text) in enumerate(zip(shown, texts, strict=True), 1)
    ]
    prompt = chatml(
        [Message("system", CITE), Message("user", "\n".join([*lines, "", f"Question: {question}"]))]
    )
    places = [n for n, text in enumerate(texts, 1) if answer and mentions(text, answer)]
    return Asked(prompt, answer, f"{answer} [{places[0]}]." if places else SILENT_SOURCES)


def by_field(pool: Sequence[Placed]) -> dict[str, list[Placed]]:
    """The questions of each kind."""
    found: dict[str, list[Placed]] = {}
    for question, passage in pool:
        found.setdefault(question.field, []).append((question, passage))
    return found


def asked(pool: Sequence[Placed], form: Form, count: int, dice: random.Random) -> list[Asked]:
    """An exam: each kind as often as the others, every second question without its answer."""
    kinds = by_field(pool)
    made: list[Asked] = []
    while len(made) < count:
        kind = kinds[dice.choice(sorted(kinds))]
        made += with_passages(*dice.choice(kind), form, len(made) % 2 == 0, dice)
    return made


def with_passages(
    question: FactbookQuestion, right: Passage, form: Form, answered: bool, dice: random.Random
) -> Iterator[Asked]:
    """Two whole passages of the country; the one with the answer is among them or is not.

    Nothing where the country has too few passages, or where the answer was cut off.
    """
    answer = question.answer
    others = [p for p in passages_by_country()[question.country] if not mentions(p.text, answer)]
    if len(others) < 2:
        return
    shown = dice.sample(others, 2 - answered) + [right] * answered
    dice.shuffle(shown)
    _, used = ground(question.text, [(p, 10.0) for p in shown], 0.0, BUDGET)
    if any(mentions(p.text, answer) for p in used) == answered:
        yield form(question.text, answer if answered else None, used)


# ------------------------------------------------------------------------------------ training
@dataclass(frozen=True)
class Read:
    """An example as the frozen blocks left it: states (1, T, D), and the ids to be written."""

    states: Tensor
    target: Tensor


def ids_of(tokenizer: Any, text: str) -> list[int]:
    """The tokens of a text as it stands."""
    return list(tokenizer(text, add_special_tokens=False).input_ids)


def through(model: Any, states: Tensor, blocks: slice) -> Tensor:
    """States (1, T, D) behind some of the model's blocks."""
    places = torch.arange(states.shape[1])[None]
    turned = model.model.rotary_emb(states, position_ids=places)
    for block in model.model.layers[blocks]:
        states = block(states, position_embeddings=turned, position_ids=places)
    return states


@torch.no_grad()
def read(model: Any, tokenizer: Any, prompt: str, text: str) -> Read:
    """A prompt and what is to be written behind it, up to the first block that is trained."""
    target = ids_of(tokenizer, text + CLOSE)
    ids = torch.tensor([ids_of(tokenizer, prompt) + target])
    states = through(model, model.model.embed_tokens(ids), slice(None, -BLOCKS))
    return Read(states, torch.tensor(target))


def loss_of(model: Any, example: Read) -> Tensor:
    """Mean loss of the tokens to be written, in nats; those of the prompt do not count."""
    states = through(model, example.states, slice(-BLOCKS, None))
    states = states[0, -len(example.target) - 1 : -1]
    logits = model.lm_head(model.model.norm(states))
    return torch.nn.functional.cross_entropy(logits, example.target)


def train(model: Any, examples: Sequence[Read], dice: random.Random) -> list[float]:
    """Train the thin matrices, each example once; the mean loss of each batch."""
    optimizer = torch.optim.AdamW(thin_matrices(model).values(), weight_decay=0.0)
    order, losses = dice.sample(list(examples), len(examples)), []
    steps = len(order) // BATCH
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step / steps, PEAK, warmup=0.1)
        losses.append(0.0)
        for example in order[step * BATCH : (step + 1) * BATCH]:
            loss = loss_of(model, example) / BATCH
            loss.backward()
            losses[-1] += loss.item()
        optimizer.step()
        optimizer.zero_grad()
    return losses


# ------------------------------------------------------------------------------------ measuring
def write(model: Any, tokenizer: Any, prompt: str, most: int = MOST_TOKENS) -> str:
    """The likeliest tokens behind a prompt."""
    sampling = Sampling(temperature=0.0, most_tokens=most)
    generator = from_transformers(model, tokenizer, stops(tokenizer), "")
    return "".join(token.text for token in generator(prompt, sampling)).strip()


def measure(model: Any, tokenizer: Any, exam: Sequence[Asked]) -> dict[str, float]:
    """What comes of questions with an answer in the context, and of those without.

    Returns:
        shares: "exact" (to the letter, but for case and full stop) and "holds" (the answer stands
        in what was written) and "silent_wrongly" of those with an answer, "silent" of those
        without; and "words", how many are written.
    """
    texts = [write(model, tokenizer, one.prompt) for one in exam]
    said = list(zip(exam, texts, strict=True))
    with_answer = [(one.answer, text) for one, text in said if one.answer is not None]
    without = [text for one, text in said if one.answer is None]
    return {
        "exact": share(bare(text) == bare(answer) for answer, text in with_answer),
        "holds": share(mentions(text, answer) for answer, text in with_answer),
        "silent_wrongly": share(says_unsure(text) for _, text in with_answer),
        "silent": share(map(says_unsure, without)),
        "words": round(sum(len(text.split()) for text in texts) / len(texts), 1),
    }


def share(found: Iterable[bool]) -> float:
    """Of all how many are true."""
    every = list(found)
    return round(sum(every) / max(1, len(every)), 3)


def bare(text: str) -> str:
    """Without case, article, citation and full stop."""
    return re.sub(r" ?\[\d\]", "", text).casefold().strip(" .").removeprefix("the ")


def talk(model: Any, tokenizer: Any) -> list[str]:
    """What it says where nothing is looked up: what training took from it."""
    prompts = [chatml([Message("system", PERSONA), Message("user", text)]) for text in TALK]
    return [write(model, tokenizer, prompt, most=40) for prompt in prompts]


# ------------------------------------------------------------------------------------ a run
def run(seed: int, model: Any, tokenizer: Any) -> tuple[Any, dict[str, Any]]:
    """Train under one seed: the adapted model, and what was measured."""
    torch.manual_seed(seed)
    dice = random.Random(f"adapter/{seed}")
    adapted = with_adapter(model)
    begun = time.process_time()
    examples = [read(adapted, tokenizer, one.prompt, one.wanted) for one in lessons(EXAMPLES, dice)]
    losses = train(adapted, examples, dice)
    cpu_s = round(time.process_time() - begun, 1)
    adapted.eval()
    found = {"seed": seed, "cpu_s": cpu_s, "losses": [round(loss, 4) for loss in losses]}
    return adapted, found | examined(adapted, tokenizer) | {"talk": talk(adapted, tokenizer)}


def examined(model: Any, tokenizer: Any) -> dict[str, dict[str, float]]:
    """Three exams on countries that training never saw.

    Kinds of questions that were taught, in both forms; and kinds that were not.
    """
    dice = random.Random("adapter/exam")
    taught, untaught = (questions(held=True, untaught=kind) for kind in (False, True))
    exams = {
        "taught": asked(taught, on_the_page, EXAMINED, dice),
        "numbered": asked(taught, numbered, EXAMINED, dice),
        "untaught": asked(untaught, on_the_page, EXAMINED, dice),
    }
    return {name: measure(model, tokenizer, each) for name, each in exams.items()}


def save(model: Any, folder: Path) -> None:
    """The thin matrices in half precision, and their sum."""
    stored = {name: t.detach().half().contiguous() for name, t in thin_matrices(model).items()}
    save_file(stored, folder / WEIGHTS)
    write_checksums(folder, [WEIGHTS])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/chat_adapter"))
    parser.add_argument("--runs", type=int, default=2)
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    model, tokenizer = load_language_model("smollm2")
    model.requires_grad_(False)  # the thin matrices alone are trained
    before = examined(model, tokenizer) | {"talk": talk(model, tokenizer)}
    print("before", before, flush=True)
    results: dict[str, Any] = {"before": before, "runs": []}
    for seed in range(SEED, SEED + args.runs):
        adapted, found = run(seed, model, tokenizer)
        print({name: value for name, value in found.items() if name != "losses"}, flush=True)
        results["runs"].append(found)
        if seed == SEED:
            save(adapted, args.out)
            plot_losses(found["losses"], args.out / "loss_curve.png")
        text = json.dumps(results, ensure_ascii=False, indent=1)
        (args.out / "results.json").write_text(text + "\n", encoding="utf-8")


def plot_losses(losses: list[float], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    ax.plot(losses, color="#0072B2", lw=1)
    ax.set(xlabel=f"step ({BATCH} examples each)", ylabel="loss of the answer, nats a token")
    fig.savefig(path, dpi=110)
    plt.close(fig)


if __name__ == "__main__":
    main()
