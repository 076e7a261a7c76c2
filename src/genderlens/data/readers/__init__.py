"""Readers: each turns one kind of SOURCE into a manifest.

A reader is a function ``(source, names) -> Manifest`` under ``@reader``, with a test that says
whether a source looks like its kind. ``read_source`` finds the kind by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from genderlens.data.manifest import Manifest
from genderlens.errors import SourceNotFoundError
from genderlens.storage import is_remote
from genderlens.types import Label

Names = Mapping[str, Label]
ReadFunction = Callable[[str, Names], Manifest]


@dataclass(frozen=True)
class Reader:
    """One kind of source."""

    kind: str
    describe: str
    looks_like: Callable[[str], bool]
    read: ReadFunction


_READERS: dict[str, Reader] = {}


def reader(
    kind: str, describe: str, looks_like: Callable[[str], bool]
) -> Callable[[ReadFunction], ReadFunction]:
    """Register a read function under the name of its kind."""

    def register(read: ReadFunction) -> ReadFunction:
        _READERS[kind] = Reader(kind, describe, looks_like, read)
        return read

    return register


def list_kinds() -> list[str]:
    """Every kind of source that can be read, in the order in which they are tried."""
    _load()
    return list(_READERS)


def read_source(source: str, *, kind: str | None = None, names: Names | None = None) -> Manifest:
    """The manifest of a source, its kind found by looking unless given.

    ``names`` maps a data set's own words to labels. Raises SourceNotFoundError where nothing is
    recognised, UnknownLabelError or EmptyClassError where the labels are not usable.
    """
    if is_remote(source):
        raise SourceNotFoundError(
            f"labelled data is read from local paths only, {source!r} is not one; "
            "copy it to a folder first"
        )
    _load()
    source = source.removeprefix("file://")
    chosen = _READERS.get(kind) if kind else _find(source)
    if chosen is None:
        kinds = "; ".join(f"{r.kind} ({r.describe})" for r in _READERS.values())
        what = f"unknown kind {kind!r}" if kind else f"cannot tell what kind of data {source!r} is"
        raise SourceNotFoundError(f"{what}; readable kinds are {kinds}")
    return chosen.read(source, names or {}).require_both_labels()


def _find(source: str) -> Reader | None:
    return next((r for r in _READERS.values() if r.looks_like(source)), None)


def _load() -> None:
    from genderlens.data.readers import folder, parquet_file  # noqa: F401
