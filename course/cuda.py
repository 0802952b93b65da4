"""Why CUDA works here, or does not: driver, build of torch, versions, in one sentence.

The facts are gathered in a process of their own (`python -m course.cuda`), because a broken driver
or a broken torch can hang or crash the process that asks. `explain` turns facts into words; it is
a pure function, so every case is tested without a GPU.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field, replace
from functools import cache

PROBE_SECONDS = 120
SMI_SECONDS = 20
TORCH_SITE = "https://pytorch.org/get-started/locally/"


@dataclass(frozen=True)
class CudaFacts:
    """What was found. Driver version numbers are CUDA's: 12040 means CUDA 12.4."""

    system: str = "Linux"
    torch: str | None = None
    torch_error: str = ""
    build: str | None = None  # the CUDA version that torch was built with; None for a CPU build
    hip: str | None = None  # the ROCm version of an AMD build
    driver_cuda: int = 0  # the newest CUDA version that the driver serves, as torch sees it
    driver: str | None = None  # the driver's own version, from nvidia-smi
    boards: tuple[str, ...] = ()  # names of the GPUs, from nvidia-smi
    visible: str | None = None  # CUDA_VISIBLE_DEVICES
    gpus: tuple[str, ...] = ()  # names of the GPUs, as torch sees them
    memory_gib: float = 0.0  # of the first one
    error: str = ""  # what a small computation on the GPU raised


@dataclass(frozen=True)
class CudaReport:
    """The verdict: does it work, why (one sentence), and what to do about it."""

    works: bool
    reason: str
    remedy: str = ""
    broken: bool = False  # a GPU or its driver is here, but torch cannot use it
    facts: CudaFacts = field(default_factory=CudaFacts)


def cuda_report() -> CudaReport:
    """Look (in another process, seconds) and explain. Cached for the life of this process."""
    return _report()


@cache
def _report() -> CudaReport:
    return explain(gather())


def explain(facts: CudaFacts) -> CudaReport:
    """Turn facts into a verdict. The first cause that is enough to explain a failure is named."""
    works, broken, reason, remedy = _diagnose(facts)
    return CudaReport(works, reason, remedy, broken, facts)


def _diagnose(facts: CudaFacts) -> tuple[bool, bool, str, str]:
    """works, broken, reason, remedy"""
    if facts.torch is None:
        why = facts.torch_error or "it is not installed"
        return (
            False,
            True,
            f"torch cannot be imported: {why}.",
            "Run `pip install -r requirements.txt`.",
        )
    if facts.gpus and not facts.error:
        stack = f"ROCm {facts.hip}" if facts.hip else f"CUDA {facts.build}"
        return _working(facts, f"{stack}, driver {_driver(facts)}")
    if facts.build is None and facts.hip is None:
        return _cpu_build(facts)
    if facts.gpus:
        return _failed(facts)
    if facts.build is None:
        return _no_gpu(facts)
    if not facts.driver_cuda:
        return _no_driver(facts)
    if _major(facts.driver_cuda) < int(facts.build.split(".")[0]):
        return _old_driver(facts)
    return _no_gpu(facts)


def _working(facts: CudaFacts, stack: str) -> tuple[bool, bool, str, str]:
    more = f" and {len(facts.gpus) - 1} more" if len(facts.gpus) > 1 else ""
    name = f"{facts.gpus[0]}, {facts.memory_gib:.0f} GiB{more}"
    return True, False, f"{name}: torch {facts.torch}, {stack}.", ""


def _cpu_build(facts: CudaFacts) -> tuple[bool, bool, str, str]:
    reason = f"torch {facts.torch} is a CPU build"
    if facts.system == "Darwin":
        return False, False, f"{reason}; macOS has no CUDA.", ""
    if not facts.driver:
        return False, False, f"{reason}, and no NVIDIA driver was found.", ""
    board = f" ({facts.boards[0]})" if facts.boards else ""
    return (
        False,
        True,
        f"{reason}, although this machine has an NVIDIA driver {facts.driver}{board}.",
        f"For the GPU install a CUDA build of the same version: see {TORCH_SITE}.",
    )


def _no_driver(facts: CudaFacts) -> tuple[bool, bool, str, str]:
    reason = f"torch {facts.torch} is built for CUDA {facts.build}, but "
    if facts.driver:
        return (
            False,
            True,
            reason + f"the NVIDIA driver {facts.driver} does not answer it.",
            "Restart the machine; if that does not help, install the driver again.",
        )
    return False, False, reason + "no NVIDIA driver was found.", "A machine without a GPU is fine."


