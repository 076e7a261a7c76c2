"""Who asks: API keys held in memory, and whether any are needed.

Every request is checked against a copy of the keys that is read anew every few seconds, so that no
request waits for the database: a new key works, and a revoked one stops working, within that time.
While the database is down, the copy goes on being used; expiry is still looked at.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, NoReturn

from starlette.datastructures import Headers

from genderlens.client.addresses import is_loopback
from genderlens.errors import AuthenticationError, DatabaseError, ForbiddenError
from genderlens.history.database import Database
from genderlens.history.keys import KEY_PATTERN, ApiKey, hash_key, list_keys
from genderlens.history.tables import now
from genderlens.settings import Settings
from genderlens.types import Scope

REFRESH_S: Final = 5.0
REALM: Final = 'Bearer realm="genderlens"'
SECURITY_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
"""For the OpenAPI document; where the service is open, neither is needed."""
_NOBODY: Final = "0" * 64
_REDACTED: Final = r"gl_\1_…"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. Without a key, where the service is open, anything is allowed."""

    key_id: str | None = None
    scopes: frozenset[str] = field(default_factory=lambda: frozenset(Scope))
    rate_limit: str | None = None
    address: str = ""

    @property
    def asker(self) -> str:
        """Who is counted as one: a key, or an address where there are no keys."""
        return f"key:{self.key_id}" if self.key_id else f"address:{self.address}"

    @property
    def is_admin(self) -> bool:
        return "admin" in self.scopes

    @property
    def visible_key(self) -> str | None:
        """The only key whose predictions may be seen; None: everybody's."""
        return None if self.is_admin else self.key_id

    def require(self, allowed: frozenset[str]) -> None:
        """ForbiddenError without one of the scopes; ``admin`` holds all of them."""
        if self.scopes.isdisjoint(allowed | {"admin"}):
            wanted = " or ".join(sorted(allowed))
            challenge = f'{REALM}, error="insufficient_scope", scope="{wanted}"'
            raise ForbiddenError(
                f"this needs a key with the scope {wanted}; yours has {', '.join(self.scopes)}",
                headers={"WWW-Authenticate": challenge},
            )


class Keyring:
    """The keys that open the service."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: dict[str, ApiKey] = {}

    def load(self) -> None:
        """Read all keys, from a database that is brought up to date. Raises DatabaseError."""
        self._database.migrate()
        self.refresh()

    def refresh(self) -> None:
        """Read all keys anew. Raises DatabaseError, keeping what was read before."""
        self._keys = {key.id: key for key in list_keys(self._database)}

    def has_usable(self) -> bool:
        """Whether anybody could get in."""
        return any(key.fault(now()) is None for key in self._keys.values())

    async def refresh_forever(self) -> NoReturn:
        """Keep up with the database until cancelled."""
        reachable = True
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await asyncio.to_thread(self.refresh)
                reachable = True
            except DatabaseError as error:
                if reachable:
                    _log.error("the keys are not up to date: %s", error.message)
                reachable = False

    def admit(self, key: str) -> ApiKey:
        """The key that was given. AuthenticationError for one that opens nothing.

        A key that is not known costs the same hash and comparison as one that is.
        """
        match, at = KEY_PATTERN.fullmatch(key), now()
        known = self._keys.get(match[1]) if match else None
        if known is None:
            hmac.compare_digest(hash_key(key), _NOBODY)
            raise _invalid("it is not known")
        if not known.matches(key, at):
            raise _invalid("it is not known")
        if fault := known.fault(at):
            raise _invalid(f"it is {fault}")
        return known


@asynccontextmanager
async def keeping_up(keyring: Keyring | None) -> AsyncIterator[None]:
    """Keys that are read before anything else runs, and then again and again."""
    if keyring is None:
        yield
        return
    await asyncio.to_thread(keyring.load)
    refreshing = asyncio.create_task(keyring.refresh_forever())
    try:
        yield
    finally:
        refreshing.cancel()
        with suppress(asyncio.CancelledError):
            await refreshing


def given_key(headers: Headers, query: bytes) -> str:
    """The key in ``Authorization: Bearer`` or ``X-API-Key``. AuthenticationError without one."""
    bearers, plain = headers.getlist("authorization"), headers.getlist("x-api-key")
    given = {value.strip() for value in plain}
    for value in bearers:
        scheme, _, token = value.partition(" ")
        if scheme.lower() != "bearer":
            raise _invalid("it came under another scheme than Bearer")
        given.add(token.strip())
    if len(given) > 1:
        raise _invalid("the request holds several")
    if given:
        return given.pop()
    raise AuthenticationError(_missing(query), headers={"WWW-Authenticate": REALM})


def needs_keys(settings: Settings) -> bool:
    """Whether the settings ask for keys: unless told, but on loopback without any proxy."""
    here_only = is_loopback(settings.host) and not settings.trusted_proxies
    return settings.auth == "keys" or (settings.auth == "auto" and not here_only)


def redact_keys(text: str) -> str:
    """The text with the secrets cut out of keys, such as of a URL that wrongly holds one."""
    return KEY_PATTERN.sub(_REDACTED, text)


def _missing(query: bytes) -> str:
    if KEY_PATTERN.search(query.decode("latin-1")):
        return (
            "a key in a URL ends in logs and is not taken; revoke this one, and send another as "
            "'Authorization: Bearer KEY'"
        )
    return "no API key; send one as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"


def _invalid(why: str) -> AuthenticationError:
    challenge = f'{REALM}, error="invalid_token"'
    return AuthenticationError(
        f"this API key opens nothing: {why}; ask the operator for another",
        headers={"WWW-Authenticate": challenge},
    )
