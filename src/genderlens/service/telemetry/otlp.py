"""Traces to an OpenTelemetry collector, OTLP over HTTP. Needs the extra ``telemetry``.

Spans wait in a bounded queue and leave it in a thread of their own; where the collector is slow or
down, spans are lost and requests notice nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from starlette.types import ASGIApp, Receive, Scope, Send

from genderlens._version import __version__
from genderlens.service.middleware.auth import redact_keys

EXPORT_TIMEOUT_S: Final = 5.0
_UNTRACED: Final = "/health,/metrics"
"""What is asked every few seconds, by nobody who would read a trace."""
_REAL: Final = "genderlens.scope"
_PRIVATE: Final = frozenset({b"user-agent", b"x-forwarded-for", b"forwarded", b"referer"})


class OtlpTracing:
    """Server spans by OpenTelemetry's instrumentation of FastAPI, stages of pictures below them."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource({SERVICE_NAME: "genderlens", SERVICE_VERSION: __version__})
        self._provider = TracerProvider(
            resource=resource.merge(OTELResourceDetector().detect()), shutdown_on_exit=False
        )
        url = f"{endpoint.rstrip('/')}/v1/traces"
        exporter = OTLPSpanExporter(endpoint=url, timeout=EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("genderlens", __version__)

    def instrument(self, app: FastAPI) -> None:
        """See Tracing. What the instrumentation sees of a request holds no secrets."""
        app.add_middleware(_RestoreRequest)
        FastAPIInstrumentor.instrument_app(
            app,
            tracer_provider=self._provider,
            excluded_urls=_UNTRACED,
            exclude_spans=["receive", "send"],
        )
        build = app.build_middleware_stack
        app.build_middleware_stack = lambda: _HidePrivateFields(build())  # type: ignore[method-assign]

    def begin(self, request_id: str) -> Mapping[str, str]:
        """See Tracing."""
        span = trace.get_current_span()
        context = span.get_span_context()
        if not context.is_valid:
            return {}
        span.set_attribute("genderlens.request_id", request_id)
        return {
            "trace_id": trace.format_trace_id(context.trace_id),
            "span_id": trace.format_span_id(context.span_id),
        }

    def record(self, start_s: float, durations_s: Mapping[str, float]) -> None:
        """See Tracing."""
        if not trace.get_current_span().is_recording():
            return
        at_ns = time.time_ns() - round((time.perf_counter() - start_s) * 1e9)
        for name, duration_s in durations_s.items():
            span = self._tracer.start_span(name, start_time=at_ns)
            at_ns += round(duration_s * 1e9)
            span.end(at_ns)

    def stop(self) -> None:
        """See Tracing."""
        self._provider.shutdown()


class _HidePrivateFields:
    """Shows the instrumentation a request without query, address and names of programs.

    It copies most of a request into the span. A query may hold a key that does not belong there,
    and who asked is nobody's business who reads traces.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _PRIVATE]
        path = redact_keys(scope["path"])
        bare = {"query_string": b"", "client": None, "headers": headers, "path": path}
        await self.app({**scope, **bare, _REAL: scope}, receive, send)


class _RestoreRequest:
    """Gives the application behind the instrumentation the request as it came."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope.get(_REAL, scope), receive, send)
