"""Of a predictions table what evaluation needs, however many rows it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from genderlens.data.manifest import Manifest
from genderlens.data.manifest_files import full_addresses
from genderlens.errors import DataError
from genderlens.evaluation.head_columns import answer_columns, needed_columns, read_heads

OPTIONAL: Final = ("face_index", "bundle_version", "box")
_PIECE: Final = 32_768


class StoredTable:
    """A predictions table that stays in its file; read in pieces of some thousand rows.

    Holds the columns that evaluation needs, whatever its heads, and those of ``by`` that there are.
    Raises DataError
    where the file is something else.
    """

    def __init__(self, path: Path, by: Sequence[str] = ()) -> None:
        self.path = path
        with _readable(path), pq.ParquetFile(path) as file:
            known = file.schema_arrow.names
            self._rows = file.metadata.num_rows
            self.heads = read_heads(file.schema_arrow)
            needed = needed_columns(self.heads[0])
            missing = [name for name in needed if name not in known]
            if missing:
                raise DataError(
                    f"{path} is no predictions table: it lacks {', '.join(missing)}; "
                    "give the predictions.parquet that 'genderlens evaluate' wrote"
                )
            wanted = dict.fromkeys([*needed, *OPTIONAL, *answer_columns(self.heads), *by])
            self.column_names = [name for name in wanted if name in known]
            fields = [file.schema_arrow.field(name) for name in self.column_names]
            self.schema = pa.schema(fields, file.schema_arrow.metadata)

    def __len__(self) -> int:
        return self._rows

    def pieces(self) -> Iterator[pa.Table]:
        """The rows in order; an empty table is one empty piece."""
        if not self._rows:
            yield self.schema.empty_table()
        with _readable(self.path), pq.ParquetFile(self.path, buffer_size=1 << 20) as file:
            batches = file.iter_batches(_PIECE, columns=self.column_names, use_threads=False)
            for batch in batches:
                yield pa.Table.from_batches([batch]).replace_schema_metadata(self.schema.metadata)

    def take(self, rows: NDArray[np.int32]) -> pa.Table:
        """The rows with these numbers, in that order."""
        found, start = [], 0
        wanted = np.sort(rows)
        for piece in self.pieces():
            low, high = np.searchsorted(wanted, (start, start + len(piece)))
            if high > low:
                found.append(piece.take(wanted[low:high] - start))
            start += len(piece)
        together = pa.concat_tables(found) if found else self.schema.empty_table()
        return together.take(np.argsort(np.argsort(rows, kind="stable")))


Answers = pa.Table | StoredTable


def pieces(answers: Answers) -> Iterator[pa.Table]:
    """Any predictions table in pieces, at least one."""
    if isinstance(answers, StoredTable):
        yield from answers.pieces()
    else:
        for start in range(0, max(1, len(answers)), _PIECE):
            yield answers.slice(start, _PIECE)


def read_columns(path: Path, by: Sequence[str] = ()) -> pa.Table:
    """The whole of a ``StoredTable``; DataError where the file is something else."""
    return pa.concat_tables(StoredTable(path, by).pieces())


def keep_known(table: pa.Table, manifest: Manifest) -> pa.Table:
    """The rows whose picture the manifest holds, under its address there.

    A table that says ``../faces/1.jpg`` speaks of the ``/mnt/faces/1.jpg`` of a manifest. DataError
    where it holds none of them.
    """
    own = manifest.table.column("uri").combine_chunks()
    kept = table.filter(pc.is_in(table.column("uri"), value_set=own))
    if len(table) and not len(kept):
        places = index_addresses(table.column("uri"), own)
        column = table.column_names.index("uri")
        kept = table.set_column(column, "uri", own.take(places)).filter(pc.is_valid(places))
    if len(table) and not len(kept):
        raise DataError(
            f"none of the {len(table):,} predictions is of a picture in the data; their addresses "
            f"differ: {table.column('uri')[0].as_py()!r} and {manifest.uris[0]!r}"
        )
    return kept


def index_addresses(uris: Any, among: Any) -> Any:
    """Where each address stands among others that may write it in another way; null: nowhere."""
    full, known = (pa.array(full_addresses(u.to_pylist()), pa.string()) for u in (uris, among))
    return pc.index_in(full, value_set=known)


def bundle_versions(answers: Answers) -> str:
    """The versions of the bundles that made the table, empty where it does not say."""
    if "bundle_version" not in answers.column_names:
        return ""
    versions: dict[str, None] = {}
    for piece in pieces(answers):
        found = piece.column("bundle_version").unique().drop_null().to_pylist()
        versions |= dict.fromkeys(map(str, found))
    return ", ".join(versions)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"cannot read predictions from {path}: {error}; check the path") from error
