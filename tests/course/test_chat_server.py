"""The chat page's server: who is let in, what is refused, who waits, and what ends an answer."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
import websocket
from chat_page import HOSTILE, chat_page, switched, texts, toy_bot

from course.chat import Bot
from course.chat.asking import (
    LONGEST_BODY,
    LONGEST_HISTORY,
    LONGEST_QUESTION,
    BadQuestion,
    read_question,
)
from course.chat.server import Desk, open_server
from course.chat.wire import message, said_by_page
from course.errors import UserError
from course.phrases import tr

ASKED = {"question": "What is the capital of Kenya?"}


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with chat_page(toy_bot(), toy_bot("other", guard=None)) as found:
        yield found


def request(desk: Desk, path: str, **headers: str) -> http.client.HTTPResponse:
    """One request as a browser sends it, with headers replaced, or left out where empty."""
    given = {"Host": f"127.0.0.1:{desk.port}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in given.items():
        if value:
            connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


def asking(desk: Desk, sent: object, **how: object) -> websocket.WebSocket:
    """A WebSocket with a question on it, as the page opens one; `how` changes its headers."""
    at = f"127.0.0.1:{desk.port}"
    given = {"origin": f"http://{at}", "host": at, "timeout": 20, **how}
    opened = websocket.create_connection(f"ws://{at}/answer?token={desk.token}", **given)
    if sent is not None:
        opened.send(sent if isinstance(sent, str) else json.dumps(sent))
    return opened


def events(opened: websocket.WebSocket) -> Iterator[tuple[str, dict]]:
    """Names and data of what comes, until the server closes."""
    with contextlib.suppress(websocket.WebSocketConnectionClosedException):
        while told := opened.recv():
            found = json.loads(told)
            yield found["event"], found["data"]


def ask(desk: Desk, **asked) -> list[tuple[str, dict]]:
    return list(events(asking(desk, {**ASKED, **asked})))


def error(response: http.client.HTTPResponse) -> str:
    return json.loads(response.read())["error"]


# ------------------------------------------------------------------------------------ answers
def test_an_answer_comes_event_by_event(desk: Desk) -> None:
    """Place, sources, tokens with alternatives, verdict, reply: what the page shows."""
    told = ask(desk)
    assert [name for name, _ in told] == ["place", "sources", *["token"] * 5, "verdict", "reply"]
    assert texts(told) == "It is called Nairobi." == told[-1][1]["text"]
    assert told[2][1]["alternatives"][1] == {"text": "Mombasa", "probability": 0.06}
    assert told[-1][1]["cited"] and "tokens" not in told[-1][1]


def test_switches_history_and_bot_reach_the_parts(desk: Desk) -> None:
    """Switched off: no sources; the second bot has no guard; a wrong draft is held."""
    names = [name for name, _ in ask(desk, bot=1, switches=switched(retrieval=False))]
    assert "sources" not in names and "verdict" not in names
    held = ask(desk, question="wrong capital of Kenya?")[-1][1]
    assert held["refused"].endswith(": Mombasa") and held["text"] == "The sources do not say."
    said = [{"role": "user", "content": "a\u0000b\ud800"}, {"role": "assistant", "content": "c"}]
    ask(desk, bot=1, switches=switched(retrieval=False), history=said)
    assert "<|im_start|>user\na\ufffdb\ufffd<|im_end|>" in desk.bots[1].generator.prompts[-1]


def test_a_failing_part_is_told_and_ends_only_its_answer() -> None:
    """A student's own part raises: the event says which one; the next question is answered."""

    def search(query: str) -> list:
        return [] if "fine" in query else 1 / 0

    with chat_page(toy_bot(search=search)) as desk:
        name, told = ask(desk)[-1]
        assert name == "failed" and told["part"] == "search"
        assert "ZeroDivisionError" in told["error"]
        assert ask(desk, question="fine")[-1][0] == "reply"
        korean = ask(desk, language="ko")[-1][1]["error"]
        assert "부품" in korean and "ZeroDivisionError" in korean


# ------------------------------------------------------------------------------------ the door
@pytest.mark.parametrize("path", ["/", "/chat.css", "/chat.js", "/about", "/answer", "/nothing"])
def test_nothing_is_given_without_the_token(desk: Desk, path: str) -> None:
    """No path, not even the style, answers who does not know the token, or nearly knows it."""
    for token in ("", desk.token[:-1], desk.token + "0", "é", "\x00"):
        response = request(desk, f"{path}?token={quote(token)}")
        assert response.status == 403 and "course chat" in error(response)
    assert request(desk, path).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "127.0.0.1:{port}"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
def test_other_names_and_other_pages_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    """DNS rebinding and another site's page: neither gets anything, token or not."""
    given = {name: value.format(port=desk.port) for name, value in headers.items()}
    for path in ("/", "/about", "/answer"):
        response = request(desk, f"{path}?token={desk.token}", **given)
        assert response.status in (400, 403) and b"html" not in response.read()


