"""The models behind the service: loaded in the background, run in threads, never overfilled."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, TypeVar

from genderlens.cpus import usable_cpus
from genderlens.errors import GenderlensError, ImageTooLargeError, NotReadyError
from genderlens.heads import Head
from genderlens.inference.predictor import Predictor
from genderlens.pictures.cost import reckon_cost
from genderlens.service.middleware.request_facts import current_request
from genderlens.service.middleware.tracing import NoTracing, Tracing
from genderlens.service.models.admission import Admission, WorkerSlots
from genderlens.service.models.answering import Answering, failed_answer, require_finite
from genderlens.service.models.canary import CANARY, Canary, canary_picture
from genderlens.service.models.drift import DriftMonitor
from genderlens.service.models.reload import Loader, Reloader
from genderlens.service.models.routing import ANY, AS_SET, AnswerOptions, Fleet, Route, request_key
from genderlens.service.models.turns import Workers
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import Settings
from genderlens.types import FacePolicy, Prediction

T = TypeVar("T")

_FEW: Final = 2
"""Clients in flight for each worker up to which a further one is let in, even amid slow work."""
_QUARTERS: Final = 4
_CANARY_POLICIES: Final[tuple[FacePolicy, ...]] = ("cropped", "single")
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
        self._settings, self._count = settings, settings.workers or usable_cpus()
        self._workers = Workers(self._count, settings.pixel_memory_bytes, settings.deadline_s)
        self._admission, self._places = Admission(settings, self._count), WorkerSlots()
        self._fleet: Fleet | None = None
        self._drift = DriftMonitor(metrics.registry)
        self._answering = Answering(
            settings.deadline_s, self._admission, metrics, tracing or NoTracing(), self._drift
        )
        self.reloader = Reloader(Loader(settings, create), settings, metrics, self._swap)
        metrics.pending.set_function(lambda: float(max(0, self.in_flight - self._count)))
        metrics.pixel_memory.set_function(lambda: float(self._workers.turns.used_bytes))
        metrics.pixel_memory_limit.set(settings.pixel_memory_bytes)
        self.canary = Canary(self._answer_canary)
        metrics.canary_age.set_function(lambda: self.canary.age_s)
        self.failed = False
        self.reason = "the model is being loaded; try again in a moment"
        """Why it is not ready, while it is not."""

    @property
    def ready(self) -> bool:
        return self._fleet is not None

    @property
    def is_answering(self) -> bool:
        """Whether it is ready, and a picture of its own was answered lately."""
        return self.ready and self.canary.is_alive

    @property
    def why_not(self) -> str:
        """Why it is not answering, while it is not."""
        if not self.ready:
            return self.reason
        return (
            f"the last answer to a picture of the service's own is {self.canary.age_s:.0f} s old; "
            "its log says why"
        )

    @property
    def in_flight(self) -> int:
        """Pictures in work or waiting."""
        return self._places.total

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
    def head(self) -> Head:
        """The question that the model in production answers; NotReadyError before it is warm."""
        return self.predictor.questions.head

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

    async def require_loaded(self, loading: asyncio.Task[None]) -> None:
        """Wait for ``start``. Raises NotReadyError where it failed: others answer on that port."""
        await loading
        if self.failed:
            raise NotReadyError(self.reason)

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        self.reloader.close()
        self._workers.stop()

    def require_capacity(self, asker: str = "") -> None:
        """Raise NotReadyError or OverloadedError where a picture would not be taken now."""
        if self._fleet is None:
            raise NotReadyError(self.reason)
        if not self._places.is_new_among_few(asker, _FEW * self._count):
            self._admission.require(self._places.ahead_of(asker))

    def units(self, content: bytes) -> int:
        """How many requests a picture counts as: one, or a quarter of the memory each."""
        return max(1, -(-_QUARTERS * self._cost(content) // self._settings.pixel_memory_bytes))

    @asynccontextmanager
    async def pixels(self, content: bytes, asker: str) -> AsyncIterator[None]:
        """Memory for a picture that is decoded elsewhere; ImageTooLargeError, OverloadedError."""
        give_back = await self._workers.hold(asker, self._require_room(content))
        try:
            yield
        finally:
            give_back()

    async def predict(
        self, content: bytes, options: AnswerOptions = AS_SET, route: Route = ANY
    ) -> Prediction:
        """The answer for one picture.

        Raises NotReadyError, OverloadedError, VersionNotFoundError, UnknownAttributeError or what
        went wrong.
        """
        predictor = self._choose([content], route)
        (answer,) = await self._run([content], predictor, options, route.asker)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def predict_each(
        self, contents: Sequence[bytes], options: AnswerOptions = AS_SET, route: Route = ANY
    ) -> list[Prediction]:
        """One answer per picture, in order; a failure costs only the picture that it hit.

        Raises NotReadyError, OverloadedError, VersionNotFoundError or UnknownAttributeError.
        """
        predictor = self._choose(contents, route)
        answers = await self._run(contents, predictor, options, route.asker)
        return [
            failed_answer(answer, predictor) if isinstance(answer, BaseException) else answer
            for answer in answers
        ]

    async def apply(self, work: Callable[[Predictor], T], content: bytes, route: Route = ANY) -> T:
        """The result of other work on one picture, in a worker's thread and within its bounds.

        Raises NotReadyError, OverloadedError, VersionNotFoundError, ImageTooLargeError or what the
        work raises.
        """
        predictor = self._choose([content], route)
        self.require_capacity(route.asker)
        cost = self._require_room(content)
        self._enter(route.asker, 1)
        try:
            return await self._workers.run(route.asker, cost, partial(work, predictor))
        finally:
            self._enter(route.asker, -1)

    async def _run(
        self,
        contents: Sequence[bytes],
        predictor: Predictor,
        options: AnswerOptions,
        asker: str,
    ) -> list[Prediction | BaseException]:
        """Cancelled, it frees its places: what still waits for a thread is never computed.

        A request has no more places at a time than there are workers: others go in between.
        """
        options.require_known(predictor)
        self.require_capacity(asker)
        self._metrics.batch.observe(len(contents))
        if request := current_request():
            request.model_version = predictor.version
        asked, places = time.perf_counter(), min(len(contents), self._count)
        turns = asyncio.Semaphore(places)

        async def run(one: bytes) -> Prediction:
            async with turns:
                try:
                    cost = self._require_room(one)
                except ImageTooLargeError as error:
                    return predictor.refuse(error.code, error.message)
                work = partial(self._answering.answer, predictor, one, options, asked)
                return await self._workers.run(asker, cost, work)

        self._enter(asker, places)
        try:
            return await asyncio.gather(*map(run, contents), return_exceptions=True)
        finally:
            self._enter(asker, -places)

    async def _answer_canary(self) -> None:
        """One picture through every model, and through the detector; raises what goes wrong."""
        picture = canary_picture()
        for predictor in self.fleet.predictors.values():
            for policy in _CANARY_POLICIES:
                work = partial(predictor.predict, [picture], faces=policy)
                (answer,) = await self._workers.run(CANARY, self._cost(picture), work)
                require_finite(answer)

    def _cost(self, content: bytes) -> int:
        return reckon_cost(content, self._settings.max_pixels).bytes

    def _require_room(self, content: bytes) -> int:
        """The memory to decode a picture; ImageTooLargeError where there never is so much.

        What has too many pixels is not decoded, and is refused in its turn as elsewhere; so is
        what does not tell its size, which waits for all the memory there is.
        """
        cost, limit = (
            reckon_cost(content, self._settings.max_pixels),
            self._settings.pixel_memory_bytes,
        )
        if cost.bytes <= limit or not 0 < cost.pixels <= self._settings.max_pixels:
            return min(cost.bytes, limit)
        most = cost.largest_pixels(limit)
        raise ImageTooLargeError(
            f"a picture of {cost.pixels:,} pixels in this format takes {cost.bytes / 1e6:,.0f} MB "
            f"to decode, the limit is {most:,} pixels; scale it down, or send a JPEG"
        )

    def _choose(self, contents: Sequence[bytes], route: Route) -> Predictor:
        """Decided once, when the request is accepted: a swap meanwhile does not concern it."""
        fleet = self.fleet
        if route.model is None and not fleet.is_split:
            return fleet.main_predictor if not fleet.weights else fleet.choose()
        return fleet.choose(pin=route.model, key=request_key(contents, route.client))

    def _swap(self, fleet: Fleet) -> None:
        if self._fleet is None:
            self.canary.begin()
        self._drift.follow(fleet)
        self._metrics.show_graphs(fleet.graphs)
        self._fleet = fleet

    def _enter(self, asker: str, count: int) -> None:
        self._places.enter(asker, count)
        self._metrics.in_flight.set(self.in_flight)
