"""Of a predictions table what evaluation needs, however many rows it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from genderlens.data.manifest import Manifest
from genderlens.errors import DataError
from genderlens.evaluation.rows import NEEDED, OPTIONAL


def read_columns(path: Path, by: Sequence[str] = ()) -> pa.Table:
    """Of a stored predictions table what evaluation needs, and the columns ``by`` it has.

    Raises DataError where the file is something else.
    """
    try:
        known = pq.read_schema(path).names
        missing = [name for name in NEEDED if name not in known]
        if missing:
            raise DataError(
                f"{path} is no predictions table: it lacks {', '.join(missing)}; "
                "give the predictions.parquet that 'genderlens evaluate' wrote"
            )
        wanted = dict.fromkeys([*NEEDED, *OPTIONAL, *by])
        return pq.read_table(path, columns=[name for name in wanted if name in known])
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"cannot read predictions from {path}: {error}; check the path") from error


def keep_known(table: pa.Table, manifest: Manifest) -> pa.Table:
    """The rows whose picture the manifest holds; DataError where it holds none of them."""
    known = pc.is_in(table.column("uri"), value_set=manifest.table.column("uri").combine_chunks())
    kept = table.filter(known)
    if len(table) and not len(kept):
        raise DataError(
            f"none of the {len(table):,} predictions is of a picture in the data; their addresses "
            f"differ: {table.column('uri')[0].as_py()!r} and {manifest.uris[0]!r}"
        )
    return kept


def bundle_versions(table: pa.Table) -> str:
    """The versions of the bundles that made the table, empty where it does not say."""
    if "bundle_version" not in table.column_names:
        return ""
    return ", ".join(map(str, table.column("bundle_version").unique().drop_null().to_pylist()))
