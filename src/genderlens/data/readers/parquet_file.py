"""Parquet with an ``image`` column: one file, or a folder of shards.

The layout of data set hubs: ``image`` is a struct ``{bytes, path}`` or plain binary, the label
stands in ``label`` or ``gender``, every other string, number or truth column is an attribute, and
the names of a shard and of its folders tell its part (``train-00000-of-00008.parquet``). Numbers of
a ``ClassLabel`` become the words that the file's own metadata has for them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

import pyarrow as pa

from genderlens.data.manifest import COLUMNS, Manifest
from genderlens.data.parquet.limits import open_parquet, read_columns
from genderlens.data.readers import Options, reader
from genderlens.data.readers.listing import text_or_none
from genderlens.data.readers.shard_paths import ShardPath, find_shards
from genderlens.data.sources.class_labels import read_class_names
from genderlens.data.sources.columns import find_column
from genderlens.data.sources.parts import parse_part
from genderlens.data.sources.paths import Place
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.storage import open_binary

_PLAIN: Final = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
)


def looks_like_parquet(source: Place, _: Options) -> bool:
    """Whether the source is a Parquet file or a folder that holds some."""
    return _is_parquet(source) or (source.is_dir() and bool(find_shards(source, _is_parquet)))


@reader(
    "parquet",
    "Parquet with an image column, one file or a folder of them",
    looks_like_parquet,
    rank=50,
)
def read_parquet(source: Place, options: Options) -> Manifest:
    """Read one file or every ``*.parquet`` of a folder and those in it, in the order of names."""
    shards = find_shards(source, _is_parquet, options)
    if not shards:
        raise SourceNotFoundError(f"no Parquet file at '{source}'; check the path")
    return Manifest.from_rows(row for shard in shards for row in _read_rows(shard, options))


def _is_parquet(file: Place) -> bool:
    return file.suffix.lower() == ".parquet"


def _read_rows(shard: ShardPath, options: Options) -> Iterator[dict[str, str | None]]:
    file, words = shard.file, options.vocabulary
    schema = _read_schema(file)
    label_column = _label_column(schema, file, options)
    attributes = [
        f.name for f in schema if _is_plain(f.type) and f.name not in (*COLUMNS, label_column)
    ]
    _note_skipped(schema, (*COLUMNS, "image", label_column, *attributes), options.skipped)
    kept = [c for c in ("subject", "source", "split") if c in schema.names]
    table = _read_columns(file, [label_column, *attributes, *kept])
    classes = read_class_names(schema)
    for index, row in enumerate(table.to_pylist()):
        where = f"{file}#{index}"
        # The number of a class means its word, unless it was given a meaning itself.
        number = row[label_column]
        word = number if words.is_told(number) else classes.translate(label_column, number)
        yield {
            "uri": where,
            "label": words.parse(word, where),
            "subject": text_or_none(row.get("subject")),
            "source": text_or_none(row.get("source")) or file.absolute().parent.name,
            "split": parse_part(classes.translate("split", row.get("split")), where) or shard.part,
            **{name: text_or_none(classes.translate(name, row[name])) for name in attributes},
        }


def _note_skipped(schema: pa.Schema, taken: Container[str], skipped: SkippedItems) -> None:
    for field in schema:
        if field.name not in taken:
            skipped.note(
                f"column {field.name!r} of type {field.type} is not taken; attributes are text, "
                "numbers and truth values"
            )


def _read_schema(file: Place) -> pa.Schema:
    with open_binary(str(file)) as stream:
        schema = open_parquet(stream, str(file)).schema_arrow
    if "image" not in schema.names:
        raise DataError(f"{file} has no column 'image'; its columns are {', '.join(schema.names)}")
    return schema


def _read_columns(file: Place, columns: list[str]) -> pa.Table:
    with open_binary(str(file)) as stream:
        return read_columns(stream, str(file), columns)


def _label_column(schema: pa.Schema, file: Place, options: Options) -> str:
    column = find_column(options.label_columns, schema.names)
    if column is None:
        raise options.missing_label_column(file, schema.names)
    return column


def _is_plain(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.DictionaryType):
        return _is_plain(kind.value_type)
    return any(is_kind(kind) for is_kind in _PLAIN)
