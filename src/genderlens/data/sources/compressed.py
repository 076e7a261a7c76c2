"""Gzip around a tar file, opened up as it is read and never to disk.

An offset in the file is one of what it unpacks to. Reading onwards is cheap; going back begins
anew, so rows are read in the order in which they are stored.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from typing import IO, Any, Final

from genderlens.storage import open_binary

TAR_SUFFIXES: Final = (".tar", ".tar.gz", ".tgz")
_MAGIC: Final = b"\x1f\x8b"
_FREE_BYTES: Final = 64_000_000
_MAX_RATIO: Final = 100
"""Pictures hardly shrink; what unpacks to more than this many times its size is a bomb."""


def is_tar_name(name: str) -> bool:
    """Whether a name is that of a tar file, compressed or not."""
    return name.lower().endswith(TAR_SUFFIXES)


def open_unpacked(uri: str) -> IO[bytes]:
    """Open a file for reading, unpacked where it begins as gzip does."""
    stream = open_binary(uri)
    magic = stream.read(len(_MAGIC))
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if magic != _MAGIC:
        return stream
    return io.BufferedReader(_Unpacked(stream, _FREE_BYTES + _MAX_RATIO * size))


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, up to a limit; its faults are OSErrors."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._outer, self._limit = stream, limit
        self._inner = gzip.GzipFile(fileobj=stream)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._inner.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise OSError("the end of a compressed file is not known before it is read")
        self._require_within(offset)
        try:
            return self._inner.seek(offset)
        except (EOFError, zlib.error) as error:
            raise OSError(f"the gzip data is damaged: {error}") from error

    def readinto(self, buffer: Any) -> int:
        with memoryview(buffer) as view:
            self._require_within(self._inner.tell() + len(view))
            try:
                content = self._inner.read(len(view))
            except (EOFError, zlib.error) as error:
                raise OSError(f"the gzip data is damaged: {error}") from error
            view[: len(content)] = content
            return len(content)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._outer.close()
        super().close()

    def _require_within(self, end: int) -> None:
        if end > self._limit:
            raise OSError(f"it unpacks to more than {self._limit:,} bytes")
