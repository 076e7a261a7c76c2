"""What a GPU elsewhere needs, in files that can be carried: pictures, labels, ImageNet starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from safetensors.torch import save_file

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import RecipeError
from genderlens.heads import Head
from genderlens.recipe import Recipe
from genderlens.training.gpu.parts import SPLITS, PackedAttribute, PackedPicture, write_parts
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.inputs.classes import ClassIndex, list_further
from genderlens.training.inputs.rows import split_for_training
from genderlens.training.weights.packaged import PACKAGED, read_packaged_weights

PART_BYTES: Final = 38_000_000
_START: Final = "imagenet-{}.safetensors"


def pack(
    recipe: Recipe,
    manifest: Manifest,
    plan: TrainingPlan,
    folder: Path,
    *,
    part_bytes: int = PART_BYTES,
) -> list[Path]:
    """Write parts of about ``part_bytes``, ImageNet starts of the plan, and ``plan.json``.

    Pictures stay encoded as they are, which is some thirty times smaller than decoded; what
    calibrates is marked and never teaches. Returns the paths of the parts. Raises RecipeError for
    heads that a plan cannot teach.
    """
    require_plain_heads(recipe)
    divided = split_for_training(recipe, manifest)
    splits = divided.column("split")
    kept = divided.take([row for row, split in enumerate(splits) if split in SPLITS])
    told, indices = recipe.further_heads, list_further(recipe, kept)
    attributes = [
        PackedAttribute(index.attribute, index.classes, told[index.attribute].weight)
        for index in indices
    ]
    paths = write_parts(_pictures(kept, indices, recipe.head), attributes, folder, part_bytes)
    for start in {stage.start for stage in plan.stages if stage.start}:
        for name in PACKAGED:
            if start == _START.format(name):
                _write_start(name, folder / start)
    plan.write(folder / "plan.json")
    return paths


def require_plain_heads(recipe: Recipe) -> None:
    """RecipeError where the answer is not binary, or another head is."""
    if not recipe.head.is_binary:
        raise RecipeError(
            f"a GPU plan teaches a binary answer; {recipe.head.name!r} is {recipe.head.kind}: "
            "train it with 'genderlens train'"
        )
    for name, head in recipe.further_heads.items():
        if head.ship and head.head(name).is_binary:
            raise RecipeError(
                f"a GPU plan gives further heads a logit for each label; set heads.{name}.kind to "
                "categorical"
            )


def _pictures(manifest: Manifest, indices: list[ClassIndex], head: Head) -> Iterator[PackedPicture]:
    columns = [index.encode(manifest).tolist() for index in indices]
    classes = zip(*columns, strict=True) if columns else [()] * len(manifest)
    rows = zip(
        manifest.uris,
        iterate_image_bytes(manifest),
        manifest.labels,
        classes,
        manifest.column("split"),
        strict=True,
    )
    for uri, content, label, own, split in rows:
        yield PackedPicture(uri, content, head.index(label), own, str(split))


def _write_start(name: str, path: Path) -> None:
    """The features in half precision; a classifier is learnt anew anyway."""
    state = read_packaged_weights(PACKAGED[name])
    kept = {k: v.half().contiguous() for k, v in state.items() if not k.startswith("classifier.")}
    save_file(kept, path)
