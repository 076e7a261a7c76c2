"""Answers of a video as tables: frames and tracks as Parquet, CSV and JSON Lines, counts as CSV."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.csv_safety import plain_cell
from genderlens.heads import Head
from genderlens.storage import replacing
from genderlens.video.answers import frame_columns
from genderlens.video.tracker import Track, track_columns

LEAST_FRAMES: Final = 2
"""A face that was found in a single frame is not counted as a person."""
UNCERTAIN: Final = "uncertain"
_ROWS: Final = 10_000
_WHOLE: Final = {"frame", "track", "frames"}
_WORDS: Final = {"outcome", "label"}


def write_tables(folder: Path, head: Head, tracks: Sequence[Track], end_s: float) -> None:
    """All of them, beside the ``frames.jsonl`` that is there; a piece is in memory at a time."""
    frames = folder / "frames.jsonl"
    rows = [track.to_row() for track in tracks]
    _write_parquet(folder / "frames.parquet", frame_columns(head), read_rows(frames))
    _write_csv(folder / "frames.csv", frame_columns(head), read_rows(frames))
    _write_parquet(folder / "tracks.parquet", track_columns(head), rows)
    _write_csv(folder / "tracks.csv", track_columns(head), rows)
    with replacing(folder / "tracks.jsonl") as path, path.open("w", encoding="ascii") as stream:
        stream.writelines(json.dumps(row, allow_nan=False) + "\n" for row in rows)
    counts = count_people(read_rows(frames), head, tracks, end_s)
    _write_csv(folder / "counts.csv", count_columns(head), counts)


def count_columns(head: Head) -> tuple[str, ...]:
    """Of the table of people in each second."""
    return ("second", "people", *head.labels, UNCERTAIN)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of ``frames.jsonl``."""
    with path.open(encoding="ascii") as stream:
        for line in stream:
            yield json.loads(line)


def count_people(
    rows: Iterable[dict[str, Any]], head: Head, tracks: Sequence[Track], end_s: float
) -> Iterator[dict[str, int]]:
    """For each second of the video, how many different tracks were seen, by their final answer."""
    said = {t.number: t.label or UNCERTAIN for t in tracks if t.frames >= LEAST_FRAMES}
    second = 0
    for now, group in groupby(rows, key=lambda row: int(row["time_s"])):
        yield from (_count(head, empty, ()) for empty in range(second, now))
        numbers = {row["track"] for row in group}
        yield _count(head, now, [said[number] for number in numbers if number in said])
        second = now + 1
    yield from (_count(head, empty, ()) for empty in range(second, int(end_s) + 1))


def _count(head: Head, second: int, words: Sequence[str]) -> dict[str, int]:
    counts = Counter(words)
    labels = {word: counts[word] for word in (*head.labels, UNCERTAIN)}
    return {"second": second, "people": len(words), **labels}


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    with replacing(path) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([plain_cell(row[name]) for name in columns] for row in rows)


def _write_parquet(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    schema = pa.schema([(name, _type_of(name)) for name in columns])
    waiting = iter(rows)
    with replacing(path) as draft, pq.ParquetWriter(draft, schema) as writer:
        while part := list(islice(waiting, _ROWS)):
            writer.write_table(pa.Table.from_pylist(part, schema))


def _type_of(column: str) -> pa.DataType:
    if column in _WHOLE:
        return pa.int64()
    return pa.string() if column in _WORDS else pa.float64()
