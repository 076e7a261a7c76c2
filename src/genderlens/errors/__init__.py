"""Every error that genderlens raises on purpose.

GenderlensError
├── SettingsError
├── StartError
├── MissingExtraError
├── DetectorError
├── DatabaseError
├── UnknownKeyError
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
├── ServiceError
├── RequestError
│   ├── BodyTooLargeError
│   ├── RequestTimeoutError
│   ├── MalformedRequestError
│   ├── InvalidBase64Error
│   ├── MissingFileError
│   ├── TooManyFilesError
│   ├── UnsupportedMediaTypeError
│   ├── NotReadyError
│   ├── OverloadedError
│   ├── StoreTimeoutError
│   ├── AuthenticationError
│   ├── ForbiddenError
│   ├── CrossOriginError
│   ├── UnknownHostError
│   ├── ForwardedError
│   ├── NotExplainableError
│   ├── UnknownAttributeError
│   ├── RateLimitedError
│   ├── TurnedOffError
│   │   └── RetrainingOffError
│   ├── PrivateModeError
│   ├── PictureMismatchError
│   ├── LabelConflictError
│   └── PoolFullError
├── DataError
│   ├── SourceNotFoundError
│   ├── UnknownLabelError
│   ├── EmptyClassError
│   └── ManifestError
├── RecipeError
├── TrainingError
│   └── TrainingInterruptedError
├── PretrainedWeightsError
└── LabellingError

A message holds the fact, the value and the way out. ``code`` is stable and machine-readable;
``http_status`` and ``exit_code`` are what the service and the command line answer with. A class
inherits what it does not state.
"""

from __future__ import annotations

from genderlens.errors.base import (
    DatabaseError,
    DetectorError,
    ExitCode,
    GenderlensError,
    MissingExtraError,
    SettingsError,
    StartError,
    UnknownKeyError,
)
from genderlens.errors.models import (
    BundleError,
    BundleIntegrityError,
    BundleNotFoundError,
    JobConflictError,
    JobError,
    JobNotFoundError,
    ModelTrialError,
    PromotionRefusedError,
    RegistryError,
    VersionExistsError,
    VersionNotFoundError,
)
from genderlens.errors.pictures import (
    CorruptImageError,
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    TruncatedImageError,
    UnsupportedFormatError,
)
from genderlens.errors.requests import (
    AuthenticationError,
    BodyTooLargeError,
    CrossOriginError,
    ForbiddenError,
    ForwardedError,
    InvalidBase64Error,
    LabelConflictError,
    MalformedRequestError,
    MissingFileError,
    NotExplainableError,
    NotReadyError,
    OverloadedError,
    PictureMismatchError,
    PoolFullError,
    PrivateModeError,
    RateLimitedError,
    RequestError,
    RequestTimeoutError,
    RetrainingOffError,
    ServiceError,
    StoreTimeoutError,
    TooManyFilesError,
    TurnedOffError,
    UnknownAttributeError,
    UnknownHostError,
    UnsupportedMediaTypeError,
)
from genderlens.errors.suggestions import did_you_mean
from genderlens.errors.training import (
    DataError,
    EmptyClassError,
    LabellingError,
    ManifestError,
    PretrainedWeightsError,
    RecipeError,
    SourceNotFoundError,
    TrainingError,
    TrainingInterruptedError,
    UnknownLabelError,
)
from genderlens.errors.tree import list_errors

__all__ = [
    "AuthenticationError",
    "BodyTooLargeError",
    "BundleError",
    "BundleIntegrityError",
    "BundleNotFoundError",
    "CorruptImageError",
    "CrossOriginError",
    "DataError",
    "DatabaseError",
    "DetectorError",
    "EmptyClassError",
    "ExitCode",
    "ForbiddenError",
    "ForwardedError",
    "GenderlensError",
    "ImageError",
    "ImageTooLargeError",
    "ImageTooSmallError",
    "InvalidBase64Error",
    "JobConflictError",
    "JobError",
    "JobNotFoundError",
    "LabelConflictError",
    "LabellingError",
    "MalformedRequestError",
    "ManifestError",
    "MissingExtraError",
    "MissingFileError",
    "ModelTrialError",
    "NotExplainableError",
    "NotReadyError",
    "OverloadedError",
    "PictureMismatchError",
    "PoolFullError",
    "PretrainedWeightsError",
    "PrivateModeError",
    "PromotionRefusedError",
    "RateLimitedError",
    "RecipeError",
    "RegistryError",
    "RequestError",
    "RequestTimeoutError",
    "RetrainingOffError",
    "ServiceError",
    "SettingsError",
    "SourceNotFoundError",
    "StartError",
    "StoreTimeoutError",
    "TooManyFilesError",
    "TrainingError",
    "TrainingInterruptedError",
    "TruncatedImageError",
    "TurnedOffError",
    "UnknownAttributeError",
    "UnknownHostError",
    "UnknownKeyError",
    "UnknownLabelError",
    "UnsupportedFormatError",
    "UnsupportedMediaTypeError",
    "VersionExistsError",
    "VersionNotFoundError",
    "did_you_mean",
    "list_errors",
]
