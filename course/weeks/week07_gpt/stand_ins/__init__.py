"""What stands in for an exercise of week 07 while it is blank, so that a student can read on.

Calls of libraries. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from course.data.prose import ALPHABET
from course.weeks.week07_gpt import toys


def bpe_train(words: Mapping[bytes, int], n_merges: int) -> list[tuple[int, int]]:
    """By the library's trainer, on a text in which each byte is one character."""
    from tokenizers import Tokenizer, models, trainers

    signs = [toys._sign(byte) for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=256 + n_merges, initial_alphabet=signs, show_progress=False
    )
    tokenizer = Tokenizer(models.BPE())
    lines = ("".join(map(toys._sign, word)) for word, count in words.items() for _ in range(count))
    tokenizer.train_from_iterator(lines, trainer)
    ids = {sign: byte for byte, sign in enumerate(signs)}
    found = []
    for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])[256:]:
        cut = next(k for k in range(1, len(token)) if token[:k] in ids and token[k:] in ids)
        found.append((ids[token[:cut]], ids[token[cut:]]))
        ids[token] = 255 + len(found)
    return found


class BPE:
    """The library's encoder; decoding by the table of pieces."""

    def __init__(self, merges: Sequence[tuple[int, int]]) -> None:
        """Make the library's tokenizer of the merges."""
        self.merges, self.table = list(merges), toys._bytes_of(merges)
        self.encode = toys.library_encoder(self.merges)

    def decode(self, ids: Sequence[int]) -> str:
        """The pieces in a row."""
        return str(b"".join([self.table[i] for i in ids]), "utf-8", "replace")


def get_batch(ids: Tensor, starts: Tensor, T: int) -> tuple[Tensor, Tensor]:
    """By torch's own sliding windows."""
    windows = ids.unfold(0, T + 1, 1).index_select(0, starts)
    return windows.narrow(1, 0, T), windows.narrow(1, 1, T)


LAYER = {
    "ln_1.weight": "ln_1.weight", "ln_1.bias": "ln_1.bias",
    "W_qkv": "attn.c_attn.weight", "b_qkv": "attn.c_attn.bias",
    "W_out": "attn.c_proj.weight", "b_out": "attn.c_proj.bias",
    "ln_2.weight": "ln_2.weight", "ln_2.bias": "ln_2.bias",
    "W_up": "mlp.c_fc.weight", "b_up": "mlp.c_fc.bias",
    "W_down": "mlp.c_proj.weight", "b_down": "mlp.c_proj.bias",
}  # fmt: skip
WHOLE = {"E": "wte.weight", "P": "wpe.weight", "ln_f.weight": "ln_f.weight",
         "ln_f.bias": "ln_f.bias"}  # fmt: skip


class Parameters(nn.Module):
    """The parameters of one layer."""

    def __init__(self, D: int) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(D), nn.LayerNorm(D)
        shapes = {"qkv": (D, 3 * D), "out": (D, D), "up": (D, 4 * D), "down": (4 * D, D)}
        for name, shape in shapes.items():
            setattr(self, f"W_{name}", nn.Parameter(0.02 * torch.randn(shape)))
            setattr(self, f"b_{name}", nn.Parameter(torch.zeros(shape[1])))


class GPT(nn.Module):
    """transformers' own GPT-2, which borrows the parameters."""

    def __init__(self, config: Any) -> None:
        """The same parameters under the same names."""
        super().__init__()
        self.config = config
        self.E = nn.Parameter(0.02 * torch.randn(config.V, config.D))
        self.P = nn.Parameter(0.01 * torch.randn(config.T_max, config.D))
        self.blocks = nn.ModuleList(Parameters(config.D) for _ in range(config.n_layers))
        self.ln_f = nn.LayerNorm(config.D)
        self._library = [_library(config)]  # in a list, so that its parameters are not ours

    def forward(self, ids: Tensor) -> Tensor:
        """By the library, with our parameters in place of its own."""
        given: dict[str, Tensor] = {
            f"transformer.{theirs}": self.get_parameter(ours) for ours, theirs in WHOLE.items()
        }
        for k in range(self.config.n_layers):
            given |= {f"transformer.h.{k}.{theirs}": self.get_parameter(f"blocks.{k}.{ours}")
                      for ours, theirs in LAYER.items()}  # fmt: skip
        given["lm_head.weight"] = self.E
        out = functional_call(
            self._library[0], given, kwargs={"input_ids": ids, "use_cache": False}
        )
        return out.logits


