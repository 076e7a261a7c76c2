"""The manifest: one row per labelled picture, the form that every reader ends in.

Columns ``uri, label, subject, source, split`` (strings; subject and split may be null), then any
number of attribute columns, which are strings and may be null. Stored as Parquet.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from genderlens.data.parquet.limits import read_columns
from genderlens.data.seal import with_seal
from genderlens.data.sources.paths import place_of
from genderlens.errors import DataError, EmptyClassError, ManifestError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.storage import replacing

COLUMNS: Final = ("uri", "label", "subject", "source", "split")
HOUSEKEEPING: Final = frozenset({"service_test"})
"""Attributes of known data sets that say how a picture was used and not who is in it: they make no
groups to compare. FairFace's ``service_test`` marks what commercial services were tested on.
Named one by one: a rule about their values, true and false, would hide groups such as glasses.
"""
SPLITS: Final = ("train", "calibration", "val", "test")


def natural_key(value: str | None) -> list[tuple[int, int, str]]:
    """Sorts values the way people count: 3-9 before 10-19, words last, nothing first."""
    parts = re.findall(r"[0-9]+|[^0-9]+", value or "")
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


@dataclass(frozen=True)
class Manifest:
    """An immutable table of labelled pictures."""

    table: pa.Table

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.table.column_names]
        if missing:
            raise ManifestError(
                f"the manifest lacks the column(s) {', '.join(missing)}; "
                f"it needs {', '.join(COLUMNS)}"
            )

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str | None]]) -> Manifest:
        """Build from mappings; keys beyond the fixed columns become attributes."""
        records = list(rows)
        attributes = sorted({key for row in records for key in row} - set(COLUMNS))
        schema = pa.schema([(name, pa.string()) for name in (*COLUMNS, *attributes)])
        return cls(pa.Table.from_pylist([dict(row) for row in records], schema=schema))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attribute columns."""
        return tuple(name for name in self.table.column_names if name not in COLUMNS)

    @property
    def uris(self) -> list[str]:
        return self.column("uri")  # type: ignore[return-value]

    @property
    def labels(self) -> list[str]:
        return self.column("label")  # type: ignore[return-value]

    def column(self, name: str) -> list[str | None]:
        """One column as a list; ManifestError where there is none of that name."""
        if name not in self.table.column_names:
            known = ", ".join(self.attributes) or "none"
            raise ManifestError(f"the manifest has no column {name!r}; its attributes are {known}")
        values: list[str | None] = self.table.column(name).to_pylist()
        return values

    def with_column(self, name: str, values: Sequence[str | None]) -> Manifest:
        """A copy with one column replaced or added."""
        array = pa.array(values, pa.string())
        if name in self.table.column_names:
            index = self.table.column_names.index(name)
            return Manifest(self.table.set_column(index, name, array))
        return Manifest(self.table.append_column(name, array))

    def select(self, *splits: str) -> Manifest:
        """The rows of the given splits, in order."""
        wanted = pa.array(list(splits), pa.string())
        return Manifest(self.table.filter(pc.is_in(self.table.column("split"), value_set=wanted)))

    def take(self, indices: Sequence[int]) -> Manifest:
        """The rows at the given positions."""
        return Manifest(self.table.take(pa.array(indices, pa.int64())))

    def counts(self, column: str = "label") -> Counter[str | None]:
        """How many rows hold each value of a column."""
        return Counter(self.column(column))

    def fingerprint(self) -> str:
        """SHA-256 over place, label and split of every row: names the data that a run saw.

        The same wherever the data set lies, so it says nothing about what its files hold.
        """
        digest = hashlib.sha256()
        places = map(place_of, self.uris)
        for row in zip(places, self.labels, self.column("split"), strict=True):
            digest.update("\x1f".join(str(value) for value in row).encode() + b"\x1e")
        return digest.hexdigest()

    @property
    def label_words(self) -> tuple[str, ...]:
        """The labels that there are, each once, in the order people count in."""
        return tuple(sorted(set(self.labels), key=natural_key))

    def require_labels(self, labels: Sequence[str] = GENDER.labels) -> Manifest:
        """Itself, or EmptyClassError where one of the labels has no picture at all."""
        counts = self.counts()
        for label in labels:
            if not counts[label]:
                every = "both" if len(labels) == 2 else "all"
                raise EmptyClassError(
                    f"no picture is labelled {label!r} among {len(self)}; "
                    f"{every} of {', '.join(labels)} are needed"
                )
        return self


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Store as Parquet, atomically, with the seal of this user."""
    with replacing(path) as partial:
        pq.write_table(with_seal(manifest.table), partial)


def read_manifest(path: Path, head: Head | None = GENDER) -> Manifest:
    """Read what write_manifest stored; ManifestError where the file is something else.

    Its labels are those of ``head``; None takes any words.
    """
    try:
        with path.open("rb") as stream:
            return parse_manifest(stream, str(path), head)
    except OSError as error:
        raise ManifestError(f"cannot read a manifest from {path}: {error}") from error


def parse_manifest(stream: IO[bytes], path: str, head: Head | None = GENDER) -> Manifest:
    """The manifest in an open Parquet file; see ``read_manifest``."""
    try:
        table: Any = read_columns(stream, path)
        columns: list[tuple[str, pa.DataType]] = [
            (name, pa.string()) for name in table.column_names
        ]
        text = pa.schema(columns, metadata=table.schema.metadata)
        manifest = Manifest(table.cast(text))
    except (OSError, pa.ArrowException, DataError) as error:
        raise ManifestError(f"cannot read a manifest from {path}: {error}") from error
    _check_values(manifest, path, head)
    return manifest


def _check_values(manifest: Manifest, path: str, head: Head | None) -> None:
    if None in manifest.counts("uri"):
        raise ManifestError(f"{path} holds a row without a uri; every row needs one")
    words = head.labels if head else tuple(word for word in manifest.counts() if word)
    for column, allowed in (("label", words), ("split", (*SPLITS, None))):
        for value in manifest.counts(column):
            if value not in allowed:
                known = ", ".join(str(name) for name in allowed if name)
                raise ManifestError(f"{path} holds the {column} {value!r}; known are {known}")
