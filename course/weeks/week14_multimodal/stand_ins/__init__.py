"""What stands in for an exercise of week 14 while it is blank, so that a student can read on.

Calls of libraries, and the long way round. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def patchify(images: Tensor, P: int) -> Tensor:
    """By torch's unfold, which wants channels first and keeps them outermost in a patch."""
    if images.shape[1] % P or images.shape[2] % P:
        raise ValueError("the picture is no whole number of patches")
    columns = F.unfold(images.double().movedim(-1, 1), P, stride=P)  # (B, C*P*P, N)
    apart = columns.unflatten(1, (images.shape[-1], P * P))
    return torch.einsum("bcsn->bnsc", apart).flatten(2).to(images.dtype)


def info_nce(u: Tensor, v: Tensor, tau: float | Tensor) -> Tensor:
    """By torch's cosine similarity, pair by pair, and its distributions."""
    near = torch.cosine_similarity(u[:, None], v[None], dim=-1).div(tau)
    both = torch.stack([near, near.mT])
    return -torch.distributions.Categorical(logits=both).log_prob(torch.arange(len(u))).mean()


def zero_shot_classify(u: Tensor, captions: Sequence[Tensor], tau: float) -> Tensor:
    """A linear layer whose rows are the classes."""
    rows = [F.normalize(F.normalize(one, dim=-1).sum(0), dim=0) for one in captions]
    return F.linear(F.normalize(u, dim=-1), torch.stack(rows)).div(tau).softmax(-1)


def recall_at_k(scores: Tensor, right: Tensor, k: int) -> float:
    """By numpy's lexsort: the score first, and among equals what is wrong."""
    table, truth = scores.detach().cpu().numpy(), right.cpu().numpy()
    order = np.lexsort((truth, -table), axis=-1)
    return float(np.take_along_axis(truth, order, -1)[:, :k].any(-1).mean())


def cross_attend(
    x: Tensor, p: Tensor, real: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor
) -> tuple[Tensor, Tensor]:
    """By torch's fused attention; values that are rows of an identity bring the weights."""
    one = torch.eye(p.shape[1], dtype=p.dtype).expand(len(p), -1, -1)
    seen = torch.cat([p @ W_v, one], dim=-1)
    mixed = F.scaled_dot_product_attention(x @ W_q, p @ W_k, seen, attn_mask=real[:, None])
    return mixed[..., : W_v.shape[1]], mixed[..., W_v.shape[1] :]


def mel_spectrogram(wave: Tensor, bank: Tensor, hop: int) -> Tensor:
    """By torch's own short-time Fourier transform."""
    n_fft = 2 * (len(bank) - 1)
    window = torch.hann_window(n_fft, dtype=wave.dtype)
    found = torch.stft(wave, n_fft, hop, window=window, center=False, return_complex=True)
    loud = torch.view_as_real(found).square().sum(-1)
    return torch.einsum("ft,fm->tm", loud, bank).clamp_min(1e-10).log()


def ctc_collapse(ids: Sequence[int], blank: int = 0) -> list[int]:
    """By numpy's differences."""
    row = np.append(np.array(ids, dtype=int), blank)
    return row[:-1][(np.diff(row, prepend=blank)[:-1] != 0) & (row[:-1] != blank)].tolist()


def ctc_loss(logp: Tensor, target: Sequence[int], blank: int = 0) -> Tensor:
    """By torch's."""
    labels, sizes = torch.tensor([list(target)], dtype=torch.long), torch.tensor([len(target)])
    frames = torch.tensor([len(logp)])
    return F.ctc_loss(logp[:, None], labels, frames, sizes, blank, reduction="sum")


def match_captions(examples: Sequence[str]):
    """Every caption is as likely as any other."""
    return lambda contexts: np.full((len(contexts), 8), 1 / 8)


STAND_INS = {
    thing.__name__: thing
    for thing in (
        patchify,
        info_nce,
        zero_shot_classify,
        recall_at_k,
        cross_attend,
        mel_spectrogram,
        ctc_collapse,
        ctc_loss,
        match_captions,
    )
}
