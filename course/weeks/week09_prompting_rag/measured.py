"""What SmolLM2-135M did with week 09's prompts and passages: measured once, stored beside this."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from course.lesson.intervals import Interval, wilson

STORED = Path(__file__).with_name("measured.json")
RIGHT_SHOTS = "SmolLM2: film snippets sorted rightly, by examples in its prompt"
SAYS_GOOD = "SmolLM2: film snippets called good, by examples in its prompt"


@dataclass(frozen=True)
class Measured:
    """Shares with Wilson's intervals.

    Args:
        tables: rows of shares, by title and name.
    """

    tables: dict[str, dict[str, Interval]]


def load_measured() -> Measured:
    """What `measure_smollm2.py` stored: hits and counts, here as shares."""
    found = json.loads(STORED.read_text(encoding="utf-8"))
    tables = {
        title: {name: wilson(*pair) for name, pair in rows.items()}
        for title, rows in found["tables"].items()
    }
    return Measured(tables)
