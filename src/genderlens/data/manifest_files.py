"""Manifests as files that can move together with their pictures: Parquet, and CSV for people.

An address below the folder of the file is written relative to it, any other in full.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from genderlens.csv_safety import FORMULA, plain_text
from genderlens.data.manifest import COLUMNS, Manifest, read_manifest, write_manifest
from genderlens.remote import is_remote
from genderlens.storage import split_fragment, write_bytes_atomically


def write_portable(manifest: Manifest, path: Path) -> None:
    """Store as Parquet, atomically; ``--kind manifest`` or no kind at all reads it back."""
    write_manifest(_relative(manifest, path.parent), path)


def read_portable(path: Path) -> Manifest:
    """What ``write_portable`` stored, with full addresses, of which some may be gone by now."""
    manifest = read_manifest(path, None)
    folder = path.absolute().parent
    uris = [uri if is_remote(uri) else str(folder / uri) for uri in manifest.uris]
    return with_full_addresses(manifest.with_column("uri", uris))


def write_csv(manifest: Manifest, path: Path) -> None:
    """Store as CSV, atomically: ``uri, label, subject, source, split``, then the attributes.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, an address
    ``./``; so Parquet is the exact form.
    """
    table = _relative(manifest, path.parent).table
    names = [*COLUMNS, *manifest.attributes]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_safe(name) for name in names)
    for uri, *cells in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        writer.writerow([_safe_address(uri), *(_safe(cell or "") for cell in cells)])
    write_bytes_atomically(path, stream.getvalue().encode())


def with_full_addresses(manifest: Manifest) -> Manifest:
    """The manifest with local addresses made absolute, links followed: one file has one name."""
    return manifest.with_column("uri", list(full_addresses(manifest.uris)))


def full_addresses(uris: Iterable[str]) -> Iterator[str]:
    """Local addresses made absolute, links followed; those in a cloud as they are."""
    resolve = cache(os.path.realpath)
    for uri in uris:
        container, row = split_fragment(uri)
        place = container if is_remote(uri) else resolve(container.removeprefix("file://"))
        yield place if row is None else f"{place}#{row}"


def with_absolute_addresses(manifest: Manifest) -> Manifest:
    """The manifest with local addresses that hold from any working folder, links as they are."""
    uris = [uri if is_remote(uri) else os.path.abspath(uri) for uri in manifest.uris]  # noqa: PTH100 - a fragment is no part of the path
    return manifest.with_column("uri", uris)


def _relative(manifest: Manifest, folder: Path) -> Manifest:
    """Addresses below a folder without its name."""
    base = f"{folder.resolve()}/"
    full = with_full_addresses(manifest).uris
    return manifest.with_column("uri", [uri.removeprefix(base) for uri in full])


def _safe_address(uri: str) -> str:
    return f"./{uri}" if uri.startswith((*FORMULA, " ")) else uri


def _safe(cell: str) -> str:
    try:
        float(cell)
    except ValueError:
        return plain_text(cell)
    return cell
