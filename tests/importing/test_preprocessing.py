"""How a model wants its pictures, out of its files and flags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genderlens.errors import BundleError, SettingsError
from genderlens.importing.options import ImportOptions
from genderlens.importing.preprocessing import (
    Preprocessing,
    parse_channels,
    parse_preprocessing,
    parse_shape,
    read_preprocessing,
    to_input_spec,
)
from genderlens.pictures.imaging import normalize

PLAIN = {"image_mean": [0.4, 0.5, 0.6], "image_std": [0.2, 0.25, 0.3]}


@pytest.mark.parametrize(
    ("said", "scale", "mean", "std"),
    [
        ({}, 1 / 255, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)),
        ({"rescale_factor": 1 / 127.5}, 1 / 127.5, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)),
        ({"do_rescale": False}, 1.0, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)),
        ({"do_normalize": False}, 1 / 255, (0, 0, 0), (1, 1, 1)),
    ],
)
def test_ours_gives_what_the_preprocessor_gives(
    said: dict[str, Any], scale: float, mean: tuple[float, ...], std: tuple[float, ...]
) -> None:
    squares = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3)).astype(np.uint8)
    found = parse_preprocessing(PLAIN | said, "a file")
    assert found.mean is not None
    assert found.std is not None
    theirs = (squares * scale - np.asarray(mean)) / np.asarray(std)
    ours = normalize(squares, found.mean, found.std).transpose(0, 2, 3, 1)
    assert np.abs(ours - theirs).max() <= 1e-5 * np.abs(theirs).max()


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ({"size": {"height": 64, "width": 48}}, (64, 48)),
        ({"size": 224}, (224, 224)),
        ({"size": {"shortest_edge": 256}, "do_center_crop": True, "crop_size": 224}, (224, 224)),
        ({"input_size": [3, 96, 80]}, (96, 80)),
        ({}, None),
        ({"size": "large"}, None),
    ],
)
def test_the_size_that_the_network_sees(said: dict[str, Any], shape: Any) -> None:
    found = parse_preprocessing(PLAIN | said, "a file")
    assert found.shape == shape
    assert bool(found.remarks) is bool(said.get("do_center_crop"))


@pytest.mark.parametrize(
    ("said", "found"), [(3, "bicubic"), (1, "lanczos"), ("bicubic", "bicubic"), (0, None)]
)
def test_how_it_resizes(said: object, found: str | None) -> None:
    known = parse_preprocessing(PLAIN | {"resample": said}, "a file")
    assert known.interpolation == found
    assert bool(known.remarks) is (found is None)


def test_flags_win_over_files(tmp_path: Path) -> None:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps({"mean": 0.1, "std": [0.2, 0.2, 0.2], "size": 64}))
    assert read_preprocessing(path).mean == (0.1, 0.1, 0.1)
    known = Preprocessing(mean=(0.9,) * 3, std=(0.9,) * 3, shape=(32, 32))
    spec = to_input_spec(known, ImportOptions(preprocessing=path, mean=(0.3,) * 3), "a model")
    assert (spec.mean, spec.std, spec.shape) == ((0.3,) * 3, (0.2,) * 3, (64, 64))
    wide = to_input_spec(known, ImportOptions(shape=(64, 48), interpolation="lanczos"), "a model")
    assert wide.shape == (64, 48)
    assert wide.interpolation == "lanczos"


@pytest.mark.parametrize("content", ["[1]", "no json", '{"mean": [1, 2], "std": 1}'])
def test_a_file_that_says_nothing_usable_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs.json"
    path.write_text(content)
    with pytest.raises(BundleError, match=r"theirs\.json"):
        read_preprocessing(path)


def test_a_size_beyond_the_limits_is_an_error() -> None:
    known = Preprocessing(mean=(0.5,) * 3, std=(0.5,) * 3, shape=(8, 8))
    with pytest.raises(BundleError, match=r"size_px.*8×8"):
        to_input_spec(known, ImportOptions(), "a model")


def test_numbers_on_the_command_line() -> None:
    assert parse_channels("0.5", "--mean") == (0.5, 0.5, 0.5)
    assert parse_channels("1/255", "--std") == (1 / 255,) * 3
    assert parse_channels("0.1, 0.2,0.3", "--mean") == (0.1, 0.2, 0.3)
    assert parse_channels(None, "--mean") is None
    assert parse_shape("218x178") == (218, 178)
    for wrong in ("a", "1,2", "1/0", ""):
        with pytest.raises(SettingsError):
            parse_channels(wrong, "--mean")
    with pytest.raises(SettingsError):
        parse_channels("0", "--std")
    with pytest.raises(SettingsError):
        parse_shape("1x2x3")
