"""The kernels of the course: they install, run code, install again, and go away."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from course.cuda import CudaFacts, CudaReport, explain
from course.student import kernels
from course.student.kernels import CPU, GPU, Gpu, KernelError, Where

NO_CUDA = explain(CudaFacts(torch="2.13.0+cpu"))
CUDA = CudaReport(works=True, reason="A GPU: torch 2.13.0, CUDA 13.0.")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's places for this test alone; nobody's real kernels are touched."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(
        KernelSpecManager,
        "_kernel_dirs_default",
        lambda self: [
            str(tmp_path / "environment/share/jupyter/kernels"),
            str(tmp_path / "user/kernels"),
        ],
    )
    monkeypatch.setattr(kernels, "cuda_report", lambda: NO_CUDA)
    return tmp_path


def write_spec(folder: Path, python: str) -> None:
    """A kernel.json as another copy of the course would have written it."""
    folder.mkdir(parents=True)
    spec = {"argv": [python, "-m", "ipykernel_launcher"], "display_name": "word2chat (CPU)"}
    (folder / "kernel.json").write_text(json.dumps(spec))


def run(prefix: Path, name: str, code: str) -> str:
    """Start a registered kernel, run `code`, and return what it printed."""
    manager = KernelManager(kernel_name=name)
    manager.kernel_spec_manager.kernel_dirs = [str(prefix / "share/jupyter/kernels")]
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    printed: list[str] = []
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(
            code,
            timeout=60,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return "".join(printed).strip()


# ----------------------------------------------------------------------------------------- install
def test_installed_kernel_runs_code_on_the_cpu(tmp_path: Path) -> None:
    """A kernel in a prefix of its own runs this Python with the CPU and a thread count set."""
    kernels.install(Where.PREFIX, tmp_path)
    code = (
        "import os, sys; import course\n"
        "print(sys.executable, os.environ['WORD2CHAT_DEVICE'], os.environ['OMP_NUM_THREADS'])"
    )
    assert run(tmp_path, CPU, code) == f"{sys.executable} cpu {kernels.threads()}"


def test_names_and_environment_of_both_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where CUDA works both kernels are registered, under the names that notebooks ask for."""
    monkeypatch.setattr(kernels, "cuda_report", lambda: CUDA)
    found = kernels.install(Where.PREFIX, tmp_path).kernels
    assert [(k.name, k.display_name) for k in found] == [
        ("word2chat", "word2chat (CPU)"),
        ("word2chat-gpu", "word2chat (GPU)"),
    ]
    assert [k.env["WORD2CHAT_DEVICE"] for k in found] == ["cpu", "cuda"]
    assert all(k.is_this_python and k.python_exists for k in found)


def test_gpu_kernel_without_cuda_explains_itself(tmp_path: Path) -> None:
    """The GPU kernel can be forced; on a machine without CUDA `device()` then says why not."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("CUDA works here")
    kernels.install(Where.PREFIX, tmp_path, Gpu.ALWAYS)
    code = "import course\ntry: course.device()\nexcept RuntimeError as e: print(e)"
    said = run(tmp_path, GPU, code)
    assert "This kernel asks for cuda" in said
    assert "CPU build" in said or "driver" in said


def test_without_cuda_only_the_cpu_kernel_is_installed(tmp_path: Path) -> None:
    """No GPU kernel appears, and the report says why."""
    done = kernels.install(Where.PREFIX, tmp_path)
    assert [kernel.name for kernel in done.kernels] == [CPU]
    assert "2.13.0+cpu is a CPU build" in done.cuda.reason


def test_gpu_can_be_declined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NEVER nothing asks about CUDA."""
    monkeypatch.setattr(kernels, "cuda_report", lambda: pytest.fail("CUDA was looked at"))
    done = kernels.install(Where.PREFIX, tmp_path, Gpu.NEVER)
    assert [kernel.name for kernel in done.kernels] == [CPU]


def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    """The second install leaves the same files with the same content."""
    kernels.install(Where.PREFIX, tmp_path)
    tree = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    kernels.install(Where.PREFIX, tmp_path)
    assert tree == {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}


