"""Traces of requests: nothing at all, or OpenTelemetry where an address to send them to is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fastapi import FastAPI

from genderlens.errors import MissingExtraError
from genderlens.settings import Settings


class Tracing(Protocol):
    """What the service tells about its work; safe to call from several threads."""

    def instrument(self, app: FastAPI) -> None:
        """Have every request of the application begin a server span. Called before it starts."""

    def begin(self, request_id: str) -> Mapping[str, str]:
        """Note the request in the current span; ``trace_id`` and ``span_id`` for the log."""

    def record(self, start_s: float, durations_s: Mapping[str, float]) -> None:
        """Child spans of the current one, one after the other from ``start_s`` on.

        ``start_s`` is on ``time.perf_counter``'s clock.
        """

    def stop(self) -> None:
        """Send what is left, within a bounded time."""


class NoTracing:
    """Imports nothing, does nothing."""

    def instrument(self, app: FastAPI) -> None:
        """See Tracing."""

    def begin(self, request_id: str) -> Mapping[str, str]:
        """See Tracing."""
        return {}

    def record(self, start_s: float, durations_s: Mapping[str, float]) -> None:
        """See Tracing."""

    def stop(self) -> None:
        """See Tracing."""


def create_tracing(settings: Settings) -> Tracing:
    """As the settings say. MissingExtraError where traces are wanted and cannot be made."""
    if settings.otlp_endpoint is None:
        return NoTracing()
    try:
        from genderlens.service.telemetry.otlp import OtlpTracing
    except ModuleNotFoundError as error:
        raise MissingExtraError("telemetry", "GENDERLENS_OTLP_ENDPOINT") from error
    return OtlpTracing(settings.otlp_endpoint)
