"""The encoded pictures behind a manifest, read container by container.

A picture is a file of its own, a row of a Parquet file (``faces.parquet#17``: row 17) or a member
of a tar file (``faces.tar#1024``: the one whose header begins at byte 1024).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import IO, TypeVar

from genderlens.cpus import map_in_threads
from genderlens.data.manifest import Manifest
from genderlens.data.parquet.rows import ParquetRows
from genderlens.data.read_ahead import ReadAhead
from genderlens.data.sources.compressed import is_tar_name, open_unpacked
from genderlens.data.sources.tar_file import read_member_at
from genderlens.errors import DataError
from genderlens.remote import is_remote
from genderlens.storage import (
    MAX_FILE_BYTES,
    REMOTE_READS,
    open_binary,
    read_bytes,
    split_fragment,
)

_ReadRow = Callable[[int], bytes]
_T = TypeVar("_T")


def iterate_image_bytes(manifest: Manifest) -> Iterator[bytes]:
    """The encoded bytes of every row, in the order of the manifest.

    Neighbouring rows of one container are read together, of Parquet one row group at a time;
    neighbouring files are read several at a time.
    Raises DataError at the first picture that cannot be read.
    """
    for content in iterate_contents(manifest):
        if isinstance(content, DataError):
            raise content
        yield content


def iterate_contents(manifest: Manifest) -> Iterator[bytes | DataError]:
    """Like ``iterate_image_bytes``, but what cannot be read is one row's error and no end."""
    for (container, is_far), group in groupby(map(split_fragment, manifest.uris), _origin):
        if container is not None:
            yield from _iterate_container(container, [row for _, row in group if row is not None])
        elif is_far:
            yield from map_in_threads(_read, (uri for uri, _ in group), workers=REMOTE_READS)
        else:
            yield from ReadAhead(_read)(uri for uri, _ in group)


def iterate_in_stored_order(manifest: Manifest) -> Iterator[tuple[int, bytes]]:
    """``(row of the manifest, encoded bytes)`` in the order in which the pictures are stored.

    Each row group is read once however the manifest is shuffled, which in its own order would cost
    one row group per picture.
    """
    order = stored_order(manifest)
    yield from zip(order, iterate_image_bytes(manifest.take(order)), strict=True)


def stored_order(manifest: Manifest) -> list[int]:
    """The rows of the manifest, sorted by where their pictures lie."""
    addresses = [(container, row or 0) for container, row in map(split_fragment, manifest.uris)]
    return sorted(range(len(manifest)), key=addresses.__getitem__)


def _origin(address: tuple[str, int | None]) -> tuple[str | None, bool]:
    """What can be read together: rows of one container, plain files here, plain files far away."""
    uri, row = address
    return (uri, False) if row is not None else (None, is_remote(uri))


def _iterate_container(container: str, rows: list[int]) -> Iterator[bytes | DataError]:
    try:
        stream = open_unpacked(container) if is_tar_name(container) else open_binary(container)
    except (DataError, OSError) as error:
        fault = error if isinstance(error, DataError) else DataError(f"{container}: {error}")
        yield from (fault for _ in rows)
        return
    with stream:
        read = _attempt(partial(_open_container, stream, container), container)
        for row in rows:
            yield read if isinstance(read, DataError) else _attempt(partial(read, row), container)


def _open_container(stream: IO[bytes], container: str) -> _ReadRow:
    if is_tar_name(container):
        return partial(read_member_at, stream, container=container)
    return ParquetRows(stream, container).read


def _read(uri: str) -> bytes | DataError:
    return _attempt(partial(_read_file, uri), uri)


def _read_file(path: str) -> bytes:
    """A file of its own; a pipe or device would never end, so only plain files are opened."""
    local = Path(path.removeprefix("file://"))
    if is_remote(path) or not local.exists():
        return read_bytes(path)
    if not local.is_file():
        raise DataError(f"{path} is not a plain file; remove it")
    if local.stat().st_size > MAX_FILE_BYTES:
        raise DataError(f"{path} has more than {MAX_FILE_BYTES:,} bytes; scale it down")
    return local.read_bytes()


def _attempt(read: Callable[[], _T], where: str) -> _T | DataError:
    try:
        return read()
    except DataError as error:
        return error
    except (OSError, ValueError) as error:
        return DataError(f"{where} cannot be read: {error}")
