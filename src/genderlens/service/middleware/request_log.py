"""Watches every HTTP request from outside: one log line, the metrics, and its identifier."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens.service.middleware.access import PUBLIC
from genderlens.service.middleware.hosts import is_health
from genderlens.service.middleware.request_facts import (
    HEADER,
    RequestFacts,
    accept_request_id,
    method_of,
    route_of,
    serving,
)
from genderlens.service.middleware.tracing import Tracing
from genderlens.service.paths import route_path
from genderlens.service.redaction import ServerPaths
from genderlens.service.telemetry.metrics import Metrics

_log = logging.getLogger("genderlens.access")
_CLIENT_CLOSED = 499


class RequestLog:
    """The outermost middleware, so that nothing is answered unseen.

    A line says which route answered whom how and how long it took; never the path, the query, a
    header, a file name or anything of a picture.
    """

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing, places: ServerPaths
    ) -> None:
        self.app = app
        self._metrics, self._tracing, self._places = metrics, tracing, places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = accept_request_id(Headers(scope=scope))
        trace = self._tracing.begin(request_id)
        facts = RequestFacts(request_id, trace, hide=self._places.hide)
        seen, start = _Exchange(facts, receive, send), time.perf_counter()
        with serving(facts):
            try:
                await self.app(scope, seen.receive, seen.send)
            finally:
                self._tell(scope, seen, time.perf_counter() - start)

    def _tell(self, scope: Scope, seen: _Exchange, duration_s: float) -> None:
        facts, method, route = seen.facts, method_of(scope), route_of(scope)
        self._metrics.count_request(method, route, seen.status, duration_s)
        if facts.code is not None and not facts.outcomes and not _is_public(scope):
            self._metrics.count_rejection(facts.code, seen.status)
        told: dict[str, Any] = {
            "method": method,
            "route": route,
            "status": seen.status,
            "duration_s": round(duration_s, 6),
            "queue_s": round(max(facts.waits_s), 6) if facts.waits_s else None,
            "bytes_received": seen.received,
            "bytes_sent": seen.sent,
            "key_id": scope.get("state", {}).get("key_id"),
            "model_version": facts.model_version,
            "pictures": len(facts.outcomes) or None,
            "outcome": facts.outcome,
            "code": facts.code,
        }
        extra = {name: value for name, value in told.items() if value is not None}
        _log.info("%s %s %d", method, route, seen.status, extra=extra)


def _is_public(scope: Scope) -> bool:
    """Also what a load balancer asks: its status alone tells of that."""
    return bool(scope.get("state", {}).get(PUBLIC)) or is_health(route_path(scope))


class _Exchange:
    """The two channels of a request, counted; the answer gets the identifier."""

    def __init__(self, facts: RequestFacts, receive: Receive, send: Send) -> None:
        self.facts = facts
        self._receive, self._send = receive, send
        self.received = self.sent = 0
        self.status = _CLIENT_CLOSED

    async def receive(self) -> Message:
        message = await self._receive()
        self.received += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[HEADER] = self.facts.request_id
        await self._send(message)
        self.sent += len(message.get("body", b""))
