"""From our errors to exit codes: one table."""

from __future__ import annotations

from typing import Final

from genderlens import errors

OK: Final = 0
SOME_UNREADABLE: Final = 3
RULE_BROKEN: Final = 10

EXIT_CODES: Final[dict[type[errors.GenderlensError], int]] = {
    errors.SettingsError: 2,
    errors.MissingExtraError: 7,
    errors.DataError: 4,
    errors.SourceNotFoundError: 4,
    errors.UnknownLabelError: 4,
    errors.EmptyClassError: 4,
    errors.ManifestError: 4,
    errors.RecipeError: 2,
    errors.TrainingError: 8,
    errors.TrainingInterruptedError: 8,
    errors.PretrainedWeightsError: 8,
    errors.LabellingError: 8,
    errors.BundleError: 5,
    errors.BundleNotFoundError: 5,
    errors.BundleIntegrityError: 5,
    errors.ModelTrialError: 5,
    errors.RegistryError: 11,
    errors.VersionNotFoundError: 11,
    errors.VersionExistsError: 11,
    errors.PromotionRefusedError: 12,
    errors.JobError: 13,
    errors.JobNotFoundError: 13,
    errors.JobConflictError: 13,
    errors.UnsupportedFormatError: 3,
    errors.TruncatedImageError: 3,
    errors.CorruptImageError: 3,
    errors.ImageTooLargeError: 3,
    errors.ImageTooSmallError: 3,
    errors.DetectorError: 6,
    errors.BodyTooLargeError: 9,
    errors.RequestTimeoutError: 9,
    errors.MalformedRequestError: 9,
    errors.InvalidBase64Error: 9,
    errors.MissingFileError: 9,
    errors.TooManyFilesError: 9,
    errors.UnsupportedMediaTypeError: 9,
    errors.NotReadyError: 9,
    errors.OverloadedError: 9,
    errors.StoreTimeoutError: 9,
    errors.DatabaseError: 4,
    errors.UnknownKeyError: 2,
    errors.ServiceError: 9,
    errors.AuthenticationError: 9,
    errors.ForbiddenError: 9,
    errors.CrossOriginError: 9,
    errors.UnknownHostError: 9,
    errors.ForwardedError: 9,
    errors.NotExplainableError: 9,
    errors.RateLimitedError: 9,
    errors.TurnedOffError: 9,
    errors.RetrainingOffError: 9,
    errors.PrivateModeError: 9,
    errors.PictureMismatchError: 9,
    errors.LabelConflictError: 9,
    errors.PoolFullError: 9,
    errors.StartError: 14,
}
"""Every leaf of the error tree, and what is raised itself above one.

0 success, 1 unexpected, 2 usage, 3 pictures, 4 data, 5 bundle, 6 detector, 7 missing extra,
8 training, 9 service; 10 a rule of ``evaluate --fail-if`` broken; 11 registry, 12 a promotion that
the gates refused, 13 retraining jobs, 14 the service could not start.
"""


def exit_code(error: errors.GenderlensError) -> int:
    """The code of the nearest ancestor in the table, 1 where there is none."""
    for kind in type(error).__mro__:
        if kind in EXIT_CODES:
            return EXIT_CODES[kind]
    return 1
