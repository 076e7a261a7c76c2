"""One holder at a time: a lock on a file, which the system lets go of however a process ends.

It holds between processes of one machine (flock(2)), and between threads. The file stays behind,
empty: removing it would let two processes lock two files of one name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Wait until the lock is free, then hold it; gives the descriptor that a child may inherit.

    The folder must exist. OSError where the file cannot be opened or locked.
    """
    import fcntl

    with path.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream.fileno()


@contextmanager
def try_exclusive(path: Path) -> Iterator[int | None]:
    """As exclusive, without waiting: None where somebody else holds the lock."""
    with path.open("ab") as stream:
        yield stream.fileno() if _is_taken(stream) else None


@contextmanager
def exclusive_folder(path: Path) -> Iterator[None]:
    """Make a folder where there is none, wait until nobody holds it, then hold it.

    Writers of several files that belong together take turns so, and the last one's are there.
    """
    import fcntl

    path.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def try_exclusive_folder(path: Path) -> Iterator[bool]:
    """Hold a folder itself, without a file in it; False where somebody else holds it."""
    import fcntl

    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock now; writes nothing. OSError where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return not _is_taken(stream)
    except FileNotFoundError:
        return False


def _is_taken(stream: IO[bytes]) -> bool:
    """Whether the lock is ours now."""
    import fcntl

    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
