"""API keys: made, shown once, kept as a hash, rotated, revoked.

A key is ``gl_<id>_<secret>`` with 256 random bits in its secret. Nobody can guess or enumerate
those, so a plain SHA-256 is the right hash: slow, salted and peppered hashes protect what people
choose, and would cost a service that checks every request its speed. A stolen table opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from genderlens.errors import DatabaseError, SettingsError, UnknownKeyError
from genderlens.history.database import Database
from genderlens.history.tables import API_KEYS, as_utc, now

KEY_PATTERN: Final = re.compile(r"gl_([0-9a-f]{12})_[0-9a-f]{64}")
_ID: Final = re.compile(r"[0-9a-f]{12}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NO_HASH: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What the database knows of a key; the key itself is not among it."""

    id: str
    name: str
    sha256: str
    scopes: frozenset[str]
    rate_limit: str | None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    previous_sha256: str | None = None
    previous_until: datetime | None = None

    def fault(self, at: datetime) -> str | None:
        """Why it opens nothing at that time; None where it does."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else None

    def matches(self, key: str, at: datetime) -> bool:
        """Whether the key is this one or, for a while after a rotation, the one before."""
        given = hash_key(key)
        current = hmac.compare_digest(given, self.sha256)
        previous = hmac.compare_digest(given, self.previous_sha256 or _NO_HASH)
        fresh = self.previous_until is not None and self.previous_until > at
        return current or (previous and fresh)

    def to_dict(self) -> dict[str, Any]:
        """For people and machines; without the hashes."""
        return {
            "id": self.id,
            "name": self.name,
            "scopes": sorted(self.scopes),
            "rate_limit": self.rate_limit,
            "created_at": self.created_at.isoformat(),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "revoked_at": self.revoked_at.isoformat() if self.revoked_at else None,
            "state": self.fault(now()) or "active",
        }


def hash_key(key: str) -> str:
    """Hexadecimal SHA-256 of a whole key."""
    return hashlib.sha256(key.encode()).hexdigest()


def create_key(
    database: Database,
    name: str,
    scopes: frozenset[str],
    *,
    expires_at: datetime | None = None,
    rate_limit: str | None = None,
) -> tuple[ApiKey, str]:
    """A new key: what is stored of it, and the key itself, which is never seen again."""
    identity = secrets.token_hex(6)
    key = _new_secret(identity)
    stored = ApiKey(
        identity, name, hash_key(key), scopes, rate_limit, created_at=now(), expires_at=expires_at
    )
    add_key(database, stored)
    return stored, key


def add_key(database: Database, key: ApiKey) -> None:
    """Store a key that was made elsewhere, of which only the hash came here.

    Raises SettingsError for what is no id or hash, and for an id that is there already.
    """
    if not (_ID.fullmatch(key.id) and _SHA256.fullmatch(key.sha256)):
        raise SettingsError(
            f"id {key.id[:40]!r} with hash {key.sha256[:80]!r} is no key's; give the 12 digits "
            "behind gl_, and the SHA-256 of the whole key, both hexadecimal"
        )
    row = {
        "id": key.id,
        "name": key.name,
        "sha256": key.sha256,
        "scopes": ",".join(sorted(key.scopes)),
        "rate_limit": key.rate_limit,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
    try:
        with database.begin() as connection:
            connection.execute(insert(API_KEYS).values(row))
    except DatabaseError as error:
        if isinstance(error.__cause__, IntegrityError):
            raise SettingsError(f"there is a key {key.id} already; make another one") from error
        raise


def list_keys(database: Database) -> list[ApiKey]:
    """All keys, oldest first, with those that open nothing any more."""
    with database.begin() as connection:
        rows = connection.execute(select(API_KEYS).order_by(API_KEYS.c.created_at)).mappings()
        return [_key(dict(row)) for row in rows]


def revoke_key(database: Database, identity: str) -> None:
    """Close a key for good. UnknownKeyError where there is none of that id."""
    _update(database, identity, {"revoked_at": now()})


def close_key(database: Database, identity: str, *, again: bool = False) -> bool:
    """Close a key for good; whether it was open. With ``again`` a closed one is no error."""
    known = {key.id: key for key in list_keys(database)} if again else {}
    if identity in known and known[identity].revoked_at is not None:
        return False
    revoke_key(database, identity)
    return True


def rotate_key(database: Database, identity: str, overlap: timedelta) -> str:
    """A new secret under the same id; the old one opens for the overlap, while clients change.

    Raises UnknownKeyError, also for a key that was revoked or has expired.
    """
    known = {key.id: key for key in list_keys(database)}.get(identity)
    if known is None or known.fault(now()):
        raise _unknown(identity)
    key = _new_secret(identity)
    changes = {
        "sha256": hash_key(key),
        "previous_sha256": known.sha256,
        "previous_until": now() + overlap,
    }
    _update(database, identity, changes)
    return key


def _new_secret(identity: str) -> str:
    return f"gl_{identity}_{secrets.token_hex(32)}"


def _update(database: Database, identity: str, changes: dict[str, Any]) -> None:
    statement = update(API_KEYS).where(API_KEYS.c.id == identity, API_KEYS.c.revoked_at.is_(None))
    with database.begin() as connection:
        if connection.execute(statement.values(changes)).rowcount == 0:
            raise _unknown(identity)


def _unknown(identity: str) -> UnknownKeyError:
    return UnknownKeyError(
        f"no usable key has the id {identity[:40]!r}; 'genderlens keys list' shows the ids"
    )


def _key(row: dict[str, Any]) -> ApiKey:
    moments = {
        name: as_utc(row[name])
        for name in ("created_at", "expires_at", "revoked_at", "previous_until")
    }
    return ApiKey(**{**row, **moments, "scopes": frozenset(row["scopes"].split(","))})
