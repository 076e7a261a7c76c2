"""What the benchmarks share."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from genderlens.cpus import describe_machine
from genderlens.settings import load_settings


def data_folder() -> Path:
    """The folder of labelled photographs, or a clear end."""
    folder = load_settings().data_dir or Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        sys.exit(f"no labelled photographs at {folder}; set GENDERLENS_DATA_DIR (CONTRIBUTING.md)")
    return folder


def machine() -> str:
    """The class of machine that a figure was taken on, with the features of its CPU."""
    return f"{describe_machine()}, no GPU used"


def people_counts(folder: Path) -> Iterator[tuple[int, Path]]:
    """How many people each photograph of COCO shows, and where it lies."""
    files = {path.name: path for path in folder.rglob("*.jpg")}
    with (folder / "persons.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            yield int(row["person_count"]), files[row["file"]]
