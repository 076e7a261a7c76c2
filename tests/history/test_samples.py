from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from genderlens.heads.default import GENDER
from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.predictions import Query, find_prediction, insert_predictions
from genderlens.history.samples import (
    SampleQuery,
    Sender,
    claim_sample,
    count_samples,
    count_sent,
    list_samples,
    release_samples,
    release_sources,
    write_feedback,
)
from genderlens.history.tables import SAMPLE_SOURCES
from history.rows import row


def test_the_last_correction_wins(database: Database) -> None:
    written = row()
    insert_predictions(database, [written])
    assert write_feedback(database, written["id"], "male", None)
    assert write_feedback(database, written["id"], "female", "k")
    read = find_prediction(database, written["id"], Query())
    assert read is not None
    assert read["feedback"] == "female"


def test_what_is_not_there_cannot_be_corrected(database: Database) -> None:
    assert not write_feedback(database, create_id(), "male", None)


def test_a_sample_is_claimed_once(database: Database) -> None:
    first = claim_sample(database, "a" * 64, "male", Sender())
    assert first.known_label is None
    assert claim_sample(database, "a" * 64, "female", Sender()).known_label == "male"
    assert count_samples(database) == 1
    assert count_sent(database, "k") == 0
    release_samples(database, ["a" * 64])
    assert claim_sample(database, "a" * 64, "female", Sender("k")).known_label is None
    assert count_sent(database, "k") == 1


def test_another_key_changes_nothing(database: Database) -> None:
    claim_sample(database, "a" * 64, "male", Sender("k"))
    for label in GENDER.labels:
        assert claim_sample(database, "a" * 64, label, Sender("other", "1")).of_other
    assert count_sent(database, "other") == 0


def test_what_came_with_others_as_well_is_told_apart(database: Database) -> None:
    sent = (("a", "k", "1"), ("a", "k", "2"), ("b", "k", "1"), ("c", None, None), ("d", "k", None))
    for name, key_id, prediction in sent:
        claim_sample(database, name * 64, "male", Sender(key_id, prediction))

    def found(**wanted: Any) -> set[tuple[str, bool]]:
        rows = list_samples(database, SampleQuery(**wanted), 9)
        return {(one.sha256[0], one.shared) for one in rows}

    assert found(key_id="k") == {("a", False), ("b", False), ("d", False)}
    assert found(predictions=("1",)) == {("a", True), ("b", False)}
    assert found(predictions=("1", "2")) == {("a", False), ("b", False)}
    release_sources(database, SampleQuery(predictions=("1",)), ["a" * 64])
    assert found(predictions=("1",)) == {("b", False)}
    assert found(predictions=("2",)) == {("a", False)}
    assert found() == {(name, False) for name in "abcd"}


def test_a_sender_who_sends_twice_is_one_source(database: Database) -> None:
    for sender in (Sender("k"), Sender("k"), Sender("k", "1"), Sender("k", "1")):
        claim_sample(database, "a" * 64, "male", sender)
    with database.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(SAMPLE_SOURCES)) == 2
