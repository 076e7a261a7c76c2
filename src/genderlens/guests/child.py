"""The process of a guest: bounded in time and memory before it looks at anything foreign.

The system holds the limits, not Python: an alarm that nobody handles ends a process even while a
native library computes for ever, and whether or not whoever started it still lives.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from genderlens.errors import GenderlensError

_PR_SET_PDEATHSIG: Final = 1
_MEMORY_WORDS: Final = (
    *("bad allocation", "bad_alloc", "failed to allocate", "out of memory"),
    "can't start new thread",
)

Work = Callable[[dict[str, Any], "TrialAlarm"], dict[str, Any]]


class TrialAlarm:
    """The alarm: ``time_s`` until the next sign of life, and from the first one so much in all."""

    def __init__(self, time_s: float) -> None:
        self._time_s = time_s
        self._end: float | None = None

    def begin(self, total_s: float | None = None) -> None:
        """Start the alarm; ``total_s`` bounds everything from here on."""
        self._end = None if total_s is None else time.monotonic() + total_s
        self.beat()

    def beat(self) -> None:
        """A sign of life: the alarm is set anew."""
        left = self._time_s
        if self._end is not None:
            left = min(left, max(0.001, self._end - time.monotonic()))
        _alarm(left)

    def pause(self) -> None:
        """No alarm, as while data is read that has nothing to do with the model."""
        _alarm(0)


def serve_guest(work: Work) -> None:
    """Do the work on the request of standard input; print one JSON line with what it gave."""
    request = json.loads(sys.stdin.read())
    _bind_to_parent()
    _limit_memory(int(request["memory_bytes"]))
    alarm = TrialAlarm(float(request["time_s"]))
    alarm.begin()
    try:
        answer: dict[str, Any] = {"result": work(request["request"], alarm)}
    except GenderlensError as error:
        answer = {"code": error.code, "message": error.message}
    except Exception as error:
        answer = {"fault": "memory" if _is_memory(error) else f"{type(error).__name__}: {error}"}
    alarm.pause()
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _is_memory(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(word in text for word in _MEMORY_WORDS)


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit_memory(memory_bytes: int) -> None:
    """No more address space than this, no core dumps, and first to go when memory runs out."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _bind_to_parent() -> None:
    """Linux ends this process with the one that started it, even where that was killed."""
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
