"""The queue and the records of jobs, in SQLite or Redis through huey's storages.

Records are JSON and the queue holds their identifiers: huey's tasks, which are pickles, are not
used. Taking a job off the queue forgets it there, so a worker that starts puts back what its
predecessor left unfinished. Only the worker writes a record once it is queued; whoever cancels a
job raises a flag beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from genderlens.errors import JobConflictError, JobError, JobNotFoundError, MissingExtraError
from genderlens.files.locks import exclusive
from genderlens.jobs.record import Job
from genderlens.remote import is_remote
from genderlens.settings import Settings

REDIS_S: Final = 2.0
"""How long Redis may take for an answer; it is asked a few times."""
_LOCK: Final = {"timeout": 10.0, "blocking_timeout": 5.0, "sleep": 0.05}
"""Of those who submit through Redis; one that dies while it holds the lock keeps it so long."""
_log = logging.getLogger(__name__)
QUEUE: Final = "genderlens"
SAMPLES: Final = "samples"
"""The source that is the sample pool."""
KEPT: Final = 200
"""Finished jobs that are remembered."""


class JobStore:
    """Safe to use from several threads and processes."""

    def __init__(
        self,
        storage: Any,
        *,
        waiting: int = 8,
        alone: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        """``alone`` keeps other processes from submitting while a job is counted and queued."""
        self.storage, self._waiting, self._alone = storage, waiting, alone
        self.healthy = True
        """Whether the queue did what it was asked last."""

    def submit(self, job: Job) -> Job:
        """Queue a new job; JobConflictError where too many wait, or too many of the same key."""
        with self._submitting():
            self._require_place(job)
            self.save(job)
            self._ask("enqueue", job.id.encode())
        self._forget_old()
        return job

    @contextmanager
    def _submitting(self) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(self._alone())
            except Exception as error:
                raise self._failure(error) from error
            yield

    def _require_place(self, job: Job) -> None:
        waiting = [one for one in self.list_jobs() if one.state == "queued"]
        own = [one for one in waiting if one.key_id == job.key_id]
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

    def get(self, identifier: str) -> Job:
        """One job; JobNotFoundError."""
        content = self._ask("peek_data", f"job:{identifier}")
        if not isinstance(content, bytes):
            raise no_such_job(identifier)
        return self._shown(Job.model_validate_json(content))

    def list_jobs(self) -> list[Job]:
        """Every job, newest first."""
        items: dict[str, bytes] = self._ask("result_items")
        jobs = [Job.model_validate_json(v) for k, v in items.items() if k.startswith("job:")]
        return sorted(map(self._shown, jobs), key=lambda job: job.id, reverse=True)

    def save(self, job: Job) -> None:
        """Replace the record."""
        self._ask("put_data", f"job:{job.id}", job.model_dump_json().encode())

    def cancel(self, identifier: str) -> Job:
        """Ask for the end of a job; JobConflictError where it has ended."""
        job = self.get(identifier)
        if job.is_finished:
            raise JobConflictError(f"job {identifier} is {job.state} already")
        self._ask("put_data", f"cancel:{identifier}", b"1")
        return self.get(identifier)

    def is_cancelled(self, identifier: str) -> bool:
        """Whether somebody asked for its end."""
        return bool(self._ask("has_data_for_key", f"cancel:{identifier}"))

    def take(self) -> Job | None:
        """The next job off the queue, None where none waits."""
        identifier = self._ask("dequeue")
        try:
            return self.get(bytes(identifier).decode()) if identifier else None
        except JobNotFoundError:
            return None

    def put_back(self) -> None:
        """Queue every unfinished job anew, oldest first; for the only worker, when it starts.

        One that is submitted at the same moment may be queued twice, and is then done once.
        """
        self._ask("flush_queue")
        for job in reversed(self.list_jobs()):
            if not job.is_finished:
                self._ask("enqueue", job.id.encode())

    def close(self) -> None:
        """Let go of the connection."""
        self.storage.close()

    def _ask(self, name: str, *arguments: Any) -> Any:
        """One call of the storage; JobError for the errors of its database, which share no base."""
        try:
            answer = getattr(self.storage, name)(*arguments)
        except Exception as error:
            raise self._failure(error) from error
        self.healthy = True
        return answer

    def _failure(self, error: Exception) -> JobError:
        self.healthy = False
        _log.error("the queue of jobs cannot be used", exc_info=error)
        return JobError("the queue of jobs cannot be used now; the log says why")

    def _shown(self, job: Job) -> Job:
        """One that waits in vain is shown as what it will be."""
        if job.state == "queued" and self.is_cancelled(job.id):
            return job.with_changes(state="cancelled")
        return job

    def _forget_old(self) -> None:
        for job in [job for job in self.list_jobs() if job.is_finished][KEPT:]:
            for kind in ("job", "cancel"):
                self._ask("pop_data", f"{kind}:{job.id}")


def no_such_job(identifier: str) -> JobNotFoundError:
    """The same for what never was and for what is another key's."""
    return JobNotFoundError(f"no job {identifier[:64]!r}; GET /jobs lists them")


def open_store(settings: Settings) -> JobStore:
    """The queue that the settings name. JobError where it cannot be opened."""
    if settings.jobs_url is not None:
        storage = _redis(settings.jobs_url.get_secret_value())
        lock = partial(storage.conn.lock, f"{QUEUE}.submit", **_LOCK)
        return JobStore(storage, waiting=settings.jobs_waiting, alone=lock)
    folder = jobs_folder(settings)
    storages: Any = import_module("huey.storage")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        storage = storages.SqliteStorage(QUEUE, filename=str(folder / "queue.db"), fsync=True)
    except Exception as error:
        raise JobError(f"no queue in {folder}: {error}; set GENDERLENS_JOBS_DIR") from error
    alone = partial(exclusive, folder / "submit.lock")
    return JobStore(storage, waiting=settings.jobs_waiting, alone=alone)


def jobs_folder(settings: Settings) -> Path:
    """Where queue, runs and logs lie."""
    return (settings.jobs_dir or settings.state_dir / "jobs").expanduser().absolute()


def _redis(url: str) -> Any:
    storages: Any = import_module("huey.storage")
    try:
        from redis import ConnectionPool
    except ImportError as error:
        raise MissingExtraError("redis", "a queue in Redis") from error
    pool = ConnectionPool.from_url(url, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S)
    return storages.RedisStorage(QUEUE, connection_pool=pool, blocking=False)


def training_sources(settings: Settings) -> dict[str, str]:
    """The SOURCEs that a retraining may use, by the names that clients know."""
    pool = settings.samples
    if pool is None:
        return settings.retrain_sources
    return {SAMPLES: pool if is_remote(pool) else str(Path(pool).expanduser())} | (
        settings.retrain_sources
    )
