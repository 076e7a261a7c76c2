"""The tables. A migration changes a database; a test finds what the two say differently."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from genderlens.heads import MOST_LABEL_LENGTH

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

LABEL: Final = String(MOST_LABEL_LENGTH).with_variant(String(10), "sqlite")
"""A word of any model. SQLite holds no text to its length, so there it stays as it was made."""

API_KEYS: Final = Table(
    "api_keys",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("rate_limit", String(50)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("previous_sha256", String(64)),
    Column("previous_until", DateTime(timezone=True)),
)
"""``previous_*``: the secret before a rotation, and until when it still opens."""

PREDICTIONS: Final = Table(
    "predictions",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("key_id", String(16)),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("prediction", LABEL),
    Column("confidence", Float, nullable=False),
    Column("person_count", Integer, nullable=False),
    Column("error_code", String(40)),
    Column("faces", JSON, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Index("ix_predictions_key_id", "key_id", "id"),
    Index("ix_predictions_sha256", "sha256"),
    Index("ix_predictions_model_version", "model_version", "id"),
)
"""No picture, no file name, no address; identifiers sort by time, so the primary key is the order.

A key that is gone keeps its rows: no foreign key, and the writer never waits for a second table.
"""

FEEDBACK: Final = Table(
    "feedback",
    METADATA,
    Column(
        "prediction_id",
        String(36),
        ForeignKey("predictions.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("label", LABEL, nullable=False),
    Column("key_id", String(16)),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

SAMPLES: Final = Table(
    "samples",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("label", LABEL, nullable=False),
    Column("key_id", String(16)),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
"""What the sample pool holds; ``sha256`` is that of the pixels, not of the file that was sent.

``key_id`` sent it; SAMPLE_SOURCES says with which predictions.
"""

SAMPLE_SOURCES: Final = Table(
    "sample_sources",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("key_id", String(16)),
    Column("prediction_id", String(36)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_sample_sources_sha256", "sha256"),
    Index("ix_sample_sources_key_id", "key_id"),
    Index("ix_sample_sources_prediction_id", "prediction_id"),
)
"""Each time that a sample was sent: by whom, and with the correction of which prediction.

A sample goes with the last of them. No foreign keys: a prediction is deleted behind its
samples, so that what stops a deletion halfway leaves something to go on from.
"""

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object", String(200), nullable=False),
    Column("result", String(20), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
)
"""Who changed what. Rows are only added; ``sha256`` covers a row and the one before it."""

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("key_id", String(16)),
    Column("state", String(20), nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("owner", String(200)),
    Column("beat", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("record", JSON, nullable=False),
)
"""Retraining jobs. ``record`` is the whole job, ``state`` repeats what it says there.

``owner`` is the worker that has the job now and raises ``beat`` every few seconds; ``cancelled``
is what somebody wishes. Identifiers sort by time.
"""


def now() -> datetime:
    """This moment, to the microsecond that both databases keep."""
    return datetime.now(UTC)


def as_utc(moment: datetime | None) -> datetime | None:
    """A moment as read: SQLite forgets the zone, PostgreSQL tells its own."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
