"""Answers that are older than the settings keep are forgotten, in a thread of its own.

A clock that jumps must not make anything look old: while the time of day runs apart from the time
since the machine started, nothing is forgotten, until both have agreed for an hour.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from genderlens.errors import GenderlensError
from genderlens.history.tables import now

EVERY_S: Final = 3600.0
MAX_DRIFT_S: Final = 600.0
"""How far a clock may be set in an hour and still be believed."""
_STOP_S: Final = 5.0
_log = logging.getLogger(__name__)

Forget = Callable[[datetime], int]


class Expiry:
    """``forget`` removes what is from before a time, and says how much that was."""

    def __init__(self, forget: Forget, keep_days: int) -> None:
        self._forget, self._keep = forget, timedelta(days=keep_days)
        self._clock = SteadyClock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="expiry", daemon=True)

    def start(self) -> None:
        """Forget what is old now, and look again every hour; with no days to keep, never."""
        if self._keep:
            self._thread.start()

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._forget_old()
            except GenderlensError as error:
                _log.error("what is older than the history keeps stays for now: %s", error.message)
            except Exception as error:
                _log.error("what is older than the history keeps stays for now", exc_info=error)
            self._stopping.wait(EVERY_S)

    def _forget_old(self) -> None:
        if not self._clock.is_steady():
            _log.warning("the clock jumped; nothing is forgotten until it has run on for an hour")
            return
        oldest = now() - self._keep
        if count := self._forget(oldest):
            _log.info("the history deleted %d rows from before %s", count, oldest.date())


class SteadyClock:
    """Compares the time of day with the time since the start of the machine."""

    def __init__(self) -> None:
        self._offset_s = self._read()

    def is_steady(self) -> bool:
        """Whether they ran alike since they were last compared."""
        before, self._offset_s = self._offset_s, self._read()
        return abs(self._offset_s - before) <= MAX_DRIFT_S

    def _read(self) -> float:
        return time.time() - since_boot_s()


def since_boot_s() -> float:
    """Seconds that no setting of a clock changes; where the system tells it, sleep included."""
    kind = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if kind is None else time.clock_gettime(kind)
