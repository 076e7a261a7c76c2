from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.training.inputs.classes import ClassIndex
from genderlens.training.inputs.dataset import FaceBatches, compress
from genderlens.training.inputs.pixels import PixelSpec, load_pixels


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(3)))


def test_classes_are_sorted_and_unknown_ones_are_minus_one(manifest: Manifest) -> None:
    ages = manifest.with_column("age", ["b", None, "a", "", "b", "a"])
    index = ClassIndex.of(ages, "age")
    assert index.classes == ("", "a", "b")
    assert index.encode(ages).tolist() == [2, -1, 1, 0, 2, 1]
    assert ClassIndex("age", ("a",)).encode(ages).tolist() == [-1, -1, 0, -1, -1, 0]


def test_a_batch_holds_pictures_labels_and_classes(manifest: Manifest, tmp_path: Path) -> None:
    ages = manifest.with_column("age", ["b", None, "a", "a", "b", "a"])
    pixels = load_pixels(manifest, PixelSpec.square(32), tmp_path / "cache")
    batches = FaceBatches(ages, pixels, [ClassIndex.of(ages, "age")])
    pictures, labels, classes, weights, teacher = batches[[5, 1]]
    assert len(batches) == 6
    assert (pictures.shape, pictures.dtype) == ((2, 3, 32, 32), torch.uint8)
    assert torch.equal(pictures[0].permute(1, 2, 0), torch.from_numpy(pixels[5].copy()))
    assert labels.tolist() == [1.0, 0.0]
    assert classes.tolist() == [[0], [-1]]
    assert weights.tolist() == [1.0, 1.0]
    assert teacher.isnan().all()


def test_without_attributes_there_are_no_classes(manifest: Manifest, tmp_path: Path) -> None:
    batches = FaceBatches(manifest, load_pixels(manifest, PixelSpec.square(32), tmp_path / "cache"))
    assert batches[[0, 1, 2]][2].shape == (3, 0)


def test_the_codec_is_drawn_with_its_probability(manifest: Manifest, tmp_path: Path) -> None:
    pixels = load_pixels(manifest, PixelSpec.square(32), tmp_path / "cache")
    rows = list(range(6))
    untouched = FaceBatches(manifest, pixels)[rows][0]
    torch.manual_seed(0)
    batches = FaceBatches(manifest, pixels)
    batches.codec_p = 1.0
    always = batches[rows][0]
    changed = (always != untouched).flatten(1).any(1)
    assert changed.all()


def test_compression_keeps_the_shape_and_most_of_the_picture() -> None:
    ramp = np.tile(np.linspace(0, 255, 48, dtype=np.uint8)[None, :, None], (48, 1, 3))
    torch.manual_seed(0)
    for _ in range(10):
        lossy = compress(ramp)
        assert lossy.shape == ramp.shape
        assert lossy.dtype == np.uint8
        assert np.abs(lossy.astype(int) - ramp).mean() < 12


def test_repeated_rows_share_a_stored_picture(manifest: Manifest, tmp_path: Path) -> None:
    pixels = load_pixels(manifest, PixelSpec.square(32), tmp_path / "cache")
    batches = FaceBatches(manifest.take([4, 4, 1]), pixels, stored_at=[4, 4, 1])
    pictures = batches[[0, 1, 2]][0].permute(0, 2, 3, 1).numpy()
    assert np.array_equal(pictures, pixels[[4, 4, 1]])
