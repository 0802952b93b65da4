"""A machine with a JupyterHub as the guide sets it up, below one folder, for the time of a test.

The hub runs as root in a mount namespace of its own: there /etc is a copy, in which people have
accounts and passwords, and /home is empty memory. Nothing of the real machine is changed. The
environments of students and graders take the packages of this one, by paths, in place of a copy.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from ordinary_user import ID, OPEN_PLACES

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(sys.prefix) / f"lib/python3.{sys.version_info.minor}/site-packages"
UV = str(Path(sys.executable).parent / "uv")
PASSWORD = "a word for tests"
START = (
    OPEN_PLACES
    + """
cp -a /etc "$HOME/etc" && mount --bind "$HOME/etc" /etc
mount -t tmpfs -o mode=755 none /home
for name in grader $PEOPLE; do
    sed -i "/^$name:/d" /etc/passwd /etc/shadow /etc/group /etc/gshadow
    useradd --create-home --key HOME_MODE=0700 --shell /bin/bash "$name"
    echo "$name:$PASSWORD" | chpasswd
done
chown -R grader: "$HOME/course" && chmod 700 "$HOME/course"
git config --system --add safe.directory '*'
cd "$HOME/hub" && exec "$@"
"""
)
CONFIG = """
load_subconfig({deploy!r})
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = ["node", {proxy!r}]
c.Spawner.start_timeout = c.Spawner.http_timeout = 400
c.Spawner.args = ["--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"]
"""


@dataclass(frozen=True)
class Hub:
    """A running hub: its folder, its address, its process in the namespace."""

    base: Path
    url: str
    process: subprocess.Popen

    def as_user(self, name: str, *command: str) -> subprocess.CompletedProcess:
        """Run a command as one of the people, where the hub sees what it sees."""
        inside = ["nsenter", "-t", str(self.process.pid), "-m", "runuser", "-u", name, "--"]
        return subprocess.run([*inside, *command], capture_output=True, text=True, check=False)


def skip_where_it_cannot_be() -> None:
    """Accounts can be made by root alone; the proxy comes from npm."""
    if os.geteuid() != 0:
        pytest.skip("only root starts servers as other people")
    for program in ("unshare", "nsenter", "runuser", "useradd", "chpasswd", "node", "npm"):
        if not shutil.which(program):
            pytest.skip(f"{program} is needed for a hub")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """The machine's folder, outside of pytest's own, which is closed to other people."""
    skip_where_it_cannot_be()
    base = Path(tempfile.mkdtemp(prefix="word2chat-hub-", dir="/tmp"))
    base.chmod(0o755)
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


def install(base: Path) -> None:
    """The hub with its proxy, and the two environments beside it."""
    install_hub(base)
    for kind in ("students", "graders"):
        _environment(base, kind)


def install_hub(base: Path) -> None:
    """The hub's environment from PyPI, its proxy from npm."""
    for command in (
        [UV, "venv", "--quiet", "--python", sys.executable, str(base / "hub")],
        [UV, "pip", "install", "--quiet", "--python", str(base / "hub/bin/python"), "-r",
         str(ROOT / "deploy/requirements.txt")],
        ["cp", str(ROOT / "deploy/package.json"), str(base / "hub")],
        ["npm", "install", "--silent", "--prefix", str(base / "hub")],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"the hub cannot be installed here: {' '.join(command)}: {done.stderr}")


def _environment(base: Path, kind: str) -> None:
    """Students have the packages and the edition; graders have the engine too."""
    prefix = base / kind
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, prefix], check=True)
    hub = base / "hub" / SITE.relative_to(sys.prefix)
    lines = [str(SITE), str(hub)]
    if kind == "students":
        lines.insert(0, str(base / "edition"))
    else:  # with what is installed in place: course and autograder
        lines.append(f"import site; site.addsitedir({str(SITE)!r})")
    (prefix / SITE.relative_to(sys.prefix) / "shared.pth").write_text("\n".join(lines) + "\n")
    program = prefix / "bin" / "alembic"
    program.write_text(f'#!/bin/sh\nexec {prefix}/bin/python -m alembic.config "$@"\n')
    program.chmod(0o755)
    for folder in ("etc/jupyter", "share/jupyter"):
        shutil.copytree(Path(sys.prefix) / folder, prefix / folder)
    pull = base / "hub/etc/jupyter/jupyter_server_config.d/nbgitpuller.json"
    shutil.copy(pull, prefix / "etc/jupyter/jupyter_server_config.d")
    shutil.copy(ROOT / "deploy" / "nbgrader_config.py", prefix / "etc/jupyter")


@contextlib.contextmanager
def running(base: Path, people: Sequence[str], config: str, **more: str) -> Iterator[Hub]:
    """The hub of one of deploy/'s configurations, with accounts for people."""
    ports = [_free_port() for _ in range(3)]
    proxy = base / "hub/node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    text = CONFIG.format(deploy=str(ROOT / "deploy" / config), ports=ports, proxy=str(proxy))
    (base / "hub" / "test_config.py").write_text(text, "utf-8")
    environment = {
        "PATH": f"{base}/hub/bin:{os.environ['PATH']}", "HOME": str(base), "ID": str(ID),
        "PLACES": " ".join({sys.prefix, sys.base_prefix, str(ROOT)}), "PASSWORD": PASSWORD,
        "PEOPLE": " ".join(people), "WORD2CHAT_BASE": str(base), **more,
    }  # fmt: skip
    command = ["unshare", "-m", "sh", "-c", START, "sh", str(base / "hub/bin/python"), "-m",
               "jupyterhub", "--config", str(base / "hub/test_config.py")]  # fmt: skip
    log = base / "hub" / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{ports[0]}/hub/api", process, log)
            yield Hub(base, f"http://127.0.0.1:{ports[0]}", process)
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    """The hub ends its proxy and the servers; what is left of its session ends after it."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(60)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, process: subprocess.Popen, log: Path, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(1)
    raise RuntimeError(f"The hub did not start:\n{log.read_text('utf-8')[-4000:]}")
