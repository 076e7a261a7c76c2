"""The key of a job changes with everything that its labels depend on, and with nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genderlens.settings import InferenceSettings, Settings
from labelling.jobs import make_job

CHANGED: dict[str, Any] = {
    "faces": "all",
    "abstain_below": 0.7,
    "target_error": 0.01,
    "tta": "flip",
    "precision": "fp32",
    "face_min_score": 0.6,
    "attributes": "age_group",
    "face_min_side_px": 21,
    "face_min_area": 0.002,
    "face_min_height": 0.06,
    "face_min_relative_area": 0.3,
    "people": "detr",
    "people_model": "other",
    "person_min_score": 0.8,
    "person_min_area": 0.06,
    "person_min_height": 0.3,
    "detector_max_side_px": 512,
    "max_pixels": 40_000_000,
    "face_sure_score": 0.7,
    "face_weak_score": 0.45,
    "upright_crops": True,
}


def key(**settings: Any) -> str:
    return make_job("in", Path("out"), settings=Settings(**settings)).key()


def test_every_inference_setting_is_tried_here() -> None:
    beside = {"model", "pixel_memory_bytes"}
    assert set(CHANGED) | beside == set(InferenceSettings.model_fields)


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_each_of_them_changes_the_key(name: str) -> None:
    assert key(**{name: CHANGED[name]}) != key()


def test_where_a_model_lies_and_how_fast_it_answers_changes_nothing() -> None:
    assert key(model="/elsewhere", threads=4, workers=3, port=9000) == key()


def test_other_weights_and_another_detector_change_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = key()
    assert make_job("in", Path("out"), bundles="newer").key() != before
    monkeypatch.setattr("genderlens.labelling.job.detector_digest", lambda _: "newer")
    assert key() != before
