"""What teaches in tests: two faces and a few scenes."""

from __future__ import annotations

from pathlib import Path

import pytest

import photos
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source


@pytest.fixture(scope="module")
def crop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Face crops, sixteen of each label."""
    folder = tmp_path_factory.mktemp("crops")
    for label in ("female", "male"):
        (folder / "train" / label).mkdir(parents=True)
        for index in range(16):
            degrees = index if label == "male" else -index - 1
            portrait = photos.portrait().resize((80, 80)).rotate(degrees)
            portrait.save(folder / "train" / label / f"{index}.png")
    return folder


@pytest.fixture(scope="module")
def crops(crop_folder: Path) -> Manifest:
    """The same, read."""
    return read_source(str(crop_folder))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of scenes, one with a person."""
    folder = tmp_path_factory.mktemp("scenes")
    for name, image in photos.landscapes().items():
        image.save(folder / f"{name}.jpg")
    photos.portrait().save(folder / "portrait.jpg")
    return folder
