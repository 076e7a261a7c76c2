"""One table of all rows: Parquet, CSV or JSON Lines."""

from __future__ import annotations

import csv
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.csv_safety import plain_cell
from genderlens.labelling.formats import iterate_shards, label_format, read_schema
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.labelling.shard_state import ShardPaths
from genderlens.storage import replacing

_BOX = ("left", "top", "right", "bottom")


@label_format("parquet")
def write_parquet(job: LabellingJob, plan: ShardPlan) -> None:
    """``labels.parquet``: the predictions table, a row group for each shard."""
    with (
        replacing(job.out / "labels.parquet") as path,
        pq.ParquetWriter(path, read_schema(job)) as writer,
    ):
        for number in range(len(plan)):
            writer.write_table(pq.ParquetFile(ShardPaths(job, number).table).read())


@label_format("csv")
def write_csv(job: LabellingJob, plan: ShardPlan) -> None:
    """``labels.csv``: the box in four columns, and no cell that a spreadsheet would run.

    Other lists are numbers with blanks between, in columns at the end.
    """
    schema = read_schema(job)
    names = [field.name for field in schema if not pa.types.is_list(field.type)]
    lists = [field.name for field in schema if pa.types.is_list(field.type) and field.name != "box"]
    with (
        replacing(job.out / "labels.csv") as path,
        path.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow([*names, *_BOX, *lists])
        for rows in iterate_shards(job, plan):
            for row in rows:
                cells = [*(row[name] for name in names), *(row["box"] or [None] * 4)]
                cells += [_joined(row[name]) for name in lists]
                writer.writerow([plain_cell(cell) for cell in cells])


@label_format("jsonl")
def write_jsonl(job: LabellingJob, plan: ShardPlan) -> None:
    """``labels.jsonl``: one JSON object for each row."""
    with (
        replacing(job.out / "labels.jsonl") as path,
        path.open("w", encoding="ascii") as stream,
    ):
        for rows in iterate_shards(job, plan):
            stream.writelines(_line(row) for row in rows)


def _joined(values: list[float] | None) -> str | None:
    return None if values is None else " ".join(f"{value:.6g}" for value in values)


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, allow_nan=False) + "\n"
