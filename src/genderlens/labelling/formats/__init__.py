"""Formats: each turns the finished shards into files for one tool, a shard in memory at a time.

A format is a function under ``@label_format`` in a file of this folder.

The shards themselves are tables of predictions, so another format costs no further inference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.discovery import import_modules
from genderlens.errors import SettingsError, did_you_mean
from genderlens.heads import Head
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.labelling.shard_state import ShardPaths
from genderlens.predictions import table_heads
from genderlens.types import Outcome

Write = Callable[[LabellingJob, ShardPlan], None]
"""Write everything of one format below ``job.out``, each file atomically."""
Rows = list[dict[str, Any]]

_WRITERS: dict[str, Write] = {}


def label_format(name: str) -> Callable[[Write], Write]:
    """Register a writer under the name that ``--format`` takes."""

    def register(write: Write) -> Write:
        _WRITERS[name] = write
        return write

    return register


def list_formats() -> list[str]:
    """Every format that can be written, the table itself first."""
    import_modules(__name__)
    return sorted(_WRITERS, key=lambda name: (name != "parquet", name))


def load_writer(name: str) -> Write:
    """The writer of a format; SettingsError for an unknown one."""
    known = list_formats()
    if name not in known:
        near = did_you_mean(name, known)
        raise SettingsError(
            f"--format {name!r} is not known; give some of {', '.join(known)}{near}"
        )
    return _WRITERS[name]


def read_schema(job: LabellingJob) -> pa.Schema:
    """The columns of the shards, which are alike."""
    return pq.read_schema(ShardPaths(job, 0).table)


def read_head(job: LabellingJob) -> Head:
    """The question whose answers the shards hold."""
    return table_heads(read_schema(job))[0]


def class_names(head: Head) -> list[str]:
    """What ``answer_of`` may give, in the order of class numbers."""
    return [*head.labels, Outcome.UNCERTAIN.value]


def iterate_shards(job: LabellingJob, plan: ShardPlan) -> Iterator[Rows]:
    """The rows of each shard, in order."""
    for number in range(len(plan)):
        yield pq.ParquetFile(ShardPaths(job, number).table).read().to_pylist()


def iterate_pictures(job: LabellingJob, plan: ShardPlan) -> Iterator[tuple[int, Rows]]:
    """(position in the plan, rows) of each picture: one for each face, or one refusal."""
    index = 0
    for rows in iterate_shards(job, plan):
        picture: Rows = []
        for row in rows:
            if picture and not row["face_index"]:
                yield index, picture
                index, picture = index + 1, []
            picture.append(row)
        if picture:
            yield index, picture
            index += 1


def answer_of(row: dict[str, Any]) -> str | None:
    """What a face is shown as: its label or ``uncertain``; None for a refusal."""
    if row["face_index"] is None:
        return None
    answer: str = row["prediction"] or row["outcome"]
    return answer


def box_of(row: dict[str, Any]) -> tuple[float, float, float, float]:
    """Left, top, width and height of a face in pixels; of the whole picture where it is the face.

    A box may reach beyond the picture; what other tools get is the part inside.
    """
    width, height = float(row["width"]), float(row["height"])
    left, top, right, bottom = row["box"] or (0.0, 0.0, width, height)
    left, top = max(0.0, left), max(0.0, top)
    right, bottom = min(width, right), min(height, bottom)
    return left, top, max(0.0, right - left), max(0.0, bottom - top)