def test_the_page_may_be_opened_from_elsewhere(desk: Desk) -> None:
    """A file or a mail with the whole address leads here; the policy refuses a frame."""
    how = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    response = request(desk, f"/?token={desk.token}", **how)
    assert response.status == 200
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_a_question_needs_the_pages_own_origin(desk: Desk) -> None:
    """A WebSocket of another site's page, or with a wrong token, is never opened."""
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        asking(desk, None, origin="http://evil.example")
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        asking(desk, None, host="evil.example")
    wrong = f"ws://127.0.0.1:{desk.port}/answer?token=x"
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(wrong, timeout=20)


def test_the_page_itself_is_served_with_its_policy(desk: Desk) -> None:
    """The address's token opens it; its links carry the token; no script may be foreign."""
    response = request(desk, f"/?token={desk.token}")
    page = response.read().decode()
    assert response.status == 200 and f'src="chat.js?token={desk.token}"' in page
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "no-referrer" and "Server" not in response.headers
    localhost = request(desk, f"/chat.js?token={desk.token}", Host=f"localhost:{desk.port}")
    assert b"{token}" not in localhost.read() and localhost.status == 200


@pytest.mark.parametrize(
    "path",
    ["/../server.py", "/chat.html", "/%2e%2e/server.py", "/chat.css/../../bot.py", "//etc/passwd",
     "/chatXcss", "/page/chat.js", "/chat.js%00"],
)  # fmt: skip
def test_no_path_leads_out_of_the_page(desk: Desk, path: str) -> None:
    """Three files are served, by their names; everything else is nothing."""
    response = request(desk, f"{path}?token={desk.token}")
    assert response.status == 404 and b"import" not in response.read()


