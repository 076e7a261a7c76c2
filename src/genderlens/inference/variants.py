"""Several ways to ask, on the same pictures and side by side: what each answers, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

import pyarrow as pa
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.heads import Head
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.inference.questions import Questions
from genderlens.predictions import predictions_table
from genderlens.settings import Settings
from genderlens.types import TTA, Prediction


class AnsweringModel(Protocol):
    """What answers encoded pictures: a Predictor, or what counts the time of one."""

    @property
    def questions(self) -> Questions:
        """The heads that it answers."""

    def predict(self, contents: Sequence[bytes]) -> list[Prediction]:
        """One answer for each picture, in order."""


@dataclass(frozen=True)
class Answers:
    """What one variant said, and the median time it took to classify a picture."""

    table: pa.Table
    classify_ms: float


def create_variants(settings: Settings) -> dict[str, Predictor]:
    """Every test-time augmentation of the model; of an ensemble each member as well, plain."""
    members = [part.strip() for part in settings.model.split(",")]
    changes = {f"only {name}": {"model": name, "tta": "off"} for name in members[1:] and members}
    changes |= {name: {"tta": name} for name in TTA}
    return {
        name: create_predictor(settings.model_copy(update=change))
        for name, change in changes.items()
    }


def predict_variants(
    predictors: Mapping[str, AnsweringModel],
    manifest: Manifest,
    *,
    progress: bool = True,
    advance: Callable[[], object] | None = None,
) -> dict[str, Answers]:
    """The variants take turns on every picture, so that all of them meet the same load.

    ``advance`` is called for every answer.
    """
    found: dict[str, list[Prediction]] = {name: [] for name in predictors}
    contents = tqdm(
        iterate_image_bytes(manifest), total=len(manifest), desc="variants", disable=not progress
    )
    for content in contents:
        for name, predictor in predictors.items():
            found[name] += predictor.predict([content])
            if advance is not None:
                advance()
    return {
        name: _answers(manifest, answers, predictors[name].questions.select())
        for name, answers in found.items()
    }


def _answers(manifest: Manifest, answers: list[Prediction], heads: Sequence[Head]) -> Answers:
    spent = [a.timings_ms["classify"] for a in answers if "classify" in a.timings_ms]
    table = predictions_table(manifest.uris, manifest.labels, answers, heads=heads)
    return Answers(table, median(spent) if spent else 0.0)
