"""The predictor behind the service: loaded in the background, run in threads, never overfilled."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from genderlens.errors import GenderlensError, NotReadyError, OverloadedError
from genderlens.inference.predictor import Predictor
from genderlens.service.metrics import Metrics
from genderlens.settings import Settings
from genderlens.types import FacePolicy, Prediction

_log = logging.getLogger(__name__)


class Engine:
    """Answers pictures with a pool of threads; one picture keeps one thread busy."""

    def __init__(
        self, settings: Settings, create: Callable[[Settings], Predictor], metrics: Metrics
    ) -> None:
        self._settings, self._create, self._metrics = settings, create, metrics
        workers = settings.workers or len(os.sched_getaffinity(0))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="predict")
        self._in_flight = 0
        self._predictor: Predictor | None = None
        self.failure: str | None = None

    @property
    def ready(self) -> bool:
        return self._predictor is not None

    @property
    def model_version(self) -> str | None:
        return self._predictor.bundle.version if self._predictor else None

    @property
    def predictor(self) -> Predictor:
        """The warm predictor; NotReadyError before it is."""
        if self._predictor is None:
            raise NotReadyError(
                f"the model could not be loaded: {self.failure}"
                if self.failure
                else "the model is being loaded; try again in a moment"
            )
        return self._predictor

    async def start(self) -> None:
        """Load and warm; a failure is kept for the health page, and nothing is served."""
        loop = asyncio.get_running_loop()
        try:
            self._predictor = await loop.run_in_executor(self._pool, self._load)
        except GenderlensError as error:
            self.failure = error.message
            _log.error("the model could not be loaded: %s", error.message)

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def predict(
        self, contents: Sequence[bytes], faces: FacePolicy | None = None
    ) -> list[Prediction]:
        """One answer per picture, in order. Raises NotReadyError or OverloadedError."""
        predictor = self.predictor
        if self._in_flight >= self._settings.max_queue:
            raise OverloadedError(
                f"{self._in_flight} pictures are waiting, the limit is {self._settings.max_queue}; "
                "try again in a moment"
            )
        self._enter(len(contents))
        try:
            loop = asyncio.get_running_loop()
            asked = time.perf_counter()
            return await asyncio.gather(
                *(
                    loop.run_in_executor(self._pool, self._answer, predictor, one, faces, asked)
                    for one in contents
                )
            )
        finally:
            self._enter(-len(contents))

    def _load(self) -> Predictor:
        predictor = self._create(self._settings)
        predictor.warm_up()
        return predictor

    def _answer(
        self, predictor: Predictor, content: bytes, faces: FacePolicy | None, asked: float
    ) -> Prediction:
        self._metrics.queue.observe(time.perf_counter() - asked)
        answer = predictor.predict([content], faces=faces)[0]
        self._metrics.observe(answer)
        return answer

    def _enter(self, count: int) -> None:
        self._in_flight += count
        self._metrics.in_flight.set(self._in_flight)
