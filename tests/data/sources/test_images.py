from __future__ import annotations

import os
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.read_ahead import LOCAL_READS
from genderlens.data.sources.images import (
    iterate_contents,
    iterate_image_bytes,
    iterate_in_stored_order,
)
from genderlens.errors import DataError, SourceNotFoundError


def write_shard(path: Path, contents: list[bytes], *, plain: bool = False) -> str:
    values = contents if plain else [{"bytes": content, "path": "x"} for content in contents]
    pq.write_table(pa.table({"image": values}), path, row_group_size=3)
    return str(path)


def manifest_of(*uris: str) -> Manifest:
    return Manifest.from_rows({"uri": uri, "label": "male"} for uri in uris)


@pytest.fixture
def mixed(tmp_path: Path) -> Manifest:
    """Two shards and two files, in turns and backwards."""
    first = write_shard(tmp_path / "a.parquet", [b"a%d" % i for i in range(8)])
    second = write_shard(tmp_path / "b.parquet", [b"b%d" % i for i in range(4)], plain=True)
    for name in ("c.jpg", "d.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    c, d = tmp_path / "c.jpg", tmp_path / "d.jpg"
    return manifest_of(
        f"{first}#7", f"{second}#0", str(d), f"{first}#0", f"{first}#4", str(c), str(c)
    )


def test_bytes_come_in_the_order_of_the_manifest(mixed: Manifest) -> None:
    expected = [b"a7", b"b0", b"d.jpg", b"a0", b"a4", b"c.jpg", b"c.jpg"]
    assert list(iterate_image_bytes(mixed)) == expected


def test_the_stored_order_gives_the_same_pictures(mixed: Manifest) -> None:
    pairs = dict(iterate_in_stored_order(mixed))
    assert [pairs[row] for row in range(len(mixed))] == list(iterate_image_bytes(mixed))


def test_a_shuffled_manifest_reads_each_row_group_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = write_shard(tmp_path / "a.parquet", [b"%d" % i for i in range(9)])
    reads: list[int] = []

    class Counting(pq.ParquetFile):
        def read_row_group(self, i: int, *args: object, **kwargs: object) -> pa.Table:
            reads.append(i)
            return super().read_row_group(i, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(pq, "ParquetFile", Counting)
    rows = [8, 0, 4, 1, 7, 3, 2, 6, 5]
    pairs = dict(iterate_in_stored_order(manifest_of(*(f"{shard}#{row}" for row in rows))))
    assert reads == [0, 1, 2]
    assert [pairs[index] for index in range(9)] == [b"%d" % row for row in rows]


def test_an_empty_manifest_has_no_pictures() -> None:
    assert list(iterate_image_bytes(Manifest.from_rows([]))) == []
    assert list(iterate_in_stored_order(Manifest.from_rows([]))) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"gone\.jpg"):
        list(iterate_image_bytes(manifest_of(str(tmp_path / "gone.jpg"))))


def test_what_is_wrong_with_a_shard_is_said(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "a.parquet", [b"1", b"2"])
    pq.write_table(pa.table({"picture": [b"1"]}), tmp_path / "b.parquet")
    pq.write_table(
        pa.table({"image": [{"bytes": None, "path": "elsewhere.jpg"}]}), tmp_path / "c.parquet"
    )
    (tmp_path / "d.parquet").write_text("text")
    broken = tmp_path / "e.parquet"
    write_shard(broken, [b"%09d" % i for i in range(1000)], plain=True)
    broken.write_bytes(b"PAR1" + b"\xff" * 996 + broken.read_bytes()[1000:])
    faults = {
        f"{shard}#2": "has 2 rows, so row 2 does not exist",
        f"{tmp_path / 'b.parquet'}#0": "has no column 'image'",
        f"{tmp_path / 'c.parquet'}#0": r"c\.parquet#0 holds no encoded picture",
        f"{tmp_path / 'd.parquet'}#0": "is not a Parquet file",
        f"{broken}#0": r"e\.parquet is damaged in row group 0",
    }
    for uri, message in faults.items():
        with pytest.raises(DataError, match=message):
            list(iterate_image_bytes(manifest_of(uri)))


@pytest.mark.timeout(10)
def test_one_unreadable_picture_is_no_end(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "a.parquet", [b"1", b"2"])
    (tmp_path / "b.parquet").write_text("text")
    (tmp_path / "c.jpg").write_bytes(b"c")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.jpg").open("wb") as stream:
        stream.truncate(100_000_001)
    names = ("b.parquet#0", "b.parquet#1", "pipe", "gone#3", ".", "huge.jpg", "c.jpg")
    uris = [f"{shard}#9", f"{shard}#1", *(str(tmp_path / name) for name in names), "/dev/zero"]
    contents = list(iterate_contents(manifest_of(*uris)))
    good = [content for content in contents if isinstance(content, bytes)]
    assert good == [b"2", b"c"]
    assert contents[8] == b"c"
    assert all(isinstance(c, DataError) for i, c in enumerate(contents) if i not in (1, 8))


def test_files_of_slow_storage_are_read_side_by_side_and_few_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{number:03d}.jpg" for number in range(3 * LOCAL_READS)]
    for path in paths:
        path.write_bytes(path.name.encode())
    together, begun = threading.Barrier(LOCAL_READS), set[str]()
    read = Path.read_bytes

    def waits_for_others(path: Path) -> bytes:
        begun.add(path.name)
        together.wait(timeout=60)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", waits_for_others)
    contents = iterate_contents(manifest_of(*map(str, paths)))
    assert next(contents) == b"000.jpg"
    assert len(begun) <= 2 * LOCAL_READS
    assert list(contents) == [path.name.encode() for path in paths[1:]]
