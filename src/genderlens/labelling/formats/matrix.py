"""The N×labels matrix of probabilities for cleanlab and NumPy, and which row is which face."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from genderlens.csv_safety import plain_cell
from genderlens.labelling.formats import iterate_shards, label_format, read_head
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.storage import replacing


@label_format("cleanlab")
def write_matrix(job: LabellingJob, plan: ShardPlan) -> None:
    """``pred_probs.npy`` (float64, a column for each label in their order) and ``pred_probs.csv``.

    A row for each face; pictures without one have no probabilities and are left out.
    """
    count = sum(_has_face(row) for rows in iterate_shards(job, plan) for row in rows)
    with (
        replacing(job.out / "pred_probs.npy") as matrix_path,
        replacing(job.out / "pred_probs.csv") as table_path,
        table_path.open("w", encoding="utf-8", newline="") as stream,
    ):
        head = read_head(job)
        matrix = _create(matrix_path, count, len(head.labels))
        writer = csv.writer(stream)
        writer.writerow(["row", "uri", "face_index"])
        faces = (row for rows in iterate_shards(job, plan) for row in rows if _has_face(row))
        for place, row in enumerate(faces):
            told = [row[name] for name in head.probability_columns]
            matrix[place] = [1.0 - told[0], told[0]] if head.is_binary else told
            writer.writerow([place, plain_cell(row["uri"]), row["face_index"]])
        if isinstance(matrix, np.memmap):
            matrix.flush()


def _create(path: Any, count: int, labels: int) -> Any:
    """On disk; an empty file cannot be mapped, so an empty matrix is written at once."""
    if count:
        return open_memmap(path, mode="w+", dtype=np.float64, shape=(count, labels))
    empty = np.zeros((0, labels))
    with path.open("wb") as stream:
        np.save(stream, empty)
    return empty


def _has_face(row: dict[str, Any]) -> bool:
    return row["face_index"] is not None
