"""Readers: each turns one kind of SOURCE into a manifest.

A reader is a function ``(source, options) -> Manifest`` under ``@reader``, with a test that says
whether a source looks like its kind. ``read_source`` finds the kind by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final

from genderlens.data.manifest import Manifest
from genderlens.data.places import Place, find_place
from genderlens.errors import SettingsError, SourceNotFoundError, UnknownLabelError
from genderlens.types import Label

LABEL_COLUMNS: Final = ("label", "gender")
"""Where a table says what a picture shows; the first that is there counts."""

Names = Mapping[str, Label]


def missing_label_column(file: Place, columns: Iterable[str]) -> UnknownLabelError:
    """The error of a table that does not say what its pictures show."""
    return UnknownLabelError(
        f"{file} has no label column; one of {', '.join(LABEL_COLUMNS)} is needed, "
        f"its columns are {', '.join(columns)}"
    )


@dataclass(frozen=True)
class Options:
    """What a reader may be told beside the place.

    ``names`` maps a data set's own words to labels; ``pattern`` says where the label stands in a
    file name (kind ``filename`` only). ``trusted`` lets a table name pictures anywhere, where it
    otherwise reaches those below its own folder only.
    """

    names: Names = field(default_factory=dict)
    pattern: str | None = None
    trusted: bool = False


ReadFunction = Callable[[Place, Options], Manifest]


@dataclass(frozen=True)
class Reader:
    """One kind of source."""

    kind: str
    describe: str
    looks_like: Callable[[Place], bool]
    read: ReadFunction


_READERS: dict[str, Reader] = {}
_MODULES: Final = {
    "folder": "folder",
    "celeba": "celeba",
    "csv": "csv_file",
    "manifest": "manifest_file",
    "parquet": "parquet_file",
    "shards": "shards",
    "filename": "filename",
}
"""Kind → the module that registers it, in the order in which a source is looked at."""


def reader(
    kind: str, describe: str, looks_like: Callable[[Place], bool]
) -> Callable[[ReadFunction], ReadFunction]:
    """Register a read function under the name of its kind."""

    def register(read: ReadFunction) -> ReadFunction:
        _READERS[kind] = Reader(kind, describe, looks_like, read)
        return read

    return register


def list_kinds() -> list[str]:
    """Every kind of source that can be read, in the order in which they are tried."""
    _load()
    return list(_MODULES)


def read_source(
    source: str,
    *,
    kind: str | None = None,
    names: Names | None = None,
    pattern: str | None = None,
) -> Manifest:
    """The manifest of a source, its kind found by looking unless given.

    ``names`` maps a data set's own words to labels; ``pattern`` is the name of a built-in file name
    pattern or a regular expression with a group ``label``, and means the kind ``filename``. The
    kind ``manifest``, where it is given and not found, says that the addresses in a table may lead
    anywhere. Raises SourceNotFoundError where nothing is recognised, UnknownLabelError or
    EmptyClassError where the labels are not usable, SettingsError for a pattern that cannot work.
    """
    place = find_place(source)
    chosen = _choose(place, kind, pattern)
    options = Options(names or {}, pattern, trusted=kind == "manifest")
    return chosen.read(place, options).require_both_labels()


def _choose(source: Place, kind: str | None, pattern: str | None) -> Reader:
    _load()
    if pattern is not None and kind not in (None, "filename"):
        raise SettingsError(f"a pattern is for the kind 'filename', not {kind!r}; leave one out")
    kind = "filename" if pattern is not None else kind
    chosen = _READERS.get(kind) if kind else _find(source)
    if chosen is None:
        kinds = "; ".join(f"{kind} ({_READERS[kind].describe})" for kind in _MODULES)
        what = f"unknown kind {kind!r}" if kind else f"cannot tell what kind of data '{source}' is"
        raise SourceNotFoundError(f"{what}; readable kinds are {kinds}")
    return chosen


def _find(source: Place) -> Reader | None:
    return next((_READERS[k] for k in _MODULES if _READERS[k].looks_like(source)), None)


def _load() -> None:
    for kind, module in _MODULES.items():
        if kind not in _READERS:
            import_module(f"{__name__}.{module}")
