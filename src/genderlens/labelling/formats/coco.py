"""COCO detection: https://cocodataset.org/#format-data, with ``score`` as in its results.

Pictures that cannot be read have no size and are left out; those without a face are negatives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from genderlens.labelling.formats import (
    answer_of,
    box_of,
    class_names,
    iterate_pictures,
    label_format,
    read_head,
)
from genderlens.labelling.formats.json_stream import write_document
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan

_FACES_AT_MOST: Final = 10_000
"""Of one picture, so that an annotation's number follows from the picture's."""


@label_format("coco")
def write_coco(job: LabellingJob, plan: ShardPlan) -> None:
    """``labels.coco.json``; a picture's id is its place in the plan, from one."""
    head = read_head(job)
    numbers = {name: number for number, name in enumerate(class_names(head), start=1)}
    opening = {
        "info": {"description": "perceived presentation, labelled by genderlens"},
        "categories": [
            {"id": number, "name": name, "supercategory": "perceived presentation"}
            for name, number in numbers.items()
        ],
    }
    lists = {"images": _images(job, plan), "annotations": _annotations(job, plan, numbers)}
    write_document(job.out / "labels.coco.json", opening, lists)


def _images(job: LabellingJob, plan: ShardPlan) -> Iterator[dict[str, Any]]:
    for index, (row, *_) in iterate_pictures(job, plan):
        if row["width"] is not None:
            size = {"width": row["width"], "height": row["height"]}
            yield {"id": index + 1, "file_name": row["uri"], **size, "outcome": row["outcome"]}


def _annotations(
    job: LabellingJob, plan: ShardPlan, numbers: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    told = read_head(job).probability_columns
    for index, rows in iterate_pictures(job, plan):
        for row in rows:
            answer = answer_of(row)
            if answer is not None:
                probabilities = {name: round(row[name], 6) for name in told}
                yield _annotation(index, row, numbers[answer]) | probabilities


def _annotation(index: int, row: dict[str, Any], category: int) -> dict[str, Any]:
    box = [round(value, 2) for value in box_of(row)]
    return {
        "id": index * _FACES_AT_MOST + row["face_index"] + 1,
        "image_id": index + 1,
        "category_id": category,
        "bbox": box,
        "area": round(box[2] * box[3], 2),
        "iscrowd": 0,
        "score": round(row["confidence"], 6),
    }
