"""Objects in a cloud: ``s3://bucket/key`` through s3fs, ``gs://bucket/key`` through gcsfs.

Credentials, endpoints and retries are those of the two packages and of their environment
(``AWS_*``, ``GOOGLE_APPLICATION_CREDENTIALS``; ``FSSPEC_S3_ANON=true`` for a public bucket). No
other scheme is ever opened: an address in a data set must not make this machine call a web server.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from genderlens.errors import DataError, GenderlensError, MissingExtraError, SourceNotFoundError
from genderlens.remote.clouds import load_clouds

_READS: Final = 10
"""Of an object that others replace meanwhile."""
_CHUNK_BYTES: Final = 4 * 2**20


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """One object, or what looks like a folder of them; the version changes with the content."""

    uri: str
    is_folder: bool
    version: str
    size: int = 0

    @property
    def name(self) -> str:
        """What stands behind the last slash."""
        return self.uri.rpartition("/")[2]


def is_remote(uri: str) -> bool:
    """Whether the address names a scheme other than the local file system."""
    return "://" in uri and not uri.startswith("file://")


def open_remote(uri: str) -> IO[bytes]:
    """Open an object for reading; what fails later, while reading, also is a DataError."""
    files, key = connect(uri)
    with named(uri, files):
        return io.BufferedReader(_Stream(uri, files.open(key, "rb")))


def read_remote(uri: str, max_bytes: int) -> bytes:
    """A whole object, of one version; DataError where it is larger than ``max_bytes``."""
    files, key = connect(uri)
    with named(uri, files):
        for _ in range(_READS - 1):
            try:
                return _read(files, key, uri, max_bytes)
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
        return _read(files, key, uri, max_bytes)


def _read(files: Any, key: str, uri: str, max_bytes: int) -> bytes:
    """OSError (EBUSY) where the object was replaced between the look at it and the reading."""
    with files.open(key, "rb", cache_type="none") as stream:
        if stream.size > max_bytes:
            raise DataError(f"{uri} has more than {max_bytes:,} bytes; scale it down")
        content: bytes = stream.read()
        return content


def describe_remote(uri: str) -> RemoteEntry:
    """What lies at an address; SourceNotFoundError where nothing does."""
    files, key = connect(uri)
    with named(uri, files):
        return _entry(uri, files.info(key))


def list_remote(uri: str) -> list[RemoteEntry]:
    """What lies directly below an address, in the order of the names."""
    files, key = connect(uri)
    with named(uri, files):
        found = files.ls(key, detail=True)
    scheme = uri.partition("://")[0]
    entries = [_entry(f"{scheme}://{info['name'].rstrip('/')}", info) for info in found]
    # Consoles make an empty object "folder/" to show a folder; it is listed as its own content.
    return sorted((e for e in entries if e.uri != uri.rstrip("/")), key=lambda entry: entry.uri)


def walk_remote(prefix: str) -> Iterator[str]:
    """The address of every object that begins with ``prefix``, told as they are listed.

    In no order, and never held all together.
    """
    files, key = connect(prefix)
    scheme = prefix.partition("://")[0]
    bucket, _, rest = key.partition("/")
    pages = load_clouds()[scheme].list_keys(files, bucket, rest)
    while True:
        with named(prefix, files):
            page = next(pages, None)
        if page is None:
            return
        yield from (f"{scheme}://{found}" for found in page)


def download_file(uri: str, path: Path, max_bytes: int) -> None:
    """Store an object as a local file; DataError where it is larger than ``max_bytes``."""
    left = max_bytes
    with open_remote(uri) as source, path.open("wb") as target:
        while chunk := source.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise DataError(f"{uri} has more than the {max_bytes:,} bytes it was said to have")
            target.write(chunk)


class _Stream(io.RawIOBase):
    """An open object whose failures are DataErrors, also inside pyarrow and tarfile."""

    def __init__(self, uri: str, stream: Any) -> None:
        self._uri, self._stream = uri, stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())

    def readinto(self, buffer: Any) -> int:
        with named(self._uri), memoryview(buffer) as view:
            content = self._stream.read(len(view))
            view[: len(content)] = content
            return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()


def connect(uri: str) -> tuple[Any, str]:
    """The file system of an address, and the bucket and key in it."""
    scheme, _, key = uri.partition("://")
    clouds = load_clouds()
    if scheme not in clouds:
        known = ", ".join(f"{name}://" for name in clouds)
        raise SourceNotFoundError(f"cannot read from {uri!r}; use a local path or one of {known}")
    if "@" in key.partition("/")[0] or not key.strip("/"):
        raise SourceNotFoundError(
            f"a {scheme}:// address is {scheme}://BUCKET/KEY and holds no credentials; "
            "those belong in the environment"
        )
    import fsspec

    try:
        # Without the cache of listings, so that a long-lived process sees what was replaced.
        files = fsspec.filesystem(scheme, use_listings_cache=False)  # type: ignore[no-untyped-call]
    except ImportError as error:
        raise MissingExtraError(clouds[scheme].extra, f"reading {uri!r}") from error
    return files, key


@contextmanager
def named(uri: str, files: Any = None) -> Iterator[None]:
    """Errors of the cloud as ours, with the address.

    The packages raise errors of several libraries that share no base class below Exception.
    """
    try:
        yield
    except GenderlensError:
        raise
    except FileNotFoundError as error:
        raise SourceNotFoundError(_nothing_at(uri, files)) from error
    except PermissionError as error:
        raise DataError(f"no access to {uri!r}: {error}; check the credentials") from error
    except Exception as error:
        if "credentials" in f"{type(error).__name__} {error}".lower():
            raise DataError(
                f"no credentials to read {uri!r}: {error}; give them in the environment, or set "
                f"FSSPEC_{uri.partition('://')[0].upper()}_ANON=true for a public bucket"
            ) from error
        raise DataError(f"{uri!r} cannot be read: {error}; check network and endpoint") from error


def _nothing_at(uri: str, files: Any) -> str:
    """Whether the object is missing or its bucket; asked only once something went wrong."""
    bucket = uri.partition("://")[2].partition("/")[0]
    try:
        there = files is None or files.exists(bucket)
    except Exception:
        there = True
    if there:
        return f"no file at {uri!r}; check the path"
    return f"no bucket {bucket!r}, so nothing is at {uri!r}; check its name"


def _entry(uri: str, info: dict[str, Any]) -> RemoteEntry:
    """Both packages name size and kind alike; tag and time as their cloud does."""
    tag = info.get("ETag") or info.get("etag") or info.get("generation") or ""
    time = info.get("LastModified") or info.get("updated") or ""
    version = f"{uri}:{tag}:{info.get('size')}:{time}"
    return RemoteEntry(uri, info["type"] == "directory", version, int(info.get("size") or 0))
