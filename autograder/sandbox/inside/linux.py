"""The few system calls of Linux that Python does not offer, each raising OSError on failure."""

from __future__ import annotations

import array
import contextlib
import ctypes
import fcntl
import os
import socket
import struct

_libc = ctypes.CDLL(None, use_errno=True)

NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 4, 22, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_MADV_COLLAPSE, _HUGE = 25, 2 << 20  # since Linux 6.1; the size of a huge page
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    _check(_libc.setns(descriptor, kind), f"setns({kind:#x})")


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """Mount a new file system of this kind, or with MS_REMOUNT or MS_PRIVATE change an old one."""
    result = _libc.mount(
        kind.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _check(result, f"mount {kind} on {target}")


def bind(source: str, target: str) -> None:
    """Show `source` at `target` too, with all that is mounted below it."""
    flags = ctypes.c_ulong(MS_BIND | MS_REC)
    _check(_libc.mount(source.encode(), target.encode(), None, flags, None), f"bind on {target}")


def make_read_only(place: str) -> None:
    """Let nothing be written through the mount at `place`."""
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
    result = _libc.mount(None, place.encode(), None, ctypes.c_ulong(flags), None)
    _check(result, f"read-only {place}")


def set_dumpable(dumpable: bool) -> None:
    """A process that is not dumpable keeps its memory and descriptors from others of its uid."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0), "prctl dumpable")


def drop_bounding_set() -> None:
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            return  # Linux knows no capability of this number, so all have been dropped


def drop_capabilities() -> None:
    _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set")
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, bytes(24)), "capset")


def forbid_new_privileges() -> None:
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def load_seccomp(path: str) -> None:
    with open(path, "rb") as file:
        instructions = file.read()
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HxxxxxxP", len(instructions) // 8, ctypes.addressof(buffer))
    result = _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(program), 0, 0)
    _check(result, "seccomp")


def raise_loopback() -> None:
    """Set `lo` up in this network namespace, as bubblewrap does in its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16xH14x", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[0]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def send_descriptors(sock: socket.socket, message: bytes, descriptors: list[int]) -> None:
    socket.send_fds(sock, [message], array.array("i", descriptors).tolist())


def close_all_but(keep: set[int]) -> None:
    """Close every descriptor that is not in `keep`."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in keep:
            with contextlib.suppress(OSError):  # the one that listdir itself had open
                os.close(int(name))


def collapse_memory() -> None:
    """Move this process's own memory into huge pages, where the machine has them to give.

    A fork copies a table entry for each page: with huge ones it takes a third of the time.
    """
    with open("/proc/self/maps") as file:
        mappings = [line.split(maxsplit=5) for line in file]
    for addresses, mode, _, _, inode, *_name in mappings:
        if mode != "rw-p" or inode != "0":
            continue
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
        if start < end:  # Linux may refuse, and then the fork only takes longer
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)
