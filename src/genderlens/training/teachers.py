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
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.inference.predictor import create_predictor
from genderlens.inference.table import predict_manifest
from genderlens.predictions import table_heads
from genderlens.run_folder import RunFolder
from genderlens.settings import load_settings
from genderlens.storage import replacing
from genderlens.training.inputs.pixels import content_key


def ask_teachers(
    references: Sequence[str], manifest: Manifest, cache_dir: Path, head: Head = GENDER
) -> NDArray[np.float32]:
    """What bundles and run folders say of a head, their mean; asked once, then cached.

    N log-odds of a binary head's positive label, N×labels logarithms of probabilities of another.
    Each picture is taken as a face crop. TrainingError where a teacher is neither, answers other
    labels, or cannot read a picture.
    """
    answers = [_ask_cached(reference, manifest, cache_dir, head) for reference in references]
    mean: NDArray[np.float32] = np.mean(answers, axis=0, dtype=np.float32)
    return mean


def _ask_cached(
    reference: str, manifest: Manifest, cache_dir: Path, head: Head
) -> NDArray[np.float32]:
    teacher = _version(reference)
    asked = f"{teacher} {content_key(manifest)}"
    asked += "" if head == GENDER else f" {head.labels}"
    key = hashlib.sha256(asked.encode()).hexdigest()[:16]
    path = cache_dir / f"teacher-{key}.npy"
    if not path.exists():
        answers = _ask(reference, manifest, head)
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


def _ask(reference: str, manifest: Manifest, head: Head) -> NDArray[np.float32]:
    table = _table(reference, manifest)
    own = table_heads(table.schema)[0]
    if own.labels != head.labels or own.kind != head.kind:
        raise TrainingError(
            f"teacher {reference!r} answers {', '.join(own.labels)} ({own.kind}); the recipe's "
            f"first head is {', '.join(head.labels)} ({head.kind}): give a teacher of that head"
        )
    columns = [table.column(name).to_pylist() for name in head.probability_columns]
    shares = np.clip(np.asarray(columns, dtype=np.float64).T, 1e-6, 1.0 - 1e-6)
    if np.isnan(shares).any():
        uri = manifest.uris[int(np.argmax(np.isnan(shares).any(axis=1)))]
        raise TrainingError(f"teacher {reference!r} cannot judge {uri}; leave that picture out")
    if head.is_binary:
        return np.log(shares[:, 0] / (1.0 - shares[:, 0])).astype(np.float32)
    return np.log(shares).astype(np.float32)


def _table(reference: str, manifest: Manifest) -> pa.Table:
    if _is_bundle(reference):
        predictor = create_predictor(load_settings(model=reference, faces="cropped"))
        return predict_manifest(predictor, manifest, faces="cropped")
    from genderlens.training.predictions import predict_with_run

    return predict_with_run(RunFolder(Path(reference)), manifest)
