"""GPUs: the right device files, by number or by UUID, from what the driver says of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from sandboxes import SMALL, spec

from autograder.sandbox import bwrap, gpu, launch_plan
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
