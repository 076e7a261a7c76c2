"""Labels that people gave: corrections of predictions, and which pictures the sample pool holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from genderlens.errors import DatabaseError
from genderlens.heads.default import GENDER
from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.tables import FEEDBACK, SAMPLE_SOURCES, SAMPLES, now

_SOURCE: Final = SAMPLE_SOURCES.c


def write_feedback(database: Database, prediction_id: str, label: str, key_id: str | None) -> bool:
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


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a sample: an API key, None where the service is open; with which correction."""

    key_id: str | None = None
    prediction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What entering a sample did.

    ``known_label`` was listed before, None where the sample is new; ``of_other``: another key sent
    it; ``source_id`` is that of the sender, None where the very same one had sent it before.
    """

    known_label: str | None
    source_id: str | None = None
    of_other: bool = False


def claim_sample(database: Database, sha256: str, label: str, sender: Sender) -> Claim:
    """Enter a picture and its sender into the list.

    Unless it is there with another label, or with another key: then nothing is changed.

    Only for who holds ``samples_locked``.
    """
    source_id, moment = create_id(), now()
    with database.begin(sqlite_begin="IMMEDIATE") as connection:
        listed = connection.execute(select(SAMPLES).where(SAMPLES.c.sha256 == sha256)).first()
        known = listed.label if listed else None
        if listed is None:
            row = {"sha256": sha256, "label": label, "key_id": sender.key_id, "created_at": moment}
            connection.execute(insert(SAMPLES).values(row))
        elif listed.key_id != sender.key_id:
            return Claim(known, of_other=True)
        elif known != label or connection.scalar(select(_SOURCE.id).where(*_same(sha256, sender))):
            return Claim(known)
        source = {
            "id": source_id,
            "sha256": sha256,
            "key_id": sender.key_id,
            "prediction_id": sender.prediction_id,
            "created_at": moment,
        }
        connection.execute(insert(SAMPLE_SOURCES).values(source))
    return Claim(known, source_id)


def _same(sha256: str, sender: Sender) -> list[ColumnElement[bool]]:
    """The source that the same sender left before."""
    return [
        _SOURCE.sha256 == sha256,
        _SOURCE.key_id.is_not_distinct_from(sender.key_id),
        _SOURCE.prediction_id.is_not_distinct_from(sender.prediction_id),
    ]


@dataclass(frozen=True, slots=True)
class SampleQuery:
    """Which samples.

    ``key_id`` and ``predictions``: what that key sent, or what came with those predictions; a
    sample that came with others as well stays for those. ``before``: added before that time.
    """

    key_id: str | None = None
    before: datetime | None = None
    sha256: str | None = None
    predictions: tuple[str, ...] | None = None

    @property
    def is_of_senders(self) -> bool:
        """Whether what came otherwise as well stays."""
        return self.key_id is not None or self.predictions is not None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a WHERE, on sources where it is of senders, else on samples."""
        columns, found = (SAMPLE_SOURCES if self.is_of_senders else SAMPLES).c, []
        if self.key_id is not None:
            found.append(columns.key_id == self.key_id)
        if self.predictions is not None:
            found.append(columns.prediction_id.in_(self.predictions))
        if self.before is not None:
            found.append(columns.created_at < self.before.astimezone(UTC))
        if self.sha256 is not None:
            found.append(columns.sha256 == self.sha256)
        return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A sample that a query finds; ``shared`` where it came with something else as well."""

    sha256: str
    label: str
    shared: bool = False


def list_samples(database: Database, query: SampleQuery, limit: int) -> list[Listed]:
    """At most so many samples."""
    with database.begin() as connection:
        if not query.is_of_senders:
            columns = (SAMPLES.c.sha256, SAMPLES.c.label)
            plain = select(*columns).where(*query.conditions()).limit(limit)
            return [Listed(sha256, label) for sha256, label in connection.execute(plain)]
        found = select(_SOURCE.sha256).where(*query.conditions()).distinct().limit(limit)
        hashes = list(connection.scalars(found))
        strange = func.sum(case((and_(*query.conditions()), 0), else_=1))
        statement = (
            select(SAMPLES.c.sha256, SAMPLES.c.label, strange)
            .join(SAMPLE_SOURCES, SAMPLES.c.sha256 == _SOURCE.sha256)
            .where(_SOURCE.sha256.in_(hashes))
            .group_by(SAMPLES.c.sha256, SAMPLES.c.label)
        )
        return [Listed(sha, label, bool(n)) for sha, label, n in connection.execute(statement)]


def list_hashes(database: Database) -> set[str]:
    """The hashes of all samples."""
    with database.begin() as connection:
        return set(connection.scalars(select(SAMPLES.c.sha256)))


def release_samples(database: Database, hashes: Sequence[str]) -> None:
    """Take pictures that are gone off the list, whoever sent them."""
    with database.begin() as connection:
        connection.execute(delete(SAMPLES).where(SAMPLES.c.sha256.in_(hashes)))
        connection.execute(delete(SAMPLE_SOURCES).where(_SOURCE.sha256.in_(hashes)))


def release_sources(database: Database, query: SampleQuery, hashes: Sequence[str]) -> None:
    """Forget who sent these pictures, as far as the query says."""
    wanted = [*query.conditions(), _SOURCE.sha256.in_(hashes)]
    with database.begin() as connection:
        connection.execute(delete(SAMPLE_SOURCES).where(*wanted))


def release_claim(database: Database, sha256: str, claim: Claim) -> None:
    """Undo a claim whose picture could not be stored."""
    if claim.known_label is None:
        release_samples(database, [sha256])
    elif claim.source_id is not None:
        with database.begin() as connection:
            connection.execute(delete(SAMPLE_SOURCES).where(_SOURCE.id == claim.source_id))


def list_labels(database: Database) -> set[str]:
    """Every label of a sample or a correction, and those of the shipped model."""
    known = set(GENDER.labels)
    with database.begin() as connection:
        for column in (SAMPLES.c.label, FEEDBACK.c.label):
            known |= set(connection.scalars(select(column).distinct()))
    return known


def count_labels(database: Database) -> dict[str, int]:
    """How many samples there are of each label."""
    statement = select(SAMPLES.c.label, func.count()).group_by(SAMPLES.c.label)
    with database.begin() as connection:
        return {label: int(count) for label, count in connection.execute(statement)}


def count_samples(database: Database) -> int:
    """How many samples there are."""
    with database.begin() as connection:
        return connection.scalar(select(func.count()).select_from(SAMPLES)) or 0


def count_sent(database: Database, key_id: str) -> int:
    """How many samples a key sent."""
    counted = select(func.count(_SOURCE.sha256.distinct())).where(_SOURCE.key_id == key_id)
    with database.begin() as connection:
        return connection.scalar(counted) or 0
