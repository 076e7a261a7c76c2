"""Bytes by address: local paths today, any fsspec URL where its package is installed.

A record inside a container is addressed by a fragment: ``faces.parquet#17`` is the 18th row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

import fsspec

from genderlens.errors import DataError, MissingExtraError, SourceNotFoundError

_EXTRAS = {"s3": "s3", "s3a": "s3"}
"""Scheme → the extra that carries its fsspec package."""


MAX_FILE_BYTES: Final = 100_000_000
"""Larger files are no pictures; they are not read."""


def is_remote(uri: str) -> bool:
    """Whether the address names a scheme other than the local file system."""
    return "://" in uri and not uri.startswith("file://")


def split_fragment(uri: str) -> tuple[str, int | None]:
    """``container#row`` → (container, row); row is None where there is no numeric fragment."""
    container, mark, fragment = uri.rpartition("#")
    if mark and fragment.isdecimal():
        return container, int(fragment)
    return uri, None


def open_binary(uri: str) -> IO[bytes]:
    """Open for reading.

    Raises SourceNotFoundError where there is no such file or no such scheme, MissingExtraError for
    a cloud scheme whose package is not installed, DataError where the file cannot be opened.
    """
    try:
        return cast("IO[bytes]", fsspec.open(uri, "rb").open())  # type: ignore[no-untyped-call]
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"no file at {uri!r}; check the path") from error
    except ImportError as error:
        raise _missing_package(uri, error) from error
    except ValueError as error:
        raise SourceNotFoundError(f"cannot read from {uri!r}: {error}; use a local path") from error
    except OSError as error:
        raise DataError(f"cannot open {uri!r}: {error}; check what it is and its rights") from error


def _missing_package(uri: str, error: ImportError) -> MissingExtraError | SourceNotFoundError:
    extra = _EXTRAS.get(uri.split("://", 1)[0])
    if extra:
        return MissingExtraError(extra, f"reading {uri!r}")
    return SourceNotFoundError(f"cannot read from {uri!r}: {error}; or use a local path")


def read_bytes(uri: str) -> bytes:
    """The whole content of one file."""
    with open_binary(uri) as stream:
        return stream.read()


def file_version(uri: str) -> str:
    """What changes when a local file is replaced: path, size, time. A remote one is its address."""
    if is_remote(uri):
        return uri
    path = Path(uri.removeprefix("file://")).absolute()
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceNotFoundError(f"no file at {uri!r}; check the path") from error
    return f"{path}:{stat.st_size}:{stat.st_mtime_ns}"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside the target to write to; renamed at the end, so no reader sees half a file.

    Where the body fails, the target stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    yield partial
    partial.replace(path)


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write a whole file; see ``replacing``."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def sha256_of_bytes(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a local file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
