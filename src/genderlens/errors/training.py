"""Errors of data sets, recipes, training and labelling."""

from __future__ import annotations

from http import HTTPStatus

from genderlens.errors.base import ExitCode, GenderlensError


class DataError(GenderlensError):
    """A labelled data set cannot be read as one."""

    code = "invalid_data"
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY
    exit_code = ExitCode.DATA


class SourceNotFoundError(DataError):
    """Nothing that a reader understands lies at the given place."""

    code = "source_not_found"
    http_status = HTTPStatus.NOT_FOUND


class UnknownLabelError(DataError):
    """A label that is none of the words asked for."""

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
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY
    exit_code = ExitCode.USAGE


class TrainingError(GenderlensError):
    """Training cannot start, go on or finish."""

    code = "training_failed"
    exit_code = ExitCode.TRAINING


class TrainingInterruptedError(TrainingError):
    """Somebody stopped a training, which can go on from its checkpoint."""

    code = "training_interrupted"


class PretrainedWeightsError(GenderlensError):
    """The weights that a training is to start from are out of reach or do not fit."""

    code = "pretrained_weights"
    exit_code = ExitCode.TRAINING


class LabellingError(GenderlensError):
    """Bulk labelling had to stop; the same command goes on where it did."""

    code = "labelling_stopped"
    exit_code = ExitCode.TRAINING
