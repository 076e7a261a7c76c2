"""One job in the hands of a worker: a thread keeps raising its beat while the work goes on.

The hold is given up well before anybody else may take the job: a worker that cannot reach the
database stops its training in time, and goes on with it later.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from genderlens.errors import DatabaseError
from genderlens.jobs.record import Job
from genderlens.jobs.store import JobStore

_LOOK_S: Final = 0.5
"""How often it is asked whether the job is still wanted."""


class Hold:
    """``with Hold(…)``: beats until left. The times are parts of the store's term."""

    def __init__(self, store: JobStore, identifier: str, owner: str) -> None:
        self._store, self._identifier, self._owner = store, identifier, owner
        self._beat_s, self._kept_s = store.term_s / 6, store.term_s * 2 / 3
        self._wanted, self._leaving = True, threading.Event()
        self._beaten = time.monotonic()
        self._thread = threading.Thread(target=self._beat_on, name="beat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leaving.set()
        self._thread.join()

    @property
    def is_wanted(self) -> bool:
        """Whether the work is to go on: ours, and cancelled by nobody. Asks no database."""
        return self._wanted and self._age_s < self._kept_s

    @property
    def is_fresh(self) -> bool:
        """Whether the database answered just now, so that it may be asked in between."""
        return self._age_s < 2 * self._beat_s

    def save(self, job: Job) -> None:
        """Replace the record. Raises Unwanted where another worker has the job."""
        self._store.save(job, self._owner)

    @property
    def _age_s(self) -> float:
        return time.monotonic() - self._beaten

    def _beat_on(self) -> None:
        while self._wanted and not self._leaving.wait(min(_LOOK_S, self._beat_s)):
            with suppress(DatabaseError):
                self._look()

    def _look(self) -> None:
        asked = time.monotonic()
        if self._store.is_cancelled(self._identifier):
            self._wanted = False
        elif asked - self._beaten >= self._beat_s:
            self._wanted = self._store.beat(self._identifier, self._owner)
            self._beaten = asked
