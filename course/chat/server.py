"""The chat page's server: tornado, which Jupyter brings; on this machine alone.

What guards it: it listens on 127.0.0.1 only; each request must know a token that is drawn at the
start; the Host must be this machine's (a name that somebody else points here is refused); an Origin
must be the page's own, and a browser always tells it with a question. A question has at most 128
KiB. No path of a file is ever made from a request.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from course.chat.asking import LONGEST_BODY, Asked, BadQuestion, read_question
from course.chat.bot import Bot, PartError
from course.chat.line import Line, LineFull, Ticket
from course.chat.parts import Event
from course.chat.wire import PAGE, about, as_message, message
from course.chat.worker import Worker
from course.errors import UserError
from course.phrases import tr

ADDRESS = "127.0.0.1"
NAMES = (ADDRESS, "localhost")
MOST_WAITING = 24
PATIENCE = 20.0  # seconds: who takes no bytes for so long is gone
FILES = {"": ("chat.html", "text/html"), "chat.css": ("chat.css", "text/css"),
         "chat.js": ("chat.js", "text/javascript")}  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{sockets}; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY.format(sockets=""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LINE_FULL = "Too many questions wait already: try again later."
NO_TOKEN = "Open the address that `course chat` printed: it holds the token of this page."
WRONG_HOST = "This page is for this machine alone, and asks to be called {} and its port."
WRONG_ORIGIN = "Another page may not ask here."


@dataclass
class Desk:
    """What all requests share: the bots, the token, the line, the thread that computes."""

    bots: Sequence[Bot]
    token: str = field(default_factory=lambda: secrets.token_hex(24))
    port: int = 0
    line: Line = field(init=False)
    worker: Worker = field(default_factory=Worker)
    ending: bool = False

    def __post_init__(self) -> None:
        # as many at a time as there are bots: two that are compared write in turns
        self.line = Line(len(self.bots), MOST_WAITING)

    @property
    def url(self) -> str:
        """The address to open, token included."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"

    def hosts(self) -> set[str]:
        """What a request may call this machine."""
        return {f"{name}:{self.port}" for name in NAMES}


def _is_ours(origin: str, desk: Desk) -> bool:
    return origin in {f"http://{host}" for host in desk.hosts()}


