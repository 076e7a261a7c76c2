"""A written manifest: Parquet with ``uri, label, subject, source, split`` and no pictures in it.

Addresses are relative to the folder of the file; see data/addresses.py for how far they may lead.
Given as ``--kind manifest`` it may lead anywhere, and may be a CSV as well.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.addresses import Addresses
from genderlens.data.manifest import COLUMNS, Manifest, parse_manifest
from genderlens.data.places import Place
from genderlens.data.readers import Options, reader
from genderlens.data.readers.csv_file import looks_like_csv, read_csv
from genderlens.errors import SourceNotFoundError
from genderlens.storage import open_binary


def looks_like_manifest(source: Place) -> bool:
    """Whether the source is a Parquet file with the columns of a manifest and without pictures."""
    if source.suffix != ".parquet" or not source.is_file():
        return False
    try:
        with open_binary(str(source)) as stream:
            names = pq.read_schema(stream).names
    except (OSError, pa.ArrowException):
        return False
    return set(COLUMNS) <= set(names) and "image" not in names


@reader("manifest", "a manifest that 'data split' or a run wrote", looks_like_manifest)
def read_manifest_file(source: Place, options: Options) -> Manifest:
    """Read a manifest as Parquet or CSV.

    Raises SourceNotFoundError for an address that leads too far or to nothing, ManifestError where
    the file is something else.
    """
    if looks_like_csv(source):
        return read_csv(source, options)
    if not source.is_file():
        raise SourceNotFoundError(f"no manifest at '{source}'; check the path")
    with open_binary(str(source)) as stream:
        manifest = parse_manifest(stream, str(source))
    addresses = Addresses(source.absolute().parent, trusted=options.trusted)
    located = [
        addresses.locate(uri, f"{source}, row {row}") for row, uri in enumerate(manifest.uris)
    ]
    return manifest.with_column("uri", located)
