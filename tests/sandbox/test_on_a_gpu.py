"""A kernel in the sandbox computes on a GPU that it was given, and on no other.

These need an NVIDIA GPU with a build of torch that can use it, and are skipped elsewhere.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sandboxes import COLD, WARM, say, spec

from autograder.sandbox import gpu
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import Limits, SandboxSpec

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.skipif(not gpu.INFORMATION.is_dir(), reason="no NVIDIA GPU is here"),
]
ROOMY = Limits(memory_mb=6144, processes=64, submission_seconds=240)
COMPUTE = """
import torch
torch.manual_seed(0)
x = torch.randn(64, 64, requires_grad=True)
on_gpu = (x.cuda() @ x.cuda()).square().mean()
on_gpu.backward()
on_cpu = (x @ x).square().mean()
print(torch.cuda.device_count(), on_gpu.device, torch.allclose(on_gpu.cpu(), on_cpu, rtol=1e-4))
"""
LOOK = "import torch; print(torch.cuda.is_available(), torch.cuda.device_count())"


def given(modules: tuple[str, ...] = (), wanted: str | None = "0") -> SandboxSpec:
    """Room for CUDA's own libraries, and one GPU."""
    return spec(limits=ROOMY, warm_modules=modules, gpu=wanted)


def used_mib() -> int:
    """Memory in use on the first GPU, as the driver says."""
    asked = ["nvidia-smi", "--id=0", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize(("start", "modules"), [(COLD, ()), (WARM, ("torch",))])
def test_a_kernel_computes_on_its_gpu(start: str, modules: tuple[str, ...]) -> None:
    """Forward and backward agree with the CPU's; a fork of a parent with torch can do it too."""
    with running_kernel(given(modules), start) as one:
        assert say(one, COMPUTE, 180) == "1 cuda:0 True"


def test_two_forks_of_one_parent_use_the_gpu_side_by_side() -> None:
    """The parent has not opened CUDA: a process that has cannot pass it on."""
    with running_kernel(given(("torch",)), WARM) as one:
        assert say(one, COMPUTE, 180) == "1 cuda:0 True"
        with running_kernel(given(("torch",)), WARM) as other:
            assert say(other, COMPUTE, 180) == "1 cuda:0 True"
            assert say(one, COMPUTE, 180) == "1 cuda:0 True"


def test_without_a_gpu_there_is_none() -> None:
    """A machine's GPU is not seen by a kernel that was given none."""
    with running_kernel(given(("torch",), None), WARM) as one:
        assert say(one, LOOK, 120).startswith("False 0")  # CUDA may warn besides
        assert say(one, "import os; print([n for n in os.listdir('/dev') if 'nv' in n])") == "[]"


def test_only_the_files_that_computing_needs_are_inside() -> None:
    """The GPU's own file and the two that all share; no tools, no MIG capabilities."""
    minor = Path(gpu.devices("0").files[0]).name
    with running_kernel(given(), COLD) as one:
        found = say(one, "import os; print(sorted(n for n in os.listdir('/dev') if 'nv' in n))")
    assert found == str(sorted([minor, "nvidiactl", "nvidia-uvm"]))


def test_memory_of_the_gpu_is_free_after_the_kernel() -> None:
    """What a submission held on the GPU ends with it; the next one finds the card as it was."""
    before = used_mib()
    with running_kernel(given(("torch",)), WARM) as one:
        hold = "import torch; held = torch.ones(1 << 28, device='cuda'); print(held.sum().item())"
        assert say(one, hold, 180) == f"{float(1 << 28)}"
        assert used_mib() >= before + 1024
    assert used_mib() < before + 512


def test_a_neighbour_that_fills_the_gpu_is_told_apart() -> None:
    """Where one takes all of the card, another gets an error of its own, and no wrong number.

    For a moment nothing else on this machine gets memory on its first GPU either.
    """
    fill = """
import torch
held = []
try:
    while True:
        held.append(torch.empty(1 << 29, device="cuda"))
except torch.OutOfMemoryError:
    print("full")
"""
    with running_kernel(given(("torch",)), WARM) as greedy:
        assert say(greedy, fill, 180) == "full"
        with running_kernel(given(("torch",)), WARM) as other:
            answer = say(other, "import torch; print(torch.ones(1 << 28).cuda().sum().item())", 180)
    assert "out of memory" in answer.lower() or answer == f"{float(1 << 28)}"
