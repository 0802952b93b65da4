"""The kernels of the course: registered, listed and removed through ipykernel and jupyter_client.

`word2chat` runs on the CPU. `word2chat-gpu` is registered only where CUDA works. Both run this
Python, and tell `course.device()` what to use through their environment.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

from course.cuda import CudaReport, cuda_report
from course.device import VARIABLE
from course.errors import UserError

CPU, GPU = "word2chat", "word2chat-gpu"
DISPLAY_NAMES = {CPU: "word2chat (CPU)", GPU: "word2chat (GPU)"}
DEVICES = {CPU: "cpu", GPU: "cuda"}
MOST_THREADS = 4  # small matrices gain nothing from more, and a shared machine loses


class KernelError(UserError):
    """A kernel cannot be registered or removed where it was asked for."""


class Where(StrEnum):
    """Where Jupyter looks for kernels."""

    USER = "user"  # the home folder: every Jupyter of this user sees it
    SYS_PREFIX = "sys-prefix"  # this environment alone
    PREFIX = "prefix"  # a folder of your choice


class Gpu(StrEnum):
    """Whether to register the GPU kernel."""

    AUTO = "auto"  # where CUDA works
    ALWAYS = "always"  # also where it does not, for an image that is built on another machine
    NEVER = "never"


@dataclass(frozen=True)
class InstalledKernel:
    """A registered kernel as Jupyter finds it."""

    name: str
    display_name: str
    folder: Path
    python: str
    env: dict[str, str]

    @property
    def python_exists(self) -> bool:
        """Whether the Python that it starts is still there."""
        return shutil.which(self.python) is not None

    @property
    def is_this_python(self) -> bool:
        """Whether it starts the Python of this process."""
        # The Pythons of two environments may be links to one file, and one environment has
        # several names for its own (python, python3): folder and file must both agree.
        mine, theirs = Path(sys.executable).absolute(), Path(self.python).absolute()
        return mine.parent == theirs.parent and mine.resolve() == theirs.resolve()


@dataclass(frozen=True)
class Installation:
    """What `install` did: the kernels registered, and what it has to say about the GPU."""

    kernels: tuple[InstalledKernel, ...]
    cuda: CudaReport | None
    replaced: tuple[InstalledKernel, ...] = ()  # had another Python before
    hidden_by: tuple[Path, ...] = ()  # folders that Jupyter prefers to the ones just written


def install(
    where: Where = Where.USER, prefix: Path | None = None, gpu: Gpu = Gpu.AUTO
) -> Installation:
    """Register the kernels. Doing it again replaces them, so it is safe to repeat.

    Args:
        where: which of Jupyter's places.
        prefix: the folder, with `Where.PREFIX`.
        gpu: AUTO looks whether CUDA works (some seconds).

    Raises:
        KernelError: the place cannot be written, or no prefix was given.
    """
    place = _prefix(where, prefix)
    report = None if gpu is Gpu.NEVER else cuda_report()
    wants_gpu = gpu is Gpu.ALWAYS or (report is not None and report.works)
    names = [CPU, GPU] if wants_gpu else [CPU]
    folders = {name: _kernels_folder(place) / name for name in names}
    before = [_read_if_sound(name, folder) for name, folder in folders.items()]
    for name in names:
        _install_one(name, place)
    return Installation(
        kernels=tuple(_read(name, folder) for name, folder in folders.items()),
        cuda=report,
        replaced=tuple(kernel for kernel in before if kernel and not kernel.is_this_python),
        hidden_by=_hiding(folders) if where is not Where.PREFIX else (),
    )


def list_installed(prefix: Path | None = None) -> list[InstalledKernel]:
    """The course's kernels, as Jupyter finds them (with `prefix`, in that place alone)."""
    found = []
    for name in (CPU, GPU):
        folder = next(_folders(name, prefix), None)
        if folder is not None:
            found.append(_read(name, folder))
    return found


