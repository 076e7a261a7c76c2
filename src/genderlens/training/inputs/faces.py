"""The pictures of a run as Lightning asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import lightning
import numpy as np
import torch
from torch.nn import functional
from torch.utils.data import DataLoader

from genderlens.data.manifest import Manifest
from genderlens.data.splits.balance import group_weights, list_groups, oversample, undersample
from genderlens.recipe import DataRecipe, Recipe
from genderlens.training.inputs.classes import ClassIndex, list_further
from genderlens.training.inputs.dataset import Batch, FaceBatches
from genderlens.training.inputs.pixels import PixelSpec, load_pixels
from genderlens.training.inputs.sampler import EpochBatches
from genderlens.training.teachers import ask_teachers

Loader = DataLoader[Batch]
_AT_ONCE = 64


class FaceData(lightning.LightningDataModule):
    """Rows that teach and rows that judge, decoded; begin a phase before each fit."""

    def __init__(self, recipe: Recipe, manifest: Manifest, cache_dir: Path) -> None:
        super().__init__()
        self.recipe = recipe
        self.further = list_further(recipe, manifest)
        self.learning = _teaching_rows(recipe, manifest.select("train"), self.further, cache_dir)
        judging = manifest.select("calibration")
        spec = PixelSpec(recipe.input.shape(), recipe.input.interpolation)
        pixels = load_pixels(judging, spec, cache_dir)
        self.judging = FaceBatches(judging, pixels, self.further, head=recipe.head)
        self.phase = 0

    @property
    def steps_per_epoch(self) -> int:
        return len(EpochBatches(len(self.learning), self.recipe.optim.batch_size))

    def begin_phase(self, phase: int) -> None:
        """Set what the phase changes."""
        self.phase = phase
        augment = self.recipe.phases[phase].augment
        self.learning.codec_p = self.recipe.augment.codec_p if augment else 0.0

    def examples(self, count: int = 512) -> Iterator[torch.Tensor]:
        """Teaching pictures N×3×H×W as the network takes them, not augmented, in batches."""
        given, shape = self.recipe.input, self.recipe.shape_in(0)
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (given.mean, given.std))
        rows = np.linspace(0, len(self.learning) - 1, min(count, len(self.learning))).astype(int)
        for part in np.array_split(rows, -(-len(rows) // _AT_ONCE)):
            pictures = self.learning[part.tolist()][0].float() / 255.0
            pictures = functional.interpolate(pictures, shape, mode="bilinear", antialias=True)
            yield (pictures - mean) / std

    def train_dataloader(self) -> Loader:
        return self._loader(self.learning, shuffle=True)

    def val_dataloader(self) -> Loader:
        return self._loader(self.judging, shuffle=False)

    def _loader(self, batches: FaceBatches, *, shuffle: bool) -> Loader:
        trainer = self.trainer
        order = EpochBatches(
            len(batches),
            self.recipe.optim.batch_size,
            seed=self.recipe.seed,
            shuffle=shuffle,
            rank=trainer.global_rank if trainer and shuffle else 0,
            world=trainer.world_size if trainer and shuffle else 1,
        )
        order.first_epoch = self.recipe.first_epoch(self.phase)
        generator = torch.Generator()  # of its own: a new iterator must leave the global one alone
        return DataLoader(batches, batch_size=None, sampler=order, generator=generator)


def _teaching_rows(
    recipe: Recipe, manifest: Manifest, further: Sequence[ClassIndex], cache_dir: Path
) -> FaceBatches:
    pixels = load_pixels(manifest, PixelSpec.square(recipe.data.store_px), cache_dir)
    balanced = _balance(manifest, recipe.data, recipe.seed)
    places = {uri: place for place, uri in enumerate(manifest.uris)}
    stored_at = [places[uri] for uri in balanced.uris]
    batches = FaceBatches(balanced, pixels, further, stored_at=stored_at, head=recipe.head)
    if recipe.data.loss_weights_by:
        batches.weights = _weights(balanced, recipe.data.loss_weights_by)
    if recipe.teacher:
        told = ask_teachers(recipe.teacher, manifest, cache_dir, recipe.head)
        batches.teacher = told[stored_at]
    return batches


def _balance(manifest: Manifest, data: DataRecipe, seed: int) -> Manifest:
    match data.balance:
        case "undersample":
            return undersample(manifest, data.balance_by, seed=seed)
        case "oversample":
            return oversample(manifest, data.balance_by, seed=seed)
        case _:
            return manifest


def _weights(manifest: Manifest, by: Sequence[str]) -> np.ndarray:
    weights = group_weights(manifest, by)
    return np.asarray([weights[group] for group in list_groups(manifest, by)], np.float32)
