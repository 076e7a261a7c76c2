from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import photos
from genderlens.data.conversion import convert_manifest
from genderlens.data.manifest import COLUMNS, Manifest
from genderlens.data.readers import read_source
from genderlens.data.sources import shard_files
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError, ManifestError


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Twelve rows in three splits and none; the bytes need not be pictures."""
    (tmp_path / "in").mkdir()
    rows = []
    for index in range(12):
        path = tmp_path / "in" / f"{index}.jpg"
        path.write_bytes(b"picture %d" % index)
        split = ("train", "train", "val", None)[index % 4]
        subject = f"p{index}" if index % 2 else None
        label = "male" if index % 5 else "female"
        row = {"uri": str(path), "label": label, "subject": subject, "source": "set"}
        rows.append({**row, "split": split, "age": f"{index}"})
    return Manifest.from_rows(rows)


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_what_was_converted_reads_the_same(manifest: Manifest, tmp_path: Path) -> None:
    paths = convert_manifest(manifest, tmp_path / "out", rows_per_shard=4)
    assert [path.name for path in paths] == [
        "train-00000-of-00002.parquet",
        "train-00001-of-00002.parquet",
        "val-00000-of-00001.parquet",
        "data-00000-of-00001.parquet",
    ]
    again = read_source(str(tmp_path / "out"))
    columns = [*COLUMNS[1:], "age"]
    before = zip(*map(manifest.column, columns), iterate_image_bytes(manifest), strict=True)
    after = zip(*map(again.column, columns), iterate_image_bytes(again), strict=True)
    assert sorted(before, key=str) == sorted(after, key=str)
    assert again.attributes == manifest.attributes


def test_a_shard_keeps_names_and_no_folders(manifest: Manifest, tmp_path: Path) -> None:
    convert_manifest(manifest, tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "val-00000-of-00001.parquet")
    assert table.column_names == ["image", "label", "subject", "source", "age"]
    images = table.column("image").to_pylist()
    assert images[0] == {"bytes": b"picture 2", "path": "2.jpg"}


@pytest.mark.parametrize(("limit", "value"), [("ROWS_PER_GROUP", 2), ("MAX_GROUP_BYTES", 15)])
def test_row_groups_are_bounded(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(shard_files, limit, value)
    convert_manifest(manifest, tmp_path / "out")
    file = pq.ParquetFile(tmp_path / "out" / "train-00000-of-00001.parquet")
    groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert groups == [2, 2, 2]


def test_what_is_written_is_not_written_again(manifest: Manifest, tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert_manifest(manifest, out, rows_per_shard=4)
    first = stamps(out)
    assert len(first) == 8
    convert_manifest(manifest, out, rows_per_shard=4)
    assert stamps(out) == first


def test_a_killed_conversion_goes_on(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    before_kill = shard_files.write_parquet_rows

    def killed(rows: Manifest, path: Path, advance: shard_files.Advance) -> None:
        if "val" in path.name:
            path.write_bytes(b"half a shard")
            raise KeyboardInterrupt
        before_kill(rows, path, advance)

    monkeypatch.setitem(shard_files.WRITERS, ".parquet", killed)
    with pytest.raises(KeyboardInterrupt):
        convert_manifest(manifest, out)
    monkeypatch.undo()
    (out / ".val-00000-of-00001.parquet.partial").write_bytes(b"left by a process that was killed")
    assert not (out / "val-00000-of-00001.parquet").exists()
    train = stamps(out)["train-00000-of-00001.parquet"]
    convert_manifest(manifest, out)
    assert stamps(out)["train-00000-of-00001.parquet"] == train
    assert len(read_source(str(out))) == 12
    assert {path.suffix for path in out.iterdir()} == {".parquet", ".json"}


@pytest.mark.parametrize("damage", ["label", "picture", "sidecar", "shard", "text"])
def test_a_shard_of_other_rows_is_written_anew(
    manifest: Manifest, tmp_path: Path, damage: str
) -> None:
    out = tmp_path / "out"
    convert_manifest(manifest, out)
    shard, sidecar = out / "val-00000-of-00001.parquet", out / "val-00000-of-00001.json"
    expected = shard.read_bytes()
    if damage == "label":
        manifest = manifest.with_column("age", ["x"] * 12)
    elif damage == "picture":
        (tmp_path / "in" / "2.jpg").write_bytes(b"another picture")
    elif damage == "sidecar":
        sidecar.unlink()
    elif damage == "shard":
        shard.write_bytes(b"")
    else:
        sidecar.write_text("{")
    convert_manifest(manifest, out)
    assert json.loads(sidecar.read_text())["bytes"] == shard.stat().st_size
    assert (shard.read_bytes() == expected) == (damage not in {"label", "picture"})


def test_shards_are_not_mixed(manifest: Manifest, tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert_manifest(manifest, out, rows_per_shard=4)
    with pytest.raises(ManifestError, match=r"holds train-00000-of-00002\.parquet, which is no"):
        convert_manifest(manifest, out)
    with pytest.raises(ManifestError, match=r"parquet lies in .*out, which is written to"):
        convert_manifest(read_source(str(out)), out, rows_per_shard=4)


def test_what_cannot_be_read_or_written_is_named(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write .*train-00000"):
        convert_manifest(manifest, tmp_path / "file")
    (tmp_path / "in" / "4.jpg").unlink()
    with pytest.raises(DataError, match=r"4\.jpg"):
        convert_manifest(manifest, tmp_path / "out")
    image = manifest.with_column("image", ["x"] * 12)
    with pytest.raises(ManifestError, match="the attribute 'image'"):
        convert_manifest(image, tmp_path / "other")


def test_real_pictures_survive(tmp_path: Path) -> None:
    for label in ("male", "female"):
        (tmp_path / "in" / label).mkdir(parents=True)
        (tmp_path / "in" / label / "a.jpg").write_bytes(photos.encode(photos.portrait()))
    manifest = read_source(str(tmp_path / "in"))
    convert_manifest(manifest, tmp_path / "out")
    again = read_source(str(tmp_path / "out"))
    assert list(iterate_image_bytes(again)) == list(iterate_image_bytes(manifest))