def _library(config: Any) -> nn.Module:
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=config.V, n_positions=config.T_max, n_embd=config.D,
            n_head=config.n_heads, n_layer=config.n_layers,
        )
    ).eval()  # fmt: skip


def sampling_probs(
    logits: Tensor, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> Tensor:
    """By the library's own chain of warpers."""
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    ids = torch.zeros(len(logits), 1, dtype=torch.long)
    chain: list[Any] = [TemperatureLogitsWarper(max(float(temperature), 1e-6))]
    chain += [TopKLogitsWarper(top_k)] if top_k else []
    chain += [TopPLogitsWarper(top_p)] if 0 < top_p < 1 else []
    for warper in chain:
        logits = warper(ids, logits)
    return logits.softmax(-1)


def sft_labels(ids: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Row by row, with numpy's masked arrays."""
    kept = np.ma.masked_all(ids.shape, dtype=np.int64)
    for row, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        kept[row, start:end] = ids[row, start:end].numpy()
    return torch.from_numpy(kept.filled(-100))


class LoRALinear(nn.Module):
    """Two thin layers of the library beside the base."""

    def __init__(self, base: nn.Module, D_in: int, D_out: int, r: int, alpha: float) -> None:
        """Freeze the base and make the two."""
        super().__init__()
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base, self.share = base, alpha / r
        kind = next(base.parameters()).dtype
        self.A = nn.Parameter(torch.empty(D_in, r, dtype=kind))
        self.B = nn.Parameter(torch.empty(r, D_out, dtype=kind))
        nn.init.normal_(self.A, std=0.02)
        nn.init.zeros_(self.B)

    def forward(self, x: Tensor) -> Tensor:
        """The base's output and that of the two."""
        thin = nn.functional.linear(nn.functional.linear(x, self.A.T), self.B.T)
        return torch.add(self.base(x), thin, alpha=self.share)

    def delta(self) -> Tensor:
        """Their product."""
        return torch.linalg.multi_dot([self.A, self.B]).mul(self.share)


def finetune(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    lr: float,
    warmup: int = 0,
    max_norm: float = 1.0,
) -> list[float]:
    """The library's loss for causal models and torch's schedules, a batch at a time."""
    from transformers.loss.loss_utils import ForCausalLMLoss

    own = list(filter(lambda p: p.requires_grad, model.parameters()))
    rule = torch.optim.AdamW(own, lr, weight_decay=0)
    pace = torch.optim.lr_scheduler.LambdaLR(rule, lambda k: min(1, (k + 1) / max(warmup, 1)))
    told: list[float] = []
    for ids, labels in batches:
        out = model.train()(input_ids=ids).logits
        cost = ForCausalLMLoss(out, labels, out.shape[-1])
        rule.zero_grad()
        cost.backward()
        nn.utils.clip_grad_norm_(own, max_norm)
        rule.step()
        pace.step()
        told.append(float(cost))
    model.eval()
    return told


def best_bits(text: str) -> Callable[[list[str]], np.ndarray]:
    """Every character is as likely as any other."""
    return lambda contexts: np.full((len(contexts), len(ALPHABET)), 1 / len(ALPHABET))


STAND_INS = {
    thing.__name__: thing
    for thing in (
        bpe_train,
        BPE,
        get_batch,
        GPT,
        sampling_probs,
        sft_labels,
        LoRALinear,
        finetune,
        best_bits,
    )
}
