"""Rows go into the database behind the requests: a bounded queue, a thread, batches.

A request only puts its row into the queue. Where the database is down, rows wait in the queue; once
that is full, further rows are dropped and counted. Nothing ever waits for the database.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import DataError, IntegrityError

from genderlens.errors import DatabaseError, GenderlensError
from genderlens.history.database import Database
from genderlens.history.expiry import Expiry, Forget
from genderlens.history.predictions import Query, delete_predictions, insert_predictions

_log = logging.getLogger(__name__)
BATCH_ROWS: Final = 500
BATCH_WAIT_S: Final = 1.0
"""How long a row may wait for others to be written together with it: the fewer the writes, the
fewer requests run beside one. Whoever asks for the history hurries them, and so do many rows.
"""
RETRY_S: Final = 2.0
HANGS_S: Final = 10.0
"""A database that takes longer than this for one batch is as good as down."""
STOP_S: Final = 5.0
"""How long the last rows may take when the service ends."""


class HistoryWriter:
    """The thread that writes."""

    def __init__(
        self,
        database: Database,
        *,
        queue_rows: int,
        keep_days: int,
        dropped: Callable[[int], None] = lambda _: None,
        forget: Forget | None = None,
    ) -> None:
        """``forget`` deletes what is from before a time; unset: answers and corrections."""
        self._works = True
        self._asked_at: float | None = None
        self._database, self._dropped = database, dropped
        self._expiry = Expiry(forget or self._delete, keep_days)
        self._queue: queue.Queue[dict[str, Any]] = queue.Queue(queue_rows)
        self._enough = max(1, min(BATCH_ROWS, queue_rows // 2))
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._settled = threading.Condition()
        self._accepted = self._done = 0
        self._ready = False

    @property
    def healthy(self) -> bool:
        """Whether the last thing asked of the database worked, and does not take for ever."""
        asked_at = self._asked_at
        return self._works and (asked_at is None or time.monotonic() - asked_at < HANGS_S)

    @property
    def pending(self) -> int:
        """Rows that are accepted and not yet written."""
        return self._accepted - self._done

    def start(self) -> None:
        """Bring the database up to date and write from now on, in the thread."""
        self._thread.start()

    def put(self, row: dict[str, Any]) -> bool:
        """Accept a row, from one thread; False, and counted, where the queue is full."""
        try:
            self._queue.put_nowait(row)
        except queue.Full:
            self._dropped(1)
            return False
        self._accepted += 1
        if self._queue.qsize() >= self._enough:
            self._hurry.set()
        return True

    def flush(self, timeout_s: float) -> bool:
        """Wait until all that was accepted so far is written; False where that takes too long."""
        goal = self._accepted
        self._hurry.set()
        with self._settled:
            return self._settled.wait_for(lambda: self._ready and self._done >= goal, timeout_s)

    def stop(self) -> None:
        """Write what is left, for some seconds; what cannot be written is dropped and counted."""
        self._stopping.set()
        self._hurry.set()
        self._expiry.stop()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        if self.pending:
            self._dropped(self.pending)
            _log.error("the history lost %d rows: the database did not answer", self.pending)

    def _run(self) -> None:
        batch: list[dict[str, Any]] = []
        while not (self._stopping.is_set() and self._queue.empty() and not batch):
            try:
                if not self._ready:
                    with self._asking():
                        self._database.migrate()
                    self._ready = True
                    self._expiry.start()
                    self._settle(0)
                batch = batch or self._collect()
                if batch:
                    with self._asking():
                        self._write(batch)
                    self._settle(len(batch))
                    batch = []
                self._report(None)
            except Exception as error:
                self._report(error)
                if self._stopping.is_set():
                    return
                self._stopping.wait(RETRY_S)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Noted, since a database that froze neither answers nor fails."""
        self._asked_at = time.monotonic()
        try:
            yield
        finally:
            self._asked_at = None

    def _collect(self) -> list[dict[str, Any]]:
        """Rows to write together: those that come within the wait, or sooner in a hurry."""
        batch: list[dict[str, Any]] = []
        if self._queue.qsize() < self._enough:
            self._hurry.wait(BATCH_WAIT_S)
        self._hurry.clear()
        while len(batch) < BATCH_ROWS:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, batch: list[dict[str, Any]]) -> None:
        """A row that the database will never take must not hold up the others for ever."""
        try:
            insert_predictions(self._database, batch)
            return
        except DatabaseError as error:
            if not isinstance(error.__cause__, IntegrityError | DataError):
                raise
        for row in batch:
            try:
                insert_predictions(self._database, [row])
            except DatabaseError as error:
                if isinstance(error.__cause__, DataError):
                    self._dropped(1)
                elif not isinstance(error.__cause__, IntegrityError):
                    raise

    def _settle(self, count: int) -> None:
        with self._settled:
            self._done += count
            self._settled.notify_all()

    def _delete(self, moment: datetime) -> int:
        return delete_predictions(self._database, Query(until=moment))

    def _report(self, error: Exception | None) -> None:
        """Log a change only: a database that is down would fill the log."""
        if error is not None and self._works:
            message = error.message if isinstance(error, GenderlensError) else repr(error)
            _log.error("the history is not written: %s", message)
        elif error is None and not self._works:
            _log.warning("the history is written again")
        self._works = error is None
