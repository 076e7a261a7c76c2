from __future__ import annotations

import time

import pytest

from genderlens.errors import DetectorError, OverloadedError
from genderlens.service.middleware.tracing import NoTracing
from genderlens.service.models.admission import Admission
from genderlens.service.models.answering import Answering, failed_answer
from genderlens.service.models.drift import DriftMonitor
from genderlens.service.models.routing import AS_SET
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import load_settings
from service.serving import FakePredictor, classified, open_predictor


@pytest.fixture
def answering() -> Answering:
    admission = Admission(load_settings(), workers=1)
    metrics = Metrics()
    return Answering(1.0, admission, metrics, NoTracing(), DriftMonitor(metrics.registry))


def ask(answering: Answering, predictor: FakePredictor, waited_s: float = 0.0) -> float:
    asked = time.perf_counter() - waited_s
    return answering.answer(predictor, b"a", AS_SET, asked).confidence  # type: ignore[arg-type]


def test_a_picture_is_answered_unless_it_waited_too_long(answering: Answering) -> None:
    predictor = open_predictor()
    assert ask(answering, predictor) == 0.88
    with pytest.raises(OverloadedError, match=r"waited 2\.\d s for a worker, the limit is 1 s"):
        ask(answering, predictor, waited_s=2.0)
    assert predictor.computed == [b"a"]


@pytest.mark.parametrize("logit", [float("nan"), float("inf")])
def test_what_is_no_number_does_not_leave_the_service(answering: Answering, logit: float) -> None:
    with pytest.raises(RuntimeError, match="fake-1 gave a logit that is not finite"):
        ask(answering, open_predictor(lambda _: classified(logit)))


def test_a_failure_of_ours_keeps_its_details_to_the_log() -> None:
    predictor = open_predictor()
    ours = failed_answer(DetectorError("the detector failed"), predictor)  # type: ignore[arg-type]
    assert (ours.error_code, ours.error) == ("detector_failed", "the detector failed")
    other = failed_answer(ValueError("secret"), predictor)  # type: ignore[arg-type]
    assert other.error_code == "internal_error"
    assert "secret" not in str(other.error)
