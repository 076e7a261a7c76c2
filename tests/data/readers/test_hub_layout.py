"""Shards as data set hubs lay them out: folders, parts in names, names of classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genderlens.data.readers import Options, read_source, read_with
from genderlens.errors import ManifestError, UnknownLabelError


def write(path: Path, features: dict[str, Any] | None = None, **columns: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = columns or {"label": ["male", "female"]}
    table = pa.table({"image": [b"x"] * len(next(iter(columns.values()))), **columns})
    if features is not None:
        text = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": text})
    pq.write_table(table, path)


def splits(folder: Path) -> dict[str | None, int]:
    return dict(read_source(str(folder)).counts("split"))


@pytest.mark.parametrize("word", ["test", "testing", "eval", "Evaluation", "my-test", "test1"])
@pytest.mark.parametrize("joint", ["_", "-", ".", " "])
def test_test_shards_never_teach(tmp_path: Path, word: str, joint: str) -> None:
    write(tmp_path / f"train{joint}00000.parquet")
    write(tmp_path / f"{word}{joint}00000.parquet")
    assert splits(tmp_path) == {"train": 2, "test": 2}


@pytest.mark.parametrize(
    "names",
    [
        ("data/train-00000-of-00001.parquet", "data/validation-00000-of-00001.parquet"),
        ("default/train/0000.parquet", "default/validation/0000.parquet"),
        ("train/0.PARQUET", "valid/0.parquet"),
    ],
)
def test_folders_of_a_hub(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write(tmp_path / name)
    (tmp_path / "README.md").write_text("about")
    assert splits(tmp_path) == {"train": 2, "val": 2}


def test_shards_of_unknown_parts_beside_train_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "train_0.parquet")
    write(tmp_path / "holdout_0.parquet")
    with pytest.raises(ManifestError, match=r"holdout_0\.parquet says no part"):
        read_source(str(tmp_path))
    write(tmp_path / "both" / "train_test.parquet")
    with pytest.raises(ManifestError, match="cannot be told apart"):
        read_source(str(tmp_path / "both"))


def test_numbers_of_classes_become_their_words(tmp_path: Path) -> None:
    features = {
        "gender": {"names": ["Female", "Male"], "_type": "ClassLabel"},
        "race": {"names": {"0": "East Asian", "1": "White"}, "_type": "ClassLabel"},
        "image": {"_type": "Image"},
        "age": {"dtype": "int64", "_type": "Value"},
    }
    cells = {"gender": [1, 0], "race": [0, -1], "age": [31, 40]}
    write(tmp_path / "a.parquet", features, **cells)
    manifest = read_source(str(tmp_path / "a.parquet"))
    assert manifest.labels == ["male", "female"]
    assert manifest.column("race") == ["East Asian", None]
    assert manifest.column("age") == ["31", "40"]
    named = read_source(str(tmp_path / "a.parquet"), names={"0": "male", "1": "female"})
    assert named.labels == ["female", "male"]


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"info": 3}', b'{"info": {"features": [1]}}'])
def test_metadata_that_is_malformed_says_nothing(tmp_path: Path, text: bytes) -> None:
    table = pa.table({"image": [b"x", b"y"], "label": [0, 1]})
    pq.write_table(table.replace_schema_metadata({"huggingface": text}), tmp_path / "a.parquet")
    with pytest.raises(UnknownLabelError, match="unknown label 0"):
        read_source(str(tmp_path / "a.parquet"))


def test_columns_that_are_not_taken_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", label=["male", "female"], tags=[["x"], []], when=[b"1", b"2"])
    reading = read_with(str(tmp_path / "a.parquet"), Options())
    assert reading.manifest.attributes == ()
    assert [note.split(" is not taken")[0] for note in reading.skipped.notes] == [
        "column 'tags' of type list<element: string>",
        "column 'when' of type binary",
    ]
