"""Choose where tensors live, once, and say so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

VARIABLE = "WORD2CHAT_DEVICE"

_said = False


def device(quiet: bool = False) -> torch.device:
    """Return the device of this kernel: CUDA where the GPU kernel asks for it and it works.

    The environment variable `WORD2CHAT_DEVICE` decides (`cpu`, `cuda`, `cuda:1`, …); the kernels
    that `course kernels install` registers set it. Without it, a working GPU is used, else the CPU.

    Args:
        quiet: say nothing. Without it, the first call in a process prints the choice.

    Raises:
        RuntimeError: the variable names no device, or asks for a GPU that torch cannot use; the
            message says why (driver, build, version) and what to do.
    """
    import torch

    wanted = os.environ.get(VARIABLE, "").strip()
    chosen = _parse(wanted) if wanted else _best()
    if chosen.type == "cuda":
        _require_cuda(chosen)
    _say(chosen, quiet)
    return torch.device(chosen)


def _best() -> torch.device:
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _parse(wanted: str) -> torch.device:
    import torch

    try:
        return torch.device(wanted)
    except RuntimeError:
        raise RuntimeError(
            f"{VARIABLE} is '{wanted}', which names no device: use cpu, cuda or cuda:1."
        ) from None


def _require_cuda(chosen: torch.device) -> None:
    import torch

    if not torch.cuda.is_available():
        from course.cuda import cuda_report

        report = cuda_report()
        raise RuntimeError(
            f"This kernel asks for {chosen}, but torch cannot use it. {report.reason} "
            "Switch to the kernel 'word2chat' (CPU), or run `course doctor`."
        )
    if (chosen.index or 0) >= torch.cuda.device_count():
        raise RuntimeError(
            f"This kernel asks for {chosen}, but this machine has {torch.cuda.device_count()} "
            "GPU(s), counted from cuda:0."
        )


def _say(chosen: torch.device, quiet: bool) -> None:
    import torch

    global _said
    if _said or quiet:
        return
    name = torch.cuda.get_device_name(chosen) if chosen.type == "cuda" else chosen.type.upper()
    print(f"Using {chosen} ({name}), {torch.get_num_threads()} threads.")
    _said = True
