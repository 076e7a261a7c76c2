"""Parquet with an ``image`` column: one file, or a folder of shards.

The layout of data set hubs: ``image`` is a struct ``{bytes, path}`` or plain binary, the label
stands in ``label`` or ``gender``, every other string, number or truth column is an attribute, and
a shard's name tells its split (``train-00000-of-00008.parquet``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from genderlens.data.manifest import COLUMNS, Manifest, parse_label, parse_split
from genderlens.data.parquet_limits import open_parquet, read_columns
from genderlens.data.places import Place
from genderlens.data.readers import LABEL_COLUMNS, Names, Options, missing_label_column, reader
from genderlens.data.readers.listing import split_of_shard, text_or_none, visible_files
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.storage import open_binary

_PLAIN: Final = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
)


def looks_like_parquet(source: Place) -> bool:
    """Whether the source is a Parquet file or a folder that holds some."""
    return source.suffix == ".parquet" or (source.is_dir() and bool(_shards(source)))


@reader("parquet", "Parquet with an image column, one file or a folder of them", looks_like_parquet)
def read_parquet(source: Place, options: Options) -> Manifest:
    """Read one file or every ``*.parquet`` of a folder, in the order of their names."""
    files = _shards(source) if source.is_dir() else [source]
    if not files or not files[0].is_file():
        raise SourceNotFoundError(f"no Parquet file at '{source}'; check the path")
    return Manifest.from_rows(row for file in files for row in _read_rows(file, options.names))


def _shards(folder: Place) -> list[Place]:
    return visible_files(folder, {".parquet"})


def _read_rows(file: Place, names: Names) -> Iterator[dict[str, str | None]]:
    schema = _read_schema(file)
    label_column = _label_column(schema, file)
    attributes = [
        f.name for f in schema if _is_plain(f.type) and f.name not in (*COLUMNS, label_column)
    ]
    kept = [c for c in ("subject", "source", "split") if c in schema.names]
    table = _read_columns(file, [label_column, *attributes, *kept])
    shard_split = split_of_shard(file)
    for index, row in enumerate(table.to_pylist()):
        where = f"{file}#{index}"
        yield {
            "uri": where,
            "label": parse_label(row[label_column], where, names),
            "subject": text_or_none(row.get("subject")),
            "source": text_or_none(row.get("source")) or file.absolute().parent.name,
            "split": parse_split(row.get("split"), where) or shard_split,
            **{name: text_or_none(row[name]) for name in attributes},
        }


def _read_schema(file: Place) -> pa.Schema:
    with open_binary(str(file)) as stream:
        schema = open_parquet(stream, str(file)).schema_arrow
    if "image" not in schema.names:
        raise DataError(f"{file} has no column 'image'; its columns are {', '.join(schema.names)}")
    return schema


def _read_columns(file: Place, columns: list[str]) -> pa.Table:
    with open_binary(str(file)) as stream:
        return read_columns(stream, str(file), columns)


def _label_column(schema: pa.Schema, file: Place) -> str:
    for name in LABEL_COLUMNS:
        if name in schema.names:
            return name
    raise missing_label_column(file, schema.names)


def _is_plain(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.DictionaryType):
        return _is_plain(kind.value_type)
    return any(is_kind(kind) for is_kind in _PLAIN)
