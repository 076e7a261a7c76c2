"""Rows of the history: written in batches, read in pages, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, insert, select

from genderlens.history.database import Database
from genderlens.history.identifiers import first_id
from genderlens.history.tables import FEEDBACK, PREDICTIONS, SAMPLE_SOURCES, as_utc
from genderlens.types import Prediction

PURGED_AT_A_TIME: Final = 1000
"""Rows deleted in one transaction, so that nobody waits long for a purge."""
_HAS_SAMPLE: Final = exists().where(SAMPLE_SOURCES.c.prediction_id == PREDICTIONS.c.id)


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows. ``since`` and ``until`` bound the time: from then on, and before then."""

    key_id: str | None = None
    outcome: str | None = None
    prediction: str | None = None
    model_version: str | None = None
    sha256: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a WHERE; values are bound, never part of the statement."""
        names = ("key_id", "outcome", "prediction", "model_version", "sha256")
        given = {name: getattr(self, name) for name in names}
        columns = PREDICTIONS.c
        found = [columns[name] == value for name, value in given.items() if value is not None]
        if self.since is not None:
            found.append(columns.id >= first_id(self.since))
        if self.until is not None:
            found.append(columns.id < first_id(self.until))
        return found


def prediction_row(
    identity: str,
    answer: Prediction,
    *,
    sha256: str,
    size_bytes: int,
    key_id: str | None,
    created_at: datetime,
    latency_ms: float,
    attributes: bool = False,
) -> dict[str, Any]:
    """What is kept of one answer: nothing of the picture but its hash and size.

    ``attributes``: what further heads said is kept as well.
    """
    faces = [face if attributes else replace(face, attributes=()) for face in answer.faces]
    return {
        "id": identity,
        "created_at": created_at,
        "key_id": key_id,
        "sha256": sha256,
        "size_bytes": size_bytes,
        "outcome": answer.outcome.value,
        "prediction": answer.prediction,
        "confidence": answer.confidence,
        "person_count": answer.person_count,
        "error_code": answer.error_code,
        "faces": [face.to_dict() for face in faces],
        "model_version": answer.model_version,
        "latency_ms": round(latency_ms, 3),
    }


def insert_predictions(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    """All rows, or none and a DatabaseError."""
    with database.begin() as connection:
        connection.execute(insert(PREDICTIONS), list(rows))


def find_prediction(database: Database, identity: str, query: Query) -> dict[str, Any] | None:
    """One row that the query lets through, with its correction; None where there is no such."""
    statement = _rows(query).where(PREDICTIONS.c.id == identity)
    with database.begin() as connection:
        return next(_fetch(connection, statement), None)


def list_predictions(
    database: Database, query: Query, *, before: str | None, limit: int
) -> list[dict[str, Any]]:
    """At most ``limit`` rows, newest first, older than the identifier ``before``."""
    statement = _rows(query).order_by(PREDICTIONS.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(PREDICTIONS.c.id < before)
    with database.begin() as connection:
        return list(_fetch(connection, statement))


def delete_predictions(database: Database, query: Query, *, sampled: bool = True) -> int:
    """Delete all rows of a query, some at a time; how many there were.

    Without ``sampled``, those stay whose picture is in the sample pool.
    """
    total, conditions = 0, query.conditions()
    if not sampled:
        conditions.append(~_HAS_SAMPLE)
    some = select(PREDICTIONS.c.id).where(*conditions).limit(PURGED_AT_A_TIME)
    while True:
        with database.begin() as connection:
            statement = delete(PREDICTIONS).where(PREDICTIONS.c.id.in_(some))
            count = connection.execute(statement).rowcount
        total += count
        if count < PURGED_AT_A_TIME:
            return total


def count_predictions(database: Database, query: Query, *, most: int | None = None) -> int:
    """How many rows a query lets through; counting stops at ``most``."""
    some = select(PREDICTIONS.c.id).where(*query.conditions()).limit(most).subquery()
    statement = select(func.count()).select_from(some)
    with database.begin() as connection:
        return connection.scalar(statement) or 0


def list_sampled(
    database: Database, query: Query, identities: Sequence[str] | None = None
) -> list[str]:
    """Some rows of a query, or of those identifiers, whose picture is in the sample pool."""
    conditions = [*query.conditions(), _HAS_SAMPLE]
    if identities is not None:
        conditions.append(PREDICTIONS.c.id.in_(identities))
    statement = select(PREDICTIONS.c.id).where(*conditions).limit(PURGED_AT_A_TIME)
    with database.begin() as connection:
        return list(connection.scalars(statement))


def delete_rows(database: Database, identities: Sequence[str]) -> int:
    """Delete the rows of those identifiers, with their corrections; how many there were."""
    statement = delete(PREDICTIONS).where(PREDICTIONS.c.id.in_(identities))
    with database.begin() as connection:
        return connection.execute(statement).rowcount


def _rows(query: Query) -> Select[Any]:
    joined = PREDICTIONS.outerjoin(FEEDBACK)
    columns = (*PREDICTIONS.c, FEEDBACK.c.label.label("feedback"))
    return select(*columns).select_from(joined).where(*query.conditions())


def _fetch(connection: Connection, statement: Select[Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(statement).mappings():
        yield {**row, "created_at": as_utc(row["created_at"])}
