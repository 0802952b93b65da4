"""Measure what the training scripts wrote, and put it where the course loads it from.

    python -m course.models.report_models translator --run build/translator --twin build/fixed
    python -m course.models.report_models story_gpt2 --run build/story_gpt2 --stories stories.txt
    python -m course.models.report_models reward --run build/reward
    python -m course.models.report_models tiny_llama --run build/tiny_llama

Each writes the weights as they ship, `results.json` (every number of the model card), the curve as
a picture and the checksums to `--out`. A minute or two of one CPU core.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import GPT2LMHeadModel, GPT2Tokenizer

from course.data import split_en_ko_help, split_movie_snippets
from course.models import MODELS_DIR, load_story_gpt2, load_tiny_gpt2, write_checksums
from course.models import train_reward as preferences
from course.models import train_story_gpt2 as story
from course.models import train_tiny_llama as llama
from course.models import train_translator as translation
from course.models.baselines import UNREAD, unread_stories
from course.models.training import CURVE, SETTINGS, load_half, rows_of_ids
from course.models.translator_model import HelpTranslator, Translator

HUB_FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
PROMPTS = [
    "Once upon a time, there was a little",
    "Tom and his mom went to the",
    "Review: the film",
]
BUCKETS = ((1, 10), (11, 20), (21, translation.LONGEST))  # source tokens
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def write_results(out: Path, results: dict[str, Any]) -> None:
    text = json.dumps(results, indent=1, ensure_ascii=False)
    (out / "results.json").write_text(text + "\n", encoding="utf-8")


def about_run(run: Path) -> dict[str, Any]:
    """What every card tells of a training: seed, batch, steps, seconds, the curve."""
    settings, curve = read_json(run / SETTINGS), read_json(run / CURVE)
    told = {key: settings[key] for key in ("seed", "batch", "device")}
    return {**told, "steps": curve[-1]["step"], "seconds": curve[-1]["seconds"], "curve": curve}


def plot(lines: dict[str, tuple[list, list]], labels: tuple[str, str], path: Path) -> None:
    """Curves by name: the places on the x axis and the values."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
    for (name, (x, y)), colour in zip(lines.items(), COLOURS, strict=False):
        ax.plot(x, y, color=colour, label=name)
    ax.set(xlabel=labels[0], ylabel=labels[1])
    fig.legend(frameon=False, loc="outside right upper")
    fig.savefig(path, dpi=80)


def column(curve: list[dict[str, float]], name: str) -> tuple[list, list]:
    """A line of `plot`: one number of the curve against the step."""
    return [point["step"] for point in curve], [point[name] for point in curve]


# ------------------------------------------------------------------------------------ translator
def translate_all(model: Translator, pairs: list, batch: int = 64) -> list[list[int]]:
    """Greedy translations of encoded pairs, as ids up to the end."""
    found = []
    for first in range(0, len(pairs), batch):
        source = translation.pad([s for s, _ in pairs[first : first + batch]], "cpu")
        for row in model.translate(source)[0].tolist():
            end = row.index(translation.EOS) if translation.EOS in row else len(row)
            found.append(row[:end])
    return found


