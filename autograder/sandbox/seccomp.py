"""The system calls that a student's kernel may not make, as a seccomp filter (classic BPF).

The list denies rather than allows: numpy, torch and the shell make several hundred system calls,
and the walls are the namespaces and the missing capabilities. The filter removes what pierces
or goes round them (new namespaces, mounts, keyrings, other memory, file handles) and the
parts of the Linux kernel with the longest record of privilege bugs (io_uring, bpf, perf events,
odd socket families). A call newer than the tables below does not exist for the student.

`python -m autograder.sandbox.seccomp` writes `kernel-x86_64.bpf` and `kernel-aarch64.bpf` beside
this file, and the same with `-gpu` for kernels that are given a GPU. The numbers are those of
arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h in Linux 6.12; the
program format is that of Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from itertools import product
from pathlib import Path

# (x86_64, aarch64) numbers; None where the architecture never had the call
DENIED: dict[str, tuple[int | None, int | None]] = {
    # keyrings are shared by uid, not by namespace
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # mounts, the old interface and the new one
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    # namespaces (clone is looked into below)
    "unshare": (272, 97),
    "setns": (308, 268),
    # a file handle opens a file that no mount of ours shows
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    # large and often attacked
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "memfd_secret": (447, 447),
    "vmsplice": (278, 75),
    # one quota for the whole machine, and one disk
    "io_setup": (206, 0),
    "sync": (162, 81),
    "syncfs": (306, 267),
    "seccomp": (317, 277),
    "lookup_dcookie": (212, 18),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "uselib": (134, None),
    "map_shadow_stack": (453, 453),
    "lsm_set_self_attr": (460, 460),
    # placement of memory, which moves pages of other processes too
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # the machine
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "create_module": (174, None),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "iopl": (172, None),
    "ioperm": (173, None),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "nfsservctl": (180, 42),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
}

# memory that no size limit of ours counts, when there is no control group; programs do without
ABSENT: dict[str, tuple[int, int]] = {
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
}

# CUDA's driver makes such a file while it starts, or fails with error 304; `watch` counts them
FOR_CUDA = ("memfd_create",)

# glibc tries clone3, whose flags lie in memory that a filter cannot read, then falls back to clone
CLONE3 = 435
CLONE = (56, 220)
SOCKET = (41, 198)
SOCKETPAIR = (53, 199)
IOCTL = (16, 29)
# with a process number other than 0 it changes process 1 of the sandbox, which watches over it;
# (zmq sets the priority of its threads by their numbers, so the calls for that must stay)
PRLIMIT = (302, 261)
SETRLIMIT = (160, 164)
# at 1 a crash is handed to no program of the host; at 0 it may be (core(5), "Piping core dumps")
RLIMIT_CORE = 4
# a lease on a shared file makes everyone else who opens it wait; its owner, which the grader's own
# user may be, can take one even on a read-only mount (fcntl(2), "Leases")
FCNTL = (72, 25)
F_SETLEASE, F_NOTIFY, F_SETDELEG = 1024, 1026, 1040
PRCTL = (157, 167)
# a process that is not dumpable would hide from process 1, which counts what all of them use
PR_SET_DUMPABLE = 4
LAST_KNOWN = 462  # mseal, Linux 6.10

# NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
CLONE_NEW = 0x7E020000
TIOCSTI, TIOCLINUX, TIOCSETD = 0x5412, 0x541C, 0x5423
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
IP_PROTOCOLS = (0, 6, 17)  # unspecified, TCP, UDP: no SCTP, DCCP, L2TP, MPTCP
SOCKET_TYPE_MASK = 0xF  # above it lie SOCK_NONBLOCK and SOCK_CLOEXEC
X32_BIT = 0x40000000

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
ERRNO = 0x00050000

# offsets in struct seccomp_data
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16

LOAD_WORD, AND, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06


@dataclass(frozen=True)
class Architecture:
    """One instruction set: its name for uname, its audit number, its column in the tables."""

    machine: str
    audit: int
    column: int


ARCHITECTURES = (
    Architecture("x86_64", 0xC000003E, 0),
    Architecture("aarch64", 0xC00000B7, 1),
)

Instruction = tuple[int, int, int, int]


def _load(offset: int) -> Instruction:
    return (LOAD_WORD, 0, 0, offset)


def _argument(index: int) -> Instruction:
    """The low half of an argument; both architectures are little-endian."""
    return _load(ARGUMENTS + 8 * index)


def _return(value: int) -> Instruction:
    return (RETURN, 0, 0, value)


def _error(number: int) -> Instruction:
    return _return(ERRNO | number)


def _if_equal(value: int, then: list[Instruction]) -> list[Instruction]:
    """Run `then` when the accumulator equals `value`, else what follows."""
    return [(JUMP_EQUAL, 0, len(then), value), *then]


def _if_at_least(value: int, then: list[Instruction]) -> list[Instruction]:
    return [(JUMP_AT_LEAST, 0, len(then), value), *then]


def _protocol_in(allowed: tuple[int, ...]) -> list[Instruction]:
    checks = [step for value in allowed for step in _if_equal(value, [_return(ALLOW)])]
    return [_argument(2), *checks, _error(errno.EPROTONOSUPPORT)]


def _clone_rule() -> list[Instruction]:
    no_namespace = _if_equal(0, [_return(ALLOW)])
    return [_argument(0), (AND, 0, 0, CLONE_NEW), *no_namespace, _error(errno.EPERM)]


def _internet_rule() -> list[Instruction]:
    """Streams and datagrams alone; asking for another type may load a module of Linux."""
    kinds = [step for kind in (1, 2) for step in _if_equal(kind, _protocol_in(IP_PROTOCOLS))]
    return [_argument(1), (AND, 0, 0, SOCKET_TYPE_MASK), *kinds, _error(errno.ESOCKTNOSUPPORT)]


def _socket_rule() -> list[Instruction]:
    return [
        _argument(0),
        *_if_equal(AF_UNIX, [_return(ALLOW)]),
        *_if_equal(AF_NETLINK, _protocol_in((0,))),
        *_if_equal(AF_INET, _internet_rule()),
        *_if_equal(AF_INET6, _internet_rule()),
        _error(errno.EAFNOSUPPORT),
    ]


def _socketpair_rule() -> list[Instruction]:
    unix = _if_equal(AF_UNIX, [_return(ALLOW)])
    return [_argument(0), *unix, _error(errno.EAFNOSUPPORT)]


def _commands_denied(*commands: int) -> list[Instruction]:
    """For ioctl and fcntl, whose second argument says what they do."""
    checks = [step for value in commands for step in _if_equal(value, [_error(errno.EPERM)])]
    return [_argument(1), *checks, _return(ALLOW)]


def _prlimit_rule() -> list[Instruction]:
    """Only of oneself, and of the core limit only a question: no pointer to a new value."""
    question = [
        _argument(2),
        *_if_equal(0, [_load(ARGUMENTS + 8 * 2 + 4), *_if_equal(0, [_return(ALLOW)])]),
        _error(errno.EPERM),
    ]
    about_core = [_argument(1), *_if_equal(RLIMIT_CORE, question), _return(ALLOW)]
    return [_argument(0), *_if_equal(0, about_core), _error(errno.EPERM)]


def _setrlimit_rule() -> list[Instruction]:
    return [_argument(0), *_if_equal(RLIMIT_CORE, [_error(errno.EPERM)]), _return(ALLOW)]


def _prctl_rule() -> list[Instruction]:
    to_one = [_argument(1), *_if_equal(1, [_return(ALLOW)]), _error(errno.EPERM)]
    return [_argument(0), *_if_equal(PR_SET_DUMPABLE, to_one), _return(ALLOW)]


def program(architecture: Architecture, gpu: bool = False) -> list[Instruction]:
    """The filter as (code, jump if true, jump if false, operand) instructions.

    gpu: for a kernel that is given one.
    """
    column = architecture.column
    steps = [
        _load(ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture.audit),
        _return(KILL_PROCESS),
        _load(NUMBER),
    ]
    if architecture.machine == "x86_64":
        steps += _if_at_least(X32_BIT, [_return(KILL_PROCESS)])
    steps += _if_at_least(LAST_KNOWN + 1, [_error(errno.ENOSYS)])
    steps += _if_equal(CLONE3, [_error(errno.ENOSYS)])
    for name in DENIED:
        number = DENIED[name][column]
        if number is not None:
            steps += _if_equal(number, [_error(errno.EPERM)])
    for name in set_apart(gpu):
        steps += _if_equal(ABSENT[name][column], [_error(errno.ENOSYS)])
    steps += _if_equal(PRLIMIT[column], _prlimit_rule())
    steps += _if_equal(SETRLIMIT[column], _setrlimit_rule())
    steps += _if_equal(PRCTL[column], _prctl_rule())
    steps += _if_equal(CLONE[column], _clone_rule())
    steps += _if_equal(SOCKET[column], _socket_rule())
    steps += _if_equal(SOCKETPAIR[column], _socketpair_rule())
    steps += _if_equal(IOCTL[column], _commands_denied(TIOCSTI, TIOCLINUX, TIOCSETD))
    steps += _if_equal(FCNTL[column], _commands_denied(F_SETLEASE, F_NOTIFY, F_SETDELEG))
    steps.append(_return(ALLOW))
    return steps


def set_apart(gpu: bool) -> list[str]:
    """The calls that do not exist for the student."""
    return [name for name in ABSENT if not (gpu and name in FOR_CUDA)]


def assemble(steps: list[Instruction]) -> bytes:
    """struct sock_filter: u16 code, u8 jt, u8 jf, u32 k, eight bytes each."""
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def filter_path(machine: str, gpu: bool = False) -> Path:
    """Where the filter of `machine` (as `platform.machine()` names it) is shipped."""
    return Path(__file__).with_name(f"kernel-{machine}{'-gpu' if gpu else ''}.bpf")


def write_filters() -> None:
    for architecture, gpu in product(ARCHITECTURES, (False, True)):
        path = filter_path(architecture.machine, gpu)
        path.write_bytes(assemble(program(architecture, gpu)))


if __name__ == "__main__":
    write_filters()
