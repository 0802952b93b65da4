"""Measure week 14's towers, looker and ears over five seeds, with the code of a notebook.

    python -m course.weeks.week14_multimodal.runs source/week14_multimodal/week14_multimodal.ipynb

It runs the cells of the notebook that define things (set-up, solutions, training loops), then
trains with other seeds than the live run's. A student's own solved notebook does as well. About
three minutes of one CPU core; the notebook draws the file (`load_runs`). `--seeds 1` tries one.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from course.lesson.notebook_code import notebook_names, parser_of_runs
from course.weeks.week14_multimodal import toys

STORED = Path(__file__).with_name("runs.json")
SEEDS = 5
DEFINING = ("play-patches", "play-towers", "play-digits", "play-learn", "play-looking",
            "play-sound", "play-keys", "play-clips")  # fmt: skip
MADE = re.compile(
    r"^(?:def |class |@|import |from |[A-Z_]+ = |raw, |pictures = |chosen = |small = "
    r"|ink, |ink = |clips = |bank = |ears = )"
)
NEIGHBOURS = (1, 3, 10, 30, 100)
Row = dict[str, float]


def load_runs() -> dict[str, Any]:
    """What this script measured and stored.

    Returns:
        {"recall": of each way to find the caption of an unseen emoji a row for each seed,
        "others": what was measured beside it, numbers for each seed by name}.
    """
    return json.loads(STORED.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------ the notebook
# ------------------------------------------------------------------------------------ measuring
def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and its CPU seconds."""
    begun = time.process_time()
    return run(), round(time.process_time() - begun, 2)


def found(names: Mapping[str, Any], tables: Mapping[str, np.ndarray]) -> Row:
    """Recall of picture to caption: of each language at 1, and the means at 1 and at 10."""
    recall, row = names["recall_at_k"], {}
    true = torch.eye(len(next(iter(tables.values()))), dtype=torch.bool)
    scores = {side: torch.as_tensor(table) for side, table in tables.items()}
    for side, table in scores.items():
        row[side] = recall(table, true, 1)
    for k in (1, 10):
        row[f"recall at {k}"] = sum(recall(t, true, k) for t in scores.values()) / len(scores)
    return row


def neighbours(
    names: Mapping[str, Any], seen: Sequence[int], asked: Sequence[int], flat: np.ndarray, k: int
) -> dict[str, np.ndarray]:
    """Scores of the asked pictures' captions by those of the nearest seen ones."""
    tables = {}
    for side in names["LANGUAGES"]:
        bags = [names["pieces"](caption) for caption in names["NAMES"][side]]
        known = [bags[i] for i in seen]
        told = toys.weighted_bags(known, known)
        candidates = toys.weighted_bags([bags[i] for i in asked], known)
        tables[side] = toys.neighbour_scores(flat[seen], told, flat[asked], candidates, k)
    return tables


def tuned_neighbours(
    names: Mapping[str, Any], seen: Sequence[int], aside: Sequence[int], flat: np.ndarray
) -> Row:
    """The baseline, with the number of neighbours that is best on 200 of the seen pictures."""
    trial, rest = seen[:200], seen[200:]
    tried = {
        k: found(names, neighbours(names, rest, trial, flat, k))["recall at 1"] for k in NEIGHBOURS
    }
    best = max(tried, key=lambda k: tried[k])
    return found(names, neighbours(names, seen, aside, flat, best)) | {"k": best}


def towers(names: Mapping[str, Any], seed: int, languages: Sequence[str]) -> tuple[Row, Any]:
    """The notebook's towers, and the emoji that were put aside."""
    run = lambda: names["emoji_towers"](seed, languages=languages)  # noqa: E731
    (model, seen, aside, _), cpu_s = timed(run)
    rows = names["vectors"](model, aside)
    tables = {side: (rows["picture"] @ rows[side].T).numpy() for side in languages}
    row = found(names, tables) | {"cpu_s": cpu_s}
    if len(languages) == 2:
        true = torch.eye(len(aside), dtype=torch.bool)
        row["English to Korean"] = names["recall_at_k"](rows["English"] @ rows["Korean"].T, true, 1)
    return row, (seen, aside)


def one_seed(names: Mapping[str, Any], seed: int, stored: dict[str, Any]) -> None:
    """Everything with one seed, added to what is stored."""

    def add(way: str, row: Row) -> None:
        stored["recall"].setdefault(way, []).append({k: round(v, 4) for k, v in row.items()})

    row, (seen, aside) = towers(names, seed, names["LANGUAGES"])
    pixels = names["pictures"]
    flat = toys.halved(pixels).flatten(1).numpy()
    add("mean colour, neighbours", tuned_neighbours(names, seen, aside, flat_colours(pixels)))
    add("nearest pictures, tuned", tuned_neighbours(names, seen, aside, flat))
    for side in names["LANGUAGES"]:
        add(f"towers, {side} alone", towers(names, seed, (side,))[0])
    add("towers, both languages", row)
    for name, value in others(names, seed).items():
        stored["others"].setdefault(name, []).append(round(value, 4))


def flat_colours(pixels: torch.Tensor) -> np.ndarray:
    """The mean colour of each picture, (N, 3)."""
    return pixels.mean(dim=(1, 2)).numpy()


def others(names: Mapping[str, Any], seed: int) -> Row:
    """Digits by their captions, places by words, keys and letters by their sound."""
    row: Row = {}
    for name, without in (("digits", None), ("digits without 7", 7)):
        shares = names["digit_shares"](names["digit_towers"](seed, without))
        row |= {f"{name}, {side}": float(np.mean(found)) for side, found in shares.items()}
        row[f"{name}, the 7s"] = shares["English"][7]
    places = names["found_places"](names["train_looker"](seed), 99)
    row |= {f"places, {side}": share for side, share in places.items()}
    row |= {f"key errors, {s}": rate for s, rate in names["train_on_keys"](seed)[2].items()}
    _, _, row["letter errors, learned"], row["letter errors, new"] = names["clip_rates"](seed)
    return row


def main(arguments: Sequence[str] | None = None) -> None:
    args = parser_of_runs(__doc__, STORED, SEEDS).parse_args(arguments)
    names = notebook_names(args.notebook, defining=DEFINING, made=MADE)
    stored: dict[str, Any] = {"recall": {}, "others": {}}
    for seed in range(1, 1 + args.seeds):
        one_seed(names, seed, stored)
        args.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(seed, {way: rows[-1] for way, rows in stored["recall"].items()}, flush=True)
        print({name: values[-1] for name, values in stored["others"].items()}, flush=True)


if __name__ == "__main__":
    main()
