"""Readers: each turns one kind of SOURCE into a manifest.

A reader is a file in this folder with a function ``(source, options) -> Manifest`` under
``@reader``, and one that says whether a source looks like its kind. ``read_source`` finds the kind
by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from genderlens.data.manifest import Manifest
from genderlens.data.readers.listing import has_class_folders
from genderlens.data.sources.columns import label_columns
from genderlens.data.sources.content import HEAD_BYTES, find_archive
from genderlens.data.sources.parts import SPLIT_COLUMNS, parse_part, speaks_of_parts
from genderlens.data.sources.paths import Place, find_place
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.vocabulary import Names, Vocabulary
from genderlens.discovery import import_modules
from genderlens.errors import SettingsError, SourceNotFoundError, UnknownLabelError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.storage import open_binary


@dataclass(frozen=True)
class Options:
    """What a reader may be told beside the place.

    ``names`` maps a data set's own words to labels; ``pattern`` says where the label stands in a
    file name (kind ``filename`` only). ``trusted`` lets a table name pictures anywhere, where it
    otherwise reaches those below its own folder only. ``any_parts`` reads a source too of which it
    cannot be told what may teach, for whoever divides it anew. ``skipped`` takes what is left out.
    ``head`` has the labels; ``column`` of a table holds them, where it is not one of the usual.
    """

    names: Names = field(default_factory=dict)
    pattern: str | None = None
    trusted: bool = False
    any_parts: bool = False
    skipped: SkippedItems = field(default_factory=SkippedItems)
    head: Head = GENDER
    column: str | None = None

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words for the labels."""
        return Vocabulary(self.head, self.names)

    @property
    def label_columns(self) -> tuple[str, ...]:
        """What a table may call the column of the labels."""
        return label_columns(self.head, self.column)

    def parse_column(self, words: Iterable[str | None], where: str) -> list[str]:
        """The labels that a column of words stands for; UnknownLabelError for a stray one."""
        found: dict[str | None, str] = {}
        labels = []
        for row, word in enumerate(words):
            if word not in found:
                found[word] = self.vocabulary.parse(word, f"{where}, row {row}")
            labels.append(found[word])
        return labels

    def missing_label_column(self, file: Place, columns: Iterable[str]) -> UnknownLabelError:
        """The error of a table that does not say what its pictures show."""
        wanted = self.label_columns
        needed = f"one of {', '.join(wanted)}" if len(wanted) > 1 else repr(wanted[0])
        return UnknownLabelError(
            f"{file} has no label column; {needed} is needed, its columns are {', '.join(columns)}"
        )


@dataclass(frozen=True)
class Reading:
    """A manifest, and what its source held beside it."""

    manifest: Manifest
    skipped: SkippedItems

    @property
    def is_partial(self) -> bool:
        """Whether anything was left out."""
        return bool(self.skipped.refused or self.skipped.passed_over)

    def counts(self) -> dict[str, Any]:
        """How many entries were found, read, refused and passed over, as JSON."""
        return self.skipped.counts(len(self.manifest))


ReadFunction = Callable[[Place, Options], Manifest]
LooksLike = Callable[[Place, Options], bool]


@dataclass(frozen=True)
class Reader:
    """One kind of source; of two that it looks like, the one of the lower rank reads it."""

    kind: str
    rank: int
    describe: str
    looks_like: LooksLike
    read: ReadFunction


_READERS: dict[str, Reader] = {}


def reader(
    kind: str, describe: str, looks_like: LooksLike, *, rank: int
) -> Callable[[ReadFunction], ReadFunction]:
    """Register a read function under the name of its kind; see Reader for ``rank``."""

    def register(read: ReadFunction) -> ReadFunction:
        _READERS[kind] = Reader(kind, rank, describe, looks_like, read)
        return read

    return register


def list_kinds() -> list[str]:
    """Every kind of source that can be read, in the order in which they are tried."""
    return list(_load())


def describe_kinds() -> dict[str, str]:
    """Every kind of source with what it is in a few words, in the order of ``list_kinds``."""
    return {kind: reader.describe for kind, reader in _load().items()}


def read_source(
    source: str,
    *,
    kind: str | None = None,
    names: Names | None = None,
    pattern: str | None = None,
    head: Head = GENDER,
    column: str | None = None,
) -> Manifest:
    """The manifest of a source, its kind found by looking unless given, with the labels of a head.

    ``names`` maps a data set's own words to labels; ``pattern`` is the name of a built-in file name
    pattern or a regular expression with a group ``label``, and means the kind ``filename``. The
    kind ``manifest``, where it is given and not found, says that the addresses in a table may lead
    anywhere. Raises SourceNotFoundError where nothing is recognised or a picture is refused,
    UnknownLabelError or EmptyClassError where the labels are not usable, ManifestError where it
    cannot be told what may teach, SettingsError for a pattern that cannot work.
    """
    skipped = SkippedItems(strict=True)
    options = Options(names or {}, pattern, skipped=skipped, head=head, column=column)
    return read_with(source, options, kind=kind).manifest.require_labels(head.labels)


def read_with(source: str, options: Options, *, kind: str | None = None) -> Reading:
    """Like ``read_source``, with options of one's own and perhaps one label only."""
    place = find_place(source)
    options = replace(options, trusted=options.trusted or kind == "manifest")
    chosen = _choose(place, kind, options)
    return Reading(adopt_parts(chosen.read(place, options), source), options.skipped)


def adopt_parts(manifest: Manifest, source: str) -> Manifest:
    """The manifest with the column that says the parts as its split, whatever it is called.

    ManifestError where only some of its words are parts.
    """
    if any(manifest.column("split")):
        return manifest
    for name in manifest.attributes:
        values = manifest.column(name)
        if name.lower() in SPLIT_COLUMNS and speaks_of_parts(values):
            parts = [parse_part(value, f"{source}, column {name!r}") for value in values]
            return manifest.with_column("split", parts)
    return manifest


def _choose(source: Place, kind: str | None, options: Options) -> Reader:
    readers = _load()
    if options.pattern is not None and kind not in (None, "filename"):
        raise SettingsError(f"a pattern is for the kind 'filename', not {kind!r}; leave one out")
    kind = "filename" if options.pattern is not None else kind
    chosen = readers.get(kind) if kind else _find(source, options)
    if chosen is None:
        raise SourceNotFoundError(_unreadable(source, kind))
    return chosen


def _unreadable(source: Place, kind: str | None) -> str:
    kinds = "; ".join(f"{kind} ({what})" for kind, what in describe_kinds().items())
    if kind:
        return f"unknown kind {kind!r}; readable kinds are {kinds}"
    archive = _archive_name(source)
    if archive:
        return f"'{source}' is a {archive} archive, which is not read; unpack it into a folder"
    return f"cannot tell what kind of data '{source}' is; readable kinds are {kinds}"


def _archive_name(source: Place) -> str | None:
    if not source.is_file():
        return None
    with open_binary(str(source)) as stream:
        return find_archive(stream.read(HEAD_BYTES))


def _find(source: Place, options: Options) -> Reader | None:
    """The first reader whose kind the source looks like; class folders of unknown words last."""
    found = next((one for one in _load().values() if one.looks_like(source, options)), None)
    return found or (_READERS["folder"] if has_class_folders(source) else None)


def _load() -> dict[str, Reader]:
    """Every reader by its kind, in the order in which a source is looked at."""
    import_modules(__name__)
    return dict(sorted(_READERS.items(), key=lambda item: item[1].rank))
