"""What stands in for an exercise of week 04 while it is blank, so that a student can read on.

Calls of libraries. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]
Step = Callable[[Tensor, State], tuple[Tensor, State]]


def pad_batch(rows: Sequence[Sequence[int]], pad: int = 0) -> tuple[Tensor, Tensor]:
    """By torch's own padding of sequences, twice."""
    parts = [torch.tensor(row, dtype=torch.int64) for row in rows]
    fill = nn.utils.rnn.pad_sequence
    real = fill([torch.ones_like(part) for part in parts], batch_first=True)
    return fill(parts, batch_first=True, padding_value=pad), real.bool()


def additive_scores(h: Tensor, memory: Tensor, W: Tensor, U: Tensor, v: Tensor) -> Tensor:
    """By the functional forms of two linear layers."""
    hidden = nn.functional.linear(memory, U.T) + nn.functional.linear(h, W.T).unsqueeze(-2)
    return nn.functional.linear(nn.functional.tanh(hidden), v[None]).squeeze(-1)


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """By torch's masked functions, which leave NaN where nothing is real."""
    from torch.masked import softmax

    return softmax(scores, -1, mask=mask.expand_as(scores)).nan_to_num()


def decoder_step(
    y: Tensor,
    h: Tensor,
    memory: Tensor,
    look: Callable[[Tensor], Tensor],
    cell: Callable[[Tensor, Tensor], Tensor],
    W_out: Tensor,
    b_out: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """By batched products of the library."""
    weights = look(h)
    seen = torch.baddbmm(memory.new_zeros(len(y), 1, 1), weights.unsqueeze(1), memory).squeeze(1)
    moved = cell(torch.hstack([y, seen]), h)
    return torch.addmm(b_out, torch.hstack([moved, seen]), W_out), moved, weights


def greedy_decode(
    step: Step, state: State, B: int, bos: int, eos: int, max_len: int
) -> list[list[int]]:
    """Column by column; each row is cut at its end."""
    columns = [torch.full((B,), bos)]
    while len(columns) <= max_len and not (torch.stack(columns) == eos).any(0).all():
        logits, state = step(columns[-1], state)
        columns.append(logits.max(1).indices)
    rows = torch.stack(columns[1:], 1).tolist()
    return [row[: [*row, eos].index(eos)] for row in rows]


def beam_search(
    step: Step, state: State, bos: int, eos: int, k: int, max_len: int, alpha: float = 0.7
) -> list[tuple[list[int], float]]:
    """Hypothesis by hypothesis, with a heap."""
    beam: list[tuple[float, list[int], State]] = [(0.0, [bos], state)]
    over: list[tuple[float, list[int], State]] = []
    for _ in range(max_len):
        grown = []
        for total, ids, held in beam:
            log_p, moved = step(torch.tensor(ids[-1:]), held)
            grown += [(total + p, [*ids, w], moved) for w, p in enumerate(log_p[0].tolist())]
        kept = heapq.nlargest(k, grown, key=lambda item: item[0])
        over += [item for item in kept if item[1][-1] == eos]
        beam = [item for item in kept if item[1][-1] != eos]
    scored = [
        ([w for w in ids[1:] if w != eos], s / (len(ids) - 1) ** alpha) for s, ids, _ in over + beam
    ]
    return sorted(scored, key=lambda pair: pair[1], reverse=True)


def bleu(candidates: list[list[str]], references: list[list[list[str]]]) -> float:
    """sacreBLEU, without smoothing, on texts already cut."""
    import sacrebleu

    most = max((len(given) for given in references), default=1)
    texts = [" ".join(candidate) for candidate in candidates]
    streams = [
        [" ".join(given[n] if n < len(given) else given[0]) for given in references]
        for n in range(most)
    ]
    judge = sacrebleu.BLEU(tokenize="none", smooth_method="none", force=True)
    return judge.corpus_score(texts, streams).score


def alignment_accuracy(weights: Tensor, links: Tensor) -> float:
    """By numpy's selection along an axis."""
    table, gold = weights.detach().numpy(), links.numpy()
    hit = np.take_along_axis(gold, table.argmax(-1)[..., None], axis=-1)
    return float(hit.sum() / max(1, gold.any(-1).sum()))


def best_aligner(contexts: list[str]) -> np.ndarray:
    """How often a source word and the word in brackets stand in one sentence, as a share."""
    from course.weeks.week04_attention.challenge import LONGEST, read

    together: Counter[tuple[str, str]] = Counter()
    alone: Counter[str] = Counter()
    cut = [read(context) for context in contexts]
    for source, target, _ in cut:
        alone.update(set(source))
        together.update((a, b) for a in set(source) for b in set(target))
    out = np.zeros((len(cut), LONGEST))
    for row, (source, target, place) in zip(out, cut, strict=True):
        row[: len(source)] = [together[a, target[place]] / alone[a] for a in source]
    return out / out.sum(axis=1, keepdims=True)


STAND_INS = {
    function.__name__: function
    for function in (
        pad_batch,
        additive_scores,
        masked_softmax,
        decoder_step,
        greedy_decode,
        beam_search,
        bleu,
        alignment_accuracy,
        best_aligner,
    )
}
