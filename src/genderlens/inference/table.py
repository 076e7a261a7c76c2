"""A manifest through a predictor into a predictions table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.inference.photo import Photo
from genderlens.inference.poses import pose_rows
from genderlens.inference.predictor import Predictor
from genderlens.predictions import predictions_table
from genderlens.types import FacePolicy, Prediction


def predict_manifest(
    predictor: Predictor,
    manifest: Manifest,
    *,
    faces: FacePolicy,
    progress: bool = True,
    poses: Sequence[str] = (),
) -> pa.Table:
    """One row per face result or refusal, labels carried along; see genderlens.predictions.

    ``poses``: further columns, of genderlens.inference.poses.
    """
    seen: list[dict[str, str | None]] = []

    def answers() -> Iterator[Prediction]:
        for answer, _ in answer_manifest(predictor, manifest, faces=faces, progress=progress):
            seen.extend(pose_rows(answer) if poses else ())
            yield answer

    heads = predictor.questions.select()
    table = predictions_table(manifest.uris, manifest.labels, answers(), heads=heads)
    for name in poses:
        table = table.append_column(name, pa.array([row[name] for row in seen], pa.string()))
    return table


def answer_manifest(
    predictor: Predictor, manifest: Manifest, *, faces: FacePolicy, progress: bool = True
) -> Iterator[tuple[Prediction, Photo | None]]:
    """The answer for each picture in order, and the photo that it is about, if it can be read."""
    contents = tqdm(
        iterate_image_bytes(manifest), total=len(manifest), desc="predicting", disable=not progress
    )
    for content in contents:
        yield predictor.predict_photo(content, faces=faces)
