"""Measure week 11's runs over five seeds, with the code of a notebook, and store what came out.

    python -m course.weeks.week11_reasoning.runs source/week11_reasoning/week11_reasoning.ipynb

It runs the cells of the notebook that define things (set-up, solutions, the training loops) and
then trains with other seeds than the live run's. A student's own solved notebook does as well. Five
minutes of one CPU core; the notebook draws the file (`load_runs`). `--seeds 1` tries one.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from course.data.calculations import calculations
from course.lesson.notebook_code import notebook_names, parser_of_runs
from course.weeks.week11_reasoning import toys

STORED = Path(__file__).with_name("runs.json")
SEEDS = 5
DEFINING = ("play-base", "play-verdicts", "play-votes", "play-star", "play-grpo", "play-hack",
            "play-price")  # fmt: skip
Row = dict[str, float]


def load_runs() -> dict[str, Any]:
    """What this script measured and stored.

    Returns:
        {"table": rows with "right" and "cpu_s" of each way by name, a row for each seed,
        "grpo", "hack": each seed's log of a run, a row for each step,
        "by_numbers": for models trained with a price and without, what was measured on problems
        of two to six numbers, a table for each seed}.
    """
    return json.loads(STORED.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------ the notebook
def names_of(notebook: Path) -> dict[str, Any]:
    """The names that the notebook's set-up, solutions and training loops define, and the data."""
    names = notebook_names(notebook, defining=DEFINING)
    names["base"] = names["load_reasoner"]()
    names["held"] = calculations(2000, random.Random("held out/recorded"))
    return names


# ------------------------------------------------------------------------------------ measuring
def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and its CPU seconds."""
    begun = time.process_time()
    return run(), round(time.process_time() - begun, 2)


def table_of_ends(seed: int) -> Row:
    """The tuned table: 20,000 calculations read, another 1,000 to choose by."""
    dice = random.Random(f"ends/{seed}")
    table, cpu_s = timed(lambda: toys.EndTable(calculations(20_000, dice)))
    how = table.tuned(calculations(1000, dice))
    held = calculations(2000, random.Random("held out/recorded"))
    return {"right": table.accuracy(held, *how), "cpu_s": cpu_s}


def majority(names: Mapping[str, Any], seed: int, votes: int = 16) -> Row:
    """The base's majority of some votes on 500 problems; the cost is that of answering them."""
    problems = names["held"][:500]
    texts, cpu_s = timed(
        lambda: names["write"](names["base"], [p for p in problems for _ in range(votes)], seed)
    )
    read = [names["read_answer"](text) for text in texts]
    said = [names["majority_vote"](read[i * votes : (i + 1) * votes]) for i in range(len(problems))]
    right = [s == names["last_digit"](p) for s, p in zip(said, problems, strict=True)]
    return {"right": sum(right) / len(right), "cpu_s": cpu_s}


def kept(names: Mapping[str, Any], seed: int, distinct: bool) -> Row:
    """Five rounds of rejection sampling; the measuring between them is not counted."""
    short = dict(names, held=names["held"][:1])
    run = names["star"]
    again = type(run)(run.__code__, short, run.__name__, run.__defaults__, run.__closure__)
    (model, _), cpu_s = timed(lambda: again(5, distinct, seed))
    return names["measure"](model, names["held"]) | {"cpu_s": cpu_s}


def one_seed(names: Mapping[str, Any], seed: int, stored: dict[str, Any]) -> None:
    """Everything with one seed, added to what is stored."""
    Run, measure, grpo = names["Run"], names["measure"], names["grpo"]
    table = stored["table"]

    def add(name: str, row: Row) -> None:
        table.setdefault(name, []).append({k: round(v, 4) for k, v in row.items()})

    add("table of ends, tuned", table_of_ends(seed))
    add("base", measure(names["base"], names["held"]) | {"cpu_s": 0.0})
    add("base, majority of 16", majority(names, seed))
    add("rejection sampling, each text once", kept(names, seed, True))
    add("rejection sampling", kept(names, seed, False))
    model, log = grpo(names["judged"], Run(45), seed)
    add("GRPO", measure(model, names["held"]) | {"cpu_s": log[-1]["cpu_s"]})
    stored["grpo"].append(thin(log))
    _, log = grpo(names["digit_anywhere"], Run(50, lr=1e-3, leash=0.0, longest=14, N=8), seed)
    stored["hack"].append(thin(log))
    thrifty, _ = grpo(names["priced"], Run(60, leash=0.0, fewest=2), seed)
    for name, trained in (("with a price", thrifty), ("without", model)):
        stored["by_numbers"][name].append(names["by_numbers"](trained, 200))


def thin(log: Sequence[Row]) -> list[Row]:
    """Three digits of each number."""
    return [{name: round(value, 3) for name, value in row.items()} for row in log]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = parser_of_runs(__doc__, STORED, SEEDS)
    parser.add_argument("--first", type=int, default=1, help="the first seed; what is stored stays")
    args = parser.parse_args(arguments)
    names = names_of(args.notebook)
    stored: dict[str, Any] = {"table": {}, "grpo": [], "hack": []}
    stored["by_numbers"] = {"with a price": [], "without": []}
    if args.first > 1:
        stored = json.loads(args.out.read_text("utf-8"))
    for seed in range(args.first, args.first + args.seeds):
        one_seed(names, seed, stored)
        args.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(seed, {name: rows[-1]["right"] for name, rows in stored["table"].items()}, flush=True)


if __name__ == "__main__":
    main()
