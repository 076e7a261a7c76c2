"""One worker at a time among machines that share a queue in Redis: a lease that is renewed.

On one machine the lock of the jobs folder does this, and does it at once; across machines only
time can tell that a worker died. That time is counted here, from when the lease was last seen to
change: clocks of several machines differ, and jump.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path
from typing import Any, Final

KEY: Final = "worker"
TERM_S: Final = 30.0
_RENEWED_S: Final = 5.0


class Lease:
    """Owned by a jobs folder of a machine, so that a restarted worker has it again at once."""

    def __init__(self, storage: Any, folder: Path, *, term_s: float = TERM_S) -> None:
        self._storage, self._term_s = storage, term_s
        self._owner = f"{socket.gethostname()}:{folder}"
        self._renewed = 0.0
        self._seen: tuple[str, float] | None = None
        self._seen_at = 0.0

    def wait(self, stopping: threading.Event) -> bool:
        """Have it, however long that takes; False where the worker is to stop first."""
        while not stopping.is_set():
            if self.renew():
                return True
            stopping.wait(1.0)
        return False

    def renew(self) -> bool:
        """Whether it is ours now."""
        if time.monotonic() - self._renewed < min(_RENEWED_S, self._term_s / 3):
            return True
        owner, until = self._read()
        if owner not in (None, self._owner) and not self._has_run_out(str(owner), until):
            return False
        self._storage.put_data(KEY, json.dumps([self._owner, time.time() + self._term_s]).encode())
        if owner != self._owner:
            time.sleep(0.2)  # of two who saw it free, the one who wrote last has it
        if self._read()[0] != self._owner:
            return False
        self._renewed = time.monotonic()
        return True

    def _has_run_out(self, owner: str, until: float) -> bool:
        """Whether it stood unchanged for its term; ``until`` only tells renewals apart."""
        if self._seen != (owner, until):
            self._seen, self._seen_at = (owner, until), time.monotonic()
        return time.monotonic() - self._seen_at >= self._term_s

    def _read(self) -> tuple[str | None, float]:
        content = self._storage.peek_data(KEY)
        if not isinstance(content, bytes):
            return None, 0.0
        owner, until = json.loads(content)
        return str(owner), float(until)
