"""IPython's kernel on sockets that the grader listens on, without files of its own on the way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import zmq
from ipykernel import ipkernel
from ipykernel.heartbeat import Heartbeat
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

from .channels import CHANNELS


class SandboxKernel(ipkernel.IPythonKernel):
    """IPython's kernel around a shell that exists already."""

    def __init__(self, **kwargs: Any) -> None:
        shell = ZMQInteractiveShell.instance()
        with without_module_list():
            super().__init__(**kwargs)  # finds the shell made above, because it is a singleton
        shell.parent = shell.kernel = self
        shell.profile_dir = self.profile_dir
        shell.ipython_dir = kwargs["parent"].ipython_dir
        shell.init_environment()


class SandboxKernelApp(IPKernelApp):
    """An IPKernelApp that reads no configuration and listens on inherited descriptors."""

    kernel_class = SandboxKernel
    connection: dict[str, Any]
    descriptors: dict[int, int]

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """No file may configure the kernel: the student could have written it."""

    def parse_command_line(self, argv: Any = None) -> None:
        """There is no command line, and setting up a parser for it takes longer than the rest."""

    def init_profile_dir(self) -> None:
        location = os.path.join(self.ipython_dir, "profile_default")
        self.profile_dir = ProfileDir(location=location, parent=self)

    def init_connection_file(self) -> None:
        self.transport = "ipc"
        self.ip = self.connection["ip"]
        for name in CHANNELS:
            setattr(self, name, self.connection[name])
        self.session.key = self.connection["key"].encode()
        self.session.signature_scheme = self.connection["signature_scheme"]

    def write_connection_file(self, **_: Any) -> None:
        """The grader has written its own, outside."""

    def log_connection_info(self) -> None:
        """Only what `Kernel.record_ports` needs: nothing is printed."""
        self._ports = {name.removesuffix("_port"): getattr(self, name) for name in CHANNELS}

    def _try_bind_socket(self, socket: Any, port: int) -> int:
        socket.setsockopt(zmq.USE_FD, self.descriptors[port])
        socket.bind(f"ipc://{self.ip}-{port}")
        return port

    def init_control(self, context: Any) -> None:
        super().init_control(context)
        # the debugger connects to the shell socket by its path, which does not exist in here
        endpoint = self.shell_socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0")
        if endpoint:
            self.debug_shell_socket.disconnect(endpoint.decode())

    def init_code(self) -> None:
        """There is no code to run before the student's."""
        shell = ZMQInteractiveShell.instance()
        shell.user_ns_hidden.update(shell.user_ns)

    def init_heartbeat(self) -> None:
        descriptors = self.descriptors

        def bind(heartbeat: Any) -> None:
            heartbeat.socket.setsockopt(zmq.USE_FD, descriptors[heartbeat.port])
            heartbeat.socket.bind(f"ipc://{heartbeat.ip}-{heartbeat.port}")

        Heartbeat._try_bind_socket = bind  # type: ignore[method-assign]
        super().init_heartbeat()


def run(connection: dict[str, Any], sockets: list[int], folder: str) -> None:
    """Serve the kernel until it is told to stop.

    connection : ip, key, signature scheme and the five port numbers
    sockets : descriptors of the listening sockets, in the order of CHANNELS
    folder : the working folder; entered last, so that no file in it shadows a module at start
    """
    app = prepare()
    app.connection = connection
    app.descriptors = {connection[name]: fd for name, fd in zip(CHANNELS, sockets, strict=True)}
    with without_debugger():
        app.initialize([])
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher.py"]  # as in a notebook at home
    sys.path.insert(_before_packages(), "")
    app.start()


def prepare() -> SandboxKernelApp:
    """Make what a kernel consists of before it knows its sockets: half of its start.

    A warm parent does this before it forks, a cold kernel on its way. A second call finds it done.
    """
    if SandboxKernelApp.initialized():
        return SandboxKernelApp.instance()
    config = Config({"HistoryManager": {"enabled": False}})  # it would open an sqlite file
    folder = os.path.join(os.path.expanduser("~"), ".ipython")
    profile = ProfileDir(location=os.path.join(folder, "profile_default"))
    shell = ZMQInteractiveShell.instance(config=config, ipython_dir=folder, profile_dir=profile)
    shell._sys_modules_keys = set(sys.modules)
    return SandboxKernelApp.instance()  # without `config`: only the shell needs it


@contextmanager
def without_debugger() -> Iterator[None]:
    """Let ipykernel find no debugpy: importing it costs more than all the rest of the start."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["debugpy"]


@contextmanager
def without_module_list() -> Iterator[None]:
    """Spare ipykernel the list of all modules' files that it makes for the debugger.

    To read it, a forked kernel copies a page of memory for each: a quarter of its whole start.
    """
    stand_in = ModuleType("sys")
    vars(stand_in).update({**vars(sys), "modules": {}})
    ipkernel.sys = stand_in
    try:
        yield
    finally:
        ipkernel.sys = sys


def _before_packages() -> int:
    """Where IPython puts the working folder on sys.path: behind the standard library."""
    for index, entry in enumerate(sys.path):
        if os.path.basename(entry) in ("site-packages", "dist-packages"):
            return index
    return len(sys.path)
