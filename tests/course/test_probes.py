"""Probes: what a check cell displays, from values of every kind."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch

from course import probes
from course.probes import MIME, bundle, probe, probe_rng, render


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What `probe` hands to IPython's display."""
    found: list[dict] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: found.append(data))
    return found


def test_a_probe_displays_text_and_a_bundle(displayed: list[dict]) -> None:
    """The text is for people and stock nbval, the bundle for the judge."""
    probe("answer", lambda: torch.tensor([1.0, 2.5]), points=2, rtol=1e-3)
    (data,) = displayed
    assert data["text/plain"] == "answer: float (2) [1 2.5]"
    assert data[MIME]["label"] == "answer"
    assert (data[MIME]["points"], data[MIME]["rtol"]) == (2, 1e-3)
    assert data[MIME]["value"]["values"] == [1.0, 2.5]


def test_an_error_is_evidence_and_goes_no_further(displayed: list[dict]) -> None:
    """One failure costs one probe."""
    probe("bad", lambda: 1 / 0)
    probe("good", lambda: 1)
    assert displayed[0][MIME]["value"]["type"] == "ZeroDivisionError"
    assert displayed[1][MIME]["value"]["values"] == [1]


def test_an_interrupt_is_not_caught(displayed: list[dict]) -> None:
    """A time limit must end the cell, not one probe after the other."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        probe("long", interrupted)
    assert displayed == []


def test_every_probe_starts_from_the_same_random_state(displayed: list[dict]) -> None:
    """Global generators are seeded by the label, whatever ran before."""

    def draws() -> list[float]:
        return [random.random(), float(np.random.rand()), float(torch.rand(()))]

    probe("draws", draws)
    torch.rand(7)
    random.random()
    probe("draws", draws)
    assert displayed[0] == displayed[1]


def test_the_offerings_seed_changes_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One seed, one set of inputs; another seed, another."""
    first = probe_rng("x").normal(2, 3)
    assert torch.equal(first, probe_rng("x").normal(2, 3))
    assert not torch.equal(first, probe_rng("y").normal(2, 3))
    monkeypatch.setenv(probes.SEED_VARIABLE, "another term")
    assert not torch.equal(first, probe_rng("x").normal(2, 3))


def test_random_inputs_have_the_promised_kinds() -> None:
    """Float64 tensors, whole numbers below the upper end, different items."""
    rng = probe_rng("kinds")
    assert rng.normal(2, 3).dtype == rng.uniform(4).dtype == torch.float64
    assert rng.normal().shape == ()
    whole = rng.integers(2, 5, 200)
    assert (int(whole.min()), int(whole.max()), whole.dtype) == (2, 4, torch.int64)
    assert 3 <= rng.integer(3, 9) < 9
    assert len(set(rng.choice(list("abcdef"), 4))) == 4
    assert sorted(rng.shuffled([3, 1, 2])) == [1, 2, 3]


TEXTS = {
    "None": (None, "None"),
    "a text": ("말", "'말'"),
    "bytes": (b"\x01\xff", "'01ff'"),
    "a number": (1.23456789, "1.23457"),
    "minus zero": (-0.0, "0"),
    "dust": (1e-15, "0"),
    "a truth": (True, "True"),
    "NaN": (math.nan, "nan"),
    "a huge whole number": (2**80, "'1208925819614629174706176'"),
    "half precision": (torch.ones(1, dtype=torch.bfloat16), "float (1) [1]"),
    "with gradient": (torch.ones(1, requires_grad=True), "float (1) [1]"),
    "an empty tensor": (torch.ones(0, 3), "float (0, 3) []"),
    "a list of mixed things": ([1, "a", None], "[1, 'a', None]"),
    "a dictionary": ({"b": 1, "a": (2,)}, "{'a': [2], 'b': 1}"),
    "a set": ({2, 1}, "{1, 2}"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_values_read_well(name: str) -> None:
    """Six significant digits, plain words."""
    value, text = TEXTS[name]
    assert render(bundle(value)) == text


TOO_MUCH = {
    "an object": object(),
    "complex numbers": torch.ones(1, dtype=torch.complex64),
    "many numbers": torch.ones(5000),
    "a long list": [0] * 5000,
    "a long text": "a" * 20_000,
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_cannot_be_shown_is_an_error_of_the_answer(name: str, displayed: list[dict]) -> None:
    """Too large or of no known kind: the probe shows an error with a sentence."""
    probe("x", lambda: TOO_MUCH[name])
    value = displayed[0][MIME]["value"]
    assert value["kind"] == "error"
    assert value["message"].startswith("the answer")


def test_a_list_inside_itself_ends() -> None:
    """Depth is bounded."""
    endless: list = []
    endless.append(endless)
    with pytest.raises(ValueError, match="nested"):
        bundle(endless)
