"""Who is let in where more pictures come than the workers can answer.

A queue is there for bursts. One that stands makes everybody wait and nobody faster (Nichols and
Jacobson, "Controlling Queue Delay", 2012): what comes then is refused at once, so that what is let
in is answered soon. Waits are foretold from how long pictures took lately, not from their number:
the same limit suits a fast and a slow machine.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from genderlens.errors import OverloadedError
from genderlens.settings import Settings

BURST_S: Final = 1.0
"""So long a burst may fill the queue."""
BURST_FACTOR: Final = 10.0
"""So many times as long as otherwise a burst may wait."""
CALM_S: Final = 5.0
"""So long no wait may have been long before another burst is taken."""
RETRY_S: Final = 2
"""When to come again under lasting load: to refuse costs a fiftieth of an answer, not nothing."""
FIRST_GUESS_S: Final = 0.05
"""What a picture is thought to take before one was answered."""
_WEIGHT: Final = 0.1
"""Of the newest picture in the moving average of compute times."""


class Admission:
    """Judges the queue as each picture comes; to be asked from one thread."""

    def __init__(
        self, settings: Settings, workers: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._workers, self._clock = settings, workers, clock
        self._compute_s: float | None = None
        self._pressed_since = self._pressed_last = float("-inf")

    def observe(self, compute_s: float) -> None:
        """Learn how long one picture kept a worker busy; any thread may say so."""
        known = compute_s if self._compute_s is None else self._compute_s
        self._compute_s = known + _WEIGHT * (compute_s - known)

    def expected_wait_s(self, in_flight: int) -> float:
        """How long a picture that comes now would wait for a worker."""
        ahead = in_flight - self._workers + 1
        compute_s = FIRST_GUESS_S if self._compute_s is None else self._compute_s
        return max(0, ahead) * compute_s / self._workers

    def require(self, in_flight: int) -> None:
        """Raise OverloadedError where one picture more would be too many.

        ``in_flight`` are those that it would wait for, which ``Places.ahead_of`` tells.
        """
        if in_flight >= self._settings.max_queue:
            raise OverloadedError(
                f"{in_flight} pictures are waiting, the limit is {self._settings.max_queue}; "
                "try again in a moment"
            )
        wait_s, limit_s = self.expected_wait_s(in_flight), self._settings.max_wait_s
        if wait_s > limit_s and (not self._is_burst() or wait_s > BURST_FACTOR * limit_s):
            raise OverloadedError(
                f"a picture would wait {wait_s:.2f} s for a worker, the limit under lasting load "
                f"is {limit_s:g} s; try again in a moment",
                headers={"Retry-After": str(RETRY_S)},
            )

    def _is_burst(self) -> bool:
        """Whether waits are long only since a moment ago, after a calm time."""
        at = self._clock()
        if at - self._pressed_last > CALM_S:
            self._pressed_since = at
        self._pressed_last = at
        return at - self._pressed_since <= BURST_S


class WorkerSlots:
    """Pictures in flight by client; whoever has few waits for few, since clients take turns."""

    def __init__(self) -> None:
        self.total = 0
        self._of: Counter[str] = Counter()

    def enter(self, client: str, count: int) -> None:
        """Count pictures of a client in; negative: out."""
        self.total += count
        self._of[client] += count
        if not self._of[client]:
            del self._of[client]

    def ahead_of(self, client: str) -> int:
        """The pictures that have their turn before another one of the client."""
        own = self._of[client]
        if own == self.total:
            return own
        return own + sum(min(count, own + 1) for one, count in self._of.items() if one != client)

    def is_new_among_few(self, client: str, few: int) -> bool:
        """Whether a client has nothing in flight, and no more than a few others have."""
        return client not in self._of and len(self._of) <= few
