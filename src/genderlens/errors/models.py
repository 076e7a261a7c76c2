"""Errors of bundles, the registry and retraining jobs."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from genderlens.errors.base import ExitCode, GenderlensError


class BundleError(GenderlensError):
    """A model bundle cannot be used."""

    code = "invalid_bundle"
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY
    exit_code = ExitCode.BUNDLE


class BundleNotFoundError(BundleError):
    """No bundle at the given place."""

    code = "bundle_not_found"
    http_status = HTTPStatus.NOT_FOUND


class BundleIntegrityError(BundleError):
    """A file of a bundle is not the one that its ``bundle.json`` describes, or is unsafe."""

    code = "bundle_integrity"


class ModelTrialError(BundleError):
    """A model hangs, crashes or takes too much memory when a child process tries it.

    ``is_verdict`` tells whether the model is at fault, and not who ended its trial.
    """

    code = "model_trial_failed"
    is_verdict = True


class RegistryError(GenderlensError):
    """The registry of model versions cannot be read, written or asked for this."""

    code = "registry_failed"
    http_status = HTTPStatus.CONFLICT
    exit_code = ExitCode.REGISTRY


class VersionNotFoundError(RegistryError):
    """No version of that name, or none under that alias."""

    code = "version_not_found"
    http_status = HTTPStatus.NOT_FOUND


class VersionExistsError(RegistryError):
    """A version of that name exists with other content; versions never change."""

    code = "version_exists"


class PromotionRefusedError(RegistryError):
    """The gates did not hold; ``decision`` tells which, with the figures."""

    code = "promotion_refused"
    exit_code = ExitCode.PROMOTION

    def __init__(self, message: str, decision: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.decision = dict(decision or {})

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"decision": self.decision}


class JobError(GenderlensError):
    """A retraining job failed, or its folder cannot be made."""

    code = "job_failed"
    http_status = HTTPStatus.SERVICE_UNAVAILABLE
    exit_code = ExitCode.JOBS


class JobNotFoundError(JobError):
    """No job of that name."""

    code = "job_not_found"
    http_status = HTTPStatus.NOT_FOUND


class JobConflictError(JobError):
    """The job, or the queue, is not in a state for this."""

    code = "job_conflict"
    http_status = HTTPStatus.CONFLICT
