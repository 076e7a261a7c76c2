"""What somebody who reads a bundle's first figures must know to understand them."""

from __future__ import annotations

from typing import Final

from genderlens.bundle import Description, Evaluation
from genderlens.calibration import FEW_LOGITS, MOST_TEMPERATURE

MOST_SCALE: Final = 3.0
"""Crops and aligned portraits are one to two faces wide."""
_NEAR_THE_END: Final = 0.95
UNCALIBRATED: Final = (
    "It is uncalibrated: no labelled pictures have told what its scores mean, so its confidences "
    "are no probabilities and no threshold is known. Fit it: genderlens calibrate BUNDLE --data "
    "SOURCE --out BUNDLE."
)


def list_notes(description: Description) -> list[str]:
    """One sentence for each thing that is unusual; none for a model like the shipped one."""
    notes = _framing_notes(description) + _calibration_notes(description)
    if not description.is_calibrated:
        notes.insert(0, UNCALIBRATED)
    if description.evaluation is not None:
        notes += _evaluation_notes(description.evaluation, _chance(description))
    return notes


def certain_count(evaluation: Evaluation) -> int:
    """How many pictures got a label, of those with an answer."""
    return round((1.0 - evaluation.abstained.value) * evaluation.abstained.count)


def _framing_notes(description: Description) -> list[str]:
    scale = description.crop.scale
    if scale <= MOST_SCALE:
        return []
    return [
        f"The pictures it was trained on are {scale:.1f} times as wide as the faces in them: these "
        "are whole photos and no face crops, so that it learned surroundings as well. Cut crops "
        "first: genderlens label PHOTOS --out labels --crops crops."
    ]


def _calibration_notes(description: Description) -> list[str]:
    own, notes = description.calibration, []
    if 0 < own.count < FEW_LOGITS:
        notes.append(
            f"Only {own.count} pictures calibrated it, too few for confidences to be exact: they "
            "are kept modest, so that a few right answers do not pass for certainty."
        )
    if own.temperature >= _NEAR_THE_END * MOST_TEMPERATURE:
        notes.append(
            f"The temperature {own.temperature:.1f} is the highest that is tried: on the "
            "calibration pictures its scores tell next to nothing about the labels, so that every "
            f"confidence is near {100 * _chance(description):.0f} %."
        )
    return notes


def _chance(description: Description) -> float:
    """What guessing among the labels gives."""
    return 1.0 / len(description.labels)


def _evaluation_notes(evaluation: Evaluation, chance: float) -> list[str]:
    overall, notes = evaluation.overall, []
    if overall.low <= chance:
        notes.append(
            f"Its accuracy of {overall.value:.1%} ({overall.low:.1%} – {overall.high:.1%}) on "
            f"{overall.count:,} pictures is no better than guessing, as far as so few tell. More "
            "pictures or longer training help, or a teacher: train with --set "
            '"teacher=[default]".'
        )
    if not certain_count(evaluation):
        notes.append(
            "Every answer was uncertain, so that no picture got a label: it is not ready to serve."
        )
    return notes
