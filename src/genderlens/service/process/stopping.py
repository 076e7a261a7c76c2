"""The end of a service, whatever is stuck: each part has a few seconds, the whole has a deadline.

A thread that waits for a bucket, a database or a model that never answers cannot be stopped. It is
left behind, and the process ends without it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

DEADLINE_S: Final = 24.0
"""From the signal to the end of the process, at the latest."""
LAST_STEPS_S: Final = 4.0
"""What is kept of that for what comes after the models: to write the history, above all."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
STUCK_EXIT_CODE: Final = 14
"""Of a process that left threads behind, or ran out of time."""
_log = logging.getLogger(__name__)


@contextmanager
def ending_in_time() -> Iterator[None]:
    """Have the process end in time after a signal, whichever server runs in it.

    The server has its own handlers, which go on being called. Only a main thread gets signals:
    elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    theirs = {one: signal.getsignal(one) for one in _SIGNALS}

    def handle(sig: int, frame: FrameType | None) -> None:
        _Deadline.begin()
        theirs[sig](sig, frame)  # type: ignore[operator, index, misc]

    ours = [one for one in _SIGNALS if callable(theirs[one])]
    for one in ours:
        signal.signal(one, handle)
    try:
        yield
    finally:
        for one in ours:
            if signal.getsignal(one) is handle:
                signal.signal(one, theirs[one])


async def stop_all(*parts: Callable[[], None], last: bool = False) -> None:
    """Stop parts at the same time; those that take too long are left to themselves.

    ``last`` parts may use up the time; others leave some for those.
    """
    loop, ended = asyncio.get_running_loop(), [asyncio.Event() for _ in parts]

    def stop(part: Callable[[], None], event: asyncio.Event) -> None:
        try:
            part()
        except Exception as error:
            _log.error("%s failed", part.__qualname__, exc_info=error)
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(event.set)

    for part, event in zip(parts, ended, strict=True):
        threading.Thread(target=stop, args=(part, event), daemon=True, name="stopping").start()
    limit_s = _Deadline.left_s() - (1.0 if last else LAST_STEPS_S)
    await asyncio.wait(
        [asyncio.create_task(event.wait()) for event in ended], timeout=max(0.5, limit_s)
    )
    for part, event in zip(parts, ended, strict=True):
        if not event.is_set():
            _log.error("%s did not end in time", part.__qualname__)


class _Deadline:
    """When this process must have ended; one, since a process gets one end."""

    _at: float | None = None

    @classmethod
    def begin(cls) -> None:
        """Let the time run, and end the process when it is over."""
        if cls._at is None:
            cls._at = time.monotonic() + DEADLINE_S
            threading.Thread(target=cls._end, daemon=True, name="deadline").start()

    @classmethod
    def left_s(cls) -> float:
        """What is left; all of it where nothing asked for the end."""
        return DEADLINE_S if cls._at is None else cls._at - time.monotonic()

    @classmethod
    def _end(cls) -> None:
        time.sleep(max(0.0, cls.left_s()))
        _log.critical("the service did not end within %g s of the signal", DEADLINE_S)
        _end()


def leave_stuck_threads() -> None:
    """End this process at once where threads would keep it from ending; else do nothing."""
    main = threading.main_thread()
    others = [one for one in threading.enumerate() if one is not main and not one.daemon]
    for thread in others:
        thread.join(0.2)
    if left := [thread.name for thread in others if thread.is_alive()]:
        _log.error("ended with threads left behind: %s", ", ".join(left))
        _end()


def _end() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(STUCK_EXIT_CODE)
