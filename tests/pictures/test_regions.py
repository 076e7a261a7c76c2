"""Turned regions: what they cut, beside what Pillow cuts upright."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.pictures.imaging import Interpolation, resize_region
from genderlens.pictures.regions import CropGeometry, Region, turned
from genderlens.types import Box, Detection, Landmarks

FACE = Box(178.0, 55.0, 270.0, 180.0)


def leaning(roll: float) -> Detection:
    return Detection(FACE, 0.9, Landmarks(((0.0, 0.0),) * 5, 1.0, roll))


def cut(image: Image.Image, region: Region, side: int = 96) -> np.ndarray:
    found = resize_region(image, (side, side), region=region, interpolation="bilinear")
    return found.astype(np.float32)


def gap(a: np.ndarray, b: np.ndarray) -> float:
    """Mean difference of two pictures in levels of 255."""
    return float(np.abs(a - b).mean())


def test_only_geometry_that_aligns_leans() -> None:
    plain, aligned = CropGeometry(1.2, 0.1, 0.05), CropGeometry(1.2, 0.1, 0.05, align="roll")
    assert plain.around(leaning(40.0)) == Region(plain.square(FACE))
    assert aligned.around(Detection(FACE, 0.9)) == Region(plain.square(FACE))
    assert aligned.around(leaning(0.0)) == Region(plain.square(FACE))
    region = aligned.around(leaning(90.0))
    side, (x, y) = region.box.width, FACE.center
    assert region.roll == 90.0
    assert region.box.center == pytest.approx((x - 0.05 * side, y + 0.1 * side))
    assert side == pytest.approx(plain.square(FACE).width)


@pytest.mark.parametrize("roll", [0.0, 40.0, 90.0, 180.0])
def test_what_is_cut_out_already_is_cut_whole(roll: float) -> None:
    whole = Box(0.0, 0.0, 100.0, 50.0)
    face = Detection(whole, 0.9, Landmarks((), 1.0, roll), is_crop=True)
    region = CropGeometry(1.2, 0.1, 0.05, align="roll").around(face)
    assert region.box.center == pytest.approx(whole.center)
    assert region.box.area == pytest.approx(whole.area)
    if roll != 40.0:
        sides = (50.0, 100.0) if roll == 90.0 else (100.0, 50.0)
        assert (region.box.width, region.box.height) == pytest.approx(sides)


@pytest.mark.parametrize("side", [24, 48, 96, 140, 224])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "lanczos"])
def test_hardly_turned_is_hardly_changed(side: int, interpolation: Interpolation) -> None:
    box = CropGeometry(1.2, 0.0, 0.05).square(FACE)
    shape = (side, side)
    plain, hardly = (
        resize_region(photos.portrait(), shape, region=region, interpolation=interpolation)
        for region in (box, Region(box, 1e-6))
    )
    assert gap(plain.astype(np.float32), hardly.astype(np.float32)) < 2.5


@pytest.mark.parametrize("roll", [-130.0, -30.0, 12.0, 90.0, 180.0])
def test_the_region_of_a_turned_picture_is_that_of_the_upright_one(roll: float) -> None:
    portrait = photos.portrait()
    upright = cut(portrait, Region(FACE))
    picture = portrait.rotate(-roll, Image.Resampling.BICUBIC, center=FACE.center)
    assert gap(upright, cut(picture, Region(FACE, roll))) < 4.0
    assert gap(upright, cut(picture, Region(FACE, roll + 20))) > 12.0


def test_beyond_the_picture_it_is_black() -> None:
    white = Image.new("RGB", (100, 100), (255, 255, 255))
    far = cut(white, Region(Box(300.0, 300.0, 400.0, 400.0), 30.0))
    assert far.max() == 0.0
    corner = cut(white, Region(Box(-50.0, -50.0, 50.0, 50.0), 30.0))
    assert 0.15 < (corner > 128).mean() < 0.35
    vast = cut(white, Region(Box(-90_000.0, -90_000.0, -80_000.0, -80_000.0), 30.0))
    assert vast.max() == 0.0


def test_fine_stripes_leave_no_pattern() -> None:
    stripes = np.zeros((1600, 1600, 3), np.uint8)
    stripes[:, ::2] = 255
    found = cut(Image.fromarray(stripes), Region(Box(300.0, 300.0, 1300.0, 1300.0), 33.0))
    assert found.std() < 3.0
    assert found.mean() == pytest.approx(127, abs=3)


def test_a_large_region_is_averaged_first_and_costs_little() -> None:
    large = Image.new("RGB", (6000, 6000), (90, 60, 30))
    start = time.process_time()
    found = cut(large, Region(Box(1250.0, 1250.0, 4750.0, 4750.0), 45.0))
    assert time.process_time() - start < 2.0
    assert found.reshape(-1, 3).mean(axis=0) == pytest.approx([90, 60, 30], abs=1.5)


def test_halves_and_quarters_turn_clockwise() -> None:
    assert turned(1.0, 0.0, 90.0) == pytest.approx((0.0, 1.0))
    assert turned(0.0, 1.0, 90.0) == pytest.approx((-1.0, 0.0))
    assert turned(3.0, 4.0, 0.0) == (3.0, 4.0)