def nearest_texts(train: list, texts: list[str]) -> list[str]:
    """The baseline: the Korean side of the training pair whose English is nearest (tf-idf)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    reader = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    known = reader.fit_transform([english for english, _ in train])
    best = (reader.transform(texts) @ known.T).argmax(axis=1)
    return [train[int(i)][1] for i in best.ravel().tolist()[0]]


def translation_scores(made: list[str], wanted: list[str]) -> dict[str, float]:
    """BLEU over words between blanks and chrF, both of sacreBLEU (Post 2018)."""
    import sacrebleu

    return {
        "bleu": round(sacrebleu.corpus_bleu(made, [wanted], tokenize="none").score, 2),
        "chrf": round(sacrebleu.corpus_chrf(made, [wanted]).score, 2),
    }


def scores_by_length(made: list[str], wanted: list[str], lengths: list[int]) -> dict[str, Any]:
    """`translation_scores` of all texts, and of those of each length in `BUCKETS`."""
    found: dict[str, Any] = {"all": translation_scores(made, wanted)}
    for low, high in BUCKETS:
        rows = [i for i, length in enumerate(lengths) if low <= length <= high]
        part = translation_scores([made[i] for i in rows], [wanted[i] for i in rows])
        found[f"{low}-{high}"] = {"pairs": len(rows), **part}
    return found


def report_translator(args: argparse.Namespace) -> None:
    """Both translators and the nearest training text, on the held-out pairs that are short."""
    names = {"attention": "model.safetensors", "fixed_vector": "fixed_vector.safetensors"}
    for run, name in zip((args.run, args.twin), names.values(), strict=True):
        shutil.copy(run / "model.safetensors", args.out / name)
    for language in ("english", "korean"):
        shutil.copy(args.run / f"{language}.json", args.out)
    write_checksums(args.out, [*names.values(), "english.json", "korean.json"])
    from course.models import load_translator

    shipped = {name: load_translator(name == "attention") for name in names}
    tools, parts = shipped["attention"], split_en_ko_help()
    texts = [pair for pair in parts["test"] if fits(pair, tools)]
    pairs = translation.encode(texts, (tools.english, tools.korean))
    wanted, lengths = [korean for _, korean in texts], [len(source) for source, _ in pairs]
    results: dict[str, Any] = {"pairs": len(pairs), "of": len(parts["test"]), "scores": {}}
    batches = translation.make_batches(pairs, 64, "cpu")
    for name, one in shipped.items():
        made = tools.korean.decode_batch(translate_all(one.model, pairs))
        results["scores"][name] = scores_by_length(made, wanted, lengths)
        results["scores"][name]["loss"] = round(translation.held_out_loss(one.model, batches), 4)
        one.model.eval()
    near = nearest_texts(parts["train"], [english for english, _ in texts])
    results["scores"]["nearest_text"] = scores_by_length(near, wanted, lengths)
    results["parameters"] = sum(p.numel() for p in tools.model.parameters())
    results["train"] = about_run(args.run)
    results["train_fixed_vector"] = about_run(args.twin)
    results["examples"] = [
        {"english": english, "reference": korean}
        | {name: one.translate(english).text for name, one in shipped.items()}
        for english, korean in texts[:: max(1, len(texts) // 10)]
    ]
    write_results(args.out, results)
    lines = {"training, smoothed": column(results["train"]["curve"], "train")}
    lines["held out, attention"] = column(results["train"]["curve"], "held_out")
    lines["held out, fixed vector"] = column(results["train_fixed_vector"]["curve"], "held_out")
    plot(lines, ("step", "loss (nats per token)"), args.out / "loss_curve.png")


def fits(pair: tuple[str, str], tools: HelpTranslator) -> bool:
    """Whether neither side of a pair is longer than what training read."""
    return bool(translation.encode([pair], (tools.english, tools.korean)))


# ------------------------------------------------------------------------------------ story GPT-2
def ship(model: Any, out: Path) -> None:
    """Write a model in half precision, as transformers reads it, with the tiny one's tokenizer."""
    model.half().save_pretrained(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(MODELS_DIR / "tiny_gpt2" / name, out)
    write_checksums(out, HUB_FILES)


@torch.no_grad()
def window_loss(model: Any, windows: Tensor) -> float:
    """Mean loss in nats, in float32, of every token but the first of each window."""
    losses = [model(input_ids=part, labels=part).loss * len(part) for part in windows.split(8)]
    return float(sum(losses)) / len(windows)


@torch.no_grad()
def sample(model: Any, tokenizer: GPT2Tokenizer, prompt: str, seed: int) -> str:
    torch.manual_seed(seed)
    given = tokenizer(prompt, return_tensors="pt")
    out = model.generate(
        **given, max_new_tokens=100, do_sample=True, temperature=0.8, top_k=40, pad_token_id=1
    )
    return str(tokenizer.decode(out[0], skip_special_tokens=True))


def report_story(args: argparse.Namespace) -> None:
    """Perplexity beside the tiny GPT-2 on the same windows, and samples."""
    bigger: Any = load_half(story.build(), args.run / "model.safetensors")
    bigger.config.use_cache, bigger.config.activation_function = True, "gelu_new"  # the same curve
    bigger.generation_config.use_cache = True
    ship(bigger, args.out)
    models = {"story_gpt2": load_story_gpt2(), "tiny_gpt2": load_tiny_gpt2()}
    _, held = story.load_texts(story.read_stories(args.stories))
    rows = {k: rows_of_ids(v, story.load_tokenizer(), story.END) for k, v in held.items()}
    windows = {name: story.as_windows(row, "cpu", args.held) for name, row in rows.items()}
    results: dict[str, Any] = about_run(args.run)
    results["tokens_seen"] = results["steps"] * results["batch"] * story.CONTEXT
    results["parameters"] = models["story_gpt2"][0].num_parameters()
    results["perplexity"] = {
        name: {"tokens": part.numel()}
        | {key: round(math.exp(window_loss(one, part)), 2) for key, (one, _) in models.items()}
        for name, part in windows.items()
    }
    results["samples"] = [sample(*models["story_gpt2"], p, results["seed"]) for p in PROMPTS]
    results["tiny_sample"] = sample(*models["tiny_gpt2"], PROMPTS[0], results["seed"])
    write_results(args.out, results)
    lines = {"training": column(results["curve"], "train")}
    lines |= {f"held out: {name}": column(results["curve"], name) for name in windows}
    plot(lines, ("step", "loss (nats per token)"), args.out / "loss_curve.png")


# ------------------------------------------------------------------------------------ tiny Llama


def report_tiny_llama(args: argparse.Namespace) -> None:
    """Perplexity beside its two sisters on the shipped unread stories, and samples."""
    made: Any = load_half(llama.build(), args.run / "model.safetensors")
    made.config.use_cache = made.generation_config.use_cache = True
    made.half().save_pretrained(args.out)
    if args.out.resolve() != UNREAD.parent:
        shutil.copy(UNREAD, args.out)
    write_checksums(args.out, ["config.json", "model.safetensors", UNREAD.name])
    from course.models import load_tiny_llama

    models = {"tiny_llama": load_tiny_llama(), "story_gpt2": load_story_gpt2(),
              "tiny_gpt2": load_tiny_gpt2()}  # fmt: skip
    windows = llama.windows_of(unread_stories())[: args.held]
    results: dict[str, Any] = about_run(args.run)
    results["text"] = read_json(args.run / llama.TEXT)
    results["tokens_seen"] = results["steps"] * results["batch"] * llama.CONTEXT
    results["parameters"] = models["tiny_llama"][0].num_parameters()
    results["held_out_tokens"] = windows.numel()
    results["perplexity"] = {
        name: round(math.exp(window_loss(one, windows)), 2) for name, (one, _) in models.items()
    }
    results["samples"] = [sample(*models["tiny_llama"], p, results["seed"]) for p in PROMPTS[:2]]
    write_results(args.out, results)
    lines = {"training": column(results["curve"], "train")}
    lines |= {"held out": column(results["curve"], "stories")}
    plot(lines, ("step", "loss (nats per token)"), args.out / "loss_curve.png")


# ------------------------------------------------------------------------------------ reward
def bag_of_words(parts: dict[str, preferences.Part]) -> dict[str, Any]:
    """The baseline: ridge regression of the mean rating on words and pairs of words (tf-idf).

    Its penalty is the one that is best on the validation part, as the reward model's epoch is.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    texts = {name: [s.text for s in some] for name, some in split_movie_snippets().items()}
    reader = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    known = reader.fit_transform(texts["train"])
    found: dict[float, Ridge] = {}
    order: dict[float, float] = {}
    for alpha in (0.3, 1.0, 3.0, 10.0):
        found[alpha] = Ridge(alpha=alpha).fit(known, parts["train"].mean.numpy())
        made = torch.from_numpy(found[alpha].predict(reader.transform(texts["valid"])))
        order[alpha] = preferences.accuracies(made, parts["valid"])["mean_order"]
    best = max(order, key=order.__getitem__)
    made = torch.from_numpy(found[best].predict(reader.transform(texts["test"])))
    return {"alpha": best, **preferences.accuracies(made, parts["test"])}


@torch.no_grad()
def rewards_of(model: Any, ids: Tensor) -> Tensor:
    """The reward of padded texts, in float32: (texts,)."""
    made = []
    for part in ids.split(64):
        part = part[:, : int((part != preferences.PAD).sum(1).max())]
        mask = (part != preferences.PAD).long()
        made.append(model(input_ids=part, attention_mask=mask).logits[:, 0])
    return torch.cat(made)


def report_reward(args: argparse.Namespace) -> None:
    """The kept model, all runs, the bag of words and the raters' ceiling, on the test part."""
    body: Any = GPT2LMHeadModel.from_pretrained(MODELS_DIR / "tiny_gpt2", dtype=torch.float32)
    model: Any = load_half(preferences.with_head(body), args.run / "model.safetensors")
    ship(model, args.out)
    from course.models import load_reward_model

    kept, _ = load_reward_model()
    tokenizer = story.load_tokenizer()
    parts = {
        name: preferences.make_part(some, tokenizer, "cpu")
        for name, some in split_movie_snippets().items()
    }
    results: dict[str, Any] = {"reading": about_run(args.run)}
    results["parameters"] = kept.num_parameters()
    results["runs"] = read_json(args.run / "runs.json")
    results["snippets"] = {name: len(part.ids) for name, part in parts.items()}
    results["test"] = preferences.accuracies(rewards_of(kept, parts["test"].ids), parts["test"])
    results["bag_of_words"] = bag_of_words(parts)
    write_results(args.out, results)
    lines = {
        f"seed {run['seed']}": (
            [point["epoch"] for point in run["curve"]],
            [point["one_rater"] for point in run["curve"]],
        )
        for run in results["runs"]
    }
    plot(lines, ("epoch", "accuracy on validation pairs"), args.out / "loss_curve.png")


REPORTS = {
    "translator": report_translator,
    "story_gpt2": report_story,
    "reward": report_reward,
    "tiny_llama": report_tiny_llama,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=REPORTS)
    parser.add_argument("--run", type=Path, required=True, help="what the training script wrote")
    parser.add_argument("--twin", type=Path, help="the translator without attention")
    parser.add_argument("--stories", type=Path, help="the stories that the training read")
    parser.add_argument("--held", type=int, default=64, help="held-out windows of each source")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    args.out = args.out or MODELS_DIR / args.model
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    REPORTS[args.model](args)


if __name__ == "__main__":
    main()
