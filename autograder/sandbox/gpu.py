"""Which device files a GPU needs, and by what name CUDA finds it in a sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.limits import SandboxUnavailable

INFORMATION = Path("/proc/driver/nvidia/gpus")  # a folder for each GPU, named by its PCI address
DEV = Path("/dev")
# the driver's control and its unified memory; debuggers' and MIG's files are not needed to compute
SHARED = ("nvidiactl", "nvidia-uvm")


@dataclass(frozen=True)
class Devices:
    """Device files to let in, and what CUDA_VISIBLE_DEVICES says inside."""

    files: tuple[str, ...] = ()
    visible: str = ""


@dataclass(frozen=True)
class _Gpu:
    uuid: str
    minor: int


def devices(
    wanted: str | None, information: Path | None = None, dev: Path | None = None
) -> Devices:
    """The devices for GPUs named by number, as nvidia-smi counts, or by UUID: "0", "0,2", "GPU-5f".

    Inside they are named by UUID: CUDA counts only the GPUs that it can open, so numbers would
    shift.

    Raises:
        SandboxUnavailable: there is no such GPU here, or a device file is missing.
    """
    if wanted is None:
        return Devices()
    found = _gpus(information or INFORMATION)
    chosen = [_named(name.strip(), found) for name in wanted.split(",")]
    names = [*(f"nvidia{gpu.minor}" for gpu in chosen), *SHARED]
    files = tuple(str((dev or DEV) / name) for name in names)
    missing = [file for file in files if not Path(file).exists()]
    if missing:
        raise SandboxUnavailable(
            f"No sandbox with a GPU: {', '.join(missing)} is missing. `nvidia-modprobe -u -c 0`, "
            "as root, makes the driver's files. Nothing was run."
        )
    return Devices(files, ",".join(gpu.uuid for gpu in chosen))


def _gpus(information: Path) -> list[_Gpu]:
    """Every GPU of the driver, in the order of their PCI addresses."""
    return [_read(folder / "information") for folder in sorted(information.glob("*:*"))]


def _read(path: Path) -> _Gpu:
    """The minor number is the one of /dev/nvidiaN; it need not be the GPU's place in the order."""
    fields = (line.partition(":") for line in path.read_text().splitlines())
    values = {name.strip(): value.strip() for name, _, value in fields}
    return _Gpu(values["GPU UUID"], int(values["Device Minor"]))


def _named(name: str, found: list[_Gpu]) -> _Gpu:
    if name.isdigit() and int(name) < len(found):
        return found[int(name)]
    alike = [gpu for gpu in found if name.startswith("GPU-") and gpu.uuid.startswith(name)]
    if len(alike) == 1:
        return alike[0]
    have = ", ".join(f"{number} = {gpu.uuid}" for number, gpu in enumerate(found)) or "none"
    raise SandboxUnavailable(
        f"No sandbox with a GPU: no GPU or more than one is called {name!r} (here: {have}). "
        "Set c.Grading.gpu to one of them. Nothing was run."
    )
