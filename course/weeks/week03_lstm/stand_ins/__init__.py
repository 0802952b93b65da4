"""What stands in for an exercise of week 03 while it is blank, so that a student can read on.

Calls of libraries and autograd. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call

from course.data.prose import ALPHABET

State = tuple[Tensor, ...]


def lstm_cell(
    x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """torch's own cell, which keeps the transposes."""
    return torch.lstm_cell(x, (h, c), W.T, U.T, b, torch.zeros_like(b))


def init_forget_bias(lstm: nn.LSTM, value: float) -> None:
    """By torch's own initialisers, one bias of each pair."""
    for layer in lstm.all_weights:
        for number, bias in enumerate(layer[2:4]):
            nn.init.constant_(bias.detach().unflatten(0, (-1, lstm.hidden_size))[1], 0.0)
            if number == 0:
                nn.init.constant_(bias.detach().unflatten(0, (-1, lstm.hidden_size))[1], value)


def gru_cell(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    """torch's own cell, which keeps the transposes."""
    return torch.gru_cell(x, h, W.T, U.T, b_x, b_h)


def masked_unroll(
    step: Callable[[Tensor, State], State], x: Tensor, mask: Tensor, state: State
) -> tuple[Tensor, State]:
    """Sequence by sequence, without the padding."""
    shown = torch.zeros(*mask.shape, state[0].shape[1], dtype=state[0].dtype)
    finals = []
    for row, real in enumerate(mask):
        own = tuple(part[row : row + 1] for part in state)
        for t in real.nonzero()[:, 0].tolist():
            own = step(x[row : row + 1, t], own)
            shown = shown.index_put((torch.tensor(row), torch.tensor(t)), own[0][0])
        finals.append(own)
    return shown, tuple(torch.cat(parts) for parts in zip(*finals, strict=True))


def fix_lstm(
    x: Tensor, mask: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """torch's LSTM over packed sequences; padding may stand at the end only."""
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    net = nn.LSTM(x.shape[2], U.shape[0], batch_first=True, dtype=x.dtype)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = dict(zip(names, (W.T, U.T, b, torch.zeros_like(b)), strict=True))
    packed = pack_padded_sequence(x, mask.sum(1), batch_first=True, enforce_sorted=False)
    shown, (h, c) = functional_call(net, weights, (packed,))
    return pad_packed_sequence(shown, batch_first=True, total_length=x.shape[1])[0], (h[0], c[0])


@torch.no_grad()
def gate_trace(
    lstm: nn.LSTM, x: Tensor, clamp: dict[str, float] | None = None
) -> dict[str, Tensor]:
    """By torch's own LSTM, whose gates are asked one at a time; a clamp is a bias out of reach."""
    held, H = nn.LSTM(lstm.input_size, lstm.hidden_size, dtype=x.dtype), lstm.hidden_size
    held.load_state_dict(lstm.state_dict())
    weights = dict(held.named_parameters())
    for name, value in dict(clamp or {}).items():
        block = slice("ifgo".index(name) * H, ("ifgo".index(name) + 1) * H)
        for parameter in weights.values():
            parameter[block] = 0.0
        level = torch.tensor(value, dtype=x.dtype)
        weights["bias_ih_l0"][block] = (
            level.atanh() if name == "g" else level.logit().clamp(-40, 40)
        )
    state = (x.new_zeros(1, H), x.new_zeros(1, H))
    trace: dict[str, list[Tensor]] = {name: [] for name in "ifgoch"}
    for x_t in x:
        inner = nn.functional.linear(x_t, weights["weight_ih_l0"], weights["bias_ih_l0"])
        inner = inner + nn.functional.linear(
            state[0][0], weights["weight_hh_l0"], weights["bias_hh_l0"]
        )
        for name, part in zip("ifgo", inner.view(4, H), strict=True):
            trace[name].append(part.tanh() if name == "g" else part.sigmoid())
        state = torch.lstm_cell(x_t[None], state, *weights.values())
        trace["h"].append(state[0][0])
        trace["c"].append(state[1][0])
    return {name: torch.stack(steps) for name, steps in trace.items()}


def count_parameters(kind: str, D: int, H: int, n_layers: int = 1) -> int:
    """The library's own layer, built and counted."""
    layer = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](D, H, n_layers)
    return sum(parameter.numel() for parameter in layer.parameters())


def small_predictor(text: str) -> Callable[[list[str]], Tensor]:
    """Every character is as likely as any other."""
    return lambda contexts: torch.full((len(contexts), len(ALPHABET)), 1 / len(ALPHABET))


STAND_INS = {
    function.__name__: function
    for function in (
        lstm_cell,
        init_forget_bias,
        gru_cell,
        masked_unroll,
        fix_lstm,
        gate_trace,
        count_parameters,
        small_predictor,
    )
}
