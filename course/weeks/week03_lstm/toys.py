"""Toys of week 03: a recall task that measures memory, and an LSTM whose weights are set by hand.

>>> import torch
>>> tokens, targets = recall_batch(4, steps=20, generator=torch.Generator().manual_seed(0))
>>> tokens.shape, targets.shape
(torch.Size([4, 20]), torch.Size([4]))
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn

SYMBOLS = 8  # how many symbols may have to be remembered; a blind guess is right in 12.5%

# The hand-set LSTM reads one of three marks at each step.
OPEN, CLOSE, OTHER = 0, 1, 2
FLAG, COUNTER = 0, 1  # what its two units do
# Pre-activations. Sigmoid makes 0.00005 and 0.99995 of them, a gate shut and open; tanh -1 and 1.
SHUT, WIDE = -10.0, 10.0


def recall_batch(
    batch: int, steps: int, generator: torch.Generator, symbols: int = SYMBOLS
) -> tuple[Tensor, Tensor]:
    """Sequences whose first token must be named at the end; all other tokens are noise.

    The token to remember is one of 0..symbols-1. Noise is drawn from symbols..2*symbols-1, so a
    model can tell the two apart at once, and only the distance makes the task hard. The idea is
    that of the long time lag tasks of Hochreiter and Schmidhuber 1997, section 5.

    Returns:
        tokens: int64 (batch, steps).
        targets: int64 (batch,), equal to tokens[:, 0].

    Raises:
        ValueError: steps or batch is less than 1.
    """
    if batch < 1 or steps < 1:
        raise ValueError(f"A batch needs rows and steps, not {batch} rows of {steps} steps.")
    tokens = torch.randint(symbols, 2 * symbols, (batch, steps), generator=generator)
    targets = torch.randint(0, symbols, (batch,), generator=generator)
    tokens[:, 0] = targets
    return tokens, targets


def bracket_marks(text: str) -> Tensor:
    """One-hot marks of a text for `bracket_lstm`: opening bracket, closing bracket, other.

    Returns:
        float32 (len(text), 3).
    """
    marks = torch.tensor([{"(": OPEN, ")": CLOSE}.get(char, OTHER) for char in text])
    return nn.functional.one_hot(marks.long(), 3).float()


def bracket_lstm() -> nn.LSTM:
    """An `nn.LSTM(3, 2)` with weights set by hand, to be read with `bracket_marks`.

    Unit `FLAG` holds 1 inside brackets and 0 outside: its input gate opens at "(" and its forget
    gate closes at ")". Unit `COUNTER` adds 1 at each character that follows while the flag is up,
    and is emptied by ")". Nothing is trained.
    """
    lstm = nn.LSTM(3, 2)
    W = torch.zeros(4, 2, 3)  # gate (i, f, g, o), unit, mark
    U = torch.zeros(4, 2, 2)  # gate, unit, unit of the state before
    b = torch.zeros(4, 2)
    i, f, g, o = range(4)
    b[i], b[f], b[g], b[o] = SHUT, WIDE, WIDE, WIDE
    W[i, FLAG, OPEN] = 2 * WIDE
    W[f, FLAG, CLOSE] = W[f, COUNTER, CLOSE] = 2 * SHUT
    # A raised flag is seen as h = tanh(1) = 0.76; 40 times that and the bias of -10 make 20: open.
    U[i, COUNTER, FLAG] = 40.0
    W[i, COUNTER, CLOSE] = 6 * SHUT  # the closing bracket itself is not counted
    lstm.load_state_dict(
        {
            "weight_ih_l0": W.reshape(8, 3),
            "weight_hh_l0": U.reshape(8, 2),
            "bias_ih_l0": b.reshape(8),
            "bias_hh_l0": torch.zeros(8),
        }
    )
    return lstm.requires_grad_(False)


@torch.no_grad()
def hold_unit(lstm: nn.LSTM, unit: int, value: float) -> nn.LSTM:
    """A copy of a one-layer LSTM in which one unit's cell state goes to `value` and stays there.

    Its gates ignore all inputs: f = 1/2, i = 1 and g = value / 2, so that c = c / 2 + value / 2
    has the fixed point `value`. Its output gate and all other units are as before.

    Args:
        lstm: one layer, one direction, with biases.
        unit: which of its H units.
        value: between -2 and 2, both excluded.
    """
    held, H = copy.deepcopy(lstm), lstm.hidden_size
    wanted = {0: WIDE * 3, 1: 0.0, 2: math.atanh(value / 2)}  # blocks i, f, g, before squashing
    for block, bias in wanted.items():
        row = block * H + unit
        for parameter in held.parameters():
            parameter[row] = 0.0
        held.get_parameter("bias_ih_l0")[row] = bias
    return held