def test_user_and_environment_are_jupyters_own_places(own_places: Path) -> None:
    """--user writes to the user's data folder, --sys-prefix to this environment."""
    user = kernels.install(Where.USER).kernels[0]
    environment = kernels.install(Where.SYS_PREFIX).kernels[0]
    assert user.folder == own_places / "user/kernels/word2chat"
    assert environment.folder == own_places / "environment/share/jupyter/kernels/word2chat"


def test_a_hidden_kernel_is_reported(own_places: Path) -> None:
    """A kernel in the environment is found before the user's own: install says so."""
    kernels.install(Where.SYS_PREFIX)
    hidden_by = kernels.install(Where.USER).hidden_by
    assert hidden_by == (own_places / "environment/share/jupyter/kernels/word2chat",)


def test_replacing_another_python_is_reported(own_places: Path) -> None:
    """Installing over the kernel of a second copy of the course names the Python it had."""
    write_spec(own_places / "user/kernels/word2chat", "/elsewhere/bin/python")
    replaced = kernels.install(Where.USER).replaced
    assert [kernel.python for kernel in replaced] == ["/elsewhere/bin/python"]


def test_a_damaged_kernel_is_replaced(own_places: Path) -> None:
    """A kernel.json that is no JSON is an error when listed, and install repairs it."""
    folder = own_places / "user/kernels/word2chat"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text("{")
    with pytest.raises(KernelError, match=r"kernel\.json is damaged"):
        kernels.list_installed()
    kernels.install(Where.USER)
    assert kernels.list_installed()[0].is_this_python


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be gives one sentence with the place and the choices."""
    (tmp_path / "file").write_text("")
    with pytest.raises(KernelError, match=r"cannot be written to .*--user, --sys-prefix"):
        kernels.install(Where.PREFIX, tmp_path / "file")


def test_prefix_needs_a_folder() -> None:
    """PREFIX without a folder is refused."""
    with pytest.raises(KernelError, match="--prefix DIR"):
        kernels.install(Where.PREFIX)


# ------------------------------------------------------------------------------------------ remove
def test_remove_takes_away_what_install_wrote(tmp_path: Path) -> None:
    """After remove nothing is listed, and a second remove has nothing to do."""
    kernels.install(Where.PREFIX, tmp_path, Gpu.ALWAYS)
    assert len(kernels.remove(Where.PREFIX, tmp_path)) == 2
    assert kernels.list_installed(tmp_path) == []
    assert kernels.remove(Where.PREFIX, tmp_path) == []


def test_remove_looks_everywhere_by_default(own_places: Path) -> None:
    """Without a place, the kernels of this Python go from the user's and the environment's."""
    kernels.install(Where.USER)
    kernels.install(Where.SYS_PREFIX)
    assert len(kernels.remove()) == 2
    assert kernels.list_installed() == []


def test_remove_spares_the_kernel_of_another_copy(own_places: Path) -> None:
    """A kernel that starts another, existing Python stays, unless asked for."""
    other = own_places / "python"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    write_spec(own_places / "user/kernels/word2chat", str(other))
    assert kernels.remove() == []
    assert len(kernels.remove(everyones=True)) == 1


def test_remove_takes_a_kernel_whose_python_is_gone(own_places: Path) -> None:
    """A kernel left behind by a deleted environment is removed."""
    write_spec(own_places / "user/kernels/word2chat", "/gone/bin/python")
    assert kernels.list_installed()[0].python_exists is False
    assert len(kernels.remove()) == 1


def test_other_peoples_kernels_stay(own_places: Path) -> None:
    """Only the course's two names are ever touched."""
    write_spec(own_places / "user/kernels/python3", sys.executable)
    kernels.install(Where.USER)
    kernels.remove(everyones=True)
    assert (own_places / "user/kernels/python3/kernel.json").is_file()


def test_threads_are_bounded() -> None:
    """A kernel takes at least one and at most four threads."""
    assert 1 <= kernels.threads() <= 4
