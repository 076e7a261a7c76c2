"""A split that is asked for is there, or it is said what to do."""

from __future__ import annotations

import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.splits.asked import select_split
from genderlens.errors import DataError, ManifestError


def manifest(*splits: str | None) -> Manifest:
    return Manifest.from_rows(
        {"uri": str(n), "label": "male", "subject": None, "source": "s", "split": split}
        for n, split in enumerate(splits)
    )


def test_any_word_for_a_split_selects_it() -> None:
    assert select_split(manifest("train", "val", None), "Valid").uris == ["1"]


def test_another_split_is_offered() -> None:
    with pytest.raises(DataError, match="no picture is in split 'test'; the data has train, val,"):
        select_split(manifest("train", "val"), "test")


def test_data_without_splits_is_told_how_to_come_by_them() -> None:
    with pytest.raises(
        DataError, match=r"none of the 2 has a split; .*RUN/manifest\.parquet"
    ) as told:
        select_split(manifest(None, None), "val", "GENDERLENS_GATE_SPLIT")
    assert told.value.message.startswith("GENDERLENS_GATE_SPLIT: no picture")
    assert "genderlens data split SOURCE --out manifest.parquet" in told.value.message


def test_a_word_that_is_no_split_is_an_error() -> None:
    with pytest.raises(ManifestError, match="unknown split 'vall' at --split; did you mean 'val'"):
        select_split(manifest("val"), "vall")
