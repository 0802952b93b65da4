"""Measure week 13's page over five seeds, with the code of a notebook, and store what came out.

    python -m course.weeks.week13_generative.runs source/week13_generative/week13_generative.ipynb

It runs the cells of the notebook that define things (set-up, solutions, the training loops) and
then trains with other seeds than the live run's. A student's own solved notebook does as well. Five
to seven minutes of one CPU core; the notebook draws the file (`load_runs`). `--seeds 1` tries one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from course.lesson.notebook_code import notebook_names, parser_of_runs
from course.weeks.week13_generative import toys

STORED = Path(__file__).with_name("runs.json")
SEEDS = 5
DEFINING = ("play-squeeze", "play-map", "play-detector", "play-gan", "play-flow", "play-drown",
            "play-diffusion", "play-page", "play-generations", "play-hangul")  # fmt: skip
Names = Mapping[str, Any]
Row = dict[str, float]


def load_runs() -> dict[str, Any]:
    """What this script measured and stored.

    Returns:
        {"page": fidelity, diversity, nearest and seconds of each generator by name, a row for each
        seed, "collapsed": the same of the collapsed GAN, "obeyed": by guidance, "generations": the
        diversities of each lineage, "composed": shares of unseen syllables}.
    """
    return json.loads(STORED.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------ the notebook
def names_of(notebook: Path) -> dict[str, Any]:
    """The names that the notebook's set-up, solutions and training loops define, and the data."""
    digits = toys.split_digits()
    given = {
        "digits": digits,
        "reader": toys.Reader(digits.held, digits.held_labels),
        "toys": toys,
        "hangul": toys.hangul_syllables(),
    }
    return notebook_names(notebook, given, defining=DEFINING)


# ------------------------------------------------------------------------------------ measuring
def trained(names: dict[str, Any], seed: int) -> dict[str, Any]:
    """Each family, trained with a seed as the notebook trains it; and the denoiser itself."""
    digits, begun = names["digits"], time.process_time()
    decode = names["train_vae"](digits.train, 12, 1500, seed=seed)[1]
    names["vae_decode"] = decode  # what the notebook's vae_draw asks for
    vae = names["Trained"](names["vae_draw"], [], time.process_time() - begun)
    begun, mixture = time.process_time(), toys.TunedMixture(digits.train)
    baseline = names["Trained"](mixture.draw, [], time.process_time() - begun)
    net, diffusion = names["train_diffusion"](1500, seed)
    return {
        "mixture of Gaussians": baseline,
        "VAE": vae,
        "GAN": names["train_gan"](names["GanRun"](1500), seed)[0],
        "flow": names["train_flow"](digits.train, 1200, seed)[1],
        "diffusion": diffusion,
        "denoiser": net,
    }


def judged_row(names: Names, model: Any, seed: int) -> Row:
    """A row of the page."""
    samples = model.draw(797, 100 + seed)
    row = names["judged"](samples)
    row["nearest"] = toys.nearest_training(samples, names["digits"].train)
    return {name: round(value, 4) for name, value in (row | {"seconds": model.seconds}).items()}


def composed(names: Names, seed: int) -> float:
    """The share of unseen syllables that a model with this seed draws as ordered."""
    hangul = names["hangul"]
    seen, unseen = (~hangul.held_out).nonzero()[:, 0], hangul.held_out.nonzero()[:, 0].repeat(4)
    torch.manual_seed(seed)
    net = names["Denoiser"](144, [14, 10])
    labels = [hangul.initials[seen], hangul.vowels[seen]]
    names["train_denoiser"](net, hangul.images[seen], labels, 800, seed, 0.0)
    images = names["undrown"](net, [hangul.initials[unseen], hangul.vowels[unseen]], seed)[-1]
    return (torch.cdist(images, hangul.images).argmin(1) == unseen).float().mean().item()


def one_seed(names: dict[str, Any], seed: int, stored: dict[str, Any]) -> None:
    """Everything with one seed, added to what is stored."""
    models = trained(names, seed)
    net = models.pop("denoiser")
    for name, model in models.items():
        stored["page"].setdefault(name, []).append(judged_row(names, model, seed))
    bad = names["train_gan"](names["GanRun"](300, forger_steps=8, crowd=False), seed)[0]
    stored["collapsed"].append(judged_row(names, bad, seed))
    for w in (0.0, 1.0):
        stored["obeyed"].setdefault(f"{w:g}", []).append(round(names["obeyed"](net, w, seed), 4))
    for name, keep in (("own samples only", False), ("real digits kept", True)):
        rows = names["generations"](6, 500, keep, 10 * seed)
        found = [round(row["diversity"], 3) for row in rows]
        stored["generations"].setdefault(name, []).append(found)
    stored["composed"].append(round(composed(names, seed), 4))


def main(arguments: Sequence[str] | None = None) -> None:
    args = parser_of_runs(__doc__, STORED, SEEDS).parse_args(arguments)
    names = names_of(args.notebook)
    stored: dict[str, Any] = {"page": {}, "collapsed": [], "obeyed": {}, "generations": {}}
    stored["composed"] = []
    for seed in range(1, args.seeds + 1):
        one_seed(names, seed, stored)
        args.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(seed, {name: rows[-1] for name, rows in stored["page"].items()}, flush=True)


if __name__ == "__main__":
    main()
