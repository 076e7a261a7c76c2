"""Whose work stands still, told without a clock that machines would have to share.

A worker that lives raises the beat of its job. Whoever waits counts, on its own monotonic clock,
how long a beat has stood unchanged: clocks of several machines differ, and jump.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

TERM_S: Final = 30.0
"""A beat that stood unchanged for so long belongs to a worker that is gone."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What one job's row said of its owner."""

    id: str
    owner: str
    beat: int


class Watch:
    """Remembers since when each beat has been what it is."""

    def __init__(self, term_s: float) -> None:
        self._term_s = term_s
        self._since: dict[Beat, float] = {}

    def look(self, beats: Iterable[Beat]) -> list[Beat]:
        """Those that have stood for a term, of the beats as they are now; others are forgotten."""
        moment = time.monotonic()
        self._since = {beat: self._since.get(beat, moment) for beat in beats}
        return [beat for beat, since in self._since.items() if moment - since >= self._term_s]
