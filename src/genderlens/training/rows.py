"""Which rows of a manifest teach, calibrate and judge."""

from __future__ import annotations

from typing import Final

from genderlens.data.manifest import Manifest
from genderlens.data.splits import assign_splits, carve_split
from genderlens.errors import EmptyClassError, TrainingError
from genderlens.recipe import Recipe

UNSPLIT: Final = {"train": 0.8, "val": 0.2}
"""How rows without a split are divided."""


def split_for_training(recipe: Recipe, manifest: Manifest) -> Manifest:
    """The manifest with every row in a split, ``calibration`` among them.

    Rows without a split are divided into ``train`` and ``val``, stratified. Raises TrainingError
    where a label is missing in a split that training needs.
    """
    manifest = assign_splits(manifest, UNSPLIT, recipe.seed)
    if not len(manifest.select("calibration")):
        manifest = carve_split(
            manifest,
            source="train",
            target="calibration",
            fraction=recipe.data.calibration_fraction,
            seed=recipe.seed,
        )
    for split in ("train", "calibration"):
        try:
            manifest.select(split).require_both_labels()
        except EmptyClassError as error:
            raise TrainingError(
                f"split {split!r} cannot be used: {error}; add pictures, or for calibration raise "
                f"data.calibration_fraction (now {recipe.data.calibration_fraction:g})"
            ) from error
    return manifest
