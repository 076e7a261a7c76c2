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
from genderlens.errors import DataError, EmptyClassError, ManifestError, UnknownLabelError
from genderlens.storage import replacing
from genderlens.types import LABELS, Label

COLUMNS: Final = ("uri", "label", "subject", "source", "split")
HOUSEKEEPING: Final = frozenset({"service_test"})
"""Attributes of known data sets that say how a picture was used and not who is in it: they make no
groups to compare. FairFace's ``service_test`` marks what commercial services were tested on.
Named one by one: a rule about their values, true and false, would hide groups such as glasses.
"""
SPLITS: Final = ("train", "calibration", "val", "test")


def parse_label(value: object, where: str, names: Mapping[str, Label] | None = None) -> Label:
    """The label that a data set's own word stands for.

    ``names`` maps further words (``{"0": "male"}``). Raises UnknownLabelError for anything else,
    because a stray word is never "the other class".
    """
    word = str(value).strip().lower()
    own: dict[str, Label] = {name.strip().lower(): label for name, label in (names or {}).items()}
    known: dict[str, Label] = {label: label for label in LABELS} | own
    if word not in known:
        meanings = " or ".join(f"--label '{value}={label}'" for label in LABELS)
        raise UnknownLabelError(
            f"unknown label {value!r} at {where}; known are {', '.join(sorted(known))}; say what "
            f"the word means: {meanings}"
        )
    return known[word]


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
    def labels(self) -> list[Label]:
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

    def require_both_labels(self) -> Manifest:
        """Itself, or EmptyClassError where a label has no picture at all."""
        counts = self.counts()
        for label in LABELS:
            if not counts[label]:
                raise EmptyClassError(
                    f"no picture is labelled {label!r} among {len(self)}; "
                    f"both of {', '.join(LABELS)} are needed"
                )
        return self


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Store as Parquet, atomically, with the seal of this user."""
    with replacing(path) as partial:
        pq.write_table(with_seal(manifest.table), partial)


def read_manifest(path: Path) -> Manifest:
    """Read what write_manifest stored; ManifestError where the file is something else."""
    try:
        with path.open("rb") as stream:
            return parse_manifest(stream, str(path))
    except OSError as error:
        raise ManifestError(f"cannot read a manifest from {path}: {error}") from error


def parse_manifest(stream: IO[bytes], path: str) -> Manifest:
    """The manifest in an open Parquet file; ManifestError where it is something else."""
    try:
        table: Any = read_columns(stream, path)
        columns: list[tuple[str, pa.DataType]] = [
            (name, pa.string()) for name in table.column_names
        ]
        text = pa.schema(columns, metadata=table.schema.metadata)
        manifest = Manifest(table.cast(text))
    except (OSError, pa.ArrowException, DataError) as error:
        raise ManifestError(f"cannot read a manifest from {path}: {error}") from error
    _check_values(manifest, path)
    return manifest


def _check_values(manifest: Manifest, path: str) -> None:
    if None in manifest.counts("uri"):
        raise ManifestError(f"{path} holds a row without a uri; every row needs one")
    for column, allowed in (("label", (*LABELS,)), ("split", (*SPLITS, None))):
        for value in manifest.counts(column):
            if value not in allowed:
                known = ", ".join(str(name) for name in allowed if name)
                raise ManifestError(f"{path} holds the {column} {value!r}; known are {known}")
