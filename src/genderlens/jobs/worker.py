"""The worker: takes jobs off the queue, one at a time, and brings each to its end.

Every step leaves a mark in the job's folder or in the registry, and is skipped where the mark is
there: after a kill the job goes on where it was. One worker per jobs folder works at a time; the
others wait for its lock, which a dead process does not hold. Workers of several folders or
machines share one queue and work side by side, each on a job of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from genderlens.data.decoded import remove_copies
from genderlens.errors import DatabaseError, GenderlensError, JobError
from genderlens.files.locks import try_exclusive
from genderlens.jobs.hold import Hold
from genderlens.jobs.owner import read_owner
from genderlens.jobs.process import Unwanted
from genderlens.jobs.record import Job, now
from genderlens.jobs.retraining import Retraining
from genderlens.jobs.store import SAMPLES, JobStore, jobs_folder, training_sources
from genderlens.settings import Settings

MAX_ATTEMPTS: Final = 12
_IDLE_S: Final = 0.5
_RETRY_S: Final = 5.0
_log = logging.getLogger(__name__)


class Worker:
    """``run`` blocks until ``stop`` is called; a job in work is left to be continued."""

    def __init__(self, store: JobStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._stopping = threading.Event()
        self.is_busy = False
        """Whether it has a job in hand."""

    def stop(self) -> None:
        """Return soon."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped; a fault of the queue is logged and tried again."""
        folder = jobs_folder(self._settings)
        with self._exclusive(folder / "worker.lock") as descriptor:
            while descriptor is not None and not self._stopping.is_set():
                try:
                    self._work(read_owner(folder), descriptor)
                except DatabaseError:  # the store has logged it
                    self._stopping.wait(_RETRY_S)
                except Exception as error:
                    _log.error("the work on jobs failed; trying again", exc_info=error)
                    self._stopping.wait(_RETRY_S)

    def _work(self, owner: str, descriptor: int) -> None:
        while not self._stopping.is_set():
            job = self._store.take(owner)
            if job is None:
                self._stopping.wait(_IDLE_S)
                continue
            self.is_busy = True
            try:
                if self._bring_to_end(job, owner, descriptor):
                    self._remove_copies(job)
            finally:
                self.is_busy = False

    def _bring_to_end(self, job: Job, owner: str, descriptor: int) -> bool:
        """Whether it is over here; whatever happens, the record says how it ended, or goes on."""
        with Hold(self._store, job.id, owner) as hold:
            try:
                job = self._attempt(job, hold, descriptor)
                hold.save(job)
            except Unwanted:
                _log.warning("job %s is another worker's now", job.id)
                return True
        return job.is_finished

    def _attempt(self, job: Job, hold: Hold, descriptor: int) -> Job:
        """The job as it is after it. Raises DatabaseError, and it goes on once there is one."""
        if self._store.is_cancelled(job.id):
            return job.ended("cancelled")
        if job.attempts >= MAX_ATTEMPTS:
            reason = f"interrupted {job.attempts} times at stage {job.stage}; see the log"
            return job.ended("failed", reason)
        job = job.with_changes(
            state="running", attempts=job.attempts + 1, started=job.started or now()
        )
        retraining = Retraining(job, hold, self._settings, self._stopping, descriptor)
        try:
            return retraining.run().ended("succeeded")
        except Unwanted:
            return self._left(retraining.job)
        except DatabaseError:
            raise
        except GenderlensError as error:
            return retraining.job.ended("failed", error.message)
        except Exception as error:
            _log.error("job %s failed", job.id, exc_info=error)
            reason = "an internal error, which the log of the worker explains"
            return retraining.job.ended("failed", reason)

    def _left(self, job: Job) -> Job:
        if self._store.is_cancelled(job.id):
            return job.ended("cancelled")
        return job.with_changes(state="queued", attempts=job.attempts - 1)

    def _remove_copies(self, job: Job) -> None:
        """A sample that is withdrawn while a training uses its copy leaves with the training."""
        if job.source == SAMPLES:
            place = training_sources(self._settings).get(SAMPLES)
            if place is not None:
                remove_copies(self._settings.cache_dir.expanduser(), place)

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
    """A worker for the queue. JobError where its folder cannot be made."""
    folder = jobs_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JobError(f"no folder of jobs {folder}: {error}; set GENDERLENS_JOBS_DIR") from error
    return Worker(store, settings)
