"""What of a table of any heads is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.tables import AGES, head_table, random_shares, random_table, with_attribute
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError, ManifestError
from genderlens.evaluation.columns import StoredTable, keep_known
from genderlens.evaluation.judging import judge_rows
from genderlens.heads import Head
from genderlens.predictions import predictions_schema
from made_answers import WORDS


def test_three_words_are_judged_by_the_likeliest() -> None:
    rows = judge_rows(head_table(WORDS, 300, seed=7))
    shares, _ = random_shares(WORDS, 300, seed=7)
    assert rows.head == WORDS
    assert rows.shares == pytest.approx(shares)
    assert (rows.likelier == shares.argmax(axis=1)).all()
    assert rows.confidence == pytest.approx(shares.max(axis=1))
    assert (rows.right == (rows.label == shares.argmax(axis=1))).all()


def test_of_equal_labels_the_last_is_said_as_the_answer_says_it() -> None:
    row = {"uri": "a", "outcome": "classified", "label": "feminine"}
    row |= dict.fromkeys(WORDS.probability_columns, 1 / 3)
    rows = judge_rows(pa.Table.from_pylist([row], schema=predictions_schema([WORDS])))
    assert WORDS.labels[rows.likelier[0]] == WORDS.labels[-1]


def test_shares_of_two_labels_come_from_one_column() -> None:
    rows = judge_rows(random_table(50))
    assert rows.scores.shape == (50, 1)
    assert rows.shares.sum(axis=1) == pytest.approx(np.ones(50))
    assert (rows.shares[:, 1] == rows.probability).all()


def test_words_of_another_head_are_refused() -> None:
    table = head_table(WORDS, 3)
    place = table.column_names.index("label")
    table = table.set_column(place, "label", pa.array(["feminine", "male", None]))
    with pytest.raises(DataError, match="'male'; known are feminine, masculine, androgynous"):
        judge_rows(table)


def test_a_stored_table_must_have_the_columns_of_its_head(tmp_path: Path) -> None:
    table = head_table(WORDS, 4)
    pq.write_table(table.drop_columns(["probability_masculine"]), tmp_path / "p.parquet")
    with pytest.raises(DataError, match="it lacks probability_masculine"):
        StoredTable(tmp_path / "p.parquet")


def test_heads_that_cannot_be_are_told(tmp_path: Path) -> None:
    table = random_table(3).replace_schema_metadata({b"genderlens.heads": b'[{"name": "x"}]'})
    pq.write_table(table, tmp_path / "p.parquet")
    with pytest.raises(DataError, match="heads that cannot be read"):
        StoredTable(tmp_path / "p.parquet")


@pytest.fixture
def table() -> pa.Table:
    """Gender and age groups of 40 pictures, the last of which was refused."""
    refused = random_table(40).to_pylist()
    refused[-1] |= {"outcome": "no_person", "probability_male": None}
    plain = pa.Table.from_pylist(refused, schema=random_table(1).schema)
    return with_attribute(plain, AGES, seed=3)


def test_a_further_head_is_judged_by_its_own_truth(table: pa.Table, tmp_path: Path) -> None:
    pq.write_table(table, tmp_path / "p.parquet")
    shares, label = random_shares(AGES, 40, seed=3)
    for answers in (table, StoredTable(tmp_path / "p.parquet", ["group"])):
        rows = judge_rows(answers, head=AGES, by=["label", "group"])
        assert (rows.label == label).all()
        assert rows.shares[:-1] == pytest.approx(shares[:-1])
        assert rows.outcome_counts()["no_person"] == 1
        assert np.isnan(rows.confidence[-1])
        assert rows.attributes["label"].values == ("female", "male")
        assert judge_rows(answers).head.labels == ("female", "male")


def test_an_attribute_without_a_word_is_uncertain(table: pa.Table) -> None:
    words = table.column("age_group").to_pylist()
    place = table.column_names.index("age_group")
    unsure = table.set_column(place, "age_group", pa.array([None, *words[1:]]))
    outcomes = judge_rows(unsure, head=AGES).outcome_counts()
    assert (outcomes["uncertain"], outcomes["classified"]) == (1, 38)


def test_an_answer_without_probabilities_of_an_attribute_is_told(table: pa.Table) -> None:
    name = "age_group_probabilities"
    rows = table.column(name).to_pylist()
    broken = [[0.5, 0.5], *rows[1:]]
    table = table.set_column(table.column_names.index(name), name, pa.array(broken))
    with pytest.raises(DataError, match=r"without a probability of age_group in 0\.\.1"):
        judge_rows(table, head=AGES)


def test_a_further_head_of_two_labels_takes_its_positive_one() -> None:
    hat = Head("hat", ("bare", "covered"), "binary", "head_hat")
    rows = judge_rows(with_attribute(random_table(30), hat, seed=1), head=hat)
    shares, _ = random_shares(hat, 30, seed=1)
    assert rows.probability == pytest.approx(shares[:, 1])


def test_groups_are_never_made_of_answers(table: pa.Table) -> None:
    for name in ("age_group", "age_group_confidence", "probability_male"):
        with pytest.raises(ManifestError, match=f"no column '{name}' to group by"):
            judge_rows(table, by=[name])
    manifest = Manifest.from_rows(
        {"uri": str(at), "label": "male", "source": "x", "age_group": "0-2"} for at in range(40)
    )
    rows = judge_rows(keep_known(table, manifest), by=["age_group"], manifest=manifest)
    assert rows.attributes["age_group"].values == ("0-2",)
