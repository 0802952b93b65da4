"""The system call filter, run through a small interpreter of classic BPF for both architectures."""

from __future__ import annotations

import errno
import struct

import pytest

from autograder.sandbox import seccomp
from autograder.sandbox.seccomp import ALLOW, ARCHITECTURES, DENIED, ERRNO, KILL_PROCESS

I386 = 0x40000003
EPERM, ENOSYS = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
NO_FAMILY, NO_PROTOCOL = ERRNO | errno.EAFNOSUPPORT, ERRNO | errno.EPROTONOSUPPORT
SIGCHLD = 17


def verdict(program: bytes, audit: int, number: int, *arguments: int) -> int:
    """What the filter returns for one system call, as the Linux kernel would compute it."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, audit, 0, *padded)
    steps = list(struct.iter_unpack("<HBBI", program))
    position, accumulator = 0, 0
    while True:
        code, yes, no, operand = steps[position]
        position += 1
        if code == seccomp.LOAD_WORD:
            accumulator = struct.unpack_from("<I", data, operand)[0]
        elif code == seccomp.AND:
            accumulator &= operand
        elif code == seccomp.JUMP_EQUAL:
            position += yes if accumulator == operand else no
        elif code == seccomp.JUMP_AT_LEAST:
            position += yes if accumulator >= operand else no
        else:
            assert code == seccomp.RETURN
            return operand


@pytest.fixture(params=ARCHITECTURES, ids=lambda one: one.machine)
def architecture(request: pytest.FixtureRequest) -> seccomp.Architecture:
    return request.param


@pytest.fixture
def judge(architecture: seccomp.Architecture):
    program = seccomp.assemble(seccomp.program(architecture))
    return lambda number, *arguments: verdict(program, architecture.audit, number, *arguments)


@pytest.mark.parametrize("gpu", [False, True])
def test_the_shipped_filters_are_what_the_generator_writes(gpu, architecture):
    """The committed .bpf files are generated, never edited."""
    shipped = seccomp.filter_path(architecture.machine, gpu).read_bytes()
    assert shipped == seccomp.assemble(seccomp.program(architecture, gpu))


def test_a_gpu_costs_one_call(architecture, judge):
    """CUDA needs files in memory; every other call that does not exist stays so with a GPU."""
    program = seccomp.assemble(seccomp.program(architecture, gpu=True))
    for name, numbers in seccomp.ABSENT.items():
        number = numbers[architecture.column]
        with_gpu = verdict(program, architecture.audit, number)
        assert judge(number) == ENOSYS
        assert with_gpu == (ALLOW if name == "memfd_create" else ENOSYS), name
    denied = [numbers[architecture.column] for numbers in DENIED.values()]
    there = [number for number in denied if number is not None]
    assert {verdict(program, architecture.audit, number) for number in there} == {EPERM}


def test_a_filter_is_within_the_limits_of_linux(architecture):
    """At most 4096 instructions, every jump inside the program, a return at the end."""
    steps = seccomp.program(architecture)
    assert len(steps) <= 4096
    assert steps[-1] == (seccomp.RETURN, 0, 0, ALLOW)
    for index, (code, yes, no, _) in enumerate(steps):
        if code in (seccomp.JUMP_EQUAL, seccomp.JUMP_AT_LEAST):
            assert index + 1 + max(yes, no) < len(steps)


@pytest.mark.parametrize("name", DENIED)
def test_a_denied_call_gets_eperm(name, architecture, judge):
    """Every call of the list is denied on each architecture that has it."""
    number = DENIED[name][architecture.column]
    if number is not None:
        assert judge(number) == EPERM


def test_ordinary_calls_pass(architecture, judge):
    """read, write, openat, mmap, futex, pidfd_open and wait4 are allowed."""
    numbers = {
        "x86_64": (0, 1, 257, 9, 202, 434, 61),
        "aarch64": (63, 64, 56, 222, 98, 434, 260),
    }[architecture.machine]
    assert [judge(number) for number in numbers] == [ALLOW] * len(numbers)


def test_calls_of_a_foreign_architecture_kill(architecture):
    """i386 on x86-64, and each architecture on the other, end the process."""
    program = seccomp.assemble(seccomp.program(architecture))
    others = [one.audit for one in ARCHITECTURES if one != architecture]
    for audit in (I386, *others):
        assert verdict(program, audit, 0) == KILL_PROCESS


def test_x32_calls_kill():
    """The x32 numbers of x86-64 would go round every rule."""
    program = seccomp.assemble(seccomp.program(ARCHITECTURES[0]))
    for number in (0, 101, 520):
        assert verdict(program, ARCHITECTURES[0].audit, 0x40000000 | number) == KILL_PROCESS


def test_calls_newer_than_the_tables_do_not_exist(judge):
    """A future system call is not let in by default."""
    assert judge(seccomp.LAST_KNOWN) == ALLOW
    assert judge(seccomp.LAST_KNOWN + 1) == ENOSYS
    assert judge(0x3FFFFFFF) == ENOSYS


def test_clone3_does_not_exist(judge):
    """glibc then uses clone, whose flags can be seen."""
    assert judge(seccomp.CLONE3) == ENOSYS


@pytest.mark.parametrize("bit", [17, 25, 26, 27, 28, 29, 30])
def test_clone_into_a_new_namespace_is_denied(bit, architecture, judge):
    """Each CLONE_NEW flag alone and beside the flags of a fork."""
    clone = seccomp.CLONE[architecture.column]
    assert judge(clone, 1 << bit) == EPERM
    assert judge(clone, SIGCHLD | 1 << bit) == EPERM
    assert judge(clone, SIGCHLD | 1 << bit | 1 << 40) == EPERM


def test_fork_and_threads_pass(architecture, judge):
    """The flags of fork, vfork and pthread_create are none of a namespace."""
    clone = seccomp.CLONE[architecture.column]
    for flags in (SIGCHLD, 0x4111, 0x3D0F00, 0x1200011):
        assert judge(clone, flags) == ALLOW


@pytest.mark.parametrize("family", range(46))
def test_socket_families(family, architecture, judge):
    """Only UNIX, INET, INET6 and NETLINK exist, and only UNIX for pairs."""
    allowed = family in (1, 2, 10, 16)
    got = judge(seccomp.SOCKET[architecture.column], family, 1, 0)
    assert got == (ALLOW if allowed else NO_FAMILY)
    pair = judge(seccomp.SOCKETPAIR[architecture.column], family, 1, 0)
    assert pair == (ALLOW if family == 1 else NO_FAMILY)


@pytest.mark.parametrize(
    ("family", "protocol", "allowed"),
    [
        *((2, 6, True), (2, 17, True), (10, 6, True)),
        *((2, 132, False), (10, 262, False), (2, 115, False)),
        *((16, 0, True), (16, 12, False), (16, 15, False)),
    ],
)
def test_socket_protocols(family, protocol, allowed, architecture, judge):
    """TCP, UDP and route messages; no SCTP, MPTCP, L2TP, netfilter or device events."""
    got = judge(seccomp.SOCKET[architecture.column], family, 1, protocol)
    assert got == (ALLOW if allowed else NO_PROTOCOL)


def test_limits_of_others_stay(architecture, judge):
    """A process may lower its own limits, by the number 0, and nobody else's."""
    number = seccomp.PRLIMIT[architecture.column]
    assert judge(number, 0, 7, 4096) == ALLOW
    assert judge(number, 1, 7, 4096) == EPERM
    assert judge(number, 1, 7, 0) == EPERM


