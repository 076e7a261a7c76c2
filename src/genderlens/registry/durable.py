"""Files that are still there after the power failed: written, flushed, renamed, and noted.

A rename alone may reach the disk before the content does, and then a name stands for nothing. So
the file is flushed before it gets its name, and the folder after.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_TRUNC
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file, whole or not at all, also where the power fails at any moment.

    Two at the same moment must not write one path; the registry's lock sees to that.
    """
    make_durably(path.parent)
    partial = path.with_name(f".{path.name}.partial")
    with create_durably(partial) as stream:
        stream.write(content)
    partial.replace(path)
    sync_folder(path.parent)


@contextmanager
def create_durably(path: Path) -> Iterator[BinaryIO]:
    """A new file to write to, flushed to the disk at the end; its folder is not."""
    with os.fdopen(os.open(path, _FLAGS, 0o666), "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def make_durably(folder: Path) -> None:
    """A folder and those above it, each noted in the one above."""
    if folder.is_dir():
        return
    make_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
