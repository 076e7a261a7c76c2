"""What is known about the request in work: its identifier, and what log and metrics tell of it.

The facts travel in a context variable, so that whatever runs for a request, in any thread that was
given its context, finds them without being handed them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import Scope

from genderlens.types import Outcome

HEADER: Final = "X-Request-ID"
_SAFE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _as_it_is(document: Any) -> Any:
    return document


@dataclass(slots=True)
class RequestFacts:
    """Filled in while a request is answered; threads only append."""

    request_id: str
    trace: Mapping[str, str] = field(default_factory=dict)
    """``trace_id`` and ``span_id`` where the request is traced."""
    model_version: str | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    """Of the pictures that were answered."""
    waits_s: list[float] = field(default_factory=list)
    """What pictures waited for a free worker."""
    code: str | None = None
    """Of the problem document, where the answer is one."""
    hide: Callable[[Any], Any] = _as_it_is
    """What makes a document fit for clients: places on the server's disks are none of theirs."""

    @property
    def outcome(self) -> str | None:
        """What became of the pictures: one word, ``mixed`` where they differ."""
        distinct = set(self.outcomes)
        if len(distinct) > 1:
            return "mixed"
        return distinct.pop().value if distinct else None


_current: ContextVar[RequestFacts | None] = ContextVar("request_facts", default=None)


def current_request() -> RequestFacts | None:
    """The facts of the request that this code works for; None outside of any."""
    return _current.get()


@contextmanager
def serving(facts: RequestFacts) -> Iterator[RequestFacts]:
    """Within it, the facts are the current ones."""
    token = _current.set(facts)
    try:
        yield facts
    finally:
        _current.reset(token)


def log_fields() -> dict[str, str]:
    """What every log line of a request carries."""
    facts = _current.get()
    return {} if facts is None else {"request_id": facts.request_id, **facts.trace}


def create_request_id() -> str:
    """32 hexadecimal digits, at random."""
    return uuid.uuid4().hex


def accept_request_id(headers: Headers) -> str:
    """The identifier that the client or a proxy gave, once and in a safe alphabet; else a new one.

    Safe are 1 to 128 ASCII letters, digits, dots, hyphens and underscores: nothing that a log, a
    header or a shell would take for anything but text.
    """
    given = headers.getlist(HEADER)
    if len(given) == 1 and _SAFE.fullmatch(given[0]):
        return given[0]
    return create_request_id()


def route_of(scope: Scope) -> str:
    """The template of the route that answered, such as ``/jobs/{job_id}``; ``other`` for none.

    The path itself is never told: it may hold anything.
    """
    return getattr(scope.get("route"), "path", "other")


def method_of(scope: Scope) -> str:
    """The method, ``other`` for an unusual one."""
    return scope["method"] if scope["method"] in _METHODS else "other"