def remove(
    where: Where | None = None, prefix: Path | None = None, everyones: bool = False
) -> list[Path]:
    """Unregister the course's kernels and return the folders that were deleted.

    Args:
        where: one place, or None for every place where Jupyter finds them.
        prefix: the folder, with `Where.PREFIX`.
        everyones: with `where=None`, remove also kernels that start another, existing Python,
            such as the one of a second copy of the course.

    Raises:
        KernelError: a folder cannot be deleted.
    """
    if where is None:
        folders = [
            folder
            for name in (CPU, GPU)
            for folder in _folders(name)
            if everyones or not _is_anothers(name, folder)
        ]
    else:
        kernels_folder = _kernels_folder(_prefix(where, prefix))
        folders = [kernels_folder / name for name in (CPU, GPU)]
    removed = []
    for folder in folders:
        if (folder / "kernel.json").is_file():
            _delete(folder)
            removed.append(folder)
    return removed


def environment(name: str) -> dict[str, str]:
    """The variables that a kernel of the course is started with."""
    return {VARIABLE: DEVICES[name], "OMP_NUM_THREADS": str(threads())}


def threads() -> int:
    """How many threads a kernel may use: the cores of this process, at most four."""
    if hasattr(os, "sched_getaffinity"):  # counts only the cores that a container gives
        return max(1, min(MOST_THREADS, len(os.sched_getaffinity(0))))
    return max(1, min(MOST_THREADS, os.cpu_count() or 1))


# ------------------------------------------------------------------------------------ helpers
def _prefix(where: Where, prefix: Path | None) -> Path | None:
    """The prefix for jupyter_client; None is the user's own folder."""
    if where is Where.USER:
        return None
    if where is Where.SYS_PREFIX:
        return Path(sys.prefix)
    if prefix is None:
        raise KernelError("Name the folder: `course kernels install --prefix DIR`.")
    return prefix.expanduser().absolute()


def _kernels_folder(prefix: Path | None) -> Path:
    if prefix is None:
        return Path(KernelSpecManager().user_kernel_dir)
    return prefix / "share" / "jupyter" / "kernels"


def _install_one(name: str, prefix: Path | None) -> None:
    from ipykernel.kernelspec import install as install_kernelspec

    manager = KernelSpecManager()
    if prefix is not None:  # jupyter_client warns about a place outside its own list
        manager.kernel_dirs = [*manager.kernel_dirs, str(_kernels_folder(prefix))]
    try:
        install_kernelspec(
            manager,
            user=prefix is None,
            kernel_name=name,
            display_name=DISPLAY_NAMES[name],
            prefix=str(prefix) if prefix else None,
            env=environment(name),
        )
    except OSError as error:
        raise KernelError(
            f"The kernel cannot be written to {_kernels_folder(prefix)} ({error.strerror}): "
            "choose another place with --user, --sys-prefix or --prefix DIR."
        ) from error


def _folders(name: str, prefix: Path | None = None) -> Iterator[Path]:
    """Every folder that registers `name`, the one that Jupyter uses first."""
    if prefix is None:
        kernel_dirs = [Path(folder) for folder in KernelSpecManager().kernel_dirs]
    else:
        kernel_dirs = [_kernels_folder(prefix)]
    for kernel_dir in dict.fromkeys(kernel_dirs):
        if (kernel_dir / name / "kernel.json").is_file():
            yield kernel_dir / name


def _hiding(folders: dict[str, Path]) -> tuple[Path, ...]:
    """The folders in which Jupyter finds these kernels before it looks where they were written."""
    used = {name: next(_folders(name), folder) for name, folder in folders.items()}
    return tuple(used[name] for name in folders if used[name] != folders[name])


def _is_anothers(name: str, folder: Path) -> bool:
    kernel = _read_if_sound(name, folder)
    return kernel is not None and kernel.python_exists and not kernel.is_this_python


def _read_if_sound(name: str, folder: Path) -> InstalledKernel | None:
    try:
        return _read(name, folder)
    except KernelError:
        return None


def _read(name: str, folder: Path) -> InstalledKernel:
    path = folder / "kernel.json"
    try:
        spec = json.loads(path.read_text(encoding="utf-8"))
        python, env = spec["argv"][0], spec.get("env", {})
        return InstalledKernel(name, spec["display_name"], folder, python, env)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise KernelError(
            f"{path} is damaged ({error}): run `course kernels remove`, then "
            "`course kernels install`."
        ) from error


def _delete(folder: Path) -> None:
    try:
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise KernelError(
            f"{folder} cannot be removed ({error.strerror}): it belongs to someone else."
        ) from error
