"""How far every shard is, told through small files, so that another terminal can read along."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from genderlens.storage import write_bytes_atomically

STAGES: Final = ("read", "decode", "detect", "classify", "write")
_EVERY_S: Final = 1.0
_T = TypeVar("_T")


class ShardProgress:
    """Counts pictures and seconds by stage; the file is at most a second behind."""

    def __init__(self, path: Path, total: int) -> None:
        self._path, self._total = path, total
        self._done, self._seconds = 0, dict.fromkeys(STAGES, 0.0)
        self._told = 0.0

    def advance(self, timings_ms: dict[str, float]) -> None:
        """One more picture, with what its stages took."""
        self._done += 1
        for stage, spent in timings_ms.items():
            self._seconds[stage] += spent / 1000.0
        if time.monotonic() - self._told >= _EVERY_S:
            self.tell()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts the time of the body."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] += time.perf_counter() - start

    def timed(self, name: str, items: Iterable[_T]) -> Iterator[_T]:
        """The same items; the time until each comes is counted."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def tell(self) -> None:
        """Write the file; progress that cannot be written is nobody's fault."""
        self._told = time.monotonic()
        seconds = {stage: round(self._seconds[stage], 3) for stage in STAGES}
        document = {"done": self._done, "total": self._total, "seconds": seconds}
        with suppress(OSError):
            write_bytes_atomically(self._path, json.dumps(document).encode())


def read_progress(path: Path) -> dict[str, Any]:
    """What ``tell`` wrote; nothing done where it did not."""
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {"done": 0, "total": 0, "seconds": {}}
    return document


def sum_seconds(documents: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Seconds by stage over many shards."""
    total = dict.fromkeys(STAGES, 0.0)
    for document in documents:
        for stage, spent in document["seconds"].items():
            total[stage] += spent
    return {stage: round(spent, 3) for stage, spent in total.items()}


def describe_stages(seconds: dict[str, float]) -> str:
    """``read 2 % · decode 31 % · …`` of the time spent."""
    whole = sum(seconds.values())
    return " · ".join(f"{n} {s / whole:.0%}" for n, s in seconds.items()) if whole else ""
