"""Labels that people gave: corrections of predictions, and which pictures the sample pool holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from genderlens.errors import DatabaseError
from genderlens.history.database import Database
from genderlens.history.tables import FEEDBACK, SAMPLES, now
from genderlens.types import Label


def write_feedback(
    database: Database, prediction_id: str, label: Label, key_id: str | None
) -> bool:
    """Keep the label of a prediction, the last one winning.

    False where the prediction is not there, or not any more.
    """
    row = {
        "prediction_id": prediction_id,
        "label": label,
        "key_id": key_id,
        "created_at": now(),
    }
    try:
        with database.begin() as connection:
            connection.execute(delete(FEEDBACK).where(FEEDBACK.c.prediction_id == prediction_id))
            connection.execute(insert(FEEDBACK).values(row))
    except DatabaseError as error:
        if isinstance(error.__cause__, IntegrityError):
            return False
        raise
    return True


def claim_sample(database: Database, sha256: str, label: Label, key_id: str | None) -> str | None:
    """Enter a picture into the list of samples. The label that it has there already, or None."""
    row = {"sha256": sha256, "label": label, "key_id": key_id, "created_at": now()}
    try:
        with database.begin() as connection:
            connection.execute(insert(SAMPLES).values(row))
    except DatabaseError as error:
        if isinstance(error.__cause__, IntegrityError):
            return find_sample(database, sha256)
        raise
    return None


def find_sample(database: Database, sha256: str) -> str | None:
    """The label of a sample, None where there is no such sample."""
    with database.begin() as connection:
        label: str | None = connection.scalar(
            select(SAMPLES.c.label).where(SAMPLES.c.sha256 == sha256)
        )
        return label


@dataclass(frozen=True, slots=True)
class SampleQuery:
    """Which samples. ``key_id``: of that API key alone; ``before``: added before that time."""

    key_id: str | None = None
    before: datetime | None = None
    sha256: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a WHERE."""
        columns, found = SAMPLES.c, []
        if self.key_id is not None:
            found.append(columns.key_id == self.key_id)
        if self.before is not None:
            found.append(columns.created_at < self.before.astimezone(UTC))
        if self.sha256 is not None:
            found.append(columns.sha256 == self.sha256)
        return found


def list_samples(database: Database, query: SampleQuery, limit: int) -> list[tuple[str, str]]:
    """Hash and label of at most so many samples."""
    statement = select(SAMPLES.c.sha256, SAMPLES.c.label).where(*query.conditions()).limit(limit)
    with database.begin() as connection:
        return [(sha256, label) for sha256, label in connection.execute(statement)]


def release_samples(database: Database, hashes: Sequence[str]) -> None:
    """Take pictures that are gone off the list."""
    with database.begin() as connection:
        connection.execute(delete(SAMPLES).where(SAMPLES.c.sha256.in_(hashes)))


def find_owner(database: Database, sha256: str) -> str | None:
    """The key that a sample came with; None where it came without one, or is not there."""
    with database.begin() as connection:
        statement = select(SAMPLES.c.key_id).where(SAMPLES.c.sha256 == sha256)
        owner: str | None = connection.scalar(statement)
        return owner


def count_labels(database: Database) -> dict[str, int]:
    """How many samples there are of each label."""
    statement = select(SAMPLES.c.label, func.count()).group_by(SAMPLES.c.label)
    with database.begin() as connection:
        return {label: int(count) for label, count in connection.execute(statement)}


def count_samples(database: Database) -> int:
    """How many samples there are."""
    with database.begin() as connection:
        return connection.scalar(select(func.count()).select_from(SAMPLES)) or 0
