"""Which rows of a manifest teach, calibrate and judge."""

from __future__ import annotations

from typing import Final

from genderlens.data.manifest import Manifest
from genderlens.data.splits.stratified import assign_splits, carve_split, carve_split_evenly
from genderlens.errors import EmptyClassError, TrainingError
from genderlens.recipe import DataRecipe, Recipe

UNSPLIT: Final = {"train": 0.8, "val": 0.2}
"""How rows without a split are divided."""
MOST_CALIBRATION: Final = 0.25
"""Share of ``train`` that ``calibration_least`` may take: the rest has to teach."""


def split_for_training(recipe: Recipe, manifest: Manifest) -> Manifest:
    """The manifest with every row in a split, ``calibration`` among them.

    Rows without a split are divided into ``train`` and ``val``, stratified. Raises TrainingError
    where a label is missing in a split that training needs.
    """
    manifest = assign_splits(manifest, UNSPLIT, recipe.seed)
    if not len(manifest.select("calibration")):
        manifest = _carve_calibration(recipe, manifest)
    for split in ("train", "calibration"):
        try:
            manifest.select(split).require_labels(recipe.head.labels)
        except EmptyClassError as error:
            raise TrainingError(
                f"split {split!r} cannot be used: {error}; add pictures, or for calibration raise "
                f"data.calibration_fraction (now {recipe.data.calibration_fraction:g})"
            ) from error
    return manifest


def restore_division(recipe: Recipe, manifest: Manifest, fingerprint: str) -> Manifest | None:
    """The splits that a training with this recipe gave the rows; None for other pictures.

    ``fingerprint`` is that of the manifest that the training wrote.
    """
    try:
        divided = split_for_training(recipe, manifest)
    except TrainingError:
        return None
    return divided if divided.fingerprint() == fingerprint else None


def calibration_share(data: DataRecipe, teaching: int) -> float:
    """The share of so many ``train`` pictures that calibrates.

    It is the recipe's fraction, or as much more as ``calibration_least`` pictures need.
    """
    needed = data.calibration_least / max(1, teaching)
    return max(data.calibration_fraction, min(needed, MOST_CALIBRATION))


def describe_calibration(recipe: Recipe, manifest: Manifest) -> str | None:
    """One line on a calibration split other than the recipe's fraction; None where there is none.

    ``manifest`` is what ``split_for_training`` returned.
    """
    data, kept = recipe.data, len(manifest.select("calibration"))
    before = kept + len(manifest.select("train"))
    if calibration_share(data, before) <= data.calibration_fraction:
        return None
    line = (
        f"calibration: {kept:,} of {before:,} training pictures ({kept / before:.0%}) are kept "
        f"for it; {data.calibration_fraction:.0%} of so few would be "
        f"{round(data.calibration_fraction * before):,}"
    )
    if kept < data.calibration_least:
        line += f", {data.calibration_least:,} would be better: confidences stay rough"
    return line


def _carve_calibration(recipe: Recipe, manifest: Manifest) -> Manifest:
    """Rows of ``train`` that calibrate: up to chance where many, exactly where few."""
    fraction = recipe.data.calibration_fraction
    share = calibration_share(recipe.data, len(manifest.select("train")))
    carve = carve_split_evenly if share > fraction else carve_split
    return carve(manifest, source="train", target="calibration", fraction=share, seed=recipe.seed)