def _old_driver(facts: CudaFacts) -> tuple[bool, bool, str, str]:
    served = f"{_major(facts.driver_cuda)}.{facts.driver_cuda % 1000 // 10}"
    return (
        False,
        True,
        f"The NVIDIA driver {_driver(facts)} is too old: it serves CUDA {served}, and torch "
        f"{facts.torch} is built for CUDA {facts.build}.",
        f"Update the driver, or install a torch built for CUDA {_major(facts.driver_cuda)} "
        f"({TORCH_SITE}).",
    )


def _no_gpu(facts: CudaFacts) -> tuple[bool, bool, str, str]:
    if facts.visible is not None and facts.boards:
        return (
            False,
            True,
            f"CUDA_VISIBLE_DEVICES is set to '{facts.visible}', which hides the GPU.",
            "Unset that variable, or set it to 0.",
        )
    seen = f" ({facts.error})" if facts.error else ""
    return (
        False,
        bool(facts.boards),
        f"torch {facts.torch} finds no GPU here{seen}.",
        "Check with `nvidia-smi` that a GPU is attached to this machine or container.",
    )


def _failed(facts: CudaFacts) -> tuple[bool, bool, str, str]:
    remedy = "Restart the machine; if that does not help, install torch again."
    if "no kernel image" in facts.error:
        remedy = f"This GPU is too old or too new for this torch; see {TORCH_SITE}."
    elif "out of memory" in facts.error:
        remedy = "Another program fills the GPU: close it (`nvidia-smi` names it)."
    return False, True, f"{facts.gpus[0]} is there, but a test failed: {facts.error}.", remedy


def _major(version: int) -> int:
    return version // 1000


def _driver(facts: CudaFacts) -> str:
    return facts.driver or "of unknown version"


# ---------------------------------------------------------------------------------- gathering
def gather() -> CudaFacts:
    """Ask torch (in another process) and nvidia-smi. Never raises."""
    driver, boards = ask_nvidia_smi()
    return replace(ask_torch(), system=platform.system(), driver=driver, boards=boards)


def ask_torch() -> CudaFacts:
    environment = {k: v for k, v in os.environ.items() if k != "WORD2CHAT_DEVICE"}
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "course.cuda"],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return CudaFacts(torch_error=f"the import did not end within {PROBE_SECONDS} s")
    except OSError as error:
        return CudaFacts(torch_error=f"Python could not be started ({error.strerror})")
    try:
        found = json.loads(answer.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        last = (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]
        return CudaFacts(torch_error=f"the import crashed ({last[:200]})")
    return CudaFacts(**{**found, "gpus": tuple(found["gpus"]), "boards": ()})


def ask_nvidia_smi() -> tuple[str | None, tuple[str, ...]]:
    """The driver's version and the names of the boards; (None, ()) where there is no driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None, ()
    query = [program, "--query-gpu=driver_version,name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(
            query, capture_output=True, text=True, timeout=SMI_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None, ()
    if answer.returncode != 0:
        return None, ()
    rows = [line.split(",", 1) for line in answer.stdout.splitlines() if "," in line]
    return (rows[0][0].strip() if rows else None), tuple(row[1].strip() for row in rows)


def _probe() -> CudaFacts:
    """What torch says in this process. Computes a small product on the GPU if there is one."""
    try:
        import torch
    except Exception as error:  # a broken wheel raises OSError, ImportError or worse
        missing = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        message = "it is not installed" if missing else f"{type(error).__name__}: {error}"
        return CudaFacts(torch_error=_one_line(message))
    facts = CudaFacts(
        torch=str(torch.__version__),
        build=torch.version.cuda,
        hip=getattr(torch.version, "hip", None),
        visible=os.environ.get("CUDA_VISIBLE_DEVICES"),
    )
    return _probe_gpu(facts) if facts.build or facts.hip else facts


def _probe_gpu(facts: CudaFacts) -> CudaFacts:
    import torch

    try:
        version = getattr(torch._C, "_cuda_getDriverVersion", int)  # AMD builds lack it: 0
        facts = replace(facts, driver_cuda=int(version()))
        torch.cuda.init()
        names = tuple(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        facts = replace(facts, gpus=names, memory_gib=memory)
        ones = torch.ones(8, 8, device="cuda")
        torch.cuda.synchronize()
        assert float((ones @ ones).sum()) == 512.0, "a product of ones came out wrong"
    except Exception as error:
        facts = replace(facts, error=_one_line(str(error)))
    return facts


def _one_line(message: str) -> str:
    return " ".join(message.split())[:200].rstrip(".")


if __name__ == "__main__":
    print(json.dumps(asdict(_probe())))
