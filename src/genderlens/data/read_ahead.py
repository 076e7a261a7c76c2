"""Files read before they are asked for, as far as a budget of bytes goes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from threading import Condition
from typing import Final, Generic, TypeVar

from genderlens.cpus import map_in_threads

LOCAL_READS: Final = 16
"""Files read at a time, and so many at most kept before they are asked for: a folder on a network
or a slow disk answers late."""
AHEAD_BYTES: Final = 64 * 1024**2
"""What they hold at most before they are asked for; the one that is asked for is read anyway."""
T = TypeVar("T")


class ReadAhead(Generic[T]):
    """Callable: paths to what ``read`` gives for each, in order.

    ``read`` is called in several threads, for the first file that was not yielded at once, for
    others once what waits to be asked for leaves room for them.
    """

    def __init__(self, read: Callable[[str], T], ahead_bytes: int = AHEAD_BYTES) -> None:
        self._read, self._ahead_bytes = read, ahead_bytes
        self._changed = Condition()
        self._held: dict[int, int] = {}
        self._next = 0
        self._is_closed = False

    def __call__(self, paths: Iterable[str]) -> Iterator[T]:
        """Who stops asking waits for none but those begun."""
        numbered = enumerate(paths)
        found = map_in_threads(self._admit, numbered, workers=LOCAL_READS, ahead=LOCAL_READS)
        try:
            for index, result in enumerate(found):
                yield result
                self._release(index)
        finally:
            with self._changed:
                self._is_closed = True
                self._changed.notify_all()
            found.close()

    def _admit(self, item: tuple[int, str]) -> T:
        index, path = item
        size = _size(path)
        with self._changed:
            self._changed.wait_for(lambda: self._fits(index, size))
            self._held[index] = size
        return self._read(path)

    def _fits(self, index: int, size: int) -> bool:
        waiting = sum(self._held.values())
        return self._is_closed or index == self._next or waiting + size <= self._ahead_bytes

    def _release(self, index: int) -> None:
        with self._changed:
            self._held.pop(index, None)
            self._next = index + 1
            self._changed.notify_all()


def _size(path: str) -> int:
    """0 of what cannot be looked at: reading it tells why."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - names need not be UTF-8
    except (OSError, ValueError):
        return 0
