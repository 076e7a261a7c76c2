from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import TrainingError
from genderlens.run_folder import RunFolder
from genderlens.training import teachers
from genderlens.training.inputs.faces import FaceData
from genderlens.training.inputs.rows import split_for_training
from genderlens.training.predictions import predict_with_run
from genderlens.training.teachers import ask_teachers
from genderlens.training.train import train
from training.tiny import STILL, column, tiny, with_splits

pytestmark = pytest.mark.usefixtures("no_curve_plots")


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return with_splits(read_source(str(class_folders(8))), ["train", "train", "calibration"])


@pytest.fixture
def run(manifest: Manifest, tmp_path: Path) -> RunFolder:
    return train(tiny(), manifest, tmp_path / "teacher", cache_dir=tmp_path / "cache")


def test_a_run_and_a_bundle_teach_together(
    run: RunFolder, manifest: Manifest, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    own = ask_teachers([str(run.path)], manifest, cache)
    shipped = ask_teachers(["default"], manifest, cache)
    both = ask_teachers([str(run.path), "default"], manifest, cache)
    male = column(predict_with_run(run, manifest), "probability_male")
    np.testing.assert_allclose(own, np.log(male / (1 - male)), atol=1e-4)
    assert np.isfinite(shipped).all()
    assert np.ptp(shipped) > 0
    np.testing.assert_allclose(both, (own + shipped) / 2, rtol=1e-5)


def test_teachers_are_asked_once(
    run: RunFolder, manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask_teachers([str(run.path)], manifest, tmp_path / "cache")
    monkeypatch.setattr(teachers, "_ask", lambda *_: pytest.fail("asked again"))
    assert np.array_equal(ask_teachers([str(run.path)], manifest, tmp_path / "cache"), first)


def test_teachers_are_asked_again_about_a_picture_that_was_replaced(
    run: RunFolder, manifest: Manifest, tmp_path: Path
) -> None:
    first = ask_teachers([str(run.path)], manifest, tmp_path / "cache")
    Image.new("RGB", (40, 40), (0, 255, 0)).save(manifest.uris[0])
    again = ask_teachers([str(run.path)], manifest, tmp_path / "cache")
    assert again[0] != first[0]
    assert np.array_equal(again[1:], first[1:])


def test_repeated_rows_hear_the_answer_to_their_own_picture(
    run: RunFolder, manifest: Manifest, tmp_path: Path
) -> None:
    recipe = tiny(teacher=[str(run.path)], data={"balance": "oversample", "store_px": 40})
    rows = split_for_training(recipe, manifest.take([*range(8), 8, 9, 10, 11]).with_column(
        "split", [*["train", "calibration"] * 6]
    ))  # fmt: skip
    data = FaceData(recipe, rows, tmp_path / "cache")
    assert len(data.learning) == 8
    answers = ask_teachers([str(run.path)], rows.select("train"), tmp_path / "cache")
    assert set(data.learning.teacher.tolist()) == set(answers.tolist())
    assert np.array_equal(data.learning.teacher, answers[list(data.learning.stored_at)])


def test_a_student_learns_from_its_teacher(
    run: RunFolder, manifest: Manifest, tmp_path: Path
) -> None:
    recipe = tiny(teacher=[str(run.path)], augment=STILL, distill={"weight": 1.0})
    student = train(recipe, manifest, tmp_path / "student", cache_dir=tmp_path / "cache")
    assert student.recipe().teacher == (str(run.path),)
    assert student.is_finished


def test_what_is_no_teacher_is_named(manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="neither a bundle nor a finished run"):
        ask_teachers([str(tmp_path / "nowhere")], manifest, tmp_path / "cache")
