"""Labels that people gave: corrections of predictions, and which pictures the sample pool holds."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
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


def release_sample(database: Database, sha256: str) -> None:
    """Take back a claim whose picture could not be stored."""
    with database.begin() as connection:
        connection.execute(delete(SAMPLES).where(SAMPLES.c.sha256 == sha256))


def count_samples(database: Database) -> int:
    """How many samples there are."""
    with database.begin() as connection:
        return connection.scalar(select(func.count()).select_from(SAMPLES)) or 0
