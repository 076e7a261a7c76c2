from __future__ import annotations

import pytest

from genderlens.data.manifest import SPLITS
from genderlens.data.sources.parts import (
    WORDS,
    find_part,
    find_part_of_path,
    parse_part,
    require_told,
    speaks_of_parts,
)
from genderlens.errors import ManifestError


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("VALIDATION", "val"),
        ("valid", "val"),
        ("val", "val"),
        ("dev", "val"),
        ("test", "test"),
        ("testing", "test"),
        ("eval", "test"),
        ("evaluation", "test"),
        ("calibration", "calibration"),
        ("test_00000.parquet", "test"),
        ("train-00000-of-00008.parquet", "train"),
        ("faces.valid.v2.tar", "val"),
        ("my dev set 3.tar.gz", "val"),
        ("2019test2.parquet", "test"),
        ("test (1).parquet", "test"),
        ("TestSet", "test"),
        ("trainset", "train"),
        ("publicTest-0.tar", "test"),
        ("trainer.tar", None),
        ("contest.tar", None),
        ("latest.tar", None),
        ("devil", None),
        ("data-00000-of-00003.parquet", None),
        ("validated", None),
        ("", None),
    ],
)
def test_the_part_that_a_name_stands_for(name: str, part: str | None) -> None:
    assert find_part(name, name) == part


def test_every_word_is_of_a_split() -> None:
    assert set(WORDS.values()) == set(SPLITS)


@pytest.mark.parametrize("name", ["train_test_0.parquet", "train-val.tar", "dev-eval"])
def test_a_name_of_two_parts_is_refused(name: str) -> None:
    with pytest.raises(ManifestError, match=r"which cannot be told apart; rename it"):
        find_part(name, name)


def test_folders_and_name_have_to_agree() -> None:
    assert find_part_of_path(["data", "test", "test-0.tar"], "x") == "test"
    assert find_part_of_path(["validation", "0000.parquet"], "x") == "val"
    assert find_part_of_path(["data", "0000.parquet"], "x") is None
    with pytest.raises(ManifestError, match="x is of test and train by its folders and name"):
        find_part_of_path(["train", "test-0.tar"], "x")


@pytest.mark.parametrize(
    "parts",
    [
        {"train_0.tar": "train", "holdout.tar": None},
        {"a/train_0.tar": "train", "a/test_0.tar": "test", "a/tst_1.tar": None},
    ],
)
def test_what_may_be_a_test_beside_train_is_refused(parts: dict[str, str | None]) -> None:
    with pytest.raises(ManifestError, match="says no part, while others beside it say 'train'"):
        require_told(parts)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"a.tar": None, "b.tar": None},
        {"test.tar": "test", "faces.tar": None},
        {"train.tar": "train", "val.tar": "val"},
        {"train-0.tar": "train", "out/data-00000-of-00001.tar": None},
    ],
)
def test_what_can_be_told_is_read(parts: dict[str, str | None]) -> None:
    require_told(parts)


def test_cells_of_tables() -> None:
    words = ("Train", " dev ", "", None, "test_2", "Evaluation")
    assert [parse_part(word, "x") for word in words] == ["train", "val", None, None, "test", "test"]
    with pytest.raises(ManifestError, match=r"unknown split 'tets' at row 7; did you mean 'test'"):
        parse_part("tets", "row 7")
    with pytest.raises(ManifestError, match="known are calibration, dev, "):
        parse_part("holdout", "x")


def test_a_column_that_speaks_of_parts() -> None:
    assert speaks_of_parts([None, "a", "Valid"])
    assert not speaks_of_parts([None, "0", "1", "test drive"])
