"""How many CPUs this process may really use, and work spread over them."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def usable_cpus(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """At least 1: the CPUs that the system lets us run on, less where a container is limited.

    Reads the quota of control groups, version 2 (``cpu.max``) or 1 (``cpu.cfs_quota_us``); a part
    of a CPU counts as one.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    quota = _quota(cgroup)
    return max(1, min(count, math.ceil(quota))) if quota else count


def map_in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Result]:
    """The result of each item, in order, a thread for each usable CPU unless told otherwise.

    At most four items per thread are taken ahead, so memory stays bounded however many there are.
    """
    workers = workers or usable_cpus()
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _quota(cgroup: Path) -> float | None:
    """CPUs that the control group may use on average, None where it is not limited."""
    words = _words(cgroup / "cpu.max") or [
        *_words(cgroup / "cpu" / "cpu.cfs_quota_us"),
        *_words(cgroup / "cpu" / "cpu.cfs_period_us"),
    ]
    if len(words) != 2 or not all(word.isdecimal() and int(word) for word in words):
        return None
    return int(words[0]) / int(words[1])


def _words(file: Path) -> list[str]:
    try:
        return file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
