"""Choose where tensors live, once, and say so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_said = False


def device(quiet: bool = False) -> torch.device:
    """Return the device of this kernel: CUDA where the GPU kernel asks for it and it works.

    The environment variable `WORD2CHAT_DEVICE` decides (`cpu`, `cuda`, `cuda:1`, …); the kernels
    that `course kernels install` registers set it. Without it, a working GPU is used.

    Raises:
        RuntimeError: the kernel asks for CUDA but this torch cannot use it.
    """
    import torch

    global _said
    wanted = os.environ.get("WORD2CHAT_DEVICE", "")
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        raise RuntimeError(
            f"This kernel asks for {wanted}, but torch {torch.__version__} sees no usable GPU. "
            "Switch to the kernel 'word2chat' (CPU), or run `course doctor` to see why."
        )
    chosen = torch.device(wanted or ("cuda" if torch.cuda.is_available() else "cpu"))
    if not (_said or quiet):
        name = torch.cuda.get_device_name(chosen) if chosen.type == "cuda" else "CPU"
        print(f"Using {chosen} ({name}), {torch.get_num_threads()} threads.")
        _said = True
    return chosen
