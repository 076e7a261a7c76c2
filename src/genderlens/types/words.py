"""The words that every layer shares: policies, modes, scopes and outcomes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

FacePolicy = Literal["single", "largest", "all", "cropped"]
FACE_POLICIES: Final[tuple[FacePolicy, ...]] = ("single", "largest", "all", "cropped")

Tta = Literal["off", "flip", "crops"]
TTA: Final[tuple[Tta, ...]] = ("off", "flip", "crops")
"""Test-time augmentation: one view, its mirror image too, or both at several crops."""

Precision = Literal["auto", "fp32", "int8"]
"""The graph of a bundle that answers: as the bundle says, in float, or quantised."""

Device = Literal["auto", "cpu", "cuda", "openvino", "coreml", "directml"]
DEVICES: Final[tuple[Device, ...]] = ("auto", "cpu", "cuda", "openvino", "coreml", "directml")
"""What graphs run on; ``auto`` chooses among those that give the answers of the CPU."""


class Scope(StrEnum):
    """What an API key opens."""

    PREDICT = "predict"
    """Pictures, history and corrections."""
    TRAIN = "train"
    """Samples and jobs."""
    METRICS = "metrics"
    """The figures about the traffic, and nothing else."""
    ADMIN = "admin"
    """All that, of everybody, and the models."""


class Outcome(StrEnum):
    """What became of one picture."""

    CLASSIFIED = "classified"
    UNCERTAIN = "uncertain"
    NO_PERSON = "no_person"
    MANY_PEOPLE = "many_people"
    UNREADABLE = "unreadable"
