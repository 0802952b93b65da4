"""Widgets of week 00: the card of the machine, a temperature slider, a next-token explorer."""

from __future__ import annotations

import html
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import ipywidgets
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.device import VARIABLE, device
from course.figures.panel import Panel
from course.weeks.week00_setup import plots

Softmax = Callable[[Tensor, float], Tensor]


# ------------------------------------------------------------------------------------ the card
@dataclass(frozen=True)
class MachineCard:
    """What runs this notebook, as rows of (name, value), and advice where something is unusual."""

    rows: tuple[tuple[str, str], ...]
    advice: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{name:<13}{value}" for name, value in self.rows]
        return "\n".join([*lines, *(f"! {line}" for line in self.advice)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
            for name, value in self.rows
        )
        advice = "".join(f"<p><b>Note.</b> {html.escape(line)}</p>" for line in self.advice)
        return f"<table>{cells}</table>{advice}"


def machine_card() -> MachineCard:
    """Python, packages, environment, device and kernel of the process that runs this cell."""
    rows = (
        ("Python", f"{platform.python_version()} on {platform.system()}"),
        ("environment", environment_name()),
        ("torch", torch.__version__),
        ("transformers", package_version("transformers")),
        ("device", _device_text()),
        ("CPU", f"{os.cpu_count()} cores here, {torch.get_num_threads()} used by torch"),
        ("kernel", _kernel_text()),
    )
    return MachineCard(rows, tuple(_advice()))


def environment_name() -> str:
    """The kind and the short name of the environment: never a path, so it is safe to share."""
    if os.environ.get("CONDA_PREFIX") == sys.prefix:
        return f"conda: {Path(sys.prefix).name}"
    if sys.prefix != sys.base_prefix:
        return f"venv: {Path(sys.prefix).name}"
    return "none: this is the system's Python"


def package_version(name: str) -> str:
    """The installed version of a package, or "not installed"."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _device_text() -> str:
    try:
        chosen = device(quiet=True)
    except RuntimeError as error:
        return f"problem: {error}"
    if chosen.type == "cuda":
        return f"{chosen}: {torch.cuda.get_device_name(chosen)}"
    return "cpu (all that this course needs)"


def _kernel_text() -> str:
    if "ipykernel" not in sys.modules:
        return "none: this is plain Python"
    wanted = os.environ.get(VARIABLE, "")
    asks = f"set up for {wanted}" if wanted else "takes a GPU where there is one"
    return f"ipykernel {package_version('ipykernel')}, {asks}"


def _advice() -> list[str]:
    lines = []
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        lines.append("The course is tested with Python 3.11, 3.12 and 3.13.")
    if not torch.__version__.startswith("2.13."):
        lines.append("requirements.txt pins torch 2.13.0: is this the course's environment?")
    if environment_name().startswith("none"):
        lines.append("No virtual environment is active: see the setup page of the guide.")
    return lines


# ------------------------------------------------------------------------------------ temperature
def temperature_slider(
    logits: Tensor, labels: Sequence[str], softmax: Softmax, start: float = 1.0
) -> Panel:
    """A slider that shows what the temperature does to probabilities.

    Args:
        logits: (V,).
        labels: V strings.
        softmax: function of (logits, temperature) that returns probabilities (V,).
    """

    def draw(temperature: float) -> Figure:
        title = f"temperature {temperature:.2f}"
        return plots.probability_bars(softmax(logits, temperature), labels, title)

    return Panel(draw, temperature=_temperature(start))


def _temperature(start: float) -> ipywidgets.FloatLogSlider:
    return ipywidgets.FloatLogSlider(
        value=start,
        base=10,
        min=-1,
        max=1,
        step=0.02,
        description="temperature",
        readout_format=".2f",
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "420px"},
    )


# ------------------------------------------------------------------------------------ next token
@torch.no_grad()
def next_token_logits(model: Any, tokenizer: Any, prompt: str) -> Tensor:
    """The model's logits for the token after `prompt`: (V,), in float64.

    Raises:
        ValueError: the prompt is empty.
    """
    ids = tokenizer(prompt, return_tensors="pt").input_ids[:, -model.config.n_positions :]
    if not ids.shape[1]:
        raise ValueError("type at least one character")
    return model(input_ids=ids.to(model.device)).logits[0, -1].double().cpu()


def likely_tokens(
    logits: Tensor, tokenizer: Any, softmax: Softmax, temperature: float = 1.0, k: int = 10
) -> tuple[list[str], Tensor]:
    """The k likeliest next tokens, as readable text, and their probabilities (k,)."""
    top = softmax(logits, temperature).topk(k)
    return [repr(tokenizer.decode([i])) for i in top.indices.tolist()], top.values


def next_token_explorer(
    model: Any, tokenizer: Any, softmax: Softmax, prompt: str = "It is a truth"
) -> Panel:
    """Type a prompt, move the temperature, see the ten likeliest next tokens."""

    def draw(prompt: str, temperature: float) -> Figure:
        logits = next_token_logits(model, tokenizer, prompt)
        tokens, probabilities = likely_tokens(logits, tokenizer, softmax, temperature)
        last_words = prompt if len(prompt) <= 40 else f"…{prompt[-40:]}"
        title = f"next token after: {last_words}   (temperature {temperature:.2f})"
        end = min(1.0, 0.05 + 1.1 * float(probabilities[0]))
        return plots.probability_bars(probabilities, tokens, title, end)

    box = ipywidgets.Text(
        value=prompt, description="prompt", continuous_update=False, layout={"width": "420px"}
    )
    return Panel(draw, prompt=box, temperature=_temperature(1.0))
