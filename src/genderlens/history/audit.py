"""The audit log: who changed what, in rows that are only added and hang together by hashes.

Each row's SHA-256 covers the row and the hash before it, so a row that was changed, taken out or
put in breaks the chain from there on. What the end was is worth writing down elsewhere: rows cut
off at the end are the one thing that a chain alone cannot tell.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import insert, select, text

from genderlens.errors import GenderlensError
from genderlens.history.database import Database, open_database
from genderlens.history.tables import AUDIT, as_utc, now
from genderlens.settings import Settings

Result = Literal["done", "refused", "failed"]
ACTIONS: Final = {
    "model.add": "a version was added to the registry",
    "model.promote": "a version was put into production, or the gates refused that",
    "model.rollback": "the previous version was put into production again",
    "model.traffic": "the traffic was shared among versions",
    "key.create": "an API key was made",
    "key.revoke": "an API key was closed, with its data where it says so",
    "key.rotate": "an API key got a new secret",
    "prediction.delete": "answers were deleted, with their samples",
    "prediction.expire": "answers older than the history keeps were deleted",
    "sample.delete": "pictures were taken out of the sample pool",
    "sample.add": "an admin put a picture into the sample pool",
    "sample.mend": "pool, list and history were made to agree",
    "feedback.write": "an admin corrected an answer",
    "retrain.start": "a retraining was queued",
    "retrain.cancel": "the end of a retraining was asked for",
}
FIRST_HASH: Final = "0" * 64
PAGE_ROWS: Final = 500
_LOCK_KEY: Final = 0x67656E66
_MAX_TEXT: Final = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """``actor`` is ``key:ID``, ``address:…`` of an open service, ``user:NAME@HOST``, ``job:ID`` or
    ``service``, never a secret; ``object`` is what was changed."""

    actor: str
    action: str
    object: str
    result: Result = "done"
    detail: Mapping[str, Any] = field(default_factory=dict)


def append_entry(database: Database, entry: AuditEntry) -> None:
    """Add a row; several processes may do so at the same time. Raises DatabaseError."""
    moment = now()
    with database.begin(sqlite_begin="IMMEDIATE") as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
        newest = select(AUDIT.c.number, AUDIT.c.sha256).order_by(AUDIT.c.number.desc()).limit(1)
        last = connection.execute(newest).first()
        number, before = (last.number + 1, last.sha256) if last else (1, FIRST_HASH)
        row = {
            "number": number,
            "at": moment,
            "actor": _shortened(entry.actor),
            "action": entry.action,
            "object": _shortened(entry.object),
            "result": entry.result,
            "detail": dict(entry.detail),
        }
        connection.execute(insert(AUDIT).values({**row, "sha256": _hash(row, before)}))


def record(settings: Settings, entry: AuditEntry) -> str | None:
    """Add a row to the database of the settings; why that failed, None where it did not.

    For commands: what they did is done, whether it could be noted or not.
    """
    try:
        database = open_database(settings)
        try:
            append_entry(database, entry)
        finally:
            database.close()
    except GenderlensError as error:
        _log.error("%s of %s is not in the audit log: %s", entry.action, entry.object, error)
        return error.message
    return None


def list_entries(
    database: Database, *, since: datetime | None = None, before: int | None = None, limit: int
) -> list[dict[str, Any]]:
    """At most so many rows, newest first, with a lower number than ``before``."""
    statement = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
    if since is not None:
        statement = statement.where(AUDIT.c.at >= since.astimezone(UTC))
    if before is not None:
        statement = statement.where(AUDIT.c.number < before)
    with database.begin() as connection:
        return [_shown(dict(row)) for row in connection.execute(statement).mappings()]


def iterate_entries(database: Database) -> Iterator[dict[str, Any]]:
    """Every row, oldest first, read some at a time."""
    number = 0
    while True:
        some = select(AUDIT).where(AUDIT.c.number > number).order_by(AUDIT.c.number)
        with database.begin() as connection:
            rows = [dict(row) for row in connection.execute(some.limit(PAGE_ROWS)).mappings()]
        yield from map(_shown, rows)
        if len(rows) < PAGE_ROWS:
            return
        number = rows[-1]["number"]


@dataclass(frozen=True, slots=True)
class Chain:
    """``broken_at`` is the first number that does not follow from the one before, None for none."""

    entries: int
    head: str
    broken_at: int | None


def verify_chain(database: Database) -> Chain:
    """Follow the hashes from the first row to the last."""
    count, before, broken = 0, FIRST_HASH, None
    for row in iterate_entries(database):
        count += 1
        if broken is None and (row["number"] != count or row["sha256"] != _hash(row, before)):
            broken = row["number"]
        before = row["sha256"]
    return Chain(count, before, broken)


def local_actor() -> str:
    """Who runs a command on this machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"user:{user}@{socket.gethostname()}"


def _hash(row: Mapping[str, Any], before: str) -> str:
    moment: datetime = row["at"]
    names = ("number", "actor", "action", "object", "result", "detail")
    content = {name: row[name] for name in names}
    content |= {"at": moment.astimezone(UTC).isoformat(timespec="microseconds"), "before": before}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "at": as_utc(row["at"])}


def _shortened(text: str) -> str:
    """Fits the column, and holds nothing that a terminal or a log would obey."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain[:_MAX_TEXT]
