"""The predictor behind the service: loaded in the background, run in threads, never overfilled."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from genderlens.cpus import usable_cpus
from genderlens.errors import GenderlensError, NotReadyError, OverloadedError
from genderlens.inference.predictor import Predictor
from genderlens.service.metrics import Metrics
from genderlens.settings import Settings
from genderlens.types import FacePolicy, Outcome, Prediction

_log = logging.getLogger(__name__)


class Engine:
    """Answers pictures with a pool of threads; one picture keeps one thread busy."""

    def __init__(
        self, settings: Settings, create: Callable[[Settings], Predictor], metrics: Metrics
    ) -> None:
        self._settings, self._create, self._metrics = settings, create, metrics
        workers = settings.workers or usable_cpus()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="predict")
        self._predictor: Predictor | None = None
        self.in_flight = 0
        self.failed = False
        self.reason = "the model is being loaded; try again in a moment"
        """Why it is not ready, while it is not."""

    @property
    def ready(self) -> bool:
        return self._predictor is not None

    @property
    def model_version(self) -> str | None:
        return self._predictor.version if self._predictor else None

    @property
    def predictor(self) -> Predictor:
        """The warm predictor; NotReadyError before it is."""
        if self._predictor is None:
            raise NotReadyError(self.reason)
        return self._predictor

    async def start(self) -> None:
        """Load and warm; after a failure, which the log explains, nothing is served."""
        loop = asyncio.get_running_loop()
        try:
            self._predictor = await loop.run_in_executor(self._pool, self._load)
        except Exception as error:
            code = error.code if isinstance(error, GenderlensError) else "internal_error"
            self.failed = True
            self.reason = f"the model could not be loaded ({code}); the log of the service says why"
            _log.critical("the model could not be loaded", exc_info=error)

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def require_capacity(self) -> None:
        """Raise NotReadyError or OverloadedError where a picture would not be taken now."""
        if self._predictor is None:
            raise NotReadyError(self.reason)
        if self.in_flight >= self._settings.max_queue:
            raise OverloadedError(
                f"{self.in_flight} pictures are waiting, the limit is {self._settings.max_queue}; "
                "try again in a moment"
            )

    async def predict(self, content: bytes, faces: FacePolicy | None = None) -> Prediction:
        """The answer for one picture. Raises NotReadyError, OverloadedError or what went wrong."""
        (answer,) = await self._run([content], faces)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def predict_each(
        self, contents: Sequence[bytes], faces: FacePolicy | None = None
    ) -> list[Prediction]:
        """One answer per picture, in order; a failure costs only the picture that it hit.

        Raises NotReadyError or OverloadedError.
        """
        answers = await self._run(contents, faces)
        return [
            self._failure(answer) if isinstance(answer, BaseException) else answer
            for answer in answers
        ]

    async def _run(
        self, contents: Sequence[bytes], faces: FacePolicy | None
    ) -> list[Prediction | BaseException]:
        """Cancelled, it frees its place: what still waits for a thread is never computed."""
        self.require_capacity()
        self._enter(len(contents))
        try:
            loop, asked = asyncio.get_running_loop(), time.perf_counter()
            return await asyncio.gather(
                *(
                    loop.run_in_executor(self._pool, self._answer, one, faces, asked)
                    for one in contents
                ),
                return_exceptions=True,
            )
        finally:
            self._enter(-len(contents))

    def _load(self) -> Predictor:
        predictor = self._create(self._settings)
        predictor.warm_up()
        return predictor

    def _answer(self, content: bytes, faces: FacePolicy | None, asked: float) -> Prediction:
        self._metrics.queue.observe(time.perf_counter() - asked)
        answer = self.predictor.predict([content], faces=faces)[0]
        if not all(math.isfinite(face.logit) for face in answer.faces):
            raise RuntimeError(f"model {answer.model_version} gave a logit that is not finite")
        self._metrics.observe(answer)
        return answer

    def _failure(self, error: BaseException) -> Prediction:
        _log.error("a picture of a batch failed", exc_info=error)
        code, message = "internal_error", "the service failed; the error was logged"
        if isinstance(error, GenderlensError):
            code, message = error.code, error.message
        return Prediction(
            outcome=Outcome.UNREADABLE,
            person_count=0,
            model_version=self.predictor.version,
            error=message,
            error_code=code,
        )

    def _enter(self, count: int) -> None:
        self.in_flight += count
        self._metrics.in_flight.set(self.in_flight)
