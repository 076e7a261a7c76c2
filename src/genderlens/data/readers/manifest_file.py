"""A written manifest: Parquet with ``uri, label, subject, source, split`` and no pictures in it.

Addresses are relative to the folder of the file; see data/addresses.py for how far they may lead.
They may lead anywhere where this user wrote the manifest (data/seal.py), or where it is given as
``--kind manifest``, and may then be a CSV as well. A folder that holds a ``manifest.parquet``, such
as that of a run, stands for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.manifest import COLUMNS, Manifest, parse_manifest
from genderlens.data.readers import Options, reader
from genderlens.data.readers.csv_file import is_csv, read_csv
from genderlens.data.seal import is_sealed
from genderlens.data.sources.addresses import Addresses
from genderlens.data.sources.paths import Place
from genderlens.errors import SourceNotFoundError
from genderlens.storage import open_binary

MANIFEST_NAME: Final = "manifest.parquet"


def looks_like_manifest(source: Place, _: Options) -> bool:
    """Whether the source is a Parquet file with the columns of a manifest and without pictures."""
    file = _file_of(source)
    if file.suffix.lower() != ".parquet" or not file.is_file():
        return False
    try:
        with open_binary(str(file)) as stream:
            names = pq.read_schema(stream).names
    except (OSError, pa.ArrowException):
        return False
    return set(COLUMNS) <= set(names) and "image" not in names


@reader("manifest", "a manifest that 'data split' or a run wrote", looks_like_manifest, rank=40)
def read_manifest_file(source: Place, options: Options) -> Manifest:
    """Read a manifest as Parquet or CSV.

    Raises SourceNotFoundError for an address that leads too far, ManifestError where the file is
    something else.
    """
    if is_csv(source):
        return read_csv(source, options)
    file = _file_of(source)
    if not file.is_file():
        raise SourceNotFoundError(f"no manifest at '{source}'; check the path")
    with open_binary(str(file)) as stream:
        manifest = _with_labels(parse_manifest(stream, str(file), None), str(file), options)
    trusted = options.trusted or (isinstance(file, Path) and is_sealed(manifest.table))
    addresses = Addresses(str(file.absolute().parent), trusted=trusted, skipped=options.skipped)
    located = [addresses.locate(uri, f"{file}, row {row}") for row, uri in enumerate(manifest.uris)]
    kept = [row for row, uri in enumerate(located) if uri is not None]
    return manifest.take(kept).with_column("uri", [located[row] for row in kept])


def _with_labels(manifest: Manifest, where: str, options: Options) -> Manifest:
    """The manifest with the labels of the head, from its label column or the one that is told."""
    told = options.column is not None and options.label_columns[0] != "label"
    column = str(options.column) if told else "label"
    return manifest.with_column("label", options.parse_column(manifest.column(column), where))


def _file_of(source: Place) -> Place:
    """The file itself; in a folder the manifest that a command wrote there."""
    return source / MANIFEST_NAME if source.is_dir() else source
