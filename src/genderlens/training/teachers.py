"""Soft labels: what the teachers of a recipe say about each training picture."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.bundle import DESCRIPTION, load_bundle
from genderlens.data.manifest import Manifest
from genderlens.errors import TrainingError
from genderlens.inference.predictor import create_predictor
from genderlens.inference.table import predict_manifest
from genderlens.run_folder import RunFolder
from genderlens.settings import load_settings
from genderlens.storage import replacing
from genderlens.training.inputs.pixels import content_key


def ask_teachers(
    references: Sequence[str], manifest: Manifest, cache_dir: Path
) -> NDArray[np.float32]:
    """The mean log-odds of male over bundles and run folders, N; asked once, then cached.

    Each picture is taken as a face crop. TrainingError where a teacher is neither, or cannot read
    a picture.
    """
    answers = [_ask_cached(reference, manifest, cache_dir) for reference in references]
    mean: NDArray[np.float32] = np.mean(answers, axis=0, dtype=np.float32)
    return mean


def _ask_cached(reference: str, manifest: Manifest, cache_dir: Path) -> NDArray[np.float32]:
    teacher = _version(reference)
    key = hashlib.sha256(f"{teacher} {content_key(manifest)}".encode()).hexdigest()[:16]
    path = cache_dir / f"teacher-{key}.npy"
    if not path.exists():
        answers = _ask(reference, manifest)
        with replacing(path) as partial, partial.open("wb") as stream:
            np.save(stream, answers)
    stored: NDArray[np.float32] = np.load(path)
    return stored


def _version(reference: str) -> str:
    if _is_bundle(reference):
        return load_bundle(reference).version
    run = RunFolder(Path(reference))
    if not run.is_finished:
        raise TrainingError(
            f"teacher {reference!r} is neither a bundle nor a finished run; "
            "give 'default', a bundle's folder or a run folder"
        )
    return str(run.read("run.json")["weights_sha256"])


def _is_bundle(reference: str) -> bool:
    return reference == "default" or (Path(reference) / DESCRIPTION).is_file()


def _ask(reference: str, manifest: Manifest) -> NDArray[np.float32]:
    column = _table(reference, manifest).column("probability_male").to_pylist()
    male = np.clip(np.asarray(column, dtype=np.float64), 1e-6, 1.0 - 1e-6)
    if np.isnan(male).any():
        uri = manifest.uris[int(np.argmax(np.isnan(male)))]
        raise TrainingError(f"teacher {reference!r} cannot judge {uri}; leave that picture out")
    return np.log(male / (1.0 - male)).astype(np.float32)


def _table(reference: str, manifest: Manifest) -> pa.Table:
    if _is_bundle(reference):
        predictor = create_predictor(load_settings(model=reference, faces="cropped"))
        return predict_manifest(predictor, manifest, faces="cropped")
    from genderlens.training.predictions import predict_with_run

    return predict_with_run(RunFolder(Path(reference)), manifest)
