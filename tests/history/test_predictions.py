from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from genderlens.heads import MOST_LABEL_LENGTH
from genderlens.heads.default import GENDER
from genderlens.history import predictions
from genderlens.history.database import Database
from genderlens.history.predictions import (
    Query,
    count_predictions,
    delete_predictions,
    find_prediction,
    insert_predictions,
    list_predictions,
    prediction_row,
)
from genderlens.history.samples import Sender, claim_sample, list_labels, write_feedback
from genderlens.types import Outcome, Prediction
from history.rows import row
from made_answers import AGES, face_result, head_answer

START = datetime(2026, 1, 1, tzinfo=UTC)


def insert(database: Database, count: int, **changes: object) -> list[str]:
    """So many rows a minute apart; their identifiers, newest first."""
    rows = [row(START + timedelta(minutes=index), **changes) for index in range(count)]
    insert_predictions(database, rows)
    return [one["id"] for one in reversed(rows)]


def test_a_row_comes_back_as_written(database: Database) -> None:
    written = row()
    insert_predictions(database, [written])
    assert find_prediction(database, written["id"], Query()) == written | {"feedback": None}


def test_a_label_may_be_as_long_as_a_head_lets_it(database: Database) -> None:
    label = "x" * MOST_LABEL_LENGTH
    written = row(prediction=label)
    insert_predictions(database, [written])
    assert write_feedback(database, written["id"], label, None)
    claim_sample(database, "a" * 64, label, Sender())
    found = list_predictions(database, Query(prediction=label), before=None, limit=1)
    assert [(one["prediction"], one["feedback"]) for one in found] == [(label, label)]
    assert list_labels(database) == {*GENDER.labels, label}


def test_attributes_are_kept_where_wanted_alone() -> None:
    age = head_answer((0.1, 0.9, 0.0), AGES, Outcome.CLASSIFIED)
    face = face_result(attributes=[age])
    answer = Prediction(Outcome.CLASSIFIED, 1, "v1", (face,))
    facts = {"sha256": "a" * 64, "size_bytes": 1, "key_id": None, "created_at": START}
    without = prediction_row("1", answer, **facts, latency_ms=1.0)  # type: ignore[arg-type]
    kept = prediction_row("1", answer, **facts, latency_ms=1.0, attributes=True)  # type: ignore[arg-type]
    assert "attributes" not in without["faces"][0]
    assert kept["faces"][0]["attributes"] == {"age_group": age.to_dict()}


def test_pages_hold_everything_once_newest_first(database: Database) -> None:
    identities = insert(database, 7)
    seen: list[str] = []
    before = None
    while page := list_predictions(database, Query(), before=before, limit=3):
        seen += [one["id"] for one in page]
        before = seen[-1]
        insert(database, 1)  # older than the page: in the order, never twice
    assert [one for one in seen if one in identities] == identities
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), 5),
        (Query(key_id="k1"), 2),
        (Query(outcome="uncertain"), 2),
        (Query(key_id="k1", outcome="uncertain"), 0),
        (Query(prediction="male"), 5),
        (Query(prediction="female"), 0),
        (Query(model_version="v1"), 5),
        (Query(sha256="b" * 64), 2),
        (Query(sha256="' OR '1'='1"), 0),
        (Query(since=START + timedelta(minutes=1)), 2),
        (Query(until=START + timedelta(minutes=1)), 3),
    ],
)
def test_queries(database: Database, query: Query, expected: int) -> None:
    insert(database, 2, key_id="k1")
    insert(database, 2, outcome="uncertain", sha256="b" * 64)
    insert(database, 1)
    assert len(list_predictions(database, query, before=None, limit=100)) == expected


@pytest.mark.parametrize(("most", "expected"), [(None, 5), (9, 5), (3, 3)])
def test_counting_stops_where_it_is_told_to(
    database: Database, most: int | None, expected: int
) -> None:
    insert(database, 5, key_id="k1")
    insert(database, 2, key_id="k2")
    assert count_predictions(database, Query(key_id="k1"), most=most) == expected


def test_one_is_found_only_where_the_query_sees_it(database: Database) -> None:
    (identity,) = insert(database, 1, key_id="k1")
    assert write_feedback(database, identity, "female", "k1")
    assert find_prediction(database, identity, Query(key_id="k2")) is None
    assert find_prediction(database, identity, Query(key_id="k1")) is not None


def test_many_are_deleted_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "PURGED_AT_A_TIME", 2)
    identities = insert(database, 7)
    assert delete_predictions(database, Query(until=START + timedelta(minutes=5))) == 5
    left = list_predictions(database, Query(), before=None, limit=100)
    assert [one["id"] for one in left] == identities[:2]
