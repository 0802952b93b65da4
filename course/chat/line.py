"""The line of questions before the model: who is served, and how many are ahead of each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class LineFull(Exception):
    """So many wait that nobody else may join."""


class Ticket:
    """A place in the line, taken by `Line.join`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._moved = asyncio.Event()
        self.gone = False

    @property
    def ahead(self) -> int:
        """How many have to be served before; 0: it is our turn."""
        return max(0, self._line.tickets.index(self) - self._line.seats + 1)

    async def turn(self, tell: Callable[[int], Awaitable[None]]) -> bool:
        """Wait for our turn, and tell each place on the way; False if we left meanwhile."""
        while not self.gone and self.ahead:
            self._moved.clear()
            await tell(self.ahead)
            await self._moved.wait()
        return not self.gone

    def leave(self) -> None:
        """Give the place back; those behind move up. To leave twice is no harm."""
        if self.gone:
            return
        self.gone = True
        self._line.tickets.remove(self)
        for ticket in (self, *self._line.tickets):
            ticket.move()

    def move(self) -> None:
        """Somebody left: look again."""
        self._moved.set()


class Line:
    """Tickets in their order; the first `seats` of them are being served.

    Args:
        seats: how many are served at a time.
        most: how many tickets there may be in all.
    """

    def __init__(self, seats: int, most: int) -> None:
        self.seats, self.most = seats, most
        self.tickets: list[Ticket] = []

    def join(self) -> Ticket:
        """A ticket at the end of the line.

        Raises:
            LineFull: there are as many as there may be.
        """
        if len(self.tickets) >= self.most:
            raise LineFull
        self.tickets.append(Ticket(self))
        return self.tickets[-1]
