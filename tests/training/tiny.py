"""A recipe that trains in a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from genderlens.data.manifest import Manifest
from genderlens.recipe import Recipe

TINY: dict[str, Any] = {
    "name": "tiny",
    "seed": 3,
    "data": {"calibration_fraction": 0.45, "store_px": 40},
    "model": {"architecture": "compact_resnet", "options": {"channels": [8, 8, 8, 8]}},
    "input": {"size_px": 32},
    "phases": [{"epochs": 1}],
    "optim": {"batch_size": 8, "learning_rate": 0.05},
}
STILL: dict[str, float] = {"erase_p": 0.0, "grey_p": 0.0, "hue_deg": 0.0}
"""Augmentation that leaves the colours, which are all that the pictures of tests tell."""


def tiny(**changes: Any) -> Recipe:
    """The recipe with whole parts replaced, except that ``optim`` keeps what is not given."""
    optim = TINY["optim"] | changes.pop("optim", {})
    return Recipe.model_validate(TINY | {"optim": optim} | changes)


def with_splits(manifest: Manifest, splits: Sequence[str]) -> Manifest:
    """The splits in turn, so that each gets both labels."""
    return manifest.with_column("split", [splits[i % len(splits)] for i in range(len(manifest))])


def column(table: pa.Table, name: str) -> np.ndarray:
    """A column as an array."""
    return np.asarray(table.column(name).to_pylist())
