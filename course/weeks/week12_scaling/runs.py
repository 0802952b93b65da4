"""Measure week 12's sweep over five seeds, with the code of a notebook, and store what came out.

    python -m course.weeks.week12_scaling.runs source/week12_scaling/week12_scaling.ipynb

It runs the set-up, the solutions and the cell that defines the small models; a student's own solved
notebook does as well. Two minutes of one CPU core; the notebook draws the file (`load_runs`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from course.lesson.notebook_code import notebook_names, parser_of_runs
from course.weeks.week12_scaling import toys

STORED = Path(__file__).with_name("runs.json")
SEEDS, STEPS = 5, 500
READ = STEPS * 256  # characters that a model of the sweep foretells; the table reads as many


def load_runs() -> dict[str, Any]:
    """What this script measured and stored.

    Returns:
        {"sweep": for each seed "n" and "bits" of the seven models, "school": for each seed the
        student's bits by way and length of text, "table": bits of the tuned table of counts}.
    """
    return json.loads(STORED.read_text(encoding="utf-8"))


def names_of(notebook: Path) -> dict[str, Any]:
    """What the notebook's set-up, solutions, small models and school define, and the text."""
    defining = ("play-model", "play-distill")
    names = notebook_names(notebook, {"toys": toys}, defining=defining)
    names["novel"], unread = (toys.windows(ids, names["CONTEXT"]) for ids in toys.novel_ids())
    names["held"] = unread[::7][:5000]
    return names


def one_seed(names: Mapping[str, Any], seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sweep and the school with one seed."""
    every = names["SIZES"] + names["HIDDEN_SIZES"]
    models = [names["train"](H, names["novel"], STEPS, seed) for H in every]
    row = {
        "n": [names["numbers"](model) for model in models],
        "bits": [round(names["bits"](model, names["held"]), 4) for model in models],
    }
    school = names["school"](models[-1], seed + 100, 300)
    return row, {way: [round(b, 4) for b in found] for way, found in school.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    args = parser_of_runs(__doc__, STORED, SEEDS).parse_args(arguments)
    torch.set_num_threads(1)
    names, (train, held) = names_of(args.notebook), toys.novel_ids()
    stored: dict[str, Any] = {"table": toys.tuned_table_bits(train[-READ:], held[:12_000])}
    stored |= {"sweep": [], "school": []}
    for seed in range(1, args.seeds + 1):
        for part, row in zip(("sweep", "school"), one_seed(names, seed), strict=True):
            stored[part].append(row)
        args.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(seed, stored["sweep"][-1]["bits"], stored["school"][-1], flush=True)


if __name__ == "__main__":
    main()
