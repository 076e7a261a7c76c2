"""Every error that genderlens raises on purpose.

GenderlensError
├── SettingsError
├── StartError
├── MissingExtraError
├── DataError
│   ├── SourceNotFoundError
│   ├── UnknownLabelError
│   ├── EmptyClassError
│   └── ManifestError
├── RecipeError
├── TrainingError
│   └── TrainingInterruptedError
├── PretrainedWeightsError
├── LabellingError
├── BundleError
│   ├── BundleNotFoundError
│   ├── BundleIntegrityError
│   └── ModelTrialError
├── RegistryError
│   ├── VersionNotFoundError
│   ├── VersionExistsError
│   └── PromotionRefusedError
├── JobError
│   ├── JobNotFoundError
│   └── JobConflictError
├── ImageError
│   ├── UnsupportedFormatError
│   ├── TruncatedImageError
│   ├── CorruptImageError
│   ├── ImageTooLargeError
│   └── ImageTooSmallError
├── DetectorError
├── DatabaseError
├── UnknownKeyError
├── ServiceError
└── RequestError
    ├── BodyTooLargeError
    ├── RequestTimeoutError
    ├── MalformedRequestError
    ├── InvalidBase64Error
    ├── MissingFileError
    ├── TooManyFilesError
    ├── UnsupportedMediaTypeError
    ├── NotReadyError
    ├── OverloadedError
    ├── StoreTimeoutError
    ├── AuthenticationError
    ├── ForbiddenError
    ├── CrossOriginError
    ├── UnknownHostError
    ├── ForwardedError
    ├── NotExplainableError
    ├── RateLimitedError
    ├── TurnedOffError
    │   └── RetrainingOffError
    ├── PrivateModeError
    ├── PictureMismatchError
    ├── LabelConflictError
    └── PoolFullError

A message holds the fact, the value and the way out. ``code`` is stable and machine-readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar


class GenderlensError(Exception):
    """Root of the tree; never raised itself."""

    code: ClassVar[str] = "error"

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else self.code

    @property
    def fields(self) -> Mapping[str, Any]:
        """What a machine may want to know beside the message."""
        return {}


class SettingsError(GenderlensError):
    """A setting has a value that cannot work."""

    code = "invalid_setting"


class StartError(GenderlensError):
    """The service cannot start, for its address is taken or something of it failed."""

    code = "service_not_started"


class MissingExtraError(GenderlensError):
    """An optional part of the package is not installed."""

    code = "missing_extra"

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the extra '{extra}', which is not installed; "
            f"install it with: pip install 'genderlens[{extra}]'"
        )


class DataError(GenderlensError):
    """A labelled data set cannot be read as one."""

    code = "invalid_data"


class SourceNotFoundError(DataError):
    """Nothing that a reader understands lies at the given place."""

    code = "source_not_found"


class UnknownLabelError(DataError):
    """A label that is neither male nor female."""

    code = "unknown_label"


class EmptyClassError(DataError):
    """A class without a single picture."""

    code = "empty_class"


class ManifestError(DataError):
    """A manifest breaks its own schema."""

    code = "invalid_manifest"


class RecipeError(GenderlensError):
    """A recipe has an unknown key or an impossible value."""

    code = "invalid_recipe"


class TrainingError(GenderlensError):
    """Training cannot start, go on or finish."""

    code = "training_failed"


class TrainingInterruptedError(TrainingError):
    """Somebody stopped a training, which can go on from its checkpoint."""

    code = "training_interrupted"


class PretrainedWeightsError(GenderlensError):
    """The weights that a training is to start from are out of reach or do not fit."""

    code = "pretrained_weights"


class LabellingError(GenderlensError):
    """Bulk labelling had to stop; the same command goes on where it did."""

    code = "labelling_stopped"


class BundleError(GenderlensError):
    """A model bundle cannot be used."""

    code = "invalid_bundle"


class BundleNotFoundError(BundleError):
    """No bundle at the given place."""

    code = "bundle_not_found"


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


class VersionNotFoundError(RegistryError):
    """No version of that name, or none under that alias."""

    code = "version_not_found"


class VersionExistsError(RegistryError):
    """A version of that name exists with other content; versions never change."""

    code = "version_exists"


class PromotionRefusedError(RegistryError):
    """The gates did not hold; ``decision`` tells which, with the figures."""

    code = "promotion_refused"

    def __init__(self, message: str, decision: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.decision = dict(decision or {})

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"decision": self.decision}


class JobError(GenderlensError):
    """A retraining job failed, or its folder cannot be made."""

    code = "job_failed"


class JobNotFoundError(JobError):
    """No job of that name."""

    code = "job_not_found"


class JobConflictError(JobError):
    """The job, or the queue, is not in a state for this."""

    code = "job_conflict"


class ImageError(GenderlensError):
    """A picture that cannot be used; predictions report it as ``unreadable``."""

    code = "unreadable_image"


class UnsupportedFormatError(ImageError):
    """The bytes are not one of the allowed picture formats."""

    code = "unsupported_format"


class TruncatedImageError(ImageError):
    """The file ends before its picture does."""

    code = "truncated"


class CorruptImageError(ImageError):
    """The header is fine, the content is not."""

    code = "corrupt_image"


class ImageTooLargeError(ImageError):
    """The header announces more pixels than the limit."""

    code = "too_many_pixels"


class ImageTooSmallError(ImageError):
    """A side is shorter than anything that could hold a face."""

    code = "too_small"


class DetectorError(GenderlensError):
    """A detector failed; nothing may be concluded about who is in the picture."""

    code = "detector_failed"


class DatabaseError(GenderlensError):
    """The database of keys and history is out of reach, or its schema is not ours."""

    code = "database_unavailable"


class UnknownKeyError(GenderlensError):
    """No usable API key has the given id."""

    code = "unknown_key"


class ServiceError(GenderlensError):
    """A service that was asked over HTTP refused, failed, or did not answer at all.

    ``problem`` is the code of its problem document, ``unreachable`` where nothing came back, with
    the ``status`` 0; ``document`` is the whole of it.
    """

    code = "service_failed"

    def __init__(
        self,
        message: str,
        problem: str = "unreachable",
        *,
        status: int = 0,
        retry_after_s: int | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.problem, self.status, self.retry_after_s = problem, status, retry_after_s
        self.document = dict(document or {})


class RequestError(GenderlensError):
    """An HTTP request that cannot be served; ``headers`` are those that its answer carries."""

    code = "bad_request"

    def __init__(self, *message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*message)
        self.headers: Mapping[str, str] = headers or {}


class BodyTooLargeError(RequestError):
    """The body of a request is larger than the limit."""

    code = "body_too_large"


class RequestTimeoutError(RequestError):
    """The body of a request did not arrive in time."""

    code = "request_timeout"


class MalformedRequestError(RequestError):
    """The body of a request is not what its content type says."""

    code = "malformed_request"


class InvalidBase64Error(RequestError):
    """The ``image`` of a JSON request is not base64 or a base64 ``data:`` URI of a picture."""

    code = "invalid_base64"


class MissingFileError(RequestError):
    """A multipart request without the expected file part."""

    code = "missing_file"


class TooManyFilesError(RequestError):
    """A batch request with more files than the limit."""

    code = "too_many_files"


class UnsupportedMediaTypeError(RequestError):
    """A content type or content encoding that the route does not take."""

    code = "unsupported_media_type"


class NotReadyError(RequestError):
    """The model is still being loaded, or could not be."""

    code = "not_ready"


class OverloadedError(RequestError):
    """More work is waiting than the service will queue."""

    code = "overloaded"


class StoreTimeoutError(RequestError):
    """A store behind the service took too long: a bucket or a database."""

    code = "store_timeout"


class AuthenticationError(RequestError):
    """A request without an API key, or with one that opens nothing."""

    code = "invalid_key"


class ForbiddenError(RequestError):
    """An API key without the scope that the route needs."""

    code = "forbidden"


class CrossOriginError(RequestError):
    """A page of another site asks a service that is open to this machine."""

    code = "cross_origin"


class UnknownHostError(RequestError):
    """A request to a name that is not one of this service's."""

    code = "unknown_host"


class ForwardedError(RequestError):
    """A proxy passes a request on to a service that is open to its own machine without keys."""

    code = "forwarded"


class NotExplainableError(RequestError):
    """The model that answers cannot show what it looked at."""

    code = "not_explainable"


class RateLimitedError(RequestError):
    """A key, or where there are none an address, asks more often than it may."""

    code = "rate_limited"


class TurnedOffError(RequestError):
    """A part of the service that its settings do not turn on."""

    code = "turned_off"


class RetrainingOffError(TurnedOffError):
    """A retraining is asked for, and the settings name nothing to train on."""

    code = "retraining_off"


class PrivateModeError(RequestError):
    """What serves cannot run in a browser."""

    code = "private_mode_unavailable"


class PictureMismatchError(RequestError):
    """The picture of a correction is not the one that was predicted."""

    code = "picture_mismatch"


class LabelConflictError(RequestError):
    """A picture is in the sample pool already, with the other label."""

    code = "label_conflict"


class PoolFullError(RequestError):
    """The sample pool holds as many pictures as the settings allow."""

    code = "pool_full"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What ends a message about an unknown word: the near known one as a question, or nothing."""
    by_letters = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_letters, n=1)
    return f"; did you mean {by_letters[near[0]]!r}?" if near else ""
