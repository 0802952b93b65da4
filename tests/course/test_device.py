"""The device is chosen once and said once; a CUDA that does not work is explained by its cause."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from course import cuda
from course import device as device_function
from course.cuda import CudaFacts, explain

# the package exports the function `device`, which hides the module of that name
device_module = sys.modules["course.device"]
VARIABLE = "WORD2CHAT_DEVICE"


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not spoken yet, with no wish for a device."""
    monkeypatch.setattr(device_module, "_said", False)
    monkeypatch.delenv(VARIABLE, raising=False)


# ------------------------------------------------------------------------------------ device()
def test_the_choice_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """The first call prints device and threads, the second prints nothing."""
    monkeypatch.setenv(VARIABLE, "cpu")
    assert device_function() == torch.device("cpu")
    assert device_function() == torch.device("cpu")
    assert capsys.readouterr().out == f"Using cpu (CPU), {torch.get_num_threads()} threads.\n"


def test_quiet_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """quiet=True prints nothing, and does not use up the one message."""
    monkeypatch.setenv(VARIABLE, "cpu")
    device_function(quiet=True)
    assert capsys.readouterr().out == ""
    device_function()
    assert "Using cpu" in capsys.readouterr().out


def test_without_a_wish_the_best_device_is_taken() -> None:
    """No variable: CUDA if torch can use it, else the CPU."""
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert device_function(quiet=True).type == expected


def test_wishing_for_a_broken_gpu_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the cause and the two ways out."""
    monkeypatch.setenv(VARIABLE, "cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    report = explain(CudaFacts(torch="2.13.0+cpu"))
    monkeypatch.setattr(cuda, "_report", lambda: report)
    with pytest.raises(RuntimeError, match=r"2\.13\.0\+cpu is a CPU build.*kernel 'word2chat'"):
        device_function()


def test_wishing_for_a_gpu_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """cuda:3 on a machine with one GPU is refused with the number of GPUs."""
    monkeypatch.setenv(VARIABLE, "cuda:3")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(RuntimeError, match="has 1 GPU"):
        device_function()


def test_a_word_that_is_no_device_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo in the variable gives its value and the words that work."""
    monkeypatch.setenv(VARIABLE, "gpu")
    with pytest.raises(RuntimeError, match="'gpu', which names no device: use cpu"):
        device_function()


# ------------------------------------------------------------------------------------ explain()
BUILD = {"torch": "2.13.0+cu130", "build": "13.0"}
CASES = {
    "no torch": (CudaFacts(torch_error="it is not installed"), "it is not installed", True),
    "CPU build": (CudaFacts(torch="2.13.0+cpu"), "2.13.0+cpu is a CPU build, and no NVIDIA", False),
    "CPU build on a Mac": (CudaFacts(system="Darwin", torch="2.13.0"), "macOS has no CUDA", False),
    "CPU build beside a GPU": (
        CudaFacts(torch="2.13.0+cpu", driver="580.65", boards=("RTX 4070",)),
        "although this machine has an NVIDIA driver 580.65 (RTX 4070)",
        True,
    ),
    "no driver": (CudaFacts(**BUILD), "no NVIDIA driver was found", False),
    "silent driver": (CudaFacts(**BUILD, driver="580.65"), "580.65 does not answer", True),
    "old driver": (
        CudaFacts(**BUILD, driver="535.54", driver_cuda=12020),
        "535.54 is too old: it serves CUDA 12.2, and torch 2.13.0+cu130 is built for CUDA 13.0",
        True,
    ),
    "hidden GPU": (
        CudaFacts(**BUILD, driver="580.65", driver_cuda=13000, boards=("H200",), visible=""),
        "CUDA_VISIBLE_DEVICES is set to ''",
        True,
    ),
    "no GPU behind the driver": (
        CudaFacts(**BUILD, driver="580.65", driver_cuda=13000, error="No CUDA GPUs are available"),
        "finds no GPU here (No CUDA GPUs are available)",
        False,
    ),
    "GPU of the wrong age": (
        CudaFacts(**BUILD, driver_cuda=13000, gpus=("K80",), error="no kernel image is available"),
        "K80 is there, but a test failed",
        True,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_failure_is_named_by_its_cause(case: str) -> None:
    """Driver, build or version: the reason names the one that is to blame."""
    facts, words, broken = CASES[case]
    report = explain(facts)
    assert words in report.reason
    assert (report.works, report.broken) == (False, broken)
    assert not broken or report.remedy


def test_a_working_gpu_is_described() -> None:
    """Name, memory, build and driver in one line."""
    facts = CudaFacts(
        **BUILD, driver="580.65", driver_cuda=13000, gpus=("H200", "H200"), memory_gib=139.8
    )
    report = explain(facts)
    assert report.works
    assert report.reason == (
        "H200, 140 GiB and 1 more: torch 2.13.0+cu130, CUDA 13.0, driver 580.65."
    )


def test_a_working_gpu_wins_over_an_old_version_number() -> None:
    """A driver with CUDA's compatibility package works although its number looks too old."""
    assert explain(CudaFacts(**BUILD, driver_cuda=12020, gpus=("A100",), memory_gib=40)).works


def test_an_amd_build_without_a_gpu() -> None:
    """A ROCm build is not mistaken for a CPU build."""
    assert "finds no GPU" in explain(CudaFacts(torch="2.13.0+rocm6.4", hip="6.4")).reason


def test_gathering_finds_this_torch() -> None:
    """The probe in its own process reports the torch that this process has."""
    facts = cuda.gather()
    assert facts.torch == torch.__version__
    assert facts.build == torch.version.cuda
    assert explain(facts).works == torch.cuda.is_available()


def test_a_crashing_torch_is_reported_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe process that dies gives its last words, and the caller lives on."""
    run = subprocess.run
    dying = [sys.executable, "-c", "import sys; sys.exit('libcudart.so: cannot open')"]
    monkeypatch.setattr(cuda.subprocess, "run", lambda _, **rest: run(dying, **rest))
    facts = cuda.ask_torch()
    assert facts.torch is None
    assert "libcudart.so: cannot open" in explain(facts).reason


def test_a_hanging_torch_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that does not end is given up."""

    def hang(command: list[str], timeout: float, **rest: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(cuda.subprocess, "run", hang)
    assert "did not end within" in explain(cuda.ask_torch()).reason


def test_nvidia_smi_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Driver and boards come from nvidia-smi's table."""
    table = "580.65.06, NVIDIA H200\n580.65.06, NVIDIA H200\n"
    monkeypatch.setattr(cuda.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(
        cuda.subprocess,
        "run",
        lambda command, **rest: subprocess.CompletedProcess(command, 0, table, ""),
    )
    assert cuda.ask_nvidia_smi() == ("580.65.06", ("NVIDIA H200", "NVIDIA H200"))


def test_a_failing_nvidia_smi_means_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """nvidia-smi without a driver exits with an error; that is no driver, not a crash."""
    monkeypatch.setattr(cuda.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(
        cuda.subprocess,
        "run",
        lambda command, **rest: subprocess.CompletedProcess(command, 9, "NVIDIA-SMI failed", ""),
    )
    assert cuda.ask_nvidia_smi() == (None, ())
