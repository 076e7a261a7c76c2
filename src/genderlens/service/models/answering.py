"""One picture in a worker's thread, and what metrics, trace and log learn of it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator

from genderlens.errors import GenderlensError, OverloadedError
from genderlens.inference.predictor import Predictor
from genderlens.service.middleware.request_facts import current_request
from genderlens.service.middleware.tracing import Tracing
from genderlens.service.models.admission import Admission
from genderlens.service.models.drift import DriftMonitor
from genderlens.service.models.routing import AnswerOptions
from genderlens.service.telemetry.metrics import Metrics
from genderlens.types import FaceResult, Prediction

_log = logging.getLogger(__name__)


class Answering:
    """What a worker does with a picture when its turn comes; any thread may ask."""

    def __init__(
        self,
        deadline_s: float,
        admission: Admission,
        metrics: Metrics,
        tracing: Tracing,
        drift: DriftMonitor,
    ) -> None:
        self._deadline_s, self._admission, self._drift = deadline_s, admission, drift
        self._metrics, self._tracing = metrics, tracing

    def answer(
        self, predictor: Predictor, content: bytes, options: AnswerOptions, asked: float
    ) -> Prediction:
        """The answer for a picture that came at ``asked``, on ``time.perf_counter``'s clock.

        Raises OverloadedError, DetectorError, or RuntimeError where the model computed no number.
        """
        start = time.perf_counter()
        self._note_wait(asked, start - asked)
        self.require_in_time(start - asked)
        answer, photo = predictor.predict_photo(
            content, faces=options.faces, attributes=options.attributes
        )
        require_finite(answer)
        self._drift.observe(predictor, photo, answer)
        self._note(answer, start)
        compute_s = time.perf_counter() - start
        self._admission.observe(compute_s)
        self._metrics.model_seconds.labels(answer.model_version).observe(compute_s)
        return answer

    def require_in_time(self, waited_s: float) -> None:
        """OverloadedError: nobody waits for an answer this late, and it would delay the others."""
        if waited_s > self._deadline_s:
            raise OverloadedError(
                f"the picture waited {waited_s:.1f} s for a worker, the limit is "
                f"{self._deadline_s:g} s; try again in a moment"
            )

    def _note_wait(self, asked: float, waited_s: float) -> None:
        self._metrics.queue.observe(waited_s)
        self._tracing.record(asked, {"queue": waited_s})
        if request := current_request():
            request.waits_s.append(waited_s)

    def _note(self, answer: Prediction, start: float) -> None:
        """Tell metrics, trace and log of an answer; its stages came one after the other."""
        self._metrics.observe(answer)
        stages = {name: spent / 1000.0 for name, spent in answer.timings_ms.items()}
        self._tracing.record(start, stages)
        if request := current_request():
            request.outcomes.append(answer.outcome)


def failed_answer(error: BaseException, predictor: Predictor) -> Prediction:
    """What is said of a picture of a batch that failed; the log says why."""
    _log.error("a picture of a batch failed", exc_info=error)
    code, message = "internal_error", "the service failed; the error was logged"
    if isinstance(error, GenderlensError):
        code, message = error.code, error.message
    return predictor.refuse(code, message)


def require_finite(answer: Prediction) -> None:
    """RuntimeError where a model computed no number: such an answer must not leave the service."""
    if not all(math.isfinite(logit) for face in answer.faces for logit in _logits(face)):
        raise RuntimeError(f"model {answer.model_version} gave a logit that is not finite")


def _logits(face: FaceResult) -> Iterator[float]:
    """Of every head that was asked."""
    for answer in (face.answer, *face.attributes):
        yield from answer.logits
