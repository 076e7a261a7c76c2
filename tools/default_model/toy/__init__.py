"""Everything small: two tiny networks, and a few faces of each label and age."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from genderlens.data.manifest import write_manifest
from genderlens.data.manifest_files import with_absolute_addresses
from genderlens.data.readers import read_source

TOY_PLAN: Final = Path(__file__).with_name("plan.yaml")
TOY_RECIPE: Final = Path(__file__).with_name("recipe.yaml")
_OF_EACH: Final = 4
"""Faces of each split, label and age."""


def write_sample(data: str, out: Path) -> Path:
    """A manifest of the first few faces of each kind in ``out``; the one that is there stays."""
    path = out / "sample.parquet"
    if path.is_file():
        return path
    manifest = read_source(data)
    seen, rows = Counter[tuple[object, ...]](), list[int]()
    kinds = zip(manifest.column("split"), manifest.labels, manifest.column("age"), strict=True)
    for row, kind in enumerate(kinds):
        if seen[kind] < _OF_EACH:
            rows.append(row)
        seen[kind] += 1
    out.mkdir(parents=True, exist_ok=True)
    write_manifest(with_absolute_addresses(manifest.take(rows)), path)
    return path
