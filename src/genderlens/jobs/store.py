"""The queue and the records of jobs: one table of the SQL database that is there anyway.

A worker takes a job by writing its name into the row, under a lock of the database, so no job is
ever two workers'. It raises the row's beat while it works; one whose beat stands still for a term
is taken over (see ``watch``). Only the owner writes the record then; whoever cancels a job raises
a flag beside it.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import and_, delete, func, insert, or_, select, text, update
from sqlalchemy.engine import Connection

from genderlens.errors import DatabaseError, JobConflictError, JobNotFoundError
from genderlens.history.database import Database, database_url
from genderlens.history.tables import JOBS
from genderlens.jobs.old_queue import FILE, read_once
from genderlens.jobs.process import Unwanted
from genderlens.jobs.record import FINISHED, ID_PATTERN, STATES, Job
from genderlens.jobs.watch import TERM_S, Beat, Watch
from genderlens.remote import is_remote
from genderlens.settings import Settings

_log = logging.getLogger(__name__)
SAMPLES: Final = "samples"
"""The source that is the sample pool."""
HANGS_S: Final = 10.0
"""A database that takes longer for an answer is as good as down."""
KEPT: Final = 200
"""Finished jobs that are remembered."""
_LOCK_KEY: Final = 0x67656E67
_WAITS: Final = and_(JOBS.c.state == "queued", ~JOBS.c.cancelled)
_UNFINISHED: Final = JOBS.c.state.not_in(FINISHED)
_OVER: Final = or_(~_UNFINISHED, and_(JOBS.c.state == "queued", JOBS.c.cancelled))
"""Finished, or shown as such, since it waits in vain."""


class JobStore:
    """Safe to use from several threads, processes and machines.

    Nothing is opened before it is needed. Every call raises DatabaseError where the database does
    not answer.
    """

    def __init__(
        self, database: Database, folder: Path, *, waiting: int = 8, term_s: float = TERM_S
    ) -> None:
        """``folder`` may hold the queue of an earlier version."""
        self.term_s = term_s
        self._works = True
        self._asked_at: dict[int, float] = {}
        self._database, self._old, self._waiting = database, folder / FILE, waiting
        self._watch = Watch(term_s)
        self._opening, self._is_open = threading.Lock(), False

    @property
    def healthy(self) -> bool:
        """Whether the database did what it was asked last, and hangs at nothing."""
        moment = time.monotonic()
        return self._works and all(moment - at < HANGS_S for at in list(self._asked_at.values()))

    def submit(self, job: Job) -> Job:
        """Queue a new job; JobConflictError where too many wait, or too many of the same key."""
        with self._asking(sqlite_begin="IMMEDIATE") as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
            self._require_place(connection, job)
            connection.execute(insert(JOBS).values(_new_row(job, cancelled=False)))
            _forget_old(connection)
        return job

    def get(self, identifier: str) -> Job:
        """One job; JobNotFoundError."""
        statement = select(JOBS.c.record, JOBS.c.cancelled).where(JOBS.c.id == identifier)
        with self._asking() as connection:
            row = connection.execute(statement).first() if _is_name(identifier) else None
        if row is None:
            raise no_such_job(identifier)
        return _shown(row.record, cancelled=row.cancelled)

    def list_jobs(self) -> list[Job]:
        """Every job, newest first."""
        statement = select(JOBS.c.record, JOBS.c.cancelled).order_by(JOBS.c.id.desc())
        with self._asking() as connection:
            rows = connection.execute(statement).all()
        return [_shown(row.record, cancelled=row.cancelled) for row in rows]

    def count_jobs(self) -> dict[str, int]:
        """How many jobs there are in each state, as they are shown."""
        kinds = (JOBS.c.state, JOBS.c.cancelled)
        counts: dict[str, int] = dict.fromkeys(STATES, 0)
        with self._asking() as connection:
            for state, is_cancelled, count in connection.execute(
                select(*kinds, func.count()).group_by(*kinds)
            ):
                counts["cancelled" if state == "queued" and is_cancelled else state] += count
        return counts

    def cancel(self, identifier: str) -> Job:
        """Ask for the end of a job; JobConflictError where it has ended."""
        statement = update(JOBS).where(JOBS.c.id == identifier, ~_OVER).values(cancelled=True)
        self.get(identifier)
        with self._asking() as connection:
            found = connection.execute(statement).rowcount
        job = self.get(identifier)
        if not found:
            raise JobConflictError(f"job {identifier} is {job.state} already")
        return job

    def is_cancelled(self, identifier: str) -> bool:
        """Whether somebody asked for its end."""
        with self._asking() as connection:
            return bool(connection.scalar(select(JOBS.c.cancelled).where(JOBS.c.id == identifier)))

    def take(self, owner: str) -> Job | None:
        """The oldest job that this worker may have, now its own; None where there is none.

        That is one that nobody owns, one that a worker of the same name left behind, or one whose
        owner has not been seen to live for a term.
        """
        free = self._free(owner)
        if free is None:
            return None
        oldest = select(JOBS.c.id, JOBS.c.record).where(_UNFINISHED, free).order_by(JOBS.c.id)
        with self._asking(sqlite_begin="IMMEDIATE") as connection:
            row = connection.execute(oldest.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            own = update(JOBS).where(JOBS.c.id == row.id)
            connection.execute(own.values(owner=owner, beat=JOBS.c.beat + 1))
        return Job.model_validate(row.record)

    def _free(self, owner: str) -> Any:
        """The condition of what ``take`` may take; None where nothing is like that."""
        statement = select(JOBS.c.id, JOBS.c.owner, JOBS.c.beat).where(_UNFINISHED)
        with self._asking() as connection:
            rows = connection.execute(statement).all()
        others = [Beat(*row) for row in rows if row.owner not in (None, owner)]
        stale = self._watch.look(others)
        if len(others) == len(rows) and not stale:
            return None
        gone = [
            and_(JOBS.c.id == one.id, JOBS.c.owner == one.owner, JOBS.c.beat == one.beat)
            for one in stale
        ]
        return or_(JOBS.c.owner.is_(None), JOBS.c.owner == owner, *gone)

    def beat(self, identifier: str, owner: str) -> bool:
        """Show that the owner lives; False where it has lost the job."""
        own = update(JOBS).where(JOBS.c.id == identifier, JOBS.c.owner == owner)
        with self._asking() as connection:
            return bool(connection.execute(own.values(beat=JOBS.c.beat + 1)).rowcount)

    def save(self, job: Job, owner: str) -> None:
        """Replace the record of a job that runs; in any other state it is nobody's from then on.

        Raises Unwanted where it is not the owner's any more, and changes nothing then.
        """
        own = update(JOBS).where(JOBS.c.id == job.id, JOBS.c.owner == owner)
        kept = owner if job.state == "running" else None
        values = {"state": job.state, "owner": kept, "record": _record(job)}
        with self._asking() as connection:
            if not connection.execute(own.values(values)).rowcount:
                raise Unwanted(f"job {job.id} is another worker's")

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    def _require_place(self, connection: Connection, job: Job) -> None:
        waiting = connection.execute(select(JOBS.c.key_id).where(_WAITS)).all()
        own = [row for row in waiting if row.key_id == job.key_id]
        if job.key_id is not None and len(own) >= self._share:
            raise JobConflictError(
                f"{len(own)} jobs of this key are waiting, the limit for one key is {self._share}; "
                "cancel one or wait"
            )
        if len(waiting) >= self._waiting:
            raise JobConflictError(
                f"{len(waiting)} jobs are waiting, the limit is {self._waiting}; cancel one or wait"
            )

    @property
    def _share(self) -> int:
        """Places of one key: others find some, whatever it queues."""
        return max(1, self._waiting // 2)

    @contextmanager
    def _asking(self, **options: Any) -> Iterator[Connection]:
        """A transaction; a change between answering and not is logged once."""
        asking = threading.get_ident()
        self._asked_at[asking] = time.monotonic()
        try:
            self._open()
            with self._database.begin(**options) as connection:
                yield connection
        except DatabaseError as error:
            if self._works:
                _log.error("the queue of jobs cannot be used: %s", error.message)
            self._works = False
            raise
        finally:
            del self._asked_at[asking]
        if not self._works:
            _log.warning("the queue of jobs can be used again")
        self._works = True

    def _open(self) -> None:
        with self._opening:
            if not self._is_open:
                self._database.migrate()
                if self._old.is_file():
                    _adopt(self._database, self._old)
                self._is_open = True


def _adopt(database: Database, path: Path) -> None:
    """Take over the queue of an earlier version, whose service has ended."""
    with read_once(path) as jobs, database.begin(sqlite_begin="IMMEDIATE") as connection:
        known = set(connection.scalars(select(JOBS.c.id)))
        rows = [_new_row(job, cancelled=ended) for job, ended in jobs if job.id not in known]
        if rows:
            connection.execute(insert(JOBS), rows)


def _new_row(job: Job, *, cancelled: bool) -> dict[str, Any]:
    return {
        "id": job.id,
        "key_id": job.key_id,
        "state": job.state,
        "cancelled": cancelled,
        "owner": None,
        "beat": 0,
        "created_at": datetime.fromisoformat(job.created),
        "record": _record(job),
    }


def _record(job: Job) -> Any:
    """As JSON has it: a figure that is no number is null."""
    return json.loads(job.model_dump_json())


def _shown(record: Any, *, cancelled: bool) -> Job:
    """One that waits in vain is shown as what it will be."""
    job = Job.model_validate(record)
    if job.state == "queued" and cancelled:
        return job.with_changes(state="cancelled")
    return job


def _forget_old(connection: Connection) -> None:
    over = select(JOBS.c.id).where(_OVER).order_by(JOBS.c.id.desc())
    last = connection.scalar(over.offset(KEPT - 1).limit(1))
    if last is not None:
        connection.execute(delete(JOBS).where(_OVER, JOBS.c.owner.is_(None), JOBS.c.id < last))


def _is_name(identifier: str) -> bool:
    return re.fullmatch(ID_PATTERN, identifier) is not None


def no_such_job(identifier: str) -> JobNotFoundError:
    """The same for what never was and for what is another key's."""
    return JobNotFoundError(f"no job {identifier[:64]!r}; GET /jobs lists them")


def open_store(settings: Settings, *, term_s: float = TERM_S) -> JobStore:
    """The queue in the database that the settings name, opened when it is first asked."""
    database = Database(database_url(settings), durable=True)
    folder = jobs_folder(settings)
    return JobStore(database, folder, waiting=settings.jobs_waiting, term_s=term_s)


def jobs_folder(settings: Settings) -> Path:
    """Where runs and logs lie."""
    return (settings.jobs_dir or settings.state_dir / "jobs").expanduser().absolute()


def training_sources(settings: Settings) -> dict[str, str]:
    """The SOURCEs that a retraining may use, by the names that clients know."""
    pool = settings.samples
    if pool is None:
        return settings.retrain_sources
    return {SAMPLES: pool if is_remote(pool) else str(Path(pool).expanduser())} | (
        settings.retrain_sources
    )
