"""GPUs: the right device files, by number or by UUID, from what the driver says of them."""

from __future__ import annotations

import itertools
import mmap
import os
from pathlib import Path

import pytest
from sandboxes import PRELUDE, SMALL, WARM, say, spec

from autograder.sandbox import bwrap, gpu, launch_plan
from autograder.sandbox.inside import watch
from autograder.sandbox.inside.protocol import OOM_SCORE_ADJ
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import SandboxUnavailable

pytestmark = pytest.mark.sandbox

# PCI address: UUID and minor number. The minor numbers do not follow the order of the addresses
MACHINE = {
    "0000:17:00.0": ("GPU-5fa1-one", 2),
    "0000:65:00.0": ("GPU-5fb2-two", 0),
    "0000:b3:00.0": ("GPU-9c03-three", 1),
}
INFORMATION = """Model: \t\t NVIDIA Something
IRQ:   \t\t 102
GPU UUID: \t {uuid}
Video BIOS: \t 96.00.89.00.01
Bus Type: \t PCIe
Bus Location: \t {address}
Device Minor: \t {minor}
GPU Excluded:\t No
"""


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, Path]:
    """What the driver of a machine with three GPUs shows under /proc and /dev."""
    folders = {"information": tmp_path / "gpus", "dev": tmp_path / "dev"}
    for address, (uuid, minor) in MACHINE.items():
        (folders["information"] / address).mkdir(parents=True)
        text = INFORMATION.format(uuid=uuid, address=address, minor=minor)
        (folders["information"] / address / "information").write_text(text)
    (folders["dev"] / "nvidia-caps").mkdir(parents=True)
    names = ["nvidia0", "nvidia1", "nvidia2", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"]
    for name in names:
        (folders["dev"] / name).touch()
    return folders


@pytest.mark.parametrize(
    ("wanted", "files", "visible"),
    [
        ("0", ["nvidia2"], "GPU-5fa1-one"),
        ("1", ["nvidia0"], "GPU-5fb2-two"),
        ("2, 0", ["nvidia1", "nvidia2"], "GPU-9c03-three,GPU-5fa1-one"),
        ("GPU-9c03-three", ["nvidia1"], "GPU-9c03-three"),
        ("GPU-9c", ["nvidia1"], "GPU-9c03-three"),
    ],
)
def test_a_gpu_is_found_by_number_and_by_uuid(
    wanted: str, files: list[str], visible: str, machine: dict[str, Path]
) -> None:
    """Its own device file, the two that all share, no other; inside it is named by its UUID."""
    found = gpu.devices(wanted, **machine)
    assert [Path(file).name for file in found.files] == [*files, "nvidiactl", "nvidia-uvm"]
    assert {Path(file).parent for file in found.files} == {machine["dev"]}
    assert found.visible == visible


@pytest.mark.parametrize("wanted", ["3", "GPU-5f", "GPU-77", "MIG-5fa1", "", "all", "0,7"])
def test_a_gpu_that_is_not_there_or_not_one_is_refused(
    wanted: str, machine: dict[str, Path]
) -> None:
    """Nothing is let in on a guess; the message says what is here."""
    with pytest.raises(SandboxUnavailable, match="0 = GPU-5fa1-one, 1 = GPU-5fb2-two"):
        gpu.devices(wanted, **machine)


def test_a_missing_device_file_is_named(machine: dict[str, Path]) -> None:
    """A driver that is not loaded yet has no unified memory: the remedy is in the message."""
    (machine["dev"] / "nvidia-uvm").unlink()
    with pytest.raises(SandboxUnavailable, match=r"nvidia-uvm is missing.*nvidia-modprobe"):
        gpu.devices("0", **machine)


def test_a_machine_without_a_driver_has_no_gpu(tmp_path: Path) -> None:
    """The message says so, and no device is bound."""
    with pytest.raises(SandboxUnavailable, match="here: none"):
        gpu.devices("0", tmp_path / "gpus", tmp_path)


def test_a_gpu_is_passed_only_on_request(
    machine: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line binds the devices asked for, and none otherwise."""
    without = bwrap.base_jail("bwrap")
    assert not [word for word in without if "nvidia" in word]
    assert without[without.index("CUDA_VISIBLE_DEVICES") + 1] == ""
    monkeypatch.setattr(gpu, "INFORMATION", machine["information"])
    monkeypatch.setattr(gpu, "DEV", machine["dev"])
    jail = bwrap.base_jail("bwrap", "1")
    assert jail[jail.index("CUDA_VISIBLE_DEVICES") + 1] == "GPU-5fb2-two"
    bound = [Path(jail[i + 1]).name for i, word in enumerate(jail) if word == "--dev-bind"]
    assert bound == ["nvidia0", "nvidiactl", "nvidia-uvm"]
    pairs = list(itertools.pairwise(jail))
    assert jail.index("--dev-bind") < pairs.index(("--remount-ro", "/dev"))


SPARE = """
def spare_oneself():
    os.write(os.open("/proc/self/oom_score_adj", os.O_WRONLY), b"0")
"""
WHAT_CUDA_DOES = """
import os, threading
attempt_file = attempt(lambda: os.close(os.memfd_create("cuda")))
def rename():
    with open(f"/proc/self/task/{threading.get_native_id()}/comm", "w") as file:
        file.write("cuda-worker")
print(attempt_file, attempt(rename), attempt(spare_oneself))
"""


@pytest.mark.parametrize(("wanted", "then"), [("1", "done done"), (None, "ENOSYS EROFS")])
def test_cuda_finds_what_its_driver_needs(
    wanted: str | None, then: str, machine: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in memory and a name for a thread, without which it fails with error 304.

    Seen on an H100 with driver 580. Nobody else gets either.
    """
    monkeypatch.setattr(gpu, "INFORMATION", machine["information"])
    monkeypatch.setattr(gpu, "DEV", machine["dev"])
    with running_kernel(spec(gpu=wanted), WARM) as one:
        said = say(one, PRELUDE + SPARE + WHAT_CUDA_DOES)
    assert said.rpartition(" ")[0] == then
    assert (said.rpartition(" ")[2] == "done") <= (wanted is not None and not has_floor())


def has_floor() -> bool:
    """Whether what we write is a floor for the student: CAP_SYS_RESOURCE, the 24th capability."""
    status = Path("/proc/self/status").read_text()
    effective = int(status.partition("CapEff:")[2].split()[0], 16)
    return bwrap.root_mode() and bool(effective >> 24 & 1)


def test_who_lowers_its_oom_score_finds_it_raised(
    machine: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a GPU /proc can be written to; process 1 undoes it within a moment."""
    monkeypatch.setattr(gpu, "INFORMATION", machine["information"])
    monkeypatch.setattr(gpu, "DEV", machine["dev"])
    lower = f"""
import time
{SPARE}
attempt(spare_oneself)
for _ in range(200):
    score = open("/proc/self/oom_score_adj").read().strip()
    if score == "800":
        break
    time.sleep(0.05)
print(score)
"""
    with running_kernel(spec(gpu="0"), WARM) as one:
        assert say(one, PRELUDE + lower) == str(OOM_SCORE_ADJ) == "800"


def test_files_in_memory_are_counted() -> None:
    """Open ones by what they hold, once however often they are open; mapped ones when closed."""
    before = watch.shared_bytes([os.getpid()])
    one = os.memfd_create("one")
    again = os.dup(one)
    os.write(one, bytes(3 << 20))
    os.ftruncate(one, 64 << 20)  # a hole takes no memory
    assert watch.shared_bytes([os.getpid()]) == before + (3 << 20)
    with mmap.mmap(one, 64 << 20):
        os.close(one)
        os.close(again)
        assert watch.shared_bytes([os.getpid()]) >= before + (3 << 20)
    assert watch.shared_bytes([os.getpid()]) == before


def test_cuda_gets_no_address_space_limit(
    machine: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CUDA reserves far more than it uses."""
    monkeypatch.setattr(gpu, "INFORMATION", machine["information"])
    monkeypatch.setattr(gpu, "DEV", machine["dev"])
    connection = {"ip": "x"}
    with_gpu = launch_plan.build_launch_plan(spec(gpu="0"), connection, 1000, grouped=())
    without = launch_plan.build_launch_plan(spec(), connection, 1000, grouped=())
    assert (with_gpu.header["data_mb"], without.header["data_mb"]) == (0, SMALL.memory_mb)
    assert with_gpu.header["env"]["CUDA_VISIBLE_DEVICES"] == "GPU-5fa1-one"
