"""Follows the registry: loads and warms what a promotion or a split asks for, then swaps.

Requests in work keep the model that they started with, so none is lost. Where a model cannot be
loaded, what served before goes on, and the reason is shown until it can.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from genderlens.bundle import Bundle
from genderlens.cpus import usable_cpus
from genderlens.errors import (
    GenderlensError,
    ModelTrialError,
    StoreTimeoutError,
    VersionNotFoundError,
)
from genderlens.inference.predictor import Predictor
from genderlens.registry.address import SCHEME, load_reference
from genderlens.registry.state import RegistryState
from genderlens.registry.store import Registry, create_guests, open_registry, registry_address
from genderlens.registry.trial import require_fit, trial_key
from genderlens.service.models.routing import Fleet
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import Settings

PRODUCTION = f"{SCHEME}production"
REFRESH_S: Final = 30.0
"""How long whoever changed the registry waits for the change to be in service here."""
_REFUSED_FOR_S = 600.0
_WARM_AT_ONCE: Final = 4
"""A run of the detector beside another one takes tens of megabytes more, which stay: they are taken
now, as far as so many workers need them, and memory does not grow when requests first meet."""
_log = logging.getLogger(__name__)


class Loader:
    """Builds fleets: of the one model that the settings name, or of what the registry says."""

    def __init__(self, settings: Settings, create: Callable[[Settings], Predictor]) -> None:
        self._settings, self._create = settings, create
        self._refused: dict[str, tuple[float, ModelTrialError]] = {}
        self.guests = create_guests(settings)
        """Where models are tried before they are loaded here."""

    @property
    def follows_registry(self) -> bool:
        return self._settings.model == PRODUCTION

    def load(self, state: RegistryState | None, current: Fleet | None) -> Fleet:
        """The fleet for a state of the registry; models that ``current`` holds are kept."""
        # The first are warmed as they will answer; later ones beside the workers that answer.
        at_once = 1 if current else _WARM_AT_ONCE
        if state is None:
            predictor = self._warm(self._settings, at_once)
            return Fleet({predictor.version: predictor}, predictor.version)
        if state.production is None:
            raise VersionNotFoundError(
                f"no version is production in {registry_address(self._settings)}; "
                "run 'genderlens models add BUNDLE' and 'genderlens models promote VERSION'"
            )
        loaded = current.predictors if current else {}
        predictors = {
            version: loaded.get(version) or self._warm(self._pointed_at(version), at_once)
            for version in dict.fromkeys([state.production, *state.traffic])
        }
        aliases = {name: v for name, v in state.aliases.items() if v in predictors}
        return Fleet(predictors, state.production, state.traffic, aliases)

    def _pointed_at(self, version: str) -> Settings:
        return self._settings.model_copy(update={"model": f"{SCHEME}{version}"})

    def _warm(self, settings: Settings, at_once: int) -> Predictor:
        """A warm predictor of models that a child has tried first, warmed by so many threads."""
        for reference in map(str.strip, settings.model.split(",")):
            if reference not in {"", "default"}:
                self._require_fit(load_reference(reference, settings))
        predictor = self._create(settings)
        count = min(self._settings.workers or usable_cpus(), at_once)
        with ThreadPoolExecutor(count, thread_name_prefix="warm") as pool:
            for warmed in [pool.submit(predictor.warm_up) for _ in range(count)]:
                warmed.result()
        return predictor

    def _require_fit(self, bundle: Bundle) -> None:
        """Try a bundle; one that was just refused is not tried again at every look."""
        key = trial_key(bundle)
        refused_at, error = self._refused.get(key, (-math.inf, None))
        if error is not None and time.monotonic() - refused_at < _REFUSED_FOR_S:
            raise error
        try:
            require_fit(bundle, self.guests)
        except ModelTrialError as error:
            if error.is_verdict:
                self._refused[key] = (time.monotonic(), error)
            raise


class Reloader:
    """Swaps the fleet when the registry changes; ``reason`` says why it could not."""

    def __init__(
        self,
        loader: Loader,
        settings: Settings,
        metrics: Metrics,
        swap: Callable[[Fleet], None],
    ) -> None:
        self._loader, self._settings, self._metrics, self._swap = loader, settings, metrics, swap
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="reload")
        self._registry: Registry | None = None
        self._fleet: Fleet | None = None
        self._state: RegistryState | None = None
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._looks = set[asyncio.Task[None]]()
        self._next_look: asyncio.Task[None] | None = None
        self.reason: str | None = None

    @property
    def follows_registry(self) -> bool:
        """Whether a promotion changes what serves here."""
        return self._loader.follows_registry

    @property
    def registry(self) -> Registry:
        """The registry, opened when it is first asked for."""
        if self._registry is None:
            self._registry = open_registry(self._settings)
        return self._registry

    async def start(self) -> None:
        """Load what is to serve, or raise; then follow the registry where that is asked for."""
        await self._reload()
        if self._loader.follows_registry:
            self._task = asyncio.create_task(self._follow())

    def end_trials(self) -> None:
        """End the children that try models, so that nobody waits for one of them any more."""
        self._loader.guests.close()
        if self._registry is not None:
            self._registry.guests.close()

    def close(self) -> None:
        """Stop following; what is being loaded is waited for."""
        self.end_trials()
        for task in (*self._looks, *filter(None, [self._task])):
            task.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def refresh(self) -> None:
        """Look now, as after a promotion; a failure leaves what serves and sets ``reason``.

        So does a look that takes longer than REFRESH_S, which goes on without anybody waiting.
        """
        if not self._loader.follows_registry or self._fleet is None:
            return
        if self._lock.locked():
            self._loader.guests.interrupt()  # what is tried now may be what this is to undo
        done, _ = await asyncio.wait({self._look_anew()}, timeout=REFRESH_S)
        if not done:
            self._fail(
                StoreTimeoutError(
                    f"the change was not in service within {REFRESH_S:g} s; what served before "
                    "goes on until it is"
                )
            )

    def _look_anew(self) -> asyncio.Task[None]:
        """A look that has not begun: one for all who ask while another is at work."""
        if self._next_look is None:
            self._next_look = asyncio.create_task(self._look())
            self._looks.add(self._next_look)
            self._next_look.add_done_callback(self._looks.discard)
        return self._next_look

    async def _look(self) -> None:
        try:
            await self._reload()
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._metrics.reloads.labels("failed").inc()
        code = error.code if isinstance(error, GenderlensError) else "internal_error"
        reason = error.message if isinstance(error, GenderlensError) else code
        if reason != self.reason:
            _log.error("the model in service stays, the new one fails", exc_info=error)
        self.reason = reason

    async def _reload(self) -> None:
        async with self._lock:
            self._next_look = None
            loop = asyncio.get_running_loop()
            state = await loop.run_in_executor(self._threads, self._read_state)
            if self._fleet is not None and state == self._state and self.reason is None:
                return
            fleet = await loop.run_in_executor(self._threads, self._loader.load, state, self._fleet)
            if self._fleet is not None:
                self._metrics.reloads.labels("loaded").inc()
                _log.info("models in service: %s", ", ".join(fleet.predictors))
            self._fleet, self._state, self.reason = fleet, state, None
            self._metrics.show_shares(fleet.shares)
            self._swap(fleet)

    def _read_state(self) -> RegistryState | None:
        return self.registry.state() if self._loader.follows_registry else None

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._settings.registry_poll_s)
            await self._look()
