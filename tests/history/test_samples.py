from __future__ import annotations

from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.predictions import Query, find_prediction, insert_predictions
from genderlens.history.samples import (
    claim_sample,
    count_samples,
    find_sample,
    release_samples,
    write_feedback,
)
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
    assert claim_sample(database, "a" * 64, "male", None) is None
    assert claim_sample(database, "a" * 64, "female", "k") == "male"
    assert count_samples(database) == 1
    release_samples(database, ["a" * 64])
    assert find_sample(database, "a" * 64) is None
    assert claim_sample(database, "a" * 64, "female", "k") is None
