"""Bytes by address: local paths, and objects in a cloud where the extra for it is installed.

A record inside a container is addressed by a fragment: ``faces.parquet#17`` is the 18th row.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from genderlens.cpus import map_in_threads
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.files.drafts import draft_file
from genderlens.remote import describe_remote, is_remote, list_remote, open_remote, read_remote

MAX_FILE_BYTES: Final = 100_000_000
"""Larger files are no pictures; they are not read."""
REMOTE_READS: Final = 16
"""Objects fetched at a time: a request waits far longer than it computes."""
_LISTED_FROM: Final = 8
"""From so many objects of one folder on, listing it is cheaper than asking for each."""


def split_fragment(uri: str) -> tuple[str, int | None]:
    """``container#row`` → (container, row); row is None where there is no numeric fragment."""
    container, mark, fragment = uri.rpartition("#")
    if mark and fragment.isdecimal():
        return container, int(fragment)
    return uri, None


def open_binary(uri: str) -> IO[bytes]:
    """Open for reading.

    Arrow is to read it with ``pre_buffer=False`` and ``use_threads=False``: one of its threads that
    lets go of a Python object while the interpreter ends aborts the process, whatever code was due.

    Raises SourceNotFoundError where there is no such file or the scheme is not one that is read,
    MissingExtraError for a cloud whose package is not installed, DataError where the file cannot
    be opened.
    """
    if is_remote(uri):
        return open_remote(uri)
    try:
        return Path(uri.removeprefix("file://")).open("rb")
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"no file at {uri!r}; check the path") from error
    except ValueError as error:
        raise SourceNotFoundError(f"cannot read from {uri!r}: {error}; use a local path") from error
    except OSError as error:
        raise DataError(f"cannot open {uri!r}: {error}; check what it is and its rights") from error


def read_bytes(uri: str) -> bytes:
    """The whole content of one file; of a remote one at most ``MAX_FILE_BYTES``."""
    if is_remote(uri):
        return read_remote(uri, MAX_FILE_BYTES)
    with open_binary(uri) as stream:
        return stream.read()


def file_version(uri: str) -> str:
    """What changes when a file is replaced: address, size and time; in a cloud its tag as well."""
    if is_remote(uri):
        return describe_remote(uri).version
    path = Path(uri.removeprefix("file://")).absolute()
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceNotFoundError(f"no file at {uri!r}; check the path") from error
    return f"{path}:{stat.st_size}:{stat.st_mtime_ns}"


def file_versions(uris: Sequence[str]) -> Iterator[str]:
    """``file_version`` of each address, in order; folders in a cloud are listed, not asked."""
    folders = Counter(uri.rpartition("/")[0] for uri in uris if is_remote(uri))
    crowded = [folder for folder, count in folders.items() if count >= _LISTED_FROM]
    listings = map_in_threads(list_remote, crowded, workers=REMOTE_READS)
    known = {entry.uri: entry.version for entries in listings for entry in entries}
    for uri in uris:
        yield known.get(uri) or file_version(uri)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A path beside the target to write to; renamed at the end, so no reader sees half a file.

    Where the body fails, the target stays as it was. Of several writers at the same time the last
    one wins. ``private``: nobody but its owner reads the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_file(path, private=private) as partial:
        yield partial
        partial.replace(path)


def write_bytes_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a whole file; see ``replacing``."""
    with replacing(path, private=private) as partial:
        partial.write_bytes(content)


def sha256_of_bytes(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a local file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