# ------------------------------------------------------------------------------------ bad input
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no JSON"),
        (b"[" * 60_000, "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "no JSON object"),
        ({}, "question is no text"),
        ({"question": " \n"}, "is empty"),
        ({"question": "x" * (LONGEST_QUESTION + 1)}, "2,001 characters, and 2,000 are possible"),
        ({**ASKED, "bot": 2}, "bot is no whole number from 0 to 1"),
        ({**ASKED, "bot": True}, "bot is no whole number"),
        ({**ASKED, "seed": 1e400}, "seed is no whole number"),
        ({**ASKED, "history": "x"}, "history is no list"),
        ({**ASKED, "history": [{"role": "system", "content": "x"}]}, "has no role"),
        ({**ASKED, "history": [{"role": "user"}]}, "message is no text"),
        ({**ASKED, "switches": {"safety": False}}, "switches are adapter, greedy"),
        ({**ASKED, "switches": {"guard": "no"}}, "true or false"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(body, told: str) -> None:
    """Each kind of nonsense has its sentence, and none reaches a part."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(BadQuestion, match=told):
        read_question(sent, bots=2)


def test_a_long_history_loses_its_oldest_messages() -> None:
    """The newest messages within the limits are kept."""
    messages = [{"role": "user", "content": f"{i}" + "x" * 5000} for i in range(90)]
    asked = read_question(json.dumps({**ASKED, "history": messages}).encode(), 1)
    assert [m.content[:2] for m in asked.history] == ["87", "88", "89"]
    assert sum(len(m.content) for m in asked.history) <= LONGEST_HISTORY


def test_a_message_too_large_ends_its_connection(desk: Desk) -> None:
    """One megabyte on one line: closed as too big (1009), and nobody else notices."""
    with contextlib.suppress(OSError):  # the server may end it while the client still sends
        opened = asking(desk, "x" * 2**20)
        opcode, data = opened.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE and int.from_bytes(data[:2], "big") == 1009
    assert len(json.dumps({"question": "\U0001f600" * LONGEST_QUESTION})) < LONGEST_BODY
    assert ask(desk)[-1][0] == "reply"


def test_nonsense_is_told_to_who_sent_it(desk: Desk) -> None:
    """The sentence comes as an event; a second question on one connection is not heard."""
    assert list(events(asking(desk, "{"))) == [
        ("failed", {"error": "The request is no JSON.", "part": ""})
    ]
    opened = asking(desk, ASKED)
    opened.send(json.dumps(ASKED))
    assert [name for name, _ in events(opened)].count("reply") == 1


def test_a_request_has_no_body(desk: Desk) -> None:
    """Whoever posts gets nothing, whatever the length that is told."""
    for length in ("1", str(2**40)):
        sent = f"POST /answer?token={desk.token} HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n"
        with closing(socket.create_connection(("127.0.0.1", desk.port), 20)) as raw:
            raw.sendall(f"{sent}Content-Length: {length}\r\n\r\nx".encode())
            assert raw.recv(100).startswith((b"HTTP/1.1 40", b"")) and ask(desk)[-1][0] == "reply"


def test_a_halved_character_does_not_break_the_stream() -> None:
    """A part that gives half of a surrogate pair is shown as the replacement character."""
    sent = message("token", {"text": "a\ud800\n"})
    assert sent == '{"event": "token", "data": {"text": "a\ufffd\\n"}}'


# ------------------------------------------------------------------------------------ the line
def test_ten_at_once_are_served_in_turn_and_told_their_place() -> None:
    """One is answered while nine wait; each is told how many are ahead, and gets its own answer."""
    gate = threading.Semaphore(0)
    with chat_page(toy_bot(gate=gate)) as desk:
        responses = []
        for number in range(10):
            body = {**ASKED, "question": f"capital of Kenya {number}?"}
            responses.append(asking(desk, body))
        streams = [events(response) for response in responses]
        firsts = [next(stream) for stream in streams]
        assert [told["ahead"] for _, told in firsts] == list(range(10))
        for _ in range(10 * 5):
            gate.release()
        rest = [list(stream) for stream in streams]
        assert all(told[-1][1]["text"].startswith("It is called") for told in rest)
        assert [told["ahead"] for name, told in rest[9] if name == "place"] == [*range(8, -1, -1)]
        asked = [prompt.partition("Question: capital of Kenya ")[2][0] for prompt in
                 desk.bots[0].generator.prompts]  # fmt: skip
        assert asked == list("0123456789") and desk.line.tickets == []


def test_a_closed_tab_stops_the_model_and_frees_its_place() -> None:
    """The generator is closed, the one who waited behind is served, one who left is skipped."""
    with chat_page(toy_bot()) as desk:
        forever = asking(desk, {**ASKED, "question": "capital of Kenya forever"})
        told = events(forever)
        while next(told)[0] != "token":
            pass
        leaving = asking(desk, ASKED)
        waiting = asking(desk, ASKED)
        assert next(events(leaving)) == ("place", {"ahead": 1})
        leaving.close()
        forever.close()
        assert list(events(waiting))[-1][1]["text"] == "It is called Nairobi."
        assert len(desk.bots[0].generator.prompts) == 2 and desk.line.tickets == []
        assert desk.bots[0].generator.closed.wait(10)


def test_who_comes_when_all_places_are_taken_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line has an end."""
    monkeypatch.setattr("course.chat.server.MOST_WAITING", 1)
    gate = threading.Semaphore(0)
    with chat_page(toy_bot(gate=gate)) as desk:
        first = asking(desk, ASKED)
        assert next(events(first))[0] == "place"
        assert "try again later" in ask(desk)[-1][1]["error"]
        for _ in range(5):
            gate.release()
        assert list(events(first))[-1][0] == "reply"


def test_two_bots_write_in_turns() -> None:
    """Side by side: neither waits until the other has ended."""
    with chat_page(toy_bot("one"), toy_bot("two")) as desk:
        one = asking(desk, {**ASKED, "question": "capital of Kenya forever"})
        assert list(events(asking(desk, {**ASKED, "bot": 1})))[-1][0] == "reply"
        one.close()


def test_a_client_that_says_nothing_harms_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a request, and a socket without a question, hold no place; the latter is sent away."""
    monkeypatch.setattr("course.chat.server.PATIENCE", 0.1)
    with closing(socket.create_connection(("127.0.0.1", desk.port))) as slow:
        slow.sendall(f"GET /about?token={desk.token} HTTP/1.1\r\nHost: 127".encode())
        silent = asking(desk, None)
        assert list(events(silent)) == [] and desk.line.tickets == []
        monkeypatch.undo()
        assert ask(desk)[-1][0] == "reply"


# ------------------------------------------------------------------------------------ the rest
def test_it_listens_on_this_machine_alone(desk: Desk) -> None:
    """The address is loopback; a port in use is said in a sentence."""
    assert desk.url.startswith(f"http://127.0.0.1:{desk.port}/?token=") and len(desk.token) == 48
    with socket.socket() as other:
        other.settimeout(1)
        assert other.connect_ex(("127.0.0.2", desk.port)) != 0
    with pytest.raises(UserError, match="choose another"):
        open_server(Desk([toy_bot()]), desk.port)


def test_about_tells_parts_and_phrases(desk: Desk) -> None:
    """Which parts there are; nothing of the bot's code; phrases for every language."""
    told = json.loads(request(desk, f"/about?token={desk.token}").read())
    assert [bot["name"] for bot in told["bots"]] == ["toy", "other"]
    assert told["bots"][1]["parts"] == {
        "retrieval": True, "guard": False, "adapter": False, "greedy": True,
    }  # fmt: skip
    assert told["phrases"]["ko"]["Send"] == "보내기"


def test_every_phrase_of_the_page_has_its_korean() -> None:
    """What the page's HTML and script say, in the catalog, with the same fields."""
    said = said_by_page()
    assert len(said) >= 40 and "Send" in said and "Waiting: {ahead} ahead of you" in said
    assert [text for text in said if tr(text, "ko") == text] == []


def test_hostile_text_leaves_as_json(desk: Desk) -> None:
    """Markup of a document is data of a stream: no page is made from it on the server."""
    told = dict(ask(desk, question="capital of Peru?"))
    assert HOSTILE in told["sources"]["passages"][0]["text"]


def test_a_bot_is_known_by_its_name() -> None:
    """A frozen data class: what the page shows of it cannot change under it."""
    with pytest.raises(AttributeError):
        Bot("a", toy_bot().generator).name = "b"  # type: ignore[misc]
