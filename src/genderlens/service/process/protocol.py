"""uvicorn's HTTP/1.1, with our answer to what is not HTTP and a limit on slow headers."""

from __future__ import annotations

import asyncio
from typing import Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from genderlens.errors import MalformedRequestError
from genderlens.service.errors import problem_of
from genderlens.service.middleware.linger import LingeringTransport
from genderlens.service.middleware.proxies import PEER
from genderlens.service.middleware.request_facts import (
    HEADER,
    RequestFacts,
    create_request_id,
    serving,
)
from genderlens.service.process.strict_parser import make_strict

HEADER_TIMEOUT_S: Final = 10.0
SEND_TIMEOUT_S: Final = 30.0
"""A client that takes nothing of an answer for so long is given up."""


class HttpProtocol(H11Protocol):
    """One connection. A first request, or headers once begun, must be whole in time.

    So must what waits to be sent: it is held in memory for as long as its client does not read. A
    connection that is closed under what its client sends lingers.
    """

    _header_timer: asyncio.TimerHandle | None = None
    _send_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._lingering = LingeringTransport(transport, self._still_sends)
        super().connection_made(cast(asyncio.Transport, self._lingering))
        make_strict(self.conn)
        self.app_state = {**self.app_state, PEER: self.client}
        self._watch_headers(waiting=True)

    def data_received(self, data: bytes) -> None:
        if self._lingering.drains:
            self._lingering.drain(len(data))
            return
        super().data_received(data)
        self._watch_headers(waiting=self.conn.their_state is h11.IDLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch_headers(waiting=False)
        self._end_send_timer()
        self._lingering.release()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """What is only drained ends with the server."""
        if self._lingering.drains:
            self._lingering.end()
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._end_send_timer()
        self._send_timer = self.loop.call_later(SEND_TIMEOUT_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_send_timer()

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser refuses; a connection that is amid an answer is only closed."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            with serving(RequestFacts(create_request_id())) as request:
                answer = problem_of(MalformedRequestError(f"{msg} Send HTTP/1.1."))
            identity = (HEADER.lower().encode(), request.request_id.encode())
            headers = [*answer.raw_headers, identity, (b"connection", b"close")]
            start = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
            for event in (start, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _still_sends(self) -> bool:
        """Whether the end of a request has not come, or cannot be told."""
        return self.conn.their_state in {h11.SEND_BODY, h11.ERROR}

    def _end_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _watch_headers(self, *, waiting: bool) -> None:
        if not waiting and self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None
        elif waiting and self._header_timer is None:
            self._header_timer = self.loop.call_later(HEADER_TIMEOUT_S, self.transport.close)
