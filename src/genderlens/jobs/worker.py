"""The worker: takes jobs off the queue, one at a time, and brings each to its end.

Every step leaves a mark in the job's folder or in the registry, and is skipped where the mark is
there: after a kill the job goes on where it was. One worker per jobs folder works at a time; the
others wait for its lock, which a dead process does not hold.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from genderlens.data.decoded import remove_copies
from genderlens.errors import GenderlensError
from genderlens.files.locks import try_exclusive
from genderlens.jobs.lease import Lease
from genderlens.jobs.process import Unwanted
from genderlens.jobs.record import Job, now
from genderlens.jobs.retraining import Retraining
from genderlens.jobs.store import SAMPLES, JobStore, jobs_folder, training_sources
from genderlens.settings import Settings

MAX_ATTEMPTS: Final = 12
_IDLE_S: Final = 0.5
_log = logging.getLogger(__name__)


class Worker:
    """``run`` blocks until ``stop`` is called; a job in work is left to be continued."""

    def __init__(self, store: JobStore, settings: Settings, *, lease: Lease | None = None) -> None:
        self._store, self._settings, self._lease = store, settings, lease
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Return soon."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped; a fault of the queue is logged and tried again."""
        folder = jobs_folder(self._settings)
        folder.mkdir(parents=True, exist_ok=True)
        with self._exclusive(folder / "worker.lock") as descriptor:
            if descriptor is None:
                return
            while not self._stopping.is_set():
                try:
                    self._work(descriptor)
                except Exception as error:
                    self._store.healthy = False
                    _log.error("the queue of jobs failed; trying again", exc_info=error)
                    self._stopping.wait(5.0)

    def _work(self, descriptor: int) -> None:
        if self._lease is not None and not self._lease.wait(self._stopping):
            return
        self._store.put_back()
        while not self._stopping.is_set():
            if self._lease is not None and not self._lease.renew():
                return
            job = self._store.take()
            if job is None:
                self._stopping.wait(_IDLE_S)
            elif not job.is_finished or job.finished is None:
                self._bring_to_end(job, descriptor)
                self._remove_copies(job)

    def _bring_to_end(self, job: Job, descriptor: int) -> None:
        """Whatever happens, the record says how it ended, or that it goes on."""
        if self._store.is_cancelled(job.id):
            self._store.save(job.ended("cancelled"))
            return
        if job.attempts >= MAX_ATTEMPTS:
            reason = f"interrupted {job.attempts} times at stage {job.stage}; see the log"
            self._store.save(job.ended("failed", reason))
            return
        job = job.with_changes(
            state="running", attempts=job.attempts + 1, started=job.started or now()
        )
        retraining = Retraining(job, self._store, self._settings, self._wanted, descriptor)
        try:
            self._store.save(retraining.run().ended("succeeded"))
        except Unwanted:
            self._leave(retraining.job)
        except GenderlensError as error:
            self._store.save(retraining.job.ended("failed", error.message))
        except Exception as error:
            _log.error("job %s failed", job.id, exc_info=error)
            reason = "an internal error, which the log of the worker explains"
            self._store.save(retraining.job.ended("failed", reason))

    def _leave(self, job: Job) -> None:
        if self._store.is_cancelled(job.id):
            self._store.save(job.ended("cancelled"))
        else:
            self._store.save(job.with_changes(state="queued", attempts=job.attempts - 1))

    def _remove_copies(self, job: Job) -> None:
        """A sample that is withdrawn while a training uses its copy leaves with the training."""
        if job.source == SAMPLES and self._store.get(job.id).is_finished:
            place = training_sources(self._settings).get(SAMPLES)
            if place is not None:
                remove_copies(self._settings.cache_dir.expanduser(), place)

    def _wanted(self, identifier: str) -> bool:
        if self._lease is not None and not self._lease.renew():
            return False
        return not self._stopping.is_set() and not self._store.is_cancelled(identifier)

    @contextmanager
    def _exclusive(self, path: Path) -> Iterator[int | None]:
        """The descriptor of the lock; None where the worker was stopped before it was free."""
        while not self._stopping.is_set():
            with try_exclusive(path) as descriptor:
                if descriptor is not None:
                    yield descriptor
                    return
            self._stopping.wait(0.1)
        yield None


def create_worker(store: JobStore, settings: Settings) -> Worker:
    """A worker for the queue; one that shares it with other machines takes turns with theirs."""
    lease = Lease(store.storage, jobs_folder(settings)) if settings.jobs_url else None
    return Worker(store, settings, lease=lease)
