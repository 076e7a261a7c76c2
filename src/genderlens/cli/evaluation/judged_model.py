"""The model that ``evaluate`` judges, asked as it serves or in every way side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from genderlens.data.manifest import Manifest
from genderlens.evaluation.variants import Variant, compare_variants
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.inference.table import predict_manifest
from genderlens.inference.variants import create_variants, predict_variants
from genderlens.settings import Settings
from genderlens.types import Prediction

_MIXED: Final = "as it serves"
"""An ensemble whose members recommend different views, which is none of the variants."""


@dataclass(frozen=True)
class ModelAnswers:
    """What the model answered as it serves, in so many seconds, reading included."""

    predictor: Predictor
    table: pa.Table
    spent_s: float
    variants: list[Variant] = field(default_factory=list)


class _Clocked:
    """A predictor that counts the seconds for which it is asked."""

    def __init__(self, predictor: Predictor) -> None:
        self.spent_s = 0.0
        self.questions = predictor.questions
        self._predictor = predictor

    def predict(self, contents: Sequence[bytes]) -> list[Prediction]:
        start = time.perf_counter()
        answers = self._predictor.predict(contents)
        self.spent_s += time.perf_counter() - start
        return answers


def ask_model(settings: Settings, manifest: Manifest, poses: Sequence[str] = ()) -> ModelAnswers:
    """The model as it serves, and nothing else; ``poses`` as ``predict_manifest`` takes them."""
    predictor = create_predictor(settings)
    start = time.perf_counter()
    table = predict_manifest(predictor, manifest, faces=settings.faces, poses=poses)
    return ModelAnswers(predictor, table, time.perf_counter() - start)


def ask_variants(settings: Settings, manifest: Manifest) -> ModelAnswers:
    """Every way to ask, each once; what serves is one of them, unless an ensemble is mixed."""
    predictors = create_variants(settings)
    compared = tuple(predictors)
    served = _served(settings, predictors)
    if served not in predictors:
        predictors[served] = create_predictor(settings)
    clocked = {name: _Clocked(predictor) for name, predictor in predictors.items()}
    start = time.perf_counter()
    answers = predict_variants(clocked, manifest)
    elapsed_s = time.perf_counter() - start
    others_s = sum(other.spent_s for name, other in clocked.items() if name != served)
    variants = compare_variants(
        {name: answers[name].table for name in compared},
        {name: answers[name].classify_ms for name in compared},
    )
    return ModelAnswers(predictors[served], answers[served].table, elapsed_s - others_s, variants)


def _served(settings: Settings, variants: Mapping[str, Predictor]) -> str:
    """The name of the variant that the settings mean."""
    bundles = variants["off"].bundles
    views = {settings.tta or bundle.description.inference.tta for bundle in bundles}
    return views.pop() if len(views) == 1 else _MIXED
