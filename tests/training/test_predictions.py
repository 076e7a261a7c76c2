from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genderlens.data.readers import read_source
from genderlens.predictions import read_predictions
from genderlens.training.predictions import predict_with_run
from genderlens.training.train import train
from training.tiny import column, tiny, with_splits

pytestmark = pytest.mark.usefixtures("no_curve_plots")


@pytest.mark.parametrize("width_px", [None, 40])
def test_a_run_predicts_its_own_splits_as_it_predicts_any_picture(
    class_folders: Callable[[int], Path], tmp_path: Path, width_px: int | None
) -> None:
    manifest = with_splits(
        read_source(str(class_folders(8))), ["train", "train", "calibration", "test"]
    )
    recipe = tiny(input={"size_px": 32, "width_px": width_px}, model={
        "architecture": "compact_resnet", "options": {"channels": [8, 8, 8, 8]}
    })  # fmt: skip
    run = train(recipe, manifest, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert not run.predictions("val").exists()
    stored = read_predictions(run.predictions("test"))
    asked = predict_with_run(run, manifest.select("test"))
    assert stored.column("uri").to_pylist() == manifest.select("test").uris
    assert stored.column("label").to_pylist() == manifest.select("test").labels
    assert set(column(stored, "outcome")) == {"classified"}
    np.testing.assert_allclose(column(stored, "logit"), column(asked, "logit"), atol=1e-5)
    probability = 1 / (1 + np.exp(-column(stored, "logit")))
    np.testing.assert_allclose(column(stored, "probability_male"), probability, atol=1e-9)
