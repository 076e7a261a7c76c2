"""Stored predictions."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.tables import table_of
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError
from genderlens.evaluation.columns import bundle_versions, keep_known, read_columns

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
