"""The work unit: every picture of one shard to rows, the same on every machine.

Rows go to disk first, the sidecar last; whatever an interrupted run left is written over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.cpus import map_in_threads
from genderlens.errors import DetectorError, LabellingError
from genderlens.heads import Head
from genderlens.inference.predictor import Predictor
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.inputs.reading import Unread, iterate_encoded
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.outputs.artifacts import (
    doubtful_rows,
    encode_crops,
    start_folder,
    write_review,
    write_review_table,
)
from genderlens.labelling.outputs.crops import CropWriter
from genderlens.labelling.outputs.fingerprints import (
    ItemFingerprint,
    take_fingerprint,
    write_fingerprints,
)
from genderlens.labelling.plan import BY_SOURCE, ShardPlan
from genderlens.labelling.progress import ShardProgress
from genderlens.labelling.shard_state import ShardPaths, finish_shard, shard_key, start_shard
from genderlens.labelling.tally import Tally
from genderlens.pictures.imaging import decode_image
from genderlens.predictions import prediction_rows, predictions_schema
from genderlens.storage import replacing
from genderlens.types import Prediction

THREADS: Final = 2
"""Pictures of a worker in work at a time: one is decoded or waited for while another is in the
models, which run on one thread and hold no lock."""

Stopped = Callable[[], bool]


def shard_schema(heads: Sequence[Head]) -> pa.Schema:
    """The predictions table and the size of the upright picture in pixels, null: unreadable."""
    schema = predictions_schema(heads)
    for name in ("width", "height"):
        schema = schema.append(pa.field(name, pa.int32()))
    return schema


@dataclass(frozen=True)
class _Labelled:
    """One answer and what is left of its picture."""

    answer: Prediction
    size: tuple[int, int] | None = None
    crops: list[bytes] = field(default_factory=list)
    look: ItemFingerprint | None = None
    content: bytes | None = None
    """Of an uncertain picture that is wanted for review."""


def label_shard(
    job: LabellingJob,
    plan: ShardPlan,
    number: int,
    predictor: Predictor,
    stopped: Stopped = lambda: False,
) -> None:
    """Label one shard and write everything of it, asking before each picture whether to stop.

    Raises LabellingError where it had to stop; the shard is then not done, and nothing is lost.
    """
    paths, items = ShardPaths(job, number), plan.items(number)
    progress = ShardProgress(paths.progress, len(items))
    progress.tell()
    try:
        start_shard(paths)
        writer = _ShardWriter(job, paths, plan, predictor)
        answers = _label(job, predictor, items, progress)
        for item, labelled in zip(items, answers, strict=True):
            if stopped():
                raise LabellingError("stopped; run the same command again to go on")
            with progress.stage("write"):
                writer.add(item, labelled)
            progress.advance(labelled.answer.timings_ms)
        with progress.stage("write"):
            writer.finish(shard_key(job, plan.keys[number]))
    except OSError as error:
        raise LabellingError(
            f"cannot write to {job.out}: {error}; make room or mend it and run the same command "
            "again, which goes on there"
        ) from error
    progress.tell()


def _label(
    job: LabellingJob, predictor: Predictor, items: list[Item], progress: ShardProgress
) -> Iterator[_Labelled]:
    contents = progress.timed("read", iterate_encoded(items, job.source))
    yield from map_in_threads(partial(_label_one, job, predictor), contents, workers=THREADS)


def _label_one(job: LabellingJob, predictor: Predictor, content: bytes | Unread) -> _Labelled:
    if isinstance(content, Unread):
        return _Labelled(predictor.refuse(content.code, content.text))
    try:
        answer, photo = predictor.predict_photo(content)
    except DetectorError as error:
        return _Labelled(predictor.refuse(error.code, error.message))
    if photo is None:
        return _Labelled(answer)
    doubtful = any(face.prediction is None for face in answer.faces)
    return _Labelled(
        answer,
        photo.size,
        _crop(job, predictor, content, answer) if job.crops and answer.faces else [],
        take_fingerprint(content, photo.image) if job.fingerprints else None,
        content if doubtful and job.uncertain_to else None,
    )


def _crop(
    job: LabellingJob, predictor: Predictor, content: bytes, answer: Prediction
) -> list[bytes]:
    """From all the pixels there are, of which the models may have seen fewer."""
    image = decode_image(content, max_pixels=job.settings.max_pixels)
    return encode_crops(image, answer, predictor.bundle)


class _ShardWriter:
    """Gathers the rows of a shard; pictures beside them are written as they come."""

    def __init__(
        self, job: LabellingJob, paths: ShardPaths, plan: ShardPlan, predictor: Predictor
    ) -> None:
        self._job, self._paths = job, paths
        self._heads, self._device = predictor.questions.select(), predictor.device
        self._tally, self._rows = Tally(), list[dict[str, Any]]()
        self._looks, self._reviews = (
            list[tuple[str, str, ItemFingerprint | None]](),
            list[dict[str, Any]](),
        )
        labelled = plan.crops == BY_SOURCE
        self._crops = CropWriter(job.crops, paths, labelled=labelled) if job.crops else None
        self._review = start_folder(job.uncertain_to / paths.name) if job.uncertain_to else None

    def add(self, item: Item, labelled: _Labelled) -> None:
        """The next picture of the plan."""
        uri = item.uri
        answer, index = labelled.answer, self._tally.pictures
        width, height = labelled.size or (None, None)
        for row in prediction_rows(uri, None, answer):
            self._rows.append({**row, "width": width, "height": height})
        self._tally.count(uri, answer, self._device)
        if self._crops is not None:
            self._crops.write(index, item, answer, labelled.crops)
        if self._review is not None and labelled.content is not None:
            name = write_review(self._review, index, uri, labelled.content)
            self._reviews += doubtful_rows(name, uri, answer)
        if self._job.fingerprints:
            self._looks.append((uri, answer.outcome.value, labelled.look))

    def finish(self, key: str) -> None:
        """Everything to disk, the sidecar last."""
        if self._review is not None:
            write_review_table(self._review, self._heads[0], self._reviews)
        if self._job.fingerprints:
            write_fingerprints(self._looks, self._paths.looks)
        with replacing(self._paths.table) as path:
            pq.write_table(pa.Table.from_pylist(self._rows, schema=shard_schema(self._heads)), path)
        finish_shard(self._paths, self._tally.to_dict(), key)
