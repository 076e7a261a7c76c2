"""Calls of several threads joined into one batch while the device is busy.

A device that computes many rows at once is wasted on one at a time. Nobody waits for others to
come: whoever finds the device free runs at once, with all that came while it was busy.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[Any]


@dataclass(slots=True, eq=False)
class _Call:
    rows: Rows
    answer: Future[Rows] = field(default_factory=Future)


class Gatherer:
    """Calls ``run`` with the rows of many callers; each gets its own back.

    ``run`` takes N rows and gives N, and is called by one thread at a time, with at most ``most``
    rows unless one call alone has more. What it raises is raised in every call of that batch.
    """

    def __init__(self, run: Callable[[Rows], Rows], most: int) -> None:
        self._run, self._most = run, most
        self._waiting: deque[_Call] = deque()
        self._turn = threading.Lock()

    def __call__(self, rows: Rows) -> Rows:
        """What ``run`` gives for these rows."""
        call = _Call(rows)
        self._waiting.append(call)
        while not call.answer.done():
            with self._turn:
                if not call.answer.done():  # else one before us took it along
                    self._answer(self._take())
        return call.answer.result()

    def _take(self) -> list[_Call]:
        """Those that waited longest, as many as suit; all of one shape of row."""
        taken = [self._waiting.popleft()]
        count = len(taken[0].rows)
        while self._waiting:
            rows = self._waiting[0].rows
            count += len(rows)
            if count > self._most or rows.shape[1:] != taken[0].rows.shape[1:]:
                break
            taken.append(self._waiting.popleft())
        return taken

    def _answer(self, calls: list[_Call]) -> None:
        try:
            found = self._run(np.concatenate([call.rows for call in calls]))
        except BaseException as error:
            for call in calls:
                call.answer.set_exception(error)
            return
        ends = np.cumsum([len(call.rows) for call in calls])[:-1]
        for call, part in zip(calls, np.split(found, ends), strict=True):
            call.answer.set_result(part)
