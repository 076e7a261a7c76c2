from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import TrainingError
from genderlens.training.rows import split_for_training
from training.tiny import tiny


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return read_source(str(class_folders(20)))


def test_rows_without_a_split_are_divided_and_a_part_of_them_calibrates(
    manifest: Manifest,
) -> None:
    counts = split_for_training(tiny(), manifest).counts("split")
    assert counts["val"] == 8
    assert counts["train"] + counts["calibration"] == 32
    assert counts["calibration"] > 0


def test_a_given_calibration_split_is_kept(manifest: Manifest) -> None:
    splits = ["calibration" if index % 4 == 0 else None for index in range(len(manifest))]
    counts = split_for_training(tiny(), manifest.with_column("split", splits)).counts("split")
    assert counts == {"train": 24, "val": 6, "calibration": 10}


def test_the_test_split_is_never_touched(manifest: Manifest) -> None:
    splits = ["test" if index % 2 else "train" for index in range(len(manifest))]
    divided = split_for_training(tiny(), manifest.with_column("split", splits))
    assert divided.select("test").uris == manifest.uris[1::2]


def test_a_split_with_one_label_only_is_an_error(manifest: Manifest) -> None:
    splits = ["calibration" if label == "male" else "train" for label in manifest.labels]
    with pytest.raises(TrainingError, match="split 'train' cannot be used: no picture"):
        split_for_training(tiny(), manifest.with_column("split", splits))
