"""`course chat`, as it is typed: what it says, what it opens, how it ends."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
import websocket
from chat_page import toy_bot
from typer.testing import CliRunner

from course.chat.corpus import country_name, factbook_passages
from course.chat.grounding import FLOOR
from course.chat.ready import quote, search
from course.data import load_factbook
from course.errors import UserError
from course.student.chat_command import bots_of, describe, door
from course.student.cli import app

OWN = """
def make_bot(base):
    from dataclasses import replace
    return replace(base, name="Mina's bot", search=search)

def search(query):
    while True:
        pass
"""


def test_the_door_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The file that a browser is handed holds the token, so nobody else may read it."""
    file = door("http://127.0.0.1:1/?token=abc", tmp_path)
    assert "token=abc" in file.read_text("utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_model_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An unknown name with those that there are; SmolLM2 with the command that fetches it."""
    monkeypatch.setenv("WORD2CHAT_MODELS", str(tmp_path))
    with pytest.raises(UserError, match="choose smollm2, story_gpt2"):
        bots_of(None, None, "gpt9")
    with pytest.raises(UserError, match="course models fetch smollm2"):
        bots_of(None, None, "smollm2")
    assert "--beside" in CliRunner().invoke(app, ["chat", "--help"]).output
    assert CliRunner().invoke(app, ["chat", "--port", "99999"]).exit_code == 2


def test_what_runs_is_said_in_korean_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose parts, which model, what is missing."""
    monkeypatch.setenv("WORD2CHAT_LANGUAGE", "ko")
    from course.chat.ready import NO_SMOLLM2, NOTES

    describe(toy_bot("Mina", notes=NOTES, missing=(NO_SMOLLM2,)))
    said = capsys.readouterr().out
    assert "대한민국헌법에서 찾는 BM25" in said and "이 컴퓨터에는 SmolLM2가 없습니다" in said


@pytest.mark.slow
def test_the_command_serves_says_what_is_missing_and_ends(tmp_path: Path) -> None:
    """Own bots are named, the page answers at the printed address, one Ctrl-C is a good end.

    It is one too while a part of a student's own never returns.
    """
    (tmp_path / "mine.py").write_text(OWN, "utf-8")
    opener = tmp_path / "opener.sh"
    opener.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/opened"\n', "utf-8")
    opener.chmod(0o755)
    said = tmp_path / "said.txt"
    command = [sys.executable, "-m", "course.student.cli", "chat", "--model", "tiny_llama"]
    command += ["--bot", "mine.py", "--beside", "mine.py"]
    environment = {**os.environ, "WORD2CHAT_MODELS": str(tmp_path), "BROWSER": f"{opener} %s",
                   "OMP_NUM_THREADS": "1", "TERM": "dumb", "PYTHONUNBUFFERED": "1"}  # fmt: skip
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=out, stderr=out)
    try:
        url = _awaited(lambda: re.search(r"http://\S+", said.read_text("utf-8")), process)[0]
        opened = _awaited((tmp_path / "opened").exists, process) and (tmp_path / "opened")
        address = _awaited(lambda: opened.read_text("utf-8").strip(), process)
        assert "token" not in address
        leads = Path(unquote(urlparse(address).path))
        assert url in leads.read_text("utf-8")
        with urllib.request.urlopen(url, timeout=20) as page:
            assert b"chat.js" in page.read()
        stuck = websocket.create_connection(url.replace("http", "ws").replace("/?", "/answer?"))
        stuck.send('{"question": "hello"}')
        assert '"ahead": 0' in stuck.recv()
    finally:
        process.send_signal(signal.SIGINT)
        code = _ended(process)
    assert code == 0
    text = said.read_text("utf-8")
    assert "Mina's bot (2)" in text and "course models fetch smollm2" in text
    assert "Running the code in mine.py" in text and "The page is closed." in text
    assert not leads.exists()


def _ended(process: subprocess.Popen) -> int | None:
    """Its exit code; None, and it is killed, if it does not end."""
    try:
        return process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def _awaited(found, process: subprocess.Popen, seconds: float = 120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if value := found():
            return value
        time.sleep(0.2)
    raise AssertionError("it did not come about")


@pytest.mark.slow
def test_quotations_hold_the_capital_of_nearly_every_country() -> None:
    """BM25 and the quotation, over the whole Factbook; a country that is none finds nothing."""
    asked = right = 0
    for profile in load_factbook():
        name = country_name(profile)
        found = profile.get("Government", {}).get("Capital", {}).get("name", {})
        capital = re.sub(r"\(.*?\)|;.*", "", found.get("text") or "").strip()
        if not name or not 2 < len(capital) < 40:
            continue
        passages = [p for p, score in search(f"What is the capital of {name}?") if score >= FLOOR]
        span = quote(f"What is the capital of {name}?", passages)
        asked += 1
        right += span is not None and capital in passages[span.source].text[span.start : span.end]
    assert asked > 200 and right > 0.93 * asked
    assert search("What is the capital of Atlantis?") == [] and len(factbook_passages()) > 900
    (best, *_), _ = zip(*search("대통령의 임기는 몇 년인가?"), strict=True)
    assert best.title == "대한민국헌법 제70조"
