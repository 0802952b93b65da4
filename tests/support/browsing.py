"""A real browser and a real Jupyter server, for the tests that need them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
ARTIFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"


@contextlib.contextmanager
def chromium() -> Iterator:
    """A headless Chromium; the test is skipped where Playwright or a browser is missing."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and everything that happened in it."""

    page: object
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def elsewhere(self, *origins: str) -> list[str]:
        """Requests that went to no given origin."""
        return [url for url in self.requests if not url.startswith((*origins, "data:", "blob:"))]

    def ran(self) -> list[str]:
        """The attacks that managed to run a script; they confess to the top window."""
        return self.page.evaluate("window.ran || []") + self.dialogs


def watch(page: object) -> Watched:
    """Write down requests, dialogs, console messages and errors of a page from now on."""
    watched = Watched(page)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("console", lambda message: watched.console.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))

    def dismiss(dialog: object) -> None:
        watched.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return watched


@contextlib.contextmanager
def picture_on_failure(page: object, name: str) -> Iterator[None]:
    """Keep a picture of the page in test-artifacts/ when the body fails."""
    try:
        yield
    except BaseException:
        ARTIFACTS.mkdir(exist_ok=True)
        with contextlib.suppress(Exception):
            page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
            (ARTIFACTS / f"{name}.html").write_text(page.content(), "utf-8")
        raise


@dataclass(frozen=True)
class JupyterServer:
    """A running server: its address, its token, what it has said."""

    url: str
    token: str
    log: Path

    def address(self, path: str) -> str:
        """The full address of a path, with the token that signs in."""
        return f"{self.url}{path}{'&' if '?' in path else '?'}token={self.token}"


@contextlib.contextmanager
def jupyter_lab(folder: Path, home: Path, kernels: Path | None = None) -> Iterator[JupyterServer]:
    """JupyterLab in `folder` on a loopback port, with settings of its own under `home`.

    Args:
        folder: what it shows.
        home: empty; settings, logs and runtime files go here.
        kernels: a prefix whose share/jupyter holds kernels that go before all others.
    """
    port, token = _free_port(), secrets.token_hex(16)
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    environment = {
        **os.environ,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_TOKEN": token,
        "OMP_NUM_THREADS": "1",
        "JUPYTERLAB_SETTINGS_DIR": str(_settings(home / "settings")),
        "JUPYTER_PATH": str((kernels or home) / "share" / "jupyter"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", "--ServerApp.open_browser=False",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
        "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=stream, stderr=stream
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api", process, log)
            yield JupyterServer(f"http://127.0.0.1:{port}", token, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _settings(folder: Path) -> Path:
    """No news from the web; every cell stays in the page, so that a test can look at it."""
    for name, content in (
        ("notebook-extension/tracker", '{"windowingMode": "none"}'),
        ("apputils-extension/notification", '{"checkForUpdates": false, "fetchNews": "false"}'),
    ):
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, process: subprocess.Popen, log: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.3)
    raise RuntimeError(f"Jupyter did not start:\n{log.read_text('utf-8')[-3000:]}")
