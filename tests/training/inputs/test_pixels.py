from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import DataError
from genderlens.training.inputs.pixels import PixelSpec, load_pixels

SQUARE_32, SQUARE_40 = PixelSpec.square(32), PixelSpec.square(40)


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(3)))


def test_pixels_follow_the_rows_whatever_their_order(manifest: Manifest, tmp_path: Path) -> None:
    order = [5, 0, 3, 1, 4, 2]
    pixels = load_pixels(manifest, SQUARE_40, tmp_path / "cache")
    shuffled = load_pixels(manifest.take(order), SQUARE_40, tmp_path / "cache")
    assert pixels.shape == (6, 40, 40, 3)
    assert np.array_equal(pixels[order], shuffled)
    assert np.array_equal(pixels[2], np.asarray(Image.open(manifest.uris[2])))


def test_pictures_are_decoded_once(manifest: Manifest, tmp_path: Path) -> None:
    before = load_pixels(manifest, SQUARE_32, tmp_path / "cache")
    [file] = (tmp_path / "cache").iterdir()
    written = file.stat().st_mtime_ns
    assert np.array_equal(load_pixels(manifest, SQUARE_32, tmp_path / "cache"), before)
    assert file.stat().st_mtime_ns == written


def test_a_replaced_picture_is_decoded_again(manifest: Manifest, tmp_path: Path) -> None:
    load_pixels(manifest, SQUARE_32, tmp_path / "cache")
    Image.new("RGB", (40, 40), (1, 2, 3)).save(manifest.uris[0])
    os.utime(manifest.uris[0], ns=(0, 0))
    assert load_pixels(manifest, SQUARE_32, tmp_path / "cache")[0].max() == 3


def test_a_broken_picture_is_named(manifest: Manifest, tmp_path: Path) -> None:
    Path(manifest.uris[4]).write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"male.001\.png cannot be used: .*allowed format"):
        load_pixels(manifest, SQUARE_32, tmp_path / "cache")


def test_pictures_are_stored_as_rectangles_too(manifest: Manifest, tmp_path: Path) -> None:
    pixels = load_pixels(manifest, PixelSpec((36, 24)), tmp_path / "cache")
    assert pixels.shape == (6, 36, 24, 3)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (SQUARE_32, "32"),
        (PixelSpec((36, 24)), "36x24"),
        (PixelSpec((32, 32), "bicubic"), "32-bicubic"),
    ],
)
def test_each_way_to_store_has_a_file_of_its_own(
    manifest: Manifest, tmp_path: Path, spec: PixelSpec, name: str
) -> None:
    load_pixels(manifest, spec, tmp_path / "cache")
    [file] = (tmp_path / "cache").iterdir()
    assert file.name.endswith(f"-{name}.npy")


def test_the_filter_changes_the_pixels(manifest: Manifest, tmp_path: Path) -> None:
    plain = load_pixels(manifest, SQUARE_32, tmp_path / "cache")
    sharp = load_pixels(manifest, PixelSpec((32, 32), "lanczos"), tmp_path / "cache")
    assert not np.array_equal(plain, sharp)
