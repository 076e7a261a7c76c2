"""The memory that bodies of requests may take: all together, and one client's."""

from __future__ import annotations

from collections import Counter
from typing import Final

from genderlens.errors import OverloadedError, SettingsError
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import Settings

MULTIPART_COPIES: Final = 1.5
"""A file grows in its buffer, with room to spare, and is handed on as it is."""
JSON_COPIES: Final = 4.0
"""The body, its text, the string in it, and what that decodes to."""


class BodyMemory:
    """Counts bytes of bodies with their copies; SettingsError where it could never hold one."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._limit = settings.body_memory_bytes
        self.held_bytes = 0
        self._of: Counter[str] = Counter()
        metrics.body_memory.set_function(lambda: float(self.held_bytes))
        metrics.body_memory_limit.set(self._limit)
        largest = max(
            MULTIPART_COPIES * settings.max_batch_body_bytes, JSON_COPIES * settings.max_body_bytes
        )
        if largest > self._share:
            raise SettingsError(
                f"half of GENDERLENS_BODY_MEMORY_BYTES={self._limit:,} must hold the largest body "
                f"with its copies, {largest:,.0f} bytes; give at least {2 * largest:,.0f}"
            )

    @property
    def _share(self) -> int:
        """What one client may have, so that others have something left."""
        return self._limit // 2

    def hold(self, asker: str, count: int) -> None:
        """Count bytes in, whatever comes of it. OverloadedError where they are too many."""
        self.held_bytes += count
        self._of[asker] += count
        if self._of[asker] > self._share:
            raise OverloadedError("you are uploading too much at a time; try again in a moment")
        if self.held_bytes > self._limit:
            raise OverloadedError("too much is being uploaded; try again in a moment")

    def release(self, asker: str, count: int) -> None:
        """Count bytes out."""
        self.held_bytes -= count
        self._of[asker] -= count
        if not self._of[asker]:
            del self._of[asker]
