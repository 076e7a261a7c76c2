"""The models behind the service: loaded in the background, run in threads, never overfilled."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from genderlens.cpus import usable_cpus
from genderlens.errors import GenderlensError, NotReadyError
from genderlens.inference.predictor import Predictor
from genderlens.service.admission import Admission
from genderlens.service.answering import Answering, failed_answer
from genderlens.service.drift import DriftMonitor
from genderlens.service.metrics import Metrics
from genderlens.service.reload import Loader, Reloader
from genderlens.service.request_facts import current_request
from genderlens.service.routing import ANY, Fleet, Route, request_key
from genderlens.service.tracing import NoTracing, Tracing
from genderlens.settings import Settings
from genderlens.types import FacePolicy, Prediction

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Engine:
    """Answers pictures with a pool of threads; one picture keeps one thread busy."""

    def __init__(
        self,
        settings: Settings,
        create: Callable[[Settings], Predictor],
        metrics: Metrics,
        tracing: Tracing | None = None,
    ) -> None:
        self._metrics = metrics
        self._workers = settings.workers or usable_cpus()
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="predict")
        self._admission = Admission(settings, self._workers)
        self._answering = Answering(
            settings.deadline_s, self._admission, metrics, tracing or NoTracing()
        )
        self._fleet: Fleet | None = None
        self._drift = DriftMonitor(metrics.registry)
        self.reloader = Reloader(Loader(settings, create), settings, metrics, self._swap)
        self.in_flight = 0
        metrics.pending.set_function(lambda: float(max(0, self.in_flight - self._workers)))
        self.failed = False
        self.reason = "the model is being loaded; try again in a moment"
        """Why it is not ready, while it is not."""

    @property
    def ready(self) -> bool:
        return self._fleet is not None

    @property
    def model_version(self) -> str | None:
        return self._fleet.main_predictor.version if self._fleet else None

    @property
    def fleet(self) -> Fleet:
        """The warm models; NotReadyError before they are."""
        if self._fleet is None:
            raise NotReadyError(self.reason)
        return self._fleet

    @property
    def predictor(self) -> Predictor:
        """The model in production; NotReadyError before it is warm."""
        return self.fleet.main_predictor

    async def start(self) -> None:
        """Load and warm; after a failure, which the log explains, nothing is served."""
        try:
            await self.reloader.start()
        except Exception as error:
            code = error.code if isinstance(error, GenderlensError) else "internal_error"
            self.failed = True
            self.reason = f"the model could not be loaded ({code}); the log of the service says why"
            _log.critical("the model could not be loaded", exc_info=error)

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        self.reloader.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def require_capacity(self) -> None:
        """Raise NotReadyError or OverloadedError where a picture would not be taken now."""
        if self._fleet is None:
            raise NotReadyError(self.reason)
        self._admission.require(self.in_flight)

    async def predict(
        self, content: bytes, faces: FacePolicy | None = None, route: Route = ANY
    ) -> Prediction:
        """The answer for one picture.

        Raises NotReadyError, OverloadedError, VersionNotFoundError or what went wrong.
        """
        (answer,) = await self._run([content], self._choose([content], route), faces)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def predict_each(
        self, contents: Sequence[bytes], faces: FacePolicy | None = None, route: Route = ANY
    ) -> list[Prediction]:
        """One answer per picture, in order; a failure costs only the picture that it hit.

        Raises NotReadyError, OverloadedError or VersionNotFoundError.
        """
        predictor = self._choose(contents, route)
        answers = await self._run(contents, predictor, faces)
        return [
            failed_answer(answer, predictor) if isinstance(answer, BaseException) else answer
            for answer in answers
        ]

    async def apply(self, work: Callable[[Predictor], T], content: bytes, route: Route = ANY) -> T:
        """The result of other work on one picture, in a worker's thread and within its bounds.

        Raises NotReadyError, OverloadedError, VersionNotFoundError or what the work raises.
        """
        predictor, asked = self._choose([content], route), time.perf_counter()
        self.require_capacity()

        def run() -> T:
            self._answering.require_in_time(time.perf_counter() - asked)
            return work(predictor)

        self._enter(1)
        try:
            within = partial(copy_context().run, run)
            return await asyncio.get_running_loop().run_in_executor(self._pool, within)
        finally:
            self._enter(-1)

    async def _run(
        self, contents: Sequence[bytes], predictor: Predictor, faces: FacePolicy | None
    ) -> list[Prediction | BaseException]:
        """Cancelled, it frees its places: what still waits for a thread is never computed.

        A request has no more places at a time than there are workers: others go in between.
        """
        self.require_capacity()
        self._metrics.batch.observe(len(contents))
        if request := current_request():
            request.model_version = predictor.version
        loop, asked = asyncio.get_running_loop(), time.perf_counter()
        places = min(len(contents), self._workers)
        turns = asyncio.Semaphore(places)

        async def run(one: bytes) -> Prediction:
            async with turns:
                # The thread knows for which request it works, in its log lines and spans.
                work = partial(
                    copy_context().run, self._answering.answer, predictor, one, faces, asked
                )
                return await loop.run_in_executor(self._pool, work)

        self._enter(places)
        try:
            return await asyncio.gather(*map(run, contents), return_exceptions=True)
        finally:
            self._enter(-places)

    def _choose(self, contents: Sequence[bytes], route: Route) -> Predictor:
        """Decided once, when the request is accepted: a swap meanwhile does not concern it."""
        fleet = self.fleet
        if route.model is None and not fleet.is_split:
            return fleet.main_predictor if not fleet.weights else fleet.choose()
        return fleet.choose(pin=route.model, key=request_key(contents, route.client))

    def _swap(self, fleet: Fleet) -> None:
        self._drift.follow(fleet)
        self._metrics.show_graphs(fleet.graphs)
        self._fleet = fleet

    def _enter(self, count: int) -> None:
        self.in_flight += count
        self._metrics.in_flight.set(self.in_flight)
