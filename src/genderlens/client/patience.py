"""How long to wait before asking again, and when to give up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from genderlens.errors import ServiceError

_PASSING: Final = frozenset({429, 502, 503, 504})
"""Statuses that another try may mend."""
_FIRST_S: Final = 0.5
_MOST_S: Final = 20.0


@dataclass(frozen=True)
class Patience:
    """``retries``: how often to ask again; ``most_wait_s``: the longest wait that is borne."""

    retries: int = 4
    most_wait_s: float = 60.0

    def wait_s(self, error: ServiceError, tried: int) -> float | None:
        """Seconds before the next try, after so many; None where there shall be none.

        ``Retry-After`` is honoured to the second, and a longer one than is borne ends it. Without
        one, waits double, with some chance in them so that many clients do not come at once. Too
        slow an answer is not asked for again: the service may be at work on it still.
        """
        passing = error.status in _PASSING or error.problem == "unreachable"
        if tried > self.retries or not passing:
            return None
        if error.retry_after_s is not None:
            return None if error.retry_after_s > self.most_wait_s else float(error.retry_after_s)
        doubled: float = min(_MOST_S, _FIRST_S * 2.0 ** (tried - 1), self.most_wait_s)
        return float(doubled * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
