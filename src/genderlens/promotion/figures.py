"""What versions measure on the frozen validation set, side by side on the same pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.data.splits.asked import select_split
from genderlens.detection.detectors import create_detector
from genderlens.errors import RegistryError
from genderlens.evaluation.assessment import assess
from genderlens.evaluation.figures.fairness import Group
from genderlens.evaluation.judging import judge_rows
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.inference.predictor import create_predictor
from genderlens.inference.variants import predict_variants
from genderlens.promotion.framing import follow_pictures
from genderlens.registry.address import SCHEME, load_reference
from genderlens.settings import Settings
from genderlens.types import FacePolicy


@dataclass(frozen=True)
class Figures:
    """The figures that gates look at; shares in 0..1, None where there is nothing to measure."""

    pictures: int
    accuracy: float | None
    worst_group_accuracy: float | None
    worst_group: str | None
    ece: float | None
    coverage: float | None
    classify_ms: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def require_gate_data(settings: Settings) -> str:
    """The SOURCE of the frozen pictures; RegistryError where no setting names one."""
    if settings.gate_data is None:
        raise RegistryError(
            "no validation set to judge a version on: set GENDERLENS_GATE_DATA to a SOURCE of "
            "labelled pictures, or force the promotion with a reason"
        )
    return settings.gate_data


def common_head(versions: Sequence[str], settings: Settings) -> Head:
    """The question that all versions answer; RegistryError where they answer in other words."""
    heads = {name: load_reference(f"{SCHEME}{name}", settings).head for name in versions}
    first, own = next(iter(heads.items()))
    for name, head in heads.items():
        if {*head.labels} != {*own.labels}:
            raise RegistryError(
                f"{first} answers {', '.join(own.labels)} and {name} {', '.join(head.labels)}, "
                "which no figure compares; force the promotion with a reason"
            )
    return own


def read_validation_set(settings: Settings, head: Head = GENDER) -> Manifest:
    """The frozen pictures, labelled in a head's words.

    Raises RegistryError where no setting names them.
    """
    manifest = read_source(require_gate_data(settings), head=head)
    if settings.gate_split is not None:
        manifest = select_split(manifest, settings.gate_split, "GENDERLENS_GATE_SPLIT")
    return manifest.require_labels(head.labels)


def judged_faces(version: str, manifest: Manifest, settings: Settings) -> FacePolicy:
    """Which faces count: as the setting says, or as the pictures are for this version."""
    if settings.gate_faces is not None:
        return settings.gate_faces
    bundle = load_reference(f"{SCHEME}{version}", settings)
    return follow_pictures(manifest, bundle, create_detector(threads=settings.threads))


def measure_versions(
    versions: Sequence[str],
    manifest: Manifest,
    settings: Settings,
    *,
    faces: FacePolicy,
    progress: bool = False,
    advance: Callable[[], object] | None = None,
) -> dict[str, Figures]:
    """The figures of each version; they take turns, so that all of them meet the same load.

    ``advance`` is called for every answer.
    """
    predictors = {
        version: create_predictor(
            settings.model_copy(update={"model": f"{SCHEME}{version}", "faces": faces})
        )
        for version in versions
    }
    for predictor in predictors.values():
        predictor.warm_up()
    answers = predict_variants(predictors, manifest, progress=progress, advance=advance)
    by = group_columns(settings)
    return {
        version: _figures(answer.table, answer.classify_ms, manifest, by, settings.gate_min_group)
        for version, answer in answers.items()
    }


def group_columns(settings: Settings) -> tuple[str, ...]:
    """The columns that ``gate_by`` names."""
    return tuple(name.strip() for name in settings.gate_by.split(",") if name.strip())


def _figures(
    table: pa.Table, classify_ms: float, manifest: Manifest, by: tuple[str, ...], smallest: int
) -> Figures:
    rows = judge_rows(table, by=by, manifest=manifest)
    assessment = assess(rows, smallest=smallest)
    measured = {name: _finite(figure.value) for name, figure in assessment.metrics.items()}
    worst = _worst(assessment.groups, smallest)
    return Figures(
        pictures=assessment.pictures,
        accuracy=measured["accuracy"],
        worst_group_accuracy=worst.rates["accuracy"].value if worst else None,
        worst_group=worst.name if worst else None,
        ece=measured["ece"],
        coverage=measured["coverage"],
        classify_ms=round(classify_ms, 3),
    )


def _worst(groups: Sequence[Group], smallest: int) -> Group | None:
    large = [group for group in groups if not group.is_small(smallest)]
    return min(large, key=lambda group: group.rates["accuracy"].value, default=None)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
