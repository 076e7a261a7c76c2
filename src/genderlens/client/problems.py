"""What a service answers: a document, or one ServiceError whatever went wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from genderlens.errors import ServiceError

if TYPE_CHECKING:
    import httpx


def read_document(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer of this service; ServiceError for anything else."""
    document = parse(answer)
    if document is None:
        raise ServiceError(
            f"what answers at {answer.request.url.copy_with(path='/', query=None)} is no "
            "genderlens service; check the address",
            "not_genderlens",
            status=answer.status_code,
        )
    return document


def parse(answer: httpx.Response) -> dict[str, Any] | None:
    """The JSON object of an answer, if it is one."""
    try:
        document = answer.json()
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def failure(answer: httpx.Response) -> ServiceError:
    """The error that an answer with another status than 2xx stands for."""
    document = parse(answer) or {}
    detail = str(document.get("detail") or f"the service answered with status {answer.status_code}")
    return ServiceError(
        detail,
        str(document.get("code") or "unexpected"),
        status=answer.status_code,
        retry_after_s=retry_after(answer),
        document=document,
    )


def lost(error: Exception, address: object) -> ServiceError:
    """The error of a request that got no answer at all."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return ServiceError("the service took too long to answer", "timeout")
    return ServiceError(f"{address} does not answer")


def retry_after(answer: httpx.Response) -> int | None:
    """Seconds of a ``Retry-After`` header, which gives seconds or a date; None without one."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return int(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0, ceil((when - datetime.now(UTC)).total_seconds()))
