"""Plain files that others may have put there: opened once, without following links, and bounded.

A path is a promise that may be broken between a look and the next one. Here the file is opened
first and everything else is asked of what was opened.
"""

from __future__ import annotations

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import IO, Final

_PIECE_BYTES: Final = 1 << 20
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody writes to must not be waited for
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class NotPlainError(OSError):
    """A link, a folder, a pipe, a device, or a file that is larger than it may be."""


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file for reading.

    FileNotFoundError where nothing is; NotPlainError for a link and for anything but a file.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_symlink():
            raise NotPlainError(f"{path} is a link, and links are not followed") from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) or (
            not hasattr(os, "O_NOFOLLOW") and path.is_symlink()
        ):
            raise NotPlainError(f"{path} is no plain file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_plain(path: Path, max_bytes: int) -> bytes:
    """The whole content of a plain file; NotPlainError for one that is larger than the limit."""
    with open_plain(path) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise NotPlainError(f"{path} has more than {max_bytes:,} bytes")
    return content


def sha256_of_plain(path: Path) -> str:
    """Hexadecimal SHA-256 of a plain file, read in pieces."""
    with open_plain(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_signed(path: Path, sha256: str) -> BufferedReader | None:
    """An open plain file whose content has this SHA-256, at its begin; None for another content."""
    stream = open_plain(path)
    if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
        stream.close()
        return None
    stream.seek(0)
    return stream


def copy_plain(path: Path, target: IO[bytes]) -> str:
    """Copy a plain file into an open one; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with open_plain(path) as stream:
        while piece := stream.read(_PIECE_BYTES):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()
