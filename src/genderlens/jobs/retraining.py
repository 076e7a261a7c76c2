"""The steps of a retraining: train, export, register, judge."""

from __future__ import annotations

import threading
from contextlib import suppress

from genderlens.bundle import MODEL, load_bundle
from genderlens.errors import (
    DatabaseError,
    JobError,
    PromotionRefusedError,
    RegistryError,
    VersionExistsError,
    VersionNotFoundError,
)
from genderlens.history.audit import AuditEntry, Result, record
from genderlens.jobs.hold import Hold
from genderlens.jobs.job_folder import JobFolder
from genderlens.jobs.process import run_command
from genderlens.jobs.record import Job, Stage
from genderlens.jobs.store import jobs_folder, training_sources
from genderlens.promotion.promote import promote
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import Settings


class Retraining:
    """One attempt at one job; ``job`` is its record as last saved."""

    def __init__(
        self,
        job: Job,
        hold: Hold,
        settings: Settings,
        stopping: threading.Event,
        descriptor: int,
    ) -> None:
        self.job = job
        self._hold, self._settings, self._stopping = hold, settings, stopping
        self._descriptor = descriptor
        self._folder = JobFolder(jobs_folder(settings) / job.id)

    def run(self) -> Job:
        """Every step that is not done yet. Raises Unwanted, or what went wrong."""
        source = training_sources(self._settings).get(self.job.source)
        if source is None:
            raise JobError(
                f"source {self.job.source!r} is no longer among GENDERLENS_RETRAIN_SOURCES"
            )
        if not self._folder.is_trained:
            self._save(stage="training")
            data = ["--data", source, "--out", str(self._folder.run), "--resume"]
            self._command("train", self.job.recipe, *data)
        self._save(stage="exporting", progress=self._folder.progress())
        if not self._folder.is_exported:
            names = ["--name", self.job.name, "--data", self.job.source]
            out = ["--out", str(self._folder.bundle)]
            self._command("export", str(self._folder.run), *out, *names)
        self._save(stage="registering")
        registry = open_registry(self._settings)
        self._save(version=self._register(registry))
        if self.job.promote:
            self._save(stage="judging")
            self._judge(registry)
        return self.job

    def _register(self, registry: Registry) -> str:
        """Add the bundle; the very same weights, trained before, keep the version they have."""
        bundle = load_bundle(str(self._folder.bundle))
        try:
            return registry.add(bundle.path)
        except VersionExistsError:
            known = registry.describe(bundle.version)
            if known.files[MODEL] != bundle.description.files[MODEL]:
                raise
            return bundle.version

    def _judge(self, registry: Registry) -> None:
        """Promote where the gates hold; that they do not is a result and no failure of the job."""
        version = str(self.job.version)
        if registry.state().production == version:
            decided = registry.decisions(version)
            self._save(decision=decided[-1] if decided else None)
            return
        try:
            self._save(decision=promote(registry, version, self._settings))
            self._note(version, "done")
        except PromotionRefusedError as error:
            self._save(decision=error.decision)
            self._note(version, "refused")
        except VersionNotFoundError:
            raise
        except RegistryError as error:
            self._save(decision={"promoted": False, "version": version, "reason": error.message})

    def _note(self, version: str, result: Result) -> None:
        actor, decision = f"job:{self.job.id}", self.job.decision or {}
        detail = {"decision": decision.get("id"), "key": self.job.key_id}
        record(self._settings, AuditEntry(actor, "model.promote", version, result, detail))

    def _command(self, *arguments: str) -> None:
        run_command(
            arguments,
            self._folder.log,
            python=self._settings.retrain_python,
            inherit=[self._descriptor],
            watch=self._watch,
        )

    def _watch(self) -> bool:
        if self.job.stage == "training" and self._hold.is_fresh:
            progress = self._folder.progress()
            if progress != self.job.progress:
                with suppress(DatabaseError):  # the training goes on, and it is told later
                    self._save(progress=progress)
        return self._hold.is_wanted and not self._stopping.is_set()

    def _save(self, *, stage: Stage | None = None, **changes: object) -> None:
        """Raises Unwanted where the job is another worker's, before anything is done for it."""
        job = self.job.with_changes(**({"stage": stage} if stage else {}), **changes)
        self._hold.save(job)
        self.job = job
