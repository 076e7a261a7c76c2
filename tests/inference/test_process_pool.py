"""A predictor goes to other processes: they load it anew."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import photos
from genderlens import PhotoPredictor, load_predictor
from genderlens.bundle import default_bundle_path
from genderlens.errors import BundleError


@pytest.fixture(scope="module")
def predictor() -> PhotoPredictor:
    return load_predictor(
        faces="largest", tta="off", precision="fp32", database_url="postgresql://me:secret@db/x"
    )


def test_another_process_answers_alike(predictor: PhotoPredictor) -> None:
    picture = photos.encode(photos.portrait())
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(predictor.predict, [picture, b"text"]).result(240)
    assert there == predictor.predict([picture, b"text"])


def test_settings_go_along_and_secrets_do_not(predictor: PhotoPredictor) -> None:
    packed = pickle.dumps(predictor)
    assert b"secret" not in packed
    assert len(packed) < 10_000
    again = pickle.loads(packed)
    assert again.settings.decisive == predictor.settings.decisive
    assert again.version == predictor.version


def test_a_model_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "model"
    link.symlink_to(default_bundle_path())
    packed = pickle.dumps(load_predictor(model=str(link)))
    changed = packed.replace(
        load_predictor().version.encode(), b"x" * len(load_predictor().version)
    )
    with pytest.raises(BundleError, match="cannot be loaded in this process"):
        pickle.loads(changed)
