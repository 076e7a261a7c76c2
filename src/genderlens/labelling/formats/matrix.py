"""The N×2 matrix of probabilities that cleanlab and NumPy take, and which row is which face."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from genderlens.csv_safety import plain_cell
from genderlens.labelling.formats import iterate_shards, label_format
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.storage import replacing
from genderlens.types import LABELS


@label_format("cleanlab")
def write_matrix(job: LabellingJob, plan: ShardPlan) -> None:
    """``pred_probs.npy`` (float64, columns female and male) and ``pred_probs.csv``.

    A row for each face; pictures without one have no probabilities and are left out.
    """
    count = sum(_has_face(row) for rows in iterate_shards(job, plan) for row in rows)
    with (
        replacing(job.out / "pred_probs.npy") as matrix_path,
        replacing(job.out / "pred_probs.csv") as table_path,
        table_path.open("w", encoding="utf-8", newline="") as stream,
    ):
        matrix = _create(matrix_path, count)
        writer = csv.writer(stream)
        writer.writerow(["row", "uri", "face_index"])
        faces = (row for rows in iterate_shards(job, plan) for row in rows if _has_face(row))
        for place, row in enumerate(faces):
            male = row["probability_male"]
            matrix[place] = 1.0 - male, male
            writer.writerow([place, plain_cell(row["uri"]), row["face_index"]])
        if isinstance(matrix, np.memmap):
            matrix.flush()


def _create(path: Any, count: int) -> Any:
    """On disk; an empty file cannot be mapped, so an empty matrix is written at once."""
    if count:
        return open_memmap(path, mode="w+", dtype=np.float64, shape=(count, len(LABELS)))
    empty = np.zeros((0, len(LABELS)))
    with path.open("wb") as stream:
        np.save(stream, empty)
    return empty


def _has_face(row: dict[str, Any]) -> bool:
    return row["face_index"] is not None
