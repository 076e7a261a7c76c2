from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import ManifestError
from genderlens.training.inputs.faces import FaceData
from genderlens.training.inputs.rows import split_for_training
from training.tiny import TINY, tiny


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    """Twelve women and four men to teach, four of each to calibrate."""
    faces = read_source(str(class_folders(16)))
    places = Counter[str]()
    splits = []
    for label in faces.labels:
        places[label] += 1
        teaches = 12 if label == "female" else 4
        rest = "calibration" if places[label] <= teaches + 4 else "test"
        splits.append("train" if places[label] <= teaches else rest)
    return faces.with_column("split", splits)


def faces_of(manifest: Manifest, tmp_path: Path, **data: Any) -> FaceData:
    recipe = tiny(data=TINY["data"] | data)
    return FaceData(recipe, split_for_training(recipe, manifest), tmp_path / "cache")


def test_only_the_rows_that_teach_are_balanced(manifest: Manifest, tmp_path: Path) -> None:
    for balance, count in (("none", (12, 4)), ("undersample", (4, 4)), ("oversample", (12, 12))):
        data = faces_of(manifest, tmp_path, balance=balance)
        male = int(data.learning.labels.sum())
        assert (len(data.learning) - male, male) == count
        assert len(data.judging) == 8


def test_balanced_rows_still_have_their_own_pictures(manifest: Manifest, tmp_path: Path) -> None:
    """Men are blue, women are red."""
    data = faces_of(manifest, tmp_path, balance="oversample")
    pictures, labels = data.learning[list(range(len(data.learning)))][:2]
    blue = pictures[:, 2].float().mean((1, 2)) > pictures[:, 0].float().mean((1, 2))
    assert blue.float().tolist() == labels.tolist()


def test_classes_weigh_alike_and_a_row_counts_one_on_average(
    manifest: Manifest, tmp_path: Path
) -> None:
    data = faces_of(manifest, tmp_path, loss_weights_by=["label"]).learning
    male = data.labels == 1
    assert data.weights[male].sum() == pytest.approx(data.weights[~male].sum())
    assert data.weights.mean() == pytest.approx(1.0)
    assert np.all(faces_of(manifest, tmp_path).learning.weights == 1.0)


def test_groups_of_an_attribute_weigh_alike(manifest: Manifest, tmp_path: Path) -> None:
    ages = ["old" if index % 4 == 0 else "young" for index in range(len(manifest))]
    aged = manifest.with_column("age", ages)
    weights = faces_of(aged, tmp_path, loss_weights_by=["age"]).learning.weights
    assert weights[0] == pytest.approx(3 * weights[1])


def test_a_weight_by_nothing_known_is_an_error(manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no column 'race'"):
        faces_of(manifest, tmp_path, loss_weights_by=["race"])


def test_pictures_pass_a_codec_only_where_the_phase_augments(
    manifest: Manifest, tmp_path: Path
) -> None:
    recipe = tiny(augment={"codec_p": 0.4}, phases=[{"epochs": 1}, {"epochs": 1, "augment": False}])
    data = FaceData(recipe, split_for_training(recipe, manifest), tmp_path / "cache")
    shares = []
    for phase in (0, 1):
        data.begin_phase(phase)
        shares.append(data.learning.codec_p)
    assert shares == [0.4, 0.0]
    assert data.judging.codec_p == 0.0


def test_rectangles_are_judged_as_rectangles(manifest: Manifest, tmp_path: Path) -> None:
    recipe = tiny(input={"size_px": 40, "width_px": 32})
    data = FaceData(recipe, split_for_training(recipe, manifest), tmp_path / "cache")
    assert data.judging[[0]][0].shape == (1, 3, 40, 32)
    assert data.learning[[0]][0].shape == (1, 3, 40, 40)


def test_an_epoch_has_as_many_steps_as_full_batches(manifest: Manifest, tmp_path: Path) -> None:
    data = faces_of(manifest, tmp_path)
    assert data.steps_per_epoch == len(data.train_dataloader()) == 2
    assert len(data.val_dataloader()) == 1
