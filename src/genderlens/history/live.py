"""What the history says of each model version: counts, latencies, and what corrections say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, select

from genderlens.history.database import Database
from genderlens.history.identifiers import first_id
from genderlens.history.tables import FEEDBACK, PREDICTIONS

_ANSWERED: Final = ("classified", "uncertain")


@dataclass(frozen=True, slots=True)
class Live:
    """Of one version; times in milliseconds, None where nothing was answered.

    ``right`` and ``wrong`` compare labels with their corrections; ``undecided`` were corrected
    without having had a label. ``mean_confidence`` is that of pictures with a face.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    mean_confidence: float | None = None
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    right: int = 0
    wrong: int = 0
    undecided: int = 0

    @property
    def pictures(self) -> int:
        return sum(self.outcomes.values())


def measure_live(database: Database, versions: Sequence[str], since: datetime) -> dict[str, Live]:
    """The figures of each version, over all keys, from a time on. Raises DatabaseError."""
    columns = PREDICTIONS.c
    recent = columns.id >= first_id(since)
    with database.begin() as connection:
        return {
            version: _measure(connection, [recent, columns.model_version == version])
            for version in versions
        }


def _measure(connection: Connection, wanted: list[ColumnElement[bool]]) -> Live:
    columns = PREDICTIONS.c
    statement = (
        select(columns.outcome, func.count(), func.sum(columns.confidence))
        .where(*wanted)
        .group_by(columns.outcome)
    )
    rows = connection.execute(statement).all()
    outcomes = {outcome: int(count) for outcome, count, _ in rows}
    answered = sum(outcomes.get(name, 0) for name in _ANSWERED)
    confidence = sum(total for outcome, _, total in rows if outcome in _ANSWERED)
    total = sum(outcomes.values())
    return Live(
        outcomes,
        confidence / answered if answered else None,
        _latency(connection, wanted, total, 0.5),
        _latency(connection, wanted, total, 0.95),
        **_corrections(connection, wanted),
    )


def _latency(
    connection: Connection, wanted: list[ColumnElement[bool]], total: int, share: float
) -> float | None:
    """By nearest rank, which every database can say without functions of its own."""
    if not total:
        return None
    latency = PREDICTIONS.c.latency_ms
    rank = min(total - 1, int(share * total))
    statement = select(latency).where(*wanted).order_by(latency).offset(rank).limit(1)
    return connection.scalar(statement)


def _corrections(connection: Connection, wanted: list[ColumnElement[bool]]) -> dict[str, int]:
    said, meant = PREDICTIONS.c.prediction, FEEDBACK.c.label
    kind: ColumnElement[Any] = case((said.is_(None), "undecided"), (said == meant, "right"))
    kind = func.coalesce(kind, "wrong")
    joined = PREDICTIONS.join(FEEDBACK)
    statement = select(kind, func.count()).select_from(joined).where(*wanted).group_by(kind)
    return {name: int(count) for name, count in connection.execute(statement)}
