"""The bundle: a folder with a model and everything that whoever predicts must know about it.

``bundle.json`` describes and signs (SHA-256) the other files. Consumers never know the
architecture; heads, label order, preprocessing, crop geometry and calibration all come from here.
"""

from __future__ import annotations

from genderlens.bundle.description import (
    CARD,
    DATASHEET,
    DESCRIPTION,
    INT8_MODEL,
    MAX_DESCRIPTION_BYTES,
    MODEL,
    NAME_PATTERN,
    BoxJitter,
    CalibrationSpec,
    CropSpec,
    Description,
    Evaluation,
    HeadEvaluation,
    HeadSpec,
    Imported,
    InferenceSpec,
    InputSpec,
    Int8Figures,
    LikeSource,
    Parity,
    PrecisionSpec,
    Provenance,
    StoredGap,
    ThresholdSpec,
)
from genderlens.bundle.loading import default_bundle_path, load_bundle, write_bundle
from genderlens.bundle.opened import Bundle

__all__ = [
    "CARD",
    "DATASHEET",
    "DESCRIPTION",
    "INT8_MODEL",
    "MAX_DESCRIPTION_BYTES",
    "MODEL",
    "NAME_PATTERN",
    "BoxJitter",
    "Bundle",
    "CalibrationSpec",
    "CropSpec",
    "Description",
    "Evaluation",
    "HeadEvaluation",
    "HeadSpec",
    "Imported",
    "InferenceSpec",
    "InputSpec",
    "Int8Figures",
    "LikeSource",
    "Parity",
    "PrecisionSpec",
    "Provenance",
    "StoredGap",
    "ThresholdSpec",
    "default_bundle_path",
    "load_bundle",
    "write_bundle",
]
