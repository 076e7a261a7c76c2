from __future__ import annotations

from sqlalchemy import func, select

from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.predictions import Query, find_prediction, insert_predictions
from genderlens.history.samples import (
    Listed,
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
    assert claim_sample(database, "a" * 64, "female", Sender("k")).known_label == "male"
    assert count_samples(database) == 1
    assert count_sent(database, "k") == 0
    release_samples(database, ["a" * 64])
    assert claim_sample(database, "a" * 64, "female", Sender("k")).known_label is None
    assert count_sent(database, "k") == 1


def test_what_others_sent_as_well_is_told_apart(database: Database) -> None:
    for sha256, sender in (("a", Sender("k", "1")), ("a", Sender("k", "2")), ("a", Sender("other")),
                           ("b", Sender("k", "1")), ("c", Sender())):  # fmt: skip
        claim_sample(database, sha256 * 64, "male", sender)
    of_key = list_samples(database, SampleQuery(key_id="k"), 9)
    assert {(one.sha256[0], one.shared) for one in of_key} == {("a", True), ("b", False)}
    of_one = list_samples(database, SampleQuery(predictions=("1",)), 9)
    assert {(one.sha256[0], one.shared) for one in of_one} == {("a", True), ("b", False)}
    of_both = list_samples(database, SampleQuery(predictions=("1", "2"), key_id="k"), 9)
    assert {(one.sha256[0], one.shared) for one in of_both} == {("a", True), ("b", False)}
    release_sources(database, SampleQuery(key_id="k"), ["a" * 64])
    assert [one.sha256[0] for one in list_samples(database, SampleQuery(key_id="k"), 9)] == ["b"]
    assert list_samples(database, SampleQuery(key_id="other"), 9) == [Listed("a" * 64, "male")]
    assert len(list_samples(database, SampleQuery(), 9)) == 3


def test_a_sender_who_sends_twice_is_one_source(database: Database) -> None:
    for sender in (Sender(), Sender(), Sender("k", "1"), Sender("k", "1")):
        claim_sample(database, "a" * 64, "male", sender)
    with database.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(SAMPLE_SOURCES)) == 2
