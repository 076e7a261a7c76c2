from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import DataError
from genderlens.training.dataset import (
    ClassIndex,
    EpochBatches,
    FaceBatches,
    compress,
    load_pixels,
)


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(3)))


def test_pixels_follow_the_rows_whatever_their_order(manifest: Manifest, tmp_path: Path) -> None:
    order = [5, 0, 3, 1, 4, 2]
    pixels = load_pixels(manifest, 40, tmp_path / "cache")
    shuffled = load_pixels(manifest.take(order), 40, tmp_path / "cache")
    assert pixels.shape == (6, 40, 40, 3)
    assert np.array_equal(pixels[order], shuffled)
    assert np.array_equal(pixels[2], np.asarray(Image.open(manifest.uris[2])))


def test_pictures_are_decoded_once(manifest: Manifest, tmp_path: Path) -> None:
    before = load_pixels(manifest, 32, tmp_path / "cache")
    [file] = (tmp_path / "cache").iterdir()
    written = file.stat().st_mtime_ns
    assert np.array_equal(load_pixels(manifest, 32, tmp_path / "cache"), before)
    assert file.stat().st_mtime_ns == written


def test_a_replaced_picture_is_decoded_again(manifest: Manifest, tmp_path: Path) -> None:
    load_pixels(manifest, 32, tmp_path / "cache")
    Image.new("RGB", (40, 40), (1, 2, 3)).save(manifest.uris[0])
    os.utime(manifest.uris[0], ns=(0, 0))
    assert load_pixels(manifest, 32, tmp_path / "cache")[0].max() == 3


def test_a_broken_picture_is_named(manifest: Manifest, tmp_path: Path) -> None:
    Path(manifest.uris[4]).write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"male.001\.png cannot be used: .*allowed format"):
        load_pixels(manifest, 32, tmp_path / "cache")


def test_classes_are_sorted_and_unknown_ones_are_minus_one(manifest: Manifest) -> None:
    ages = manifest.with_column("age", ["b", None, "a", "", "b", "a"])
    index = ClassIndex.of(ages, "age")
    assert index.classes == ("", "a", "b")
    assert index.encode(ages).tolist() == [2, -1, 1, 0, 2, 1]
    assert ClassIndex("age", ("a",)).encode(ages).tolist() == [-1, -1, 0, -1, -1, 0]


def test_a_batch_holds_pictures_labels_and_classes(manifest: Manifest, tmp_path: Path) -> None:
    ages = manifest.with_column("age", ["b", None, "a", "a", "b", "a"])
    pixels = load_pixels(manifest, 32, tmp_path / "cache")
    batches = FaceBatches(ages, pixels, [ClassIndex.of(ages, "age")])
    pictures, labels, classes = batches[[5, 1]]
    assert len(batches) == 6
    assert (pictures.shape, pictures.dtype) == ((2, 3, 32, 32), torch.uint8)
    assert torch.equal(pictures[0].permute(1, 2, 0), torch.from_numpy(pixels[5].copy()))
    assert labels.tolist() == [1.0, 0.0]
    assert classes.tolist() == [[0], [-1]]


def test_without_attributes_there_are_no_classes(manifest: Manifest, tmp_path: Path) -> None:
    batches = FaceBatches(manifest, load_pixels(manifest, 32, tmp_path / "cache"))
    assert batches[[0, 1, 2]][2].shape == (3, 0)


def test_the_codec_is_drawn_with_its_probability(manifest: Manifest, tmp_path: Path) -> None:
    pixels = load_pixels(manifest, 32, tmp_path / "cache")
    rows = list(range(6))
    untouched = FaceBatches(manifest, pixels)[rows][0]
    torch.manual_seed(0)
    always = FaceBatches(manifest, pixels, codec_p=1.0)[rows][0]
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


def test_an_epoch_shows_each_row_once_in_an_order_of_its_own() -> None:
    order = EpochBatches(12, 4, seed=1)
    first = list(order)
    order.set_epoch(1)
    second = list(order)
    for epoch in (first, second):
        assert sorted(row for batch in epoch for row in batch) == list(range(12))
    assert first != second
    order.set_epoch(0)
    assert list(order) == first
    assert list(EpochBatches(12, 4, seed=2)) != first


@pytest.mark.parametrize(("length", "batches"), [(12, 3), (15, 3), (3, 1)])
def test_teaching_drops_the_last_broken_batch(length: int, batches: int) -> None:
    order = EpochBatches(length, 4)
    assert len(order) == len(list(order)) == batches
    assert all(len(batch) == min(4, length) for batch in order)


def test_judging_shows_every_row_in_order() -> None:
    order = EpochBatches(10, 4, shuffle=False)
    assert list(order) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(order) == 3
