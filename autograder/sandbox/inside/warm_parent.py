"""The warm parent: imports once, then forks a launcher for each submission.

It runs as process 1 of a sandbox of its own and never sees a submission: a launch plan goes over
the child's own socket to the child alone. So there is nothing in its memory but modules. It must
stay single-threaded, and may never run an OpenMP region, touch CUDA or make a zmq context: a child
of such a parent hangs. The first message brings the modules to import; every later one brings one
descriptor, the socket of a launcher to fork. With the first may come the socket of a twin: a warm
parent that has only what every kernel needs. It is forked before the modules are imported, and
serves while they are: the self-test need not wait for torch.

What warm children share, unlike cold ones: the layout of their address space and whatever the
imported modules drew at random on import (numpy's and Python's generators are reseeded).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import random
import select
import signal
import socket
import sys
import traceback
from typing import NoReturn

from . import kernel, linux
from .launcher import furnish, launch, place_files, read_plan
from .protocol import FAILED, READY

IDLE_MS = 300  # without a request for so long, there is time for what makes later forks faster

# the modules that a kernel imports before its first cell runs
KERNEL_MODULES = (
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.comm",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.displaypub",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "tornado.platform.asyncio",
    "tornado.queues",
    "matplotlib_inline.config",
    "numpy.random",
    "course.probes",
)


def import_what_kernels_need() -> None:
    for name in KERNEL_MODULES:
        # other versions of the packages lack some of them, and the list only saves time
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with kernel.without_debugger():
        importlib.import_module("ipykernel.debugger")


def warm_up(modules: list[str]) -> None:
    """Import everything; refuse to serve when an import started a thread."""
    import_what_kernels_need()
    for name in modules:
        importlib.import_module(name)
    kernel.prepare()
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        raise RuntimeError(f"importing {modules} started {len(threads) - 1} threads")
    gc.freeze()


def fork_twin(server: socket.socket, twin: int) -> socket.socket | None:
    """Leave a copy behind that goes on to serve at once; in the copy, the socket to serve at."""
    import_what_kernels_need()
    gc.freeze()
    if os.fork() == 0:
        server.close()
        return socket.socket(fileno=twin)
    os.close(twin)
    return None


def serve(server: socket.socket, large: bool) -> NoReturn:
    """Fork a child per request until the grader closes its end.

    large : whether modules have filled the memory, so that it pays to make forks of it faster.
    """
    home = os.open("/proc/self/ns/pid", os.O_RDONLY)
    requests = select.poll()
    requests.register(server, select.POLLIN)
    while large and requests.poll(IDLE_MS):
        serve_one(server, home)
    if large:
        linux.collapse_memory()
    while True:
        serve_one(server, home)


def serve_one(server: socket.socket, home: int) -> None:
    """Wait for the next request, and fork a child for it."""
    message, descriptors, _, _ = socket.recv_fds(server, 64, 1)
    if not message:
        os._exit(0)  # if this is process 1 of a namespace, its end is the end of every child
    with socket.socket(fileno=descriptors[0]) as control:
        try:
            fork_launcher(server, control, home)
        except OSError:
            # Linux had no namespace or process left: this kernel fails, later ones may start
            complain(control)


def fork_launcher(server: socket.socket, control: socket.socket, home: int) -> None:
    """The child is process 1 of a new pid namespace; the parent itself stays in its own."""
    linux.unshare(linux.NEW_PID)
    try:
        pid = os.fork()
    except OSError:
        linux.setns(home, linux.NEW_PID)
        raise
    if pid == 0:
        server.close()
        separate(control)
    linux.setns(home, linux.NEW_PID)


def complain(control: socket.socket) -> None:
    with contextlib.suppress(OSError):
        control.send(FAILED + traceback.format_exc().encode()[-4000:])


def separate(control: socket.socket) -> NoReturn:
    """In the child: enter the other fresh namespaces, then be what a cold start begins with.

    The same capabilities are held as when bubblewrap starts a launcher; `launch` drops them.
    """
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        linux.unshare(
            linux.NEW_MOUNTS | linux.NEW_NET | linux.NEW_IPC | linux.NEW_UTS | linux.NEW_CGROUP
        )
        os.setsid()
        furnish_namespaces()
        reseed()
        gc.enable()
    except BaseException:
        complain(control)
        os._exit(70)
    launch(control)


def furnish_namespaces() -> None:
    """What bubblewrap does for a cold launcher: private mounts, its own /proc and ptys, `lo` up."""
    linux.mount("none", "/", linux.MS_REC | linux.MS_PRIVATE)
    flags = linux.MS_NOSUID | linux.MS_NOEXEC
    linux.mount("proc", "/proc", flags | linux.MS_NODEV)
    linux.mount("devpts", "/dev/pts", flags, "newinstance,ptmxmode=0666,mode=620")
    linux.raise_loopback()


def reseed() -> None:
    """Give this child its own random numbers, where a cold kernel would have had its own."""
    random.seed()
    numpy_random, torch = sys.modules.get("numpy.random"), sys.modules.get("torch")
    if numpy_random is not None:
        numpy_random.seed()
    if torch is not None:
        torch.default_generator.seed()


def main() -> None:
    server = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that Linux itself buries dead children
    gc.disable()  # imports make objects by the hundred thousand, and all of them stay
    try:
        # some modules write to the home folder on import; each child gets an empty one of its own
        descriptor, *twin = socket.recv_fds(server, 64, 2)[1]
        plan, contents = read_plan(descriptor)
        furnish(plan)
        place_files(plan, contents)
        modules = plan["warm_modules"]
        if twin and (copied := fork_twin(server, twin[0])):
            server, modules = copied, []
        warm_up(modules)
    except BaseException:
        server.send(FAILED + traceback.format_exc().encode()[-4000:])
        outlive_twin()
        os._exit(70)
    server.send(READY)
    serve(server, large=bool(modules))


def outlive_twin() -> None:
    """Its kernels would end with process 1, and the self-test would tell of that instead."""
    with contextlib.suppress(ChildProcessError):
        os.wait()


if __name__ == "__main__":
    main()
