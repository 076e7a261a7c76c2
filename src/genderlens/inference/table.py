"""A manifest through a predictor into a predictions table."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.inference.predictor import Predictor
from genderlens.predictions import predictions_table
from genderlens.types import FacePolicy, Prediction


def predict_manifest(
    predictor: Predictor, manifest: Manifest, *, faces: FacePolicy, progress: bool = True
) -> pa.Table:
    """One row per face result or refusal, labels carried along; see genderlens.predictions."""
    answers = _answers(predictor, manifest, faces, progress=progress)
    return predictions_table(manifest.uris, manifest.labels, answers)


def _answers(
    predictor: Predictor, manifest: Manifest, faces: FacePolicy, *, progress: bool
) -> Iterator[Prediction]:
    contents = tqdm(
        iterate_image_bytes(manifest), total=len(manifest), desc="predicting", disable=not progress
    )
    for content in contents:
        yield from predictor.predict([content], faces=faces)
