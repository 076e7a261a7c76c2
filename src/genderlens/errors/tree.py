"""The error tree as a list, for whoever documents or tests all of it."""

from __future__ import annotations

from collections.abc import Iterator

from genderlens.errors.base import GenderlensError
from genderlens.errors.pictures import ImageError
from genderlens.errors.requests import RequestError

_NEVER_RAISED = (GenderlensError, ImageError, RequestError)


def list_errors() -> tuple[type[GenderlensError], ...]:
    """Every error of this package that is raised itself, parents before children."""
    kinds = _walk(GenderlensError)
    return tuple(
        kind
        for kind in kinds
        if kind not in _NEVER_RAISED and kind.__module__.startswith(__package__)
    )


def _walk(kind: type[GenderlensError]) -> Iterator[type[GenderlensError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _walk(child)
