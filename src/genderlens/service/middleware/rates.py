"""How often one key, or one address where there are no keys, may ask.

Counted by the library ``limits`` in a sliding window, in memory or in a Redis that several services
share. While Redis is down each service counts in its own memory: to refuse everybody would make a
counter a single point of failure, to let everybody through would make it worth attacking.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import RateLimiter, SlidingWindowCounterRateLimiter
from limits.errors import ConfigurationError

from genderlens.errors import MissingExtraError, RateLimitedError, SettingsError
from genderlens.service.middleware.auth import Principal, needs_keys
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import Settings

DEFAULT_WITH_KEYS: Final = "600/minute"
OFF: Final = "off"
TIMEOUT_S: Final = 0.25
RETRY_S: Final = 5.0
"""How long Redis is left alone after it failed."""
_log = logging.getLogger(__name__)


class Rates:
    """Counts requests. SettingsError or MissingExtraError for settings that cannot work."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        default = DEFAULT_WITH_KEYS if needs_keys(settings) else OFF
        self._default = settings.rate_limit or default
        parse_rate(self._default)
        self._memory = _limiter(MemoryStorage())
        self._redis_storage = _redis_storage(settings)
        self._redis = _limiter(self._redis_storage) if self._redis_storage else None
        self._metrics = metrics
        self._down_until = 0.0

    async def charge(self, principal: Principal, cost: int = 1) -> Mapping[str, str]:
        """Count requests; the headers that tell how many are left, none where nothing is counted.

        Raises RateLimitedError, having counted nothing for the limit that was reached.
        """
        limits = self._limits(principal)
        if not limits or cost < 1:
            return {}
        who = principal.asker
        if self._redis is None or time.monotonic() < self._down_until:
            return await _count(self._memory, limits, who, cost)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                headers = await _count(self._redis, limits, who, cost)
        except RateLimitedError:
            self._redis_answered()
            raise
        except Exception as error:  # of redis-py, limits, asyncio or the system
            self._redis_failed(error)
            return await _count(self._memory, limits, who, cost)
        self._redis_answered()
        return headers

    async def close(self) -> None:
        """Give the connections to Redis back."""
        if self._redis_storage is not None:
            client: Any = self._redis_storage.bridge
            await client.storage.aclose()

    @property
    def degraded(self) -> bool:
        """Whether Redis is configured and was down when last asked."""
        return self._down_until > 0

    def _limits(self, principal: Principal) -> Sequence[RateLimitItem]:
        return parse_rate(principal.rate_limit or self._default)

    def _redis_failed(self, error: Exception) -> None:
        if not self.degraded:
            _log.error("requests are counted in memory: Redis does not answer: %r", error)
        self._down_until = time.monotonic() + RETRY_S
        self._metrics.rate_limit_fallback.set(1)

    def _redis_answered(self) -> None:
        if self.degraded:
            _log.warning("requests are counted in Redis again")
        self._down_until = 0.0
        self._metrics.rate_limit_fallback.set(0)


def _limiter(storage: MemoryStorage | RedisStorage) -> RateLimiter:
    return SlidingWindowCounterRateLimiter(storage)


@lru_cache(1024)
def parse_rate(text: str) -> tuple[RateLimitItem, ...]:
    """``100/minute;2000/hour`` as limits, ``off`` as none. SettingsError for anything else."""
    if text.strip().lower() == OFF:
        return ()
    try:
        limits = tuple(parse_many(text))
    except ValueError:
        limits = ()
    if not limits or any(limit.amount < 1 for limit in limits):
        raise SettingsError(f"{text[:60]!r} is no rate; write 100/minute, or off")
    return limits


async def _count(
    limiter: RateLimiter, limits: Sequence[RateLimitItem], who: str, cost: int
) -> dict[str, str]:
    seen = []
    for limit in limits:
        accepted = await limiter.hit(limit, who, cost=cost)
        stats = await limiter.get_window_stats(limit, who)
        wait_s = max(1, math.ceil(stats.reset_time - time.time()))
        seen.append((stats.remaining, limit, wait_s))
        if not accepted:
            raise RateLimitedError(
                f"more than {limit}; try again in {wait_s} s",
                headers=_headers(limits, *seen[-1]) | {"Retry-After": str(wait_s)},
            )
    return _headers(limits, *min(seen, key=lambda entry: entry[0] / entry[1].amount))


def _headers(
    limits: Sequence[RateLimitItem], remaining: int, limit: RateLimitItem, wait_s: int
) -> dict[str, str]:
    """As in draft-ietf-httpapi-ratelimit-headers: every policy, and the one nearest its end."""
    policies = (f'"{_name(one)}";q={one.amount};w={one.get_expiry()}' for one in limits)
    return {
        "RateLimit-Policy": ", ".join(policies),
        "RateLimit": f'"{_name(limit)}";r={remaining};t={wait_s}',
    }


def _name(limit: RateLimitItem) -> str:
    return f"{limit.amount}-per-{limit.get_expiry()}s"


def _redis_storage(settings: Settings) -> RedisStorage | None:
    if settings.rate_limit_url is None:
        return None
    url = settings.rate_limit_url.get_secret_value()
    if not url.startswith(("redis://", "rediss://")):
        raise SettingsError("GENDERLENS_RATE_LIMIT_URL must be redis://HOST:PORT/0 or rediss://…")
    options: dict[str, Any] = {"implementation": "redispy"}
    options |= {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S}
    try:
        return RedisStorage(f"async+{url}", **options)
    except (ConfigurationError, ImportError) as error:
        raise MissingExtraError("redis", "a rate limit in Redis") from error
    except ValueError:
        raise SettingsError("GENDERLENS_RATE_LIMIT_URL is no URL of a Redis") from None