def test_the_core_limit_cannot_be_changed_but_be_asked(architecture, judge):
    """RLIMIT_CORE is 4; a pointer of which only the upper half is set is a pointer too."""
    prlimit, setrlimit = (one[architecture.column] for one in (seccomp.PRLIMIT, seccomp.SETRLIMIT))
    assert judge(prlimit, 0, 4, 0, 4096) == ALLOW
    assert judge(prlimit, 0, 4, 4096) == EPERM
    assert judge(prlimit, 0, 4, 1 << 32) == EPERM
    assert judge(setrlimit, 4, 4096) == EPERM
    assert judge(setrlimit, 7, 4096) == ALLOW


def test_a_process_cannot_hide_from_process_one(architecture, judge):
    """PR_SET_DUMPABLE takes 1 alone; other options of prctl pass."""
    prctl = seccomp.PRCTL[architecture.column]
    assert judge(prctl, 4, 1) == ALLOW
    assert [judge(prctl, 4, value) for value in (0, 2)] == [EPERM, EPERM]
    assert judge(prctl, 15, 4096) == ALLOW


@pytest.mark.parametrize("name", seccomp.ABSENT)
def test_uncounted_memory_does_not_exist(name, architecture, judge):
    """Programs fall back when the call is missing."""
    assert judge(seccomp.ABSENT[name][architecture.column]) == ENOSYS


def test_socket_types(architecture, judge):
    """Internet sockets are streams or datagrams, with or without the flags above the type."""
    socket = seccomp.SOCKET[architecture.column]
    for family in (2, 10):
        for kind in (1, 2, 1 | 0o2000000, 2 | 0o4000):
            assert judge(socket, family, kind, 0) == ALLOW
        for kind in (3, 4, 5, 6, 10, 3 | 0o2000000):
            assert judge(socket, family, kind, 0) == ERRNO | errno.ESOCKTNOSUPPORT


def test_leases_are_denied(architecture, judge):
    """F_SETLEASE, F_NOTIFY and F_SETDELEG; locks and flags pass."""
    fcntl = seccomp.FCNTL[architecture.column]
    assert [judge(fcntl, 3, command) for command in (1024, 1026, 1040)] == [EPERM] * 3
    assert [judge(fcntl, 3, command) for command in (0, 1, 2, 3, 4, 6, 1030, 1031)] == [ALLOW] * 8


def test_typing_into_a_terminal_is_denied(architecture, judge):
    """TIOCSTI, TIOCLINUX and TIOCSETD, whatever the upper half of the argument says."""
    ioctl = seccomp.IOCTL[architecture.column]
    for request in (0x5412, 0x541C, 0x5423):
        assert judge(ioctl, 0, request) == EPERM
        assert judge(ioctl, 0, request | 0xFFFFFFFF00000000) == EPERM
    assert judge(ioctl, 0, 0x5413) == ALLOW
