"""FiftyOne: the labels of a FiftyOneImageDetectionDataset, and where its pictures lie.

``fo.Dataset.from_dir(dataset_type=fo.types.FiftyOneImageDetectionDataset,
data_path="…/data.json", labels_path="…/labels.json")`` loads them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from genderlens.labelling.formats import (
    answer_of,
    box_of,
    class_names,
    iterate_pictures,
    label_format,
    read_head,
)
from genderlens.labelling.formats.json_stream import write_map
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.storage import replacing


@label_format("fiftyone")
def write_fiftyone(job: LabellingJob, plan: ShardPlan) -> None:
    """``fiftyone/data.json`` and ``fiftyone/labels.json``; unreadable pictures are left out."""
    folder = job.out / "fiftyone"
    _write_paths(job, plan)
    write_map(
        folder / "labels.json", "labels", _labels(job, plan), classes=class_names(read_head(job))
    )


def _write_paths(job: LabellingJob, plan: ShardPlan) -> None:
    with (
        replacing(job.out / "fiftyone" / "data.json") as partial,
        partial.open("w", encoding="ascii") as stream,
    ):
        json.dump({_name(i): rows[0]["uri"] for i, rows in _readable(job, plan)}, stream)


def _labels(
    job: LabellingJob, plan: ShardPlan
) -> Iterator[tuple[str, list[dict[str, Any]] | None]]:
    told = read_head(job).probability_columns
    for index, rows in _readable(job, plan):
        found = [_detection(row, answer, told) for row in rows if (answer := answer_of(row))]
        yield _name(index), found or None


def _readable(job: LabellingJob, plan: ShardPlan) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    return ((i, rows) for i, rows in iterate_pictures(job, plan) if rows[0]["width"] is not None)


def _detection(row: dict[str, Any], answer: str, told: Sequence[str]) -> dict[str, Any]:
    left, top, width, height = box_of(row)
    across, down = row["width"], row["height"]
    box = (left / across, top / down, width / across, height / down)
    return {
        "label": answer,
        "bounding_box": [round(value, 6) for value in box],
        "confidence": round(row["confidence"], 6),
        "attributes": {name: round(row[name], 6) for name in told},
    }


def _name(index: int) -> str:
    return f"{index:09d}"