class Refused(tornado.web.HTTPError):
    """A request that is not answered; `told` says why, to who sent it."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(status)
        self.told = told


# ------------------------------------------------------------------------------------ requests
class Guarded(tornado.web.RequestHandler):
    """A request that is let in only with Host, Origin and token in order."""

    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if self.request.headers.get("Host") not in self.desk.hosts():
            raise Refused(403, WRONG_HOST.format(ADDRESS))
        origin = self.request.headers.get("Origin")
        if origin is not None and not _is_ours(origin, self.desk):
            raise Refused(403, WRONG_ORIGIN)
        if self._is_from_another_page():
            raise Refused(403, WRONG_ORIGIN)
        given = self.get_query_argument("token", "", strip=False)
        if not hmac.compare_digest(given.encode(), self.desk.token.encode()):
            raise Refused(403, NO_TOKEN)

    def _is_from_another_page(self) -> bool:
        """Whether another page asks; to be opened from elsewhere, token included, is no harm."""
        site = self.request.headers.get("Sec-Fetch-Site", "none")
        opened = self.request.headers.get("Sec-Fetch-Mode") == "navigate"
        return site not in ("none", "same-origin") and not opened

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        text = getattr(error, "told", self._reason)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps({"error": text}))

    def log_exception(self, *told: Any) -> None:
        """A refusal is no event for the terminal; what is ours to repair is."""
        if not isinstance(told[1], tornado.web.HTTPError):
            super().log_exception(*told)


class Files(Guarded):
    """The page: three files, and no others."""

    def get(self, name: str) -> None:
        """The page, its style or its script; the page's links get the token."""
        file, kind = FILES[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        # to some browsers a WebSocket of the page's own address is not 'self'
        sockets = "".join(f" ws://{host}" for host in sorted(self.desk.hosts()))
        self.set_header("Content-Security-Policy", POLICY.format(sockets=sockets))
        text = (PAGE / file).read_text("utf-8")
        self.write(text if name else text.replace("{token}", self.desk.token))


class About(Guarded):
    """What is in use, what is missing, what the page says in other languages."""

    def get(self) -> None:
        """The bots' parts and the page's phrases."""
        self.write(about(self.desk.bots))


class Answers(Guarded, tornado.websocket.WebSocketHandler):
    """A question comes in, events go out, until the end or until nobody listens any more.

    A WebSocket, since a browser opens no more than six other connections to one address: the
    seventh tab would not even load while six questions wait.
    """

    def initialize(self, desk: Desk) -> None:
        super().initialize(desk)
        self.ticket: Ticket | None = None
        self.answering: asyncio.Task | None = None

    def check_origin(self, origin: str) -> bool:
        """A browser always tells it for a WebSocket; `prepare` has compared it already."""
        return _is_ours(origin, self.desk)

    def open(self) -> None:
        """Who says nothing for a while is sent away."""
        asyncio.get_running_loop().call_later(PATIENCE, self._dismiss)

    def _dismiss(self) -> None:
        if self.answering is None:
            self.close()

    async def on_message(self, sent: str | bytes) -> None:
        """Answer the first message; a connection has one question."""
        if self.answering is None:  # kept, since a loop alone does not keep its tasks
            self.answering = asyncio.get_running_loop().create_task(self._answer(sent))

    def on_close(self) -> None:
        """The tab was closed, or Stop was pressed: the place is free, the model stops."""
        if self.ticket is not None:
            self.ticket.leave()

    async def _answer(self, sent: str | bytes) -> None:
        try:
            asked = read_question(sent, len(self.desk.bots))
            self.ticket = self.desk.line.join()
            await self._serve(asked, self.ticket)
        except BadQuestion as error:
            await self._send(message("failed", {"error": str(error), "part": ""}))
        except LineFull:
            await self._send(message("failed", {"error": LINE_FULL, "part": ""}))
        except (TimeoutError, tornado.websocket.WebSocketClosedError):
            pass  # nobody listens any more
        finally:
            self.on_close()
            self.close()

    async def _serve(self, asked: Asked, ticket: Ticket) -> None:
        async def tell(ahead: int) -> None:
            await self._send(message("place", {"ahead": ahead}))

        if not await ticket.turn(tell):
            return
        await tell(0)
        bot = self.desk.bots[asked.bot]
        events = bot.answer(asked.question, asked.history, asked.switches, asked.seed)
        try:
            while not ticket.gone and (sent := await self._next(events, asked.language)):
                await self._send(sent)
        finally:
            if not self.desk.ending:  # then nobody waits for a part that may never return
                await self.desk.worker.compute(events.close)  # type: ignore[attr-defined]

    async def _next(self, events: Iterator[Event], language: str) -> str:
        """The next event as it is sent; nothing at the end. A failure is the last event."""
        try:
            event = await self.desk.worker.compute(lambda: next(events, None))
        except UserError as error:
            return message("failed", {"error": tr(str(error), language), "part": _part(error)})
        return "" if event is None else as_message(event)

    async def _send(self, sent: str) -> None:
        async with asyncio.timeout(PATIENCE):  # wait_for of Python 3.11 can lose a cancellation
            await self.write_message(sent)


def _part(error: UserError) -> str:
    return error.part if isinstance(error, PartError) else ""


class Nothing(Guarded):
    """Any other path."""

    def prepare(self) -> None:
        super().prepare()
        raise Refused(404, "There is nothing at this address.")


# ------------------------------------------------------------------------------------ the server
def make_application(desk: Desk) -> tornado.web.Application:
    """The paths that there are: the page, what is in use, and the answers."""
    known = "|".join(re.escape(name) for name in FILES)
    shared = {"desk": desk}
    return tornado.web.Application(
        [
            (rf"/({known})", Files, shared),
            (r"/about", About, shared),
            (r"/answer", Answers, shared),
        ],
        default_handler_class=Nothing,
        default_handler_args=shared,
        log_function=lambda handler: None,
        websocket_max_message_size=LONGEST_BODY,
        websocket_ping_interval=PATIENCE,
    )


def open_server(desk: Desk, port: int = 0) -> tornado.httpserver.HTTPServer:
    """Listen, within a running loop; the desk is told the port.

    Args:
        desk: what is served.
        port: 0 takes a free one.

    Raises:
        UserError: the port is in use, or may not be used.
    """
    try:
        sockets = tornado.netutil.bind_sockets(port, ADDRESS)
    except (OSError, OverflowError) as error:
        raise UserError(f"Port {port} cannot be used ({error}): choose another.") from None
    desk.port = sockets[0].getsockname()[1]
    server = tornado.httpserver.HTTPServer(
        make_application(desk),
        max_header_size=16_384,
        max_body_size=0,  # a request has no body: questions come by WebSocket
        body_timeout=PATIENCE,
        idle_connection_timeout=3 * PATIENCE,
    )
    server.add_sockets(sockets)
    return server


def serve(bots: Sequence[Bot], port: int, opened: Callable[[Desk], None]) -> None:
    """Serve until Ctrl-C; `opened` is called once, with the address known."""
    desk = Desk(bots)

    async def run() -> None:
        open_server(desk, port)
        opened(desk)
        try:
            await asyncio.Event().wait()
        finally:
            desk.ending = True

    asyncio.run(run())
