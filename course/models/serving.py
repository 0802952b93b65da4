"""A language model behind an API, on this machine: it answers as those on the internet do.

    with serve(model, tokenizer, key="sk-…") as url:
        status, answer = post(url, {"prompt": "The captain", "max_tokens": 20}, "sk-…")

One JSON object goes in by POST, one comes out. Status 401: no key or a wrong one. 429: too many
requests in a minute; `retry_after` says how many seconds to wait. 400: the request makes no sense.
The server listens on this machine alone, and ends with the `with`.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import torch

PATH = "/v1/completions"
LONGEST_BODY = 65_536  # bytes
MOST_TOKENS = 200
MOST_LOGPROBS = 20
LIMITS = {"max_tokens": (1, MOST_TOKENS), "temperature": (0, 5), "logprobs": (0, MOST_LOGPROBS)}
DEFAULTS = {"max_tokens": 16, "temperature": 1.0, "logprobs": 0, "seed": 0}


class BadRequest(ValueError):
    """What is wrong with a request; the text goes back to who sent it, with status 400."""


# ------------------------------------------------------------------------------------ the answer
@torch.no_grad()
def complete(model: Any, tokenizer: Any, request: dict[str, Any]) -> dict[str, Any]:
    """What the model writes after a prompt, as an API words it.

    Args:
        model, tokenizer: as `load_tiny_gpt2` gives them.
        request: "prompt", and if wanted "max_tokens", "temperature" (0: the likeliest token),
            "seed", and "logprobs": how many of the likeliest tokens to tell at each place.

    Returns:
        {"choices": [{"text", "finish_reason", "logprobs"}], "usage": {"prompt_tokens",
        "completion_tokens", "total_tokens"}}. "logprobs" is None, or a list with one entry a token:
        {"token", "logprob", "top": {token: logprob}}, in nats.

    Raises:
        BadRequest: a field is missing, of the wrong type or out of its range.
    """
    wanted = DEFAULTS | _checked(request)
    ids = tokenizer(wanted["prompt"]).input_ids
    room = model.config.n_positions - wanted["max_tokens"]
    if not 0 < len(ids) <= room:
        raise BadRequest(f"the prompt has {len(ids)} tokens; between 1 and {room} are possible")
    generator = torch.Generator().manual_seed(wanted["seed"])
    new: list[int] = []
    told = []
    while len(new) < wanted["max_tokens"]:
        logits = model(input_ids=torch.tensor([ids + new])).logits[0, -1].double()
        new.append(_draw(logits, wanted["temperature"], generator))
        told.append(_told(logits, new[-1], wanted["logprobs"], tokenizer))
        if new[-1] == tokenizer.eos_token_id:
            break
    ended = new[-1] == tokenizer.eos_token_id
    choice = {
        "text": tokenizer.decode(new, skip_special_tokens=True),
        "finish_reason": "stop" if ended else "length",
        "logprobs": told if wanted["logprobs"] else None,
    }
    usage = {"prompt_tokens": len(ids), "completion_tokens": len(new)}
    return {"choices": [choice], "usage": {**usage, "total_tokens": len(ids) + len(new)}}


def _checked(request: Any) -> dict[str, Any]:
    if not isinstance(request, dict) or not isinstance(request.get("prompt"), str):
        raise BadRequest('send a JSON object with a text under "prompt"')
    unknown = sorted(request.keys() - DEFAULTS.keys() - {"prompt", "model"})
    if unknown:
        raise BadRequest(f"no such field: {', '.join(unknown)}")
    for name, (low, high) in LIMITS.items():
        value = request.get(name, DEFAULTS[name])
        kinds = (int, float) if name == "temperature" else (int,)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            raise BadRequest(f"{name} is {value!r}, expected a number from {low} to {high}")
    if type(request.get("seed", 0)) is not int or not 0 <= request.get("seed", 0) < 2**63:
        raise BadRequest("seed is no whole number from 0 on")
    return request


def _draw(logits: torch.Tensor, temperature: float, generator: torch.Generator) -> int:
    if temperature == 0:
        return int(logits.argmax())
    return int(torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator))


def _told(logits: torch.Tensor, token: int, count: int, tokenizer: Any) -> dict[str, Any]:
    """The token's own log-probability, and those of the likeliest ones, at temperature 1."""
    logprobs = logits.log_softmax(-1)
    best = logprobs.topk(count)
    top = {tokenizer.decode([i]): round(float(logprobs[i]), 4) for i in best.indices.tolist()}
    return {"token": tokenizer.decode([token]), "logprob": round(float(logprobs[token]), 4),
            "top": top}  # fmt: skip


# ------------------------------------------------------------------------------------ the server
@dataclass
class Gate:
    """Who may come in: the key, and how often within a minute."""

    key: str
    a_minute: int
    seen: deque[float] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refusal(self, header: str | None, now: float) -> tuple[int, dict[str, Any]] | None:
        """Status and answer for a request that may not come in; None for one that may."""
        given = (header or "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            return 401, {"error": {"type": "invalid_api_key", "message": "no such API key"}}
        with self.lock:
            while self.seen and now - self.seen[0] >= 60:
                self.seen.popleft()
            if len(self.seen) < self.a_minute:
                self.seen.append(now)
                return None
            wait = round(60 - (now - self.seen[0]), 1)
        message = f"{self.a_minute} requests a minute are allowed; try again in {wait} s"
        return 429, {"error": {"type": "rate_limit", "message": message}, "retry_after": wait}


@contextmanager
def serve(model: Any, tokenizer: Any, key: str, a_minute: int = 60) -> Iterator[str]:
    """Open a model's door on this machine; yields its address, and closes it at the end.

    Args:
        model, tokenizer: as `load_tiny_gpt2` gives them.
        key: who knows it may come in.
        a_minute: how many requests are answered within 60 seconds.
    """
    gate, one_at_a_time = Gate(key, a_minute), threading.Lock()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self._body()
            refused = gate.refusal(self.headers.get("Authorization"), time.monotonic())
            if self.path != PATH:
                self._answer(404, _error("not_found", f"only {PATH} is served"))
            elif refused:
                self._answer(*refused)
            else:
                with one_at_a_time:
                    self._answer(*_completed(model, tokenizer, body))

        def _body(self) -> bytes:
            length = self.headers.get("Content-Length", "0")
            return self.rfile.read(min(int(length) if length.isdecimal() else 0, LONGEST_BODY))

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if "retry_after" in answer:
                self.send_header("Retry-After", str(answer["retry_after"]))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: Any) -> None:
            """A notebook is no place for a server's log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.daemon = True
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{PATH}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _completed(model: Any, tokenizer: Any, body: bytes) -> tuple[int, dict[str, Any]]:
    try:
        return 200, complete(model, tokenizer, json.loads(body))
    except BadRequest as error:
        return 400, _error("bad_request", str(error))
    except (ValueError, RecursionError):
        return 400, _error("bad_request", "the body is no JSON")


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message}}


# ------------------------------------------------------------------------------------ the client
def post(url: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
    """Send a JSON object by POST; returns the status and the JSON object that came back.

    A status of 400 or more is an answer like any other, and no exception.

    Raises:
        OSError: nobody answers at that address.
    """
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
