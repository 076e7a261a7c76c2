from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import TrainingError
from genderlens.training.inputs.rows import (
    calibration_share,
    describe_calibration,
    split_for_training,
)
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


def of_size(per_label: int) -> Manifest:
    rows = (
        {"uri": f"{label}/{number}.jpg", "label": label, "split": None}
        for label in ("female", "male")
        for number in range(per_label)
    )
    return Manifest.from_rows(rows)


@pytest.mark.parametrize(
    ("per_label", "calibrating"),
    [(150, 60), (250, 100), (500, 100), (1250, 100)],
)
def test_few_pictures_give_a_larger_share_to_calibration(per_label: int, calibrating: int) -> None:
    recipe = tiny(data={"calibration_fraction": 0.04})
    divided = split_for_training(recipe, of_size(per_label))
    kept = divided.select("calibration")
    assert kept.counts() == {"female": calibrating // 2, "male": calibrating // 2}


def test_many_pictures_are_divided_as_ever() -> None:
    few, none = (
        split_for_training(
            tiny(data={"calibration_fraction": 0.04, "calibration_least": least}), of_size(2000)
        )
        for least in (100, 0)
    )
    assert few.column("split") == none.column("split")


def test_the_pictures_of_one_subject_calibrate_together() -> None:
    manifest = of_size(40)
    subjects = [f"{label}{row % 10}" for row, label in enumerate(manifest.labels)]
    divided = split_for_training(
        tiny(data={"calibration_fraction": 0.04}), manifest.with_column("subject", subjects)
    )
    of_subject: dict[str | None, set[str | None]] = {}
    for subject, split in zip(divided.column("subject"), divided.column("split"), strict=True):
        of_subject.setdefault(subject, set()).add(split)
    assert all(len(splits) == 1 for splits in of_subject.values())
    assert len(divided.select("calibration")) == 16


def test_the_larger_share_is_told_in_one_line() -> None:
    recipe = tiny(data={"calibration_fraction": 0.04})
    told = describe_calibration(recipe, split_for_training(recipe, of_size(150)))
    assert told == (
        "calibration: 60 of 240 training pictures (25%) are kept for it; 4% of so few would be "
        "10, 100 would be better: confidences stay rough"
    )
    assert describe_calibration(recipe, split_for_training(recipe, of_size(2000))) is None


def test_a_share_that_was_asked_for_stays() -> None:
    assert calibration_share(tiny(data={"calibration_fraction": 0.45}).data, 32) == 0.45
    asked = tiny(data={"calibration_fraction": 0.04, "calibration_least": 0})
    assert calibration_share(asked.data, 240) == 0.04
