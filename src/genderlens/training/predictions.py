"""A finished run's answers, as the predictions table that evaluation reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import torch
from torch import nn
from tqdm import tqdm

from genderlens.calibration import Calibration
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.heads import Head
from genderlens.pictures.imaging import RgbArray, decode_image, normalize, resize_region
from genderlens.predictions import predictions_table, write_predictions
from genderlens.recipe import InputRecipe
from genderlens.run_folder import RunFolder
from genderlens.training.inputs.pixels import PixelSpec, load_pixels
from genderlens.training.weights.layout import load_run_network
from genderlens.types import FaceResult, Outcome, Prediction

JUDGING: Final = ("calibration", "val", "test")
"""The splits that teach nothing."""
_BATCH: Final = 64


def write_run_predictions(
    run: RunFolder, network: nn.Module, manifest: Manifest, cache_dir: Path
) -> None:
    """A table for each split that judges: ``calibration``, ``val``, ``test`` where they exist."""
    network, spec = network.cpu().eval(), run.recipe().input
    for split in JUDGING:
        rows = manifest.select(split)
        if len(rows):
            pixels = load_pixels(rows, PixelSpec(spec.shape(), spec.interpolation), cache_dir)
            outputs = predict_pixels(network, spec, pixels)
            write_predictions(_table(rows, outputs, run), run.predictions(split))


def predict_with_run(run: RunFolder, manifest: Manifest) -> pa.Table:
    """Every picture taken as a face crop; see genderlens.predictions."""
    spec = run.recipe().input
    contents = iterate_image_bytes(manifest)
    watched = tqdm(contents, total=len(manifest), desc="predicting", delay=1.0)
    pixels = (
        resize_region(decode_image(content), spec.shape(), interpolation=spec.interpolation)
        for content in watched
    )
    outputs = predict_pixels(load_run_network(run), spec, pixels)
    return _table(manifest, outputs, run)


def predict_pixels(
    network: nn.Module, spec: InputRecipe, pictures: Iterable[RgbArray]
) -> list[list[float]]:
    """The logits of each picture, which has the input's height and width."""
    logits: list[list[float]] = []
    batch: list[RgbArray] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) == _BATCH:
            logits += _logits(network, spec, batch)
            batch = []
    return logits + (_logits(network, spec, batch) if batch else [])


def _logits(network: nn.Module, spec: InputRecipe, batch: list[RgbArray]) -> list[list[float]]:
    values = torch.from_numpy(normalize(np.stack(batch), spec.mean, spec.std))
    with torch.inference_mode():
        outputs: list[list[float]] = network(values).double().tolist()
    return outputs


def _table(manifest: Manifest, outputs: list[list[float]], run: RunFolder) -> pa.Table:
    heads = run.recipe().shipped_heads
    answers = (_answer(heads, logits, run.path.name) for logits in outputs)
    return predictions_table(manifest.uris, manifest.labels, answers, heads=heads)


def _answer(heads: Sequence[Head], logits: list[float], version: str) -> Prediction:
    """The answers of every head, none of them uncertain: nothing is calibrated yet."""
    told, start = [], 0
    for head in heads:
        calibration = Calibration(abstain_below=0.0)
        told.append(calibration.answer(head, logits[start : start + head.width]))
        start += head.width
    face = FaceResult(told[0], box=None, detection_score=None, attributes=tuple(told[1:]))
    return Prediction(Outcome.CLASSIFIED, 1, version, (face,))
