"""Every corruption, the moment it is registered."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.evaluation.robustness.corruptions import CORRUPTIONS, Corruption, steps
from genderlens.pictures.imaging import decode_image
from genderlens.types import Box

FACE = Box(177.0, 55.0, 271.0, 179.0)
EVERY = [pytest.param(entry, id=name) for name, entry in CORRUPTIONS.items()]


def _worse(entry: Corruption, level: float, seed: int = 1) -> np.ndarray:
    return _pixels(decode_image(entry.encode(photos.portrait(), FACE, level, seed)))


def _pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.resize((512, 512)), dtype=np.float64)


def test_the_ones_that_the_report_promises() -> None:
    assert set(CORRUPTIONS) == {
        "blur",
        "noise",
        "jpeg",
        "low light",
        "tilt left",
        "tilt right",
        "turned",
        "nudged",
        "mask",
        "sunglasses",
        "low resolution",
        "grey",
    }
    assert len(list(steps())) == sum(len(entry.levels) for entry in CORRUPTIONS.values())


@pytest.mark.parametrize("entry", EVERY)
def test_three_steps_or_more_each_worse_than_the_one_before(entry: Corruption) -> None:
    whole = _pixels(photos.portrait())
    mild, severe = (np.abs(_worse(entry, entry.levels[i]) - whole).mean() for i in (0, -1))
    assert len(entry.levels) >= 3
    assert severe > mild
    assert severe > 0.5
    assert len({entry.caption(level) for level in entry.levels}) == len(entry.levels)


@pytest.mark.parametrize("entry", EVERY)
def test_chance_depends_on_the_seed_alone(entry: Corruption) -> None:
    level = entry.levels[1]
    first, again = (entry.encode(photos.portrait(), FACE, level, 7) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(("name", "sign"), [("tilt left", 1), ("tilt right", -1)])
def test_a_head_tilts_about_the_middle_of_its_face(name: str, sign: int) -> None:
    tilted = decode_image(CORRUPTIONS[name].encode(photos.portrait(), FACE, 90, 1))
    expected = photos.portrait().rotate(90 * sign, center=FACE.center)
    box = (180, 70, 260, 160)
    gap = np.asarray(tilted.crop(box), float) - np.asarray(expected.crop(box), float)
    assert np.abs(gap).mean() < 6


def test_a_turned_picture_loses_nothing() -> None:
    wide = photos.portrait().resize((300, 200))
    worse = decode_image(CORRUPTIONS["turned"].encode(wide, FACE, 270, 1))
    assert worse.size == (200, 300)
    assert (np.asarray(worse.rotate(90, expand=True)) == np.asarray(wide)).all()


def test_another_seed_is_other_noise() -> None:
    noise = CORRUPTIONS["noise"]
    assert (_worse(noise, 20, seed=1) != _worse(noise, 20, seed=2)).any()


@pytest.mark.parametrize("name", ["mask", "sunglasses"])
def test_occlusions_stay_about_the_face(name: str) -> None:
    entry = CORRUPTIONS[name]
    changed = np.abs(_worse(entry, entry.levels[-1]) - _pixels(photos.portrait())).max(axis=2) > 8
    rows, columns = np.nonzero(changed)
    assert 150 < columns.min() < columns.max() < 300
    assert 60 < rows.min() < rows.max() < 190
    if name == "mask":
        assert rows.max() > 170
    else:
        assert rows.max() < 130


@pytest.mark.parametrize(("level", "height"), [(160, 512), (62, 256), (16, 66)])
def test_low_resolution_scales_the_face_and_never_up(level: float, height: int) -> None:
    content = CORRUPTIONS["low resolution"].encode(photos.portrait(), FACE, level, 0)
    assert decode_image(content).height == height


def test_less_light_is_darker() -> None:
    means = [_worse(CORRUPTIONS["low light"], level).mean() for level in (4, 16, 64)]
    assert means == sorted(means, reverse=True)
    assert means[0] < 0.7 * _pixels(photos.portrait()).mean()
