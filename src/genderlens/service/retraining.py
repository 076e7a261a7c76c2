"""The queue of retraining jobs as the service uses it, and the worker in a thread of its own."""

from __future__ import annotations

import threading
from typing import Final, Literal

from genderlens.errors import JobConflictError, RetrainingOffError
from genderlens.jobs.job_folder import JobFolder
from genderlens.jobs.record import Job, create_job
from genderlens.jobs.store import (
    JobStore,
    jobs_folder,
    no_such_job,
    open_store,
    training_sources,
)
from genderlens.jobs.worker import Worker, create_worker
from genderlens.recipe import list_recipes
from genderlens.settings import Settings

State = Literal["off", "healthy", "degraded"]
_STOP_S: Final = 30.0
_IDLE_STOP_S: Final = 3.0
"""A worker without a job that takes longer waits for a database that hangs."""


class RetrainingQueue:
    """Takes jobs, shows them, cancels them; nothing is opened before it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock, self._counting = threading.Lock(), threading.Lock()
        self._store: JobStore | None = None
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        """``degraded`` where the queue did not take what it was asked last."""
        if self._store is None:
            return "off"
        return "healthy" if self._store.healthy else "degraded"

    def start(self) -> None:
        """Go on with what an earlier service left behind, where retraining is configured."""
        if self._settings.jobs_here and training_sources(self._settings):
            self._ensure_worker()

    def stop(self) -> None:
        """End the worker; a job in work goes on at the next start."""
        if self._worker is not None and self._thread is not None:
            self._worker.stop()
            self._thread.join(_STOP_S if self._worker.is_busy else _IDLE_STOP_S)
        if self._store is not None:
            self._store.close()

    def submit(
        self, source: str | None, recipe: str | None, *, promote: bool, key_id: str | None = None
    ) -> Job:
        """Queue a retraining on an allowed source.

        Raises JobConflictError for any other, RetrainingOffError where there is none.
        """
        source, recipe = self._source(source), self._recipe(recipe)
        job = create_job(source, recipe, promote=promote, key_id=key_id)
        self._open().submit(job)
        if self._settings.jobs_here:
            self._ensure_worker()
        return job

    def count_jobs(self) -> dict[str, int]:
        """Jobs by state; none where there is nothing to train on, or while a count hangs."""
        if not training_sources(self._settings) or not self._counting.acquire(blocking=False):
            return {}
        try:
            return self._open().count_jobs()
        finally:
            self._counting.release()

    def list_jobs(self, visible: str | None) -> list[Job]:
        """Every job of the only key whose jobs may be seen, newest first; None: of everybody."""
        jobs = self._open().list_jobs()
        return [job for job in jobs if visible in {None, job.key_id}]

    def get(self, identifier: str, visible: str | None) -> tuple[Job, JobFolder]:
        """A job and its folder; JobNotFoundError, for another key's too."""
        job = self._open().get(identifier)
        if visible not in {None, job.key_id}:
            raise no_such_job(identifier)
        return job, JobFolder(jobs_folder(self._settings) / job.id)

    def cancel(self, identifier: str, visible: str | None) -> Job:
        """Ask for the end of a job; JobConflictError where it has ended."""
        return self._open().cancel(self.get(identifier, visible)[0].id)

    def _source(self, name: str | None) -> str:
        known = training_sources(self._settings)
        if not known:
            raise RetrainingOffError(
                "this service has nothing to train on; its operator sets GENDERLENS_SAMPLES to a "
                "place for pictures, or GENDERLENS_RETRAIN_SOURCES to SOURCEs by name"
            )
        if name is None and len(known) == 1:
            return next(iter(known))
        if name is None or name not in known:
            names = ", ".join(sorted(known))
            asked = "no source was named" if name is None else f"source {name[:64]!r} is unknown"
            raise JobConflictError(f"{asked}; retraining may use {names}")
        return name

    def _recipe(self, name: str | None) -> str:
        """The operator's recipe, or a shipped one: a client never names a file."""
        if name is None or name == self._settings.retrain_recipe:
            return self._settings.retrain_recipe
        if name not in list_recipes():
            raise JobConflictError(
                f"recipe {name[:64]!r} is unknown; known are {', '.join(list_recipes())}"
            )
        return name

    def _open(self) -> JobStore:
        with self._lock:
            if self._store is None:
                self._store = open_store(self._settings)
            return self._store

    def _ensure_worker(self) -> None:
        store = self._open()
        with self._lock:
            if self._worker is None:
                self._worker = create_worker(store, self._settings)
                self._thread = threading.Thread(target=self._worker.run, name="jobs", daemon=True)
                self._thread.start()
