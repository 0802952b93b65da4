"""What stands in for an exercise of week 13 while it is blank, so that a student can read on.

Calls of libraries, and the long way round. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence

from course.weeks.week13_generative import toys


def autoencoder(
    x: Tensor, encode: Callable[[Tensor], Tensor], decode: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """By the library's distribution of coins, which also takes grey ones."""
    (latent,) = map(encode, [x])
    coins = Independent(Bernoulli(logits=decode(latent), validate_args=False), 1)
    return latent, coins.mean, coins.log_prob(x).mean().neg()


def gaussian_kl(mu: Tensor, logvar: Tensor) -> Tensor:
    """By the library's distributions."""
    cloud = Normal(mu, torch.exp(logvar / 2))
    standard = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return kl_divergence(Independent(cloud, 1), Independent(standard, 1))


def reparameterize(mu: Tensor, logvar: Tensor, noise: Tensor) -> Tensor:
    """By the library's affine map."""
    spread = torch.exp(logvar / 2)
    return torch.distributions.AffineTransform(mu, spread)(noise)


def diversity(samples: Tensor, real: Tensor, k: int) -> float:
    """By scikit-learn's search for neighbours."""
    return toys.fidelity_turned(samples, real, k)


def gan_losses(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """By cross-entropies with labels of ones and zeros."""
    paid = torch.nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones_like(fake), torch.zeros_like(fake)
    return paid(real, torch.ones_like(real)) + paid(fake, zeros), paid(fake, ones)


def affine_coupling(
    x: Tensor, net: Callable[[Tensor], Tensor], inverse: bool = False
) -> tuple[Tensor, Tensor]:
    """By the library's invertible maps, which know their own Jacobians."""
    count = x.shape[1] // 2
    parts = [count, x.shape[1] - count]
    kept, moved = x.split(parts, dim=1)
    logs, shifts = net(kept).split([parts[1]] * 2, dim=1)
    there = torch.distributions.AffineTransform(shifts, logs.exp(), event_dim=1)
    used = there.inv if inverse else there
    (found,) = map(used, [moved])
    return torch.hstack([kept, found]), used.log_abs_det_jacobian(moved, found)


def q_sample(x0: Tensor, t: Tensor, noise: Tensor, betas: Tensor) -> Tensor:
    """Step by step, image by image: the long way."""
    rows = []
    for image, last, own in zip(x0, t.tolist(), noise, strict=True):
        kept = torch.exp(torch.log1p(-betas[: last + 1]).sum())
        rows.append(
            torch.lerp(torch.zeros_like(image), image, kept.sqrt()) + own * (-kept).add(1).sqrt()
        )
    return torch.stack(rows)


def ddpm_step(x: Tensor, t: int, eps: Tensor, noise: Tensor, betas: Tensor) -> Tensor:
    """By way of the clean image that the noise speaks of, and the product of two Gaussians."""
    kept = torch.exp(torch.log1p(-betas[: t + 1]).sum())
    clean = (x - (1 - kept).sqrt() * eps) / kept.sqrt()
    if t < 1:
        return clean
    earlier = kept / (1 - betas[t])
    sure, told = 1 / (1 - earlier), (1 - betas[t]) / betas[t]
    both = sure + told
    mean = (sure * earlier.sqrt() * clean + told * x / (1 - betas[t]).sqrt()) / both
    return torch.addcmul(mean, noise, both.rsqrt())


def best_forger(examples: object) -> Callable[[list], np.ndarray]:
    """The same grey everywhere."""
    return lambda dice: np.full((len(dice), 64), 1 / 64)


STAND_INS = {
    thing.__name__: thing
    for thing in (
        autoencoder,
        gaussian_kl,
        reparameterize,
        diversity,
        gan_losses,
        affine_coupling,
        q_sample,
        ddpm_step,
        best_forger,
    )
}
