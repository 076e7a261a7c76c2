"""Hugging Face ``imagefolder``: pictures beside a ``metadata.csv`` that says what each shows.

Local files are hard links where the file system allows it, so that they take no space; what lies
in containers or a cloud is copied. Unreadable pictures are left out, because loaders stop there.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from genderlens.csv_safety import plain_cell
from genderlens.labelling.formats import Rows, iterate_pictures, label_format, read_head
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.inputs.reading import Unread, iterate_encoded
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.outputs.artifacts import picture_suffix
from genderlens.labelling.plan import ShardPlan
from genderlens.remote import is_remote
from genderlens.storage import replacing, split_fragment, write_bytes_atomically


@label_format("imagefolder")
def write_imagefolder(job: LabellingJob, plan: ShardPlan) -> None:
    """``imagefolder/metadata.csv`` and a folder for each shard; of several faces the first counts.

    The pictures are read once more, except where they can be linked.
    """
    folder = job.out / "imagefolder"
    shutil.rmtree(folder, ignore_errors=True)  # a picture without metadata would be an error
    with (
        replacing(folder / "metadata.csv") as partial,
        partial.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream)
        told = read_head(job).probability_columns
        columns = ("outcome", "prediction", "confidence", *told, "person_count", "uri")
        writer.writerow(["file_name", *columns])
        shards = groupby(iterate_pictures(job, plan), lambda pair: pair[0] // plan.shard_size)
        for number, pictures in shards:
            readable = [(i, rows) for i, rows in pictures if rows[0]["width"] is not None]
            for name, row in _place(job, folder, f"{number:05d}", readable):
                writer.writerow([name, *(plain_cell(row[column]) for column in columns)])


def _place(
    job: LabellingJob, folder: Path, shard: str, pictures: list[tuple[int, Rows]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    (folder / shard).mkdir()
    copied = []
    for index, (row, *_) in pictures:
        name = _link(row["uri"], folder, f"{shard}/{index:09d}")
        if name:
            yield name, row
        else:
            copied.append((index, row))
    contents = iterate_encoded([Item(row["uri"]) for _, row in copied], job.source)
    for (index, row), content in zip(copied, contents, strict=True):
        if not isinstance(content, Unread):
            name = f"{shard}/{index:09d}.{picture_suffix(content)}"
            write_bytes_atomically(folder / name, content)
            yield name, row


def _link(uri: str, folder: Path, stem: str) -> str | None:
    """The name of a hard link to a local file; None where there cannot be one."""
    if is_remote(uri) or split_fragment(uri)[1] is not None:
        return None
    try:
        with Path(uri).open("rb") as stream:
            name = f"{stem}.{picture_suffix(stream.read(4096))}"
        os.link(os.path.realpath(uri), folder / name)
    except OSError:
        return None
    return name
