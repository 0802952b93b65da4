"""Models are fetched once: from a server that breaks off, lies, refuses, or is not there."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course.errors import UserError
from course.models import catalogue, fetching
from course.models.catalogue import ENTRIES, Entry, File, Wheel
from course.models.named import available, load_language_model
from course.student import doctor
from course.student.cli import app

PROJECT, FILENAME = "toy-model", "toy_model-1.0-py3-none-any.whl"
CONTENT, LICENCE = b"GGUF" + bytes(range(256)) * 800, b"free for all"


def wheel_bytes() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("toy/model.gguf", CONTENT)
        archive.writestr("toy-1.0.dist-info/LICENSE", LICENCE)
    return packed.getvalue()


WHEEL = wheel_bytes()


def sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


TOY = Entry(
    "toy", "A toy", 1, "3", "free",
    Wheel(
        PROJECT, FILENAME, sum_of(WHEEL),
        (
            ("toy/model.gguf", File("model.gguf", len(CONTENT), sum_of(CONTENT))),
            ("toy-1.0.dist-info/LICENSE", File("LICENSE", len(LICENCE), sum_of(LICENCE))),
        ),
    ),
)  # fmt: skip


class Index:
    """A package index on this machine, and how it misbehaves."""

    def __init__(self) -> None:
        self.page, self.kind = self.html(), "text/html"
        self.wheel = WHEEL
        self.breaks = 0  # how often a download breaks off in the middle
        self.ranges = True
        self.asked: list[tuple[str, str | None]] = []

    @staticmethod
    def html() -> bytes:
        other = '<a href="../../files/other-0.9.whl#sha256=00">other</a>'
        return f'{other}<a href="../../files/{FILENAME}#sha256=11">wheel</a>'.encode()

    def json(self) -> None:
        self.kind = fetching.JSON_PAGE
        self.page = json.dumps({"files": [{"url": f"/files/{FILENAME}"}]}).encode()

    def bytes_asked(self) -> list[str | None]:
        return [span for path, span in self.asked if path.startswith("/files/")]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    state = Index()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            span = self.headers.get("Range")
            state.asked.append((self.path, span))
            if self.path == f"/simple/{PROJECT}/":
                self.answer(200, state.page, state.kind)
            elif self.path == f"/files/{FILENAME}":
                self.file(int(span[6:-1]) if span and state.ranges else 0)
            else:
                self.answer(404, b"", "text/plain")

        def file(self, start: int) -> None:
            rest = state.wheel[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            if state.breaks:
                state.breaks -= 1
                rest = rest[: len(rest) // 2]
            self.wfile.write(rest)

        def answer(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(catalogue.FOLDER, str(tmp_path / "models"))
    monkeypatch.setitem(ENTRIES, "toy", TOY)
    yield state
    server.shutdown()
    server.server_close()


# ------------------------------------------------------------------------------------ it works
@pytest.mark.parametrize("form", ["html", "json"])
def test_a_wheel_is_found_on_both_forms_of_an_index_page(index: Index, form: str) -> None:
    """PEP 503's links and PEP 691's JSON lead to the same file; the archive does not stay."""
    if form == "json":
        index.json()
    folder = fetching.fetch(TOY)
    assert {path.name for path in folder.iterdir()} == {"model.gguf", "LICENSE"}
    assert (folder / "model.gguf").read_bytes() == CONTENT
    assert catalogue.is_fetched(TOY)


def test_what_is_here_is_not_asked_for_again(index: Index) -> None:
    """The second call sends no request: afterwards the course is offline."""
    fetching.fetch(TOY)
    asked = len(index.asked)
    fetching.fetch(TOY)
    assert len(index.asked) == asked


def test_a_download_that_breaks_off_goes_on_where_it_stopped(index: Index) -> None:
    """After two breaks the rest is asked for by its first byte, and the whole is right."""
    index.breaks, seen = 2, []
    fetching.fetch(TOY, lambda done, total: seen.append((done, total)))
    half = len(WHEEL) // 2
    assert index.bytes_asked()[:2] == [None, f"bytes={half}-"]
    assert len(index.bytes_asked()) == 3
    assert seen[-1] == (len(WHEEL), len(WHEEL))


def test_a_later_command_goes_on_where_an_earlier_one_gave_up(index: Index) -> None:
    """Four breaks are an error; its text says what to do, and nothing that came is lost."""
    index.breaks = fetching.TRIES
    with pytest.raises(UserError, match=r"broke off.*`course models fetch toy` again"):
        fetching.fetch(TOY)
    assert not catalogue.is_fetched(TOY)
    fetching.fetch(TOY)
    spans = index.bytes_asked()
    assert len(spans) == fetching.TRIES + 1 and spans[-1] not in (None, "bytes=0-")
    assert catalogue.is_fetched(TOY)


def test_a_server_without_ranges_sends_the_whole_file_again(index: Index) -> None:
    """What it sends replaces what was there, and is not appended to it."""
    index.breaks, index.ranges = 1, False
    fetching.fetch(TOY)
    assert catalogue.is_fetched(TOY)


# ------------------------------------------------------------------------------------ it does not
def test_another_file_is_refused_and_deleted(index: Index) -> None:
    """A file with another sha256 never gets its name, and the next call begins anew."""
    index.wheel = WHEEL[:-1] + b"!"
    with pytest.raises(UserError, match="is not the file that the course knows"):
        fetching.fetch(TOY)
    assert list(catalogue.folder_of(TOY).iterdir()) == []
    index.wheel = WHEEL
    fetching.fetch(TOY)
    assert catalogue.is_fetched(TOY)


def test_a_member_of_a_wheel_is_compared_too(index: Index) -> None:
    """A wheel whose sum is known may still hold another model than the catalogue says."""
    wheel = TOY.source
    assert isinstance(wheel, Wheel)
    name, file = wheel.members[0]
    wrong = dataclasses.replace(file, sha256="0" * 64)
    members = ((name, wrong), *wheel.members[1:])
    entry = dataclasses.replace(TOY, source=dataclasses.replace(wheel, members=members))
    with pytest.raises(UserError, match=r"model\.gguf is not the file"):
        fetching.fetch(entry)


def test_an_index_without_the_file_is_named(index: Index) -> None:
    """A mirror that lacks it is told by its address."""
    index.page = b"<a href='nothing'>nothing</a>"
    with pytest.raises(UserError, match=rf"127\.0\.0\.1.* does not have {FILENAME}"):
        fetching.fetch(TOY)


def test_without_a_network_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens: the sentence names network, proxy and the command, and no traceback."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(catalogue.FOLDER, str(tmp_path))
    with pytest.raises(UserError, match=r"network or the proxy.*The course works without it"):
        fetching.fetch(TOY)


def test_a_full_disk_is_told_before_anything_is_asked(index: Index) -> None:
    """A model that cannot fit is refused with both numbers."""
    huge = dataclasses.replace(TOY, megabytes=10**9)
    with pytest.raises(UserError, match="make room, or set WORD2CHAT_MODELS"):
        fetching.fetch(huge)
    assert index.asked == []


def test_a_file_that_was_cut_short_is_not_taken_for_fetched(index: Index) -> None:
    """A model whose file has another size is fetched again."""
    folder = fetching.fetch(TOY)
    (folder / "model.gguf").write_bytes(CONTENT[:-1])
    assert not catalogue.is_fetched(TOY)
    fetching.fetch(TOY)
    assert (folder / "model.gguf").read_bytes() == CONTENT


# ------------------------------------------------------------------------------------ commands
def test_the_command_lists_fetches_and_says_the_licence(index: Index) -> None:
    """`list` says what to type, `fetch` the licence and the folder, `list` then that it is here."""
    runner = CliRunner()
    assert "course models fetch toy" in runner.invoke(app, ["models", "list"]).output
    fetched = runner.invoke(app, ["models", "fetch", "toy"])
    assert fetched.exit_code == 0 and "licence free" in fetched.output
    rows = json.loads(runner.invoke(app, ["models", "list", "--json"]).output)
    assert {row["name"]: row["fetched"] for row in rows}["toy"] is True
    assert "is here already" in runner.invoke(app, ["models", "fetch", "toy"]).output


def test_a_model_that_does_not_exist_is_answered_with_those_that_do() -> None:
    """The names stand in the sentence."""
    with pytest.raises(UserError, match="no model 'bert' to fetch: choose smollm2 or gpt2"):
        catalogue.find_entry("bert")


def test_a_model_that_is_not_here_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading asks no network: it names the command, the size and the licence."""
    monkeypatch.setenv(catalogue.FOLDER, str(tmp_path))
    assert not available("smollm2") and available("tiny_gpt2")
    with pytest.raises(UserError, match=r"98 MB, Apache-2\.0.*course models fetch smollm2"):
        load_language_model("smollm2")


def test_the_doctor_knows_what_was_fetched(index: Index) -> None:
    """A model that is missing is no fault; one that is here is named."""
    before = doctor.look_at_models()
    assert before.status is doctor.Status.OK and "`course models fetch toy`" in before.found
    fetching.fetch(TOY)
    assert "those that ship, toy" in doctor.look_at_models().found


def test_every_entry_of_the_catalogue_says_whose_it_is() -> None:
    """Name, licence, size and sums are there, and nothing is fetched unchecked from an index."""
    for name in ("smollm2", "gpt2"):
        entry = catalogue.find_entry(name)
        assert entry.licence and entry.megabytes > 50
        if isinstance(entry.source, Wheel):
            sums = [entry.source.sha256, *(file.sha256 for _, file in entry.source.members)]
            assert all(len(one) == 64 for one in sums)
