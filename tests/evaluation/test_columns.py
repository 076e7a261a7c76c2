"""Stored predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.tables import random_table, table_of
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError
from genderlens.evaluation import columns
from genderlens.evaluation.columns import (
    StoredTable,
    bundle_versions,
    keep_known,
    pieces,
    read_columns,
)
from genderlens.evaluation.judging import judge_rows

TABLE = table_of([("classified", "male", 0.9), ("classified", "female", 0.2)], race=["x", "y"])


def test_reads_only_what_is_needed(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "p.parquet")
    names = read_columns(tmp_path / "p.parquet", ["race", "age"]).column_names
    assert {"uri", "outcome", "label", "probability_male", "race"} <= set(names)
    assert not {"confidence", "logit", "age"} & set(names)


def test_other_files_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"uri": ["a"]}), tmp_path / "p.parquet")
    with pytest.raises(DataError, match="lacks outcome, label, probability_male"):
        read_columns(tmp_path / "p.parquet")
    (tmp_path / "text.parquet").write_text("no table")
    for name in ("text.parquet", "nowhere.parquet"):
        with pytest.raises(DataError, match="cannot read predictions"):
            read_columns(tmp_path / name)


def test_rows_of_other_pictures_are_left_out() -> None:
    manifest = Manifest.from_rows([{"uri": "1", "label": "male", "source": "x"}])
    assert keep_known(TABLE, manifest).column("uri").to_pylist() == ["1"]
    other = Manifest.from_rows([{"uri": "elsewhere", "label": "male", "source": "x"}])
    with pytest.raises(DataError, match="'0' and 'elsewhere'"):
        keep_known(TABLE, other)


def test_versions() -> None:
    assert bundle_versions(TABLE) == ""
    assert bundle_versions(pa.table({"bundle_version": ["a-1", None, "b-2", "a-1"]})) == "a-1, b-2"


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_PIECE", 7)


@pytest.mark.usefixtures("small_pieces")
def test_pieces_make_the_whole(tmp_path: Path) -> None:
    table = random_table(50)
    pq.write_table(table, tmp_path / "p.parquet", row_group_size=20)
    stored = StoredTable(tmp_path / "p.parquet", ["group"])
    assert len(stored) == 50
    assert max(map(len, stored.pieces())) <= 7
    assert pa.concat_tables(stored.pieces()) == table.select(stored.column_names)
    assert pa.concat_tables(pieces(table)) == table


@pytest.mark.usefixtures("small_pieces")
def test_rows_are_taken_in_the_order_asked_for(tmp_path: Path) -> None:
    table = random_table(50)
    pq.write_table(table, tmp_path / "p.parquet")
    stored, rows = StoredTable(tmp_path / "p.parquet"), np.array([49, 0, 7, 6, 30, 7], np.int32)
    assert stored.take(rows).column("uri").to_pylist() == ["49", "0", "7", "6", "30", "7"]
    assert len(stored.take(np.empty(0, np.int32))) == 0


def test_an_empty_table_is_one_empty_piece(tmp_path: Path) -> None:
    pq.write_table(TABLE.slice(0, 0), tmp_path / "p.parquet")
    (piece,) = StoredTable(tmp_path / "p.parquet", ["race"]).pieces()
    assert len(piece) == 0
    assert piece.column_names == StoredTable(tmp_path / "p.parquet", ["race"]).column_names


@pytest.mark.usefixtures("small_pieces")
def test_pieces_are_judged_like_the_whole(tmp_path: Path) -> None:
    """Attributes whose values first show up in different pieces included."""
    table = random_table(60).append_column("age", pa.array([f"{9 - i // 7}0" for i in range(60)]))
    pq.write_table(table, tmp_path / "p.parquet")
    stored = judge_rows(StoredTable(tmp_path / "p.parquet", ["group", "age"]), by=["group", "age"])
    assert stored.attributes["age"].values == tuple(f"{n}0" for n in range(1, 10))
    ages = [stored.attributes["age"].values[code] for code in stored.attributes["age"].codes]
    assert ages == table.column("age").to_pylist()
    assert stored.position.tolist() == list(range(60))
    assert stored.probability.tolist() == table.column("probability_male").to_pylist()


def test_a_relative_address_is_that_of_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    table = TABLE.set_column(0, "uri", [[str(tmp_path / "1.png"), "/elsewhere/2.png"]])
    row = {"label": "male", "subject": None, "source": "s", "split": None}
    manifest = Manifest.from_rows({**row, "uri": uri} for uri in ("../0.png", "../1.png"))
    kept = keep_known(table, manifest)
    assert kept.column("uri").to_pylist() == ["../1.png"]
    assert len(kept) == 1
