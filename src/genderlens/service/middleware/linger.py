"""Closing without losing the answer: what a client still sends is taken, and thrown away.

A client that sends all of its request before it reads, as most libraries do, never sees an early
answer where the connection is closed under what it sends: its system then throws the answer away
and reports a reset. So the sending side is closed first, and the other one drained until the client
is done, for a bounded number of bytes and seconds, on a bounded number of connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

MAX_BYTES: Final = 128 * 1024 * 1024
"""More than the largest batch: whoever keeps the limits learns why it was refused."""
MAX_S: Final = 30.0
QUIET_S: Final = 5.0
"""A client that sends nothing for so long is not about to go on."""
AT_A_TIME: Final = 64
"""Further connections are closed at once: this is a courtesy that must not become a burden."""


class LingeringTransport:
    """A transport whose ``close`` lingers where ``unfinished`` says that the client still sends.

    The server is told that it is closing, as after an ordinary ``close``.
    """

    lingering = 0

    def __init__(self, transport: asyncio.Transport, unfinished: Callable[[], bool]) -> None:
        self._transport, self._unfinished = transport, unfinished
        self._timers: list[asyncio.TimerHandle] = []
        self._left = MAX_BYTES
        self.drains = False

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether it was closed, also while it lingers."""
        return self.drains or self._transport.is_closing()

    def close(self) -> None:
        """Close it, at once or once the client has sent what it is sending."""
        if self.drains or self._transport.is_closing():
            return
        if not self._unfinished() or LingeringTransport.lingering >= AT_A_TIME:
            self._transport.close()
            return
        self.drains = True
        LingeringTransport.lingering += 1
        if self._transport.can_write_eof():  # TLS has no such half
            self._transport.write_eof()
        self._transport.resume_reading()
        self._close_after(MAX_S)
        self._close_after(QUIET_S)

    def drain(self, count: int) -> None:
        """Count bytes that came while lingering; too many end it."""
        self._left -= count
        self._timers.pop().cancel()
        if self._left < 0:
            self._transport.abort()
        else:
            self._close_after(QUIET_S)

    def end(self) -> None:
        """Give up what still may come."""
        self._transport.close()

    def release(self) -> None:
        """The connection is gone."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self.drains:
            self.drains = False
            LingeringTransport.lingering -= 1

    def _close_after(self, seconds: float) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, self.end))
