"""A manifest through a predictor into a predictions table."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor
from genderlens.predictions import predictions_table
from genderlens.types import FacePolicy, Prediction


def predict_manifest(
    predictor: Predictor, manifest: Manifest, *, faces: FacePolicy, progress: bool = True
) -> pa.Table:
    """One row per face result or refusal, labels carried along; see genderlens.predictions."""
    answers = answer_manifest(predictor, manifest, faces=faces, progress=progress)
    told = (answer for answer, _ in answers)
    heads = predictor.questions.select()
    return predictions_table(manifest.uris, manifest.labels, told, heads=heads)


def answer_manifest(
    predictor: Predictor, manifest: Manifest, *, faces: FacePolicy, progress: bool = True
) -> Iterator[tuple[Prediction, Photo | None]]:
    """The answer for each picture in order, and the photo that it is about, if it can be read."""
    contents = tqdm(
        iterate_image_bytes(manifest), total=len(manifest), desc="predicting", disable=not progress
    )
    for content in contents:
        yield predictor.predict_photo(content, faces=faces)
