"""The history behind the routes: rows go out through a queue, questions through a few threads.

Nothing here makes a prediction wait or fail. Questions have threads of their own, so that a
database that hangs holds up nobody but those who ask for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Concatenate, Final, Literal, ParamSpec, TypeVar

from genderlens.erasure import create_eraser
from genderlens.errors import DatabaseError, TurnedOffError
from genderlens.history.audit import AuditEntry, append_entry
from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.predictions import prediction_row
from genderlens.history.tables import now
from genderlens.history.writer import HistoryWriter
from genderlens.service.middleware.auth import Principal
from genderlens.service.process.threads import Threads
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import Settings
from genderlens.storage import sha256_of_bytes
from genderlens.types import Prediction

P = ParamSpec("P")
T = TypeVar("T")

QUESTION_THREADS: Final = 4
STORE_THREADS: Final = 2
"""Apart: a bucket that hangs must not keep anybody from reading the history."""
QUESTION_S: Final = 15.0
STORE_S: Final = 60.0
"""How long an answer may take; after it, whoever asked is told that it does."""
FLUSH_S: Final = 2.0
_HASHED_AT_ONCE_BYTES: Final = 256 * 1024
"""Less is hashed sooner than a thread is asked to."""

State = Literal["off", "healthy", "degraded"]


class History:
    """What the service remembers, while the settings have it on."""

    def __init__(self, settings: Settings, database: Database, metrics: Metrics) -> None:
        self.on = settings.history == "on"
        self._keeps_attributes = settings.history_attributes == "on"
        self._needed = self.on or settings.samples is not None
        self._database, self._metrics = database, metrics
        self.eraser = create_eraser(settings, database)
        self._is_migrated = False
        waiting = metrics.threads_waiting
        self._questions = Threads(QUESTION_THREADS, "database", limit_s=QUESTION_S, waiting=waiting)
        self._stores = Threads(STORE_THREADS, "sample pool", limit_s=STORE_S, waiting=waiting)
        self._writer = HistoryWriter(
            database,
            queue_rows=settings.history_queue,
            keep_days=settings.history_days,
            dropped=metrics.history_dropped.inc,
            forget=self._expire,
        )
        metrics.history_pending.set_function(lambda: float(self._writer.pending))
        metrics.history_up.set_function(lambda: float(self.state == "healthy"))

    @property
    def state(self) -> State:
        """``degraded`` while the database does not take what is written."""
        if not self.on:
            return "off"
        return "healthy" if self._writer.healthy else "degraded"

    def start(self) -> None:
        """Open the database behind the start of the service."""
        if self._needed:
            self._writer.start()

    def stop(self) -> None:
        """Write what is left; see ``HistoryWriter.stop``."""
        if self._needed:
            self._writer.stop()
        self._questions.stop()
        self._stores.stop()

    async def record(
        self, principal: Principal, content: bytes, answer: Prediction, started: float
    ) -> str | None:
        """Keep an answer; its identifier, or None where the history is off or has no room.

        ``started`` is when the work began, on ``time.perf_counter``'s clock.
        """
        if not self.on:
            return None
        latency_ms = (time.perf_counter() - started) * 1000.0
        row = prediction_row(
            create_id(),
            answer,
            sha256=await _hash(content),
            size_bytes=len(content),
            key_id=principal.key_id,
            created_at=now(),
            latency_ms=latency_ms,
            attributes=self._keeps_attributes,
        )
        return row["id"] if self._writer.put(row) else None

    def require_on(self) -> None:
        """TurnedOffError where answers are not kept."""
        if not self.on:
            raise TurnedOffError(
                "this service keeps no history; its operator sets GENDERLENS_HISTORY=on"
            )

    async def ask(
        self, question: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The answer of a function that asks the database, which knows all rows up to now.

        Raises DatabaseError where the database is down and OverloadedError where many ask.
        """
        work = partial(question, self._database, *args, **kwargs)
        return await self._questions.run(lambda: self._up_to_date(work))

    async def consult(
        self, question: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As ``ask``, also where answers are not kept: keys and the audit log always are."""
        work = partial(question, self._database, *args, **kwargs)
        return await self._questions.run(lambda: self._migrated(work))

    async def store(self, work: Callable[[], T]) -> T:
        """The result of work that also waits for a folder or bucket; raises what ``ask`` does."""
        return await self._stores.run(lambda: self._up_to_date(work))

    def _expire(self, moment: datetime) -> int:
        count = self.eraser.older_than(moment)
        if count:
            detail = {"count": count, "before": moment.isoformat(timespec="seconds")}
            append_entry(
                self._database,
                AuditEntry("service", "prediction.expire", "predictions", detail=detail),
            )
        return count

    def _migrated(self, work: Callable[[], T]) -> T:
        if not self._is_migrated:
            self._database.migrate()
            self._is_migrated = True
        return work()

    def _up_to_date(self, work: Callable[[], T]) -> T:
        if not self._writer.healthy:
            raise DatabaseError("the database of the history does not answer; try again later")
        if not self._writer.flush(FLUSH_S):
            raise DatabaseError("the history is behind; try again in a moment")
        return work()


async def _hash(content: bytes) -> str:
    if len(content) <= _HASHED_AT_ONCE_BYTES:
        return sha256_of_bytes(content)
    return await asyncio.to_thread(sha256_of_bytes, content)
