"""What the product claims, measured on the labelled photographs with the shipped bundle."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.evaluation.figures.counts import count_answers, count_shares
from genderlens.evaluation.figures.metrics import expected_calibration_error, proportion
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.inference.table import predict_manifest
from genderlens.settings import Settings
from genderlens.types import Precision

pytestmark = pytest.mark.data

PRECISIONS: tuple[Precision, Precision] = ("auto", "fp32")


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return create_predictor(Settings())


@pytest.fixture(scope="module")
def validation(predictor: Predictor, data_dir: Path) -> Judged:
    """The predictions of FairFace validation, face crops as they are."""
    manifest = read_source(str(data_dir / "fairface")).select("val")
    return judge_rows(predict_manifest(predictor, manifest, faces="cropped", progress=False))


def test_fairface_validation_as_the_card_says(predictor: Predictor, validation: Judged) -> None:
    accuracy = count_shares(count_answers(validation), validation.head)["accuracy"]
    evaluation = predictor.bundle.description.evaluation
    assert evaluation is not None
    assert accuracy.value == pytest.approx(evaluation.overall.value, abs=1e-3)
    assert accuracy.value >= 0.88


def test_confidence_means_what_it_says(predictor: Predictor, validation: Judged) -> None:
    _skip_without_thresholds(predictor)
    assert expected_calibration_error(validation.probability, validation.label == 1) <= 0.015


def test_one_percent_of_errors_when_one_percent_is_asked_for(
    predictor: Predictor, validation: Judged
) -> None:
    _skip_without_thresholds(predictor)
    threshold = predictor.bundle.calibration_for(target_error=0.01).abstain_below
    certain = validation.confidence >= threshold
    right = proportion(int(validation.right[certain].sum()), int(certain.sum()))
    assert right.low <= 0.99 <= right.high
    assert right.count / len(validation) >= 0.5


def _skip_without_thresholds(predictor: Predictor) -> None:
    if not predictor.bundle.description.calibration.thresholds:
        pytest.skip("the shipped bundle stores no thresholds: export it again")


def test_celeba_photos_with_the_detector_in_the_loop(predictor: Predictor, data_dir: Path) -> None:
    manifest = read_source(str(data_dir / "celeba")).select("test")
    table = predict_manifest(predictor, manifest, faces="single", progress=False)
    outcomes = Counter(table.column("outcome").to_pylist())
    assert len(manifest) == 750
    rows = judge_rows(table)
    shares = count_shares(count_answers(rows), rows.head)
    assert shares["accuracy_when_certain"].value >= 0.92
    assert 750 - outcomes["classified"] <= 0.03 * 750


def test_everyday_scenes_without_a_person_get_no_label(
    predictor: Predictor, data_dir: Path
) -> None:
    files = {path.name: path for path in (data_dir / "coco").rglob("*.jpg")}
    with (data_dir / "coco" / "persons.csv").open(newline="", encoding="utf-8") as stream:
        people = {row["file"]: int(row["person_count"]) for row in csv.DictReader(stream)}
    outcomes = {
        name: predictor.predict([files[name].read_bytes()])[0].outcome.value for name in people
    }
    assert "unreadable" not in outcomes.values()
    labelled = [n for n, count in people.items() if not count and outcomes[n] == "classified"]
    assert sum(count == 0 for count in people.values()) == 65
    assert len(labelled) <= 2, labelled


def test_the_served_graph_answers_as_fp32_does(data_dir: Path) -> None:
    """400 faces: probabilities within 0.08, and at most 2 other labels."""
    manifest = read_source(str(data_dir / "fairface")).select("val").take(range(400))
    served, exact = (
        _probabilities(create_predictor(Settings(precision=precision)), manifest)
        for precision in PRECISIONS
    )
    assert np.abs(served - exact).max() <= 0.08
    assert ((served >= 0.5) != (exact >= 0.5)).sum() <= 2


def _probabilities(predictor: Predictor, manifest: Manifest) -> NDArray[np.float64]:
    table = predict_manifest(predictor, manifest, faces="cropped", progress=False)
    return table.column("probability_male").to_numpy().astype(np.float64)
