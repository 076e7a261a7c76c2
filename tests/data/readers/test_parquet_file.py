from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError, EmptyClassError, SourceNotFoundError, UnknownLabelError
from genderlens.pictures.imaging import decode_image


def write(path: Path, **columns: Sequence[Any] | pa.Array[Any]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    count = len(next(iter(columns.values())))
    image = pa.array([b"x"] * count, pa.binary())
    pq.write_table(pa.table({"image": image, **columns}), path)
    return str(path)


def damage(path: str, *, at: tuple[int, int]) -> None:
    content = bytearray(Path(path).read_bytes())
    content[slice(*at)] = b"\xff" * (at[1] - at[0])
    Path(path).write_bytes(content)


def test_one_file_with_attributes(tmp_path: Path) -> None:
    source = write(
        tmp_path / "set" / "faces.parquet",
        gender=["male", "Female"],
        age=["20-29", None],
        count=[3, 4],
        ratio=[0.5, 1.0],
        test=[True, False],
        race=pa.array(["a", "b"]).dictionary_encode(),
        tags=[["x"], []],
    )
    manifest = read_source(source)
    assert manifest.labels == ["male", "female"]
    assert manifest.uris == [f"{source}#0", f"{source}#1"]
    assert manifest.counts("source") == {"set": 2}
    assert manifest.attributes == ("age", "count", "race", "ratio", "test")
    assert manifest.column("age") == ["20-29", None]
    assert manifest.column("test") == ["True", "False"]
    assert manifest.column("race") == ["a", "b"]


def test_shards_are_read_in_order_and_named_by_split(tmp_path: Path) -> None:
    write(tmp_path / "validation-00000-of-00001.parquet", label=["male"], age=["1"])
    write(tmp_path / "train-00001-of-00002.parquet", label=["female"])
    write(tmp_path / "train-00000-of-00002.parquet", label=["male"])
    (tmp_path / "._train-00000-of-00002.parquet").write_text("left by a file manager")
    (tmp_path / "README.md").touch()
    manifest = read_source(str(tmp_path))
    assert manifest.labels == ["male", "female", "male"]
    assert manifest.column("split") == ["train", "train", "val"]
    assert manifest.column("age") == [None, None, "1"]


def test_columns_of_the_manifest_are_taken_over(tmp_path: Path) -> None:
    source = write(
        tmp_path / "train.parquet",
        label=["male", "female", "male"],
        split=["Validation", None, "test"],
        subject=[1, 2, None],
    )
    manifest = read_source(source)
    assert manifest.column("split") == ["val", "train", "test"]
    assert manifest.column("subject") == ["1", "2", None]
    assert manifest.attributes == ()


def test_numbers_are_labels_only_where_names_say_so(tmp_path: Path) -> None:
    source = write(tmp_path / "faces.parquet", label=[0, 1])
    with pytest.raises(UnknownLabelError, match=r"unknown label 0 at .*faces\.parquet#0"):
        read_source(source)
    assert read_source(source, names={"0": "male", "1": "female"}).labels == ["male", "female"]


def test_a_folder_name_adds_no_column(tmp_path: Path) -> None:
    source = write(tmp_path / "age=old" / "faces.parquet", label=["male", "female"])
    assert read_source(source).attributes == ()


def test_a_file_without_rows_is_an_empty_class(tmp_path: Path) -> None:
    source = write(tmp_path / "faces.parquet", label=pa.array([], pa.string()))
    with pytest.raises(EmptyClassError, match="among 0"):
        read_source(source)


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    pq.write_table(pa.table({"label": ["male"]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_text("text")
    write(tmp_path / "c.parquet", kind=["male"])
    write(tmp_path / "d.parquet", label=["male"], split=["spare"])
    damage(write(tmp_path / "e.parquet", label=[f"word {i}" for i in range(1000)]), at=(4, 1000))
    damage(write(tmp_path / "f.parquet", label=["male", "female"]), at=(4, 400))
    faults = {
        "a": "has no column 'image'; its columns are label",
        "b": "is not a Parquet file",
        "c": "no label column; one of label, gender, .* is needed, its columns are image, kind",
        "d": r"unknown split 'spare' at .*d\.parquet#0",
        "e": r"e\.parquet cannot be read",
        "f": r"f\.parquet is not a Parquet file",
        "gone": "no Parquet file at",
    }
    for name, message in faults.items():
        with pytest.raises(DataError, match=message):
            read_source(str(tmp_path / f"{name}.parquet"))


def test_a_folder_without_shards_is_no_parquet_source(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no Parquet file"):
        read_source(str(tmp_path), kind="parquet")


@pytest.mark.data
def test_fairface_is_read_whole(data_dir: Path) -> None:
    manifest = read_source(str(data_dir / "fairface"))
    assert manifest.counts("split") == {"train": 39_954, "val": 2_499}
    assert manifest.attributes == ("age", "race", "service_test")
    assert len(manifest.counts("race")) == 7
    first, last = decode_all(manifest.take([0, len(manifest) - 1]))
    assert first == last == (160, 160)


def decode_all(manifest: Any) -> list[tuple[int, int]]:
    return [decode_image(content).size for content in iterate_image_bytes(manifest)]
