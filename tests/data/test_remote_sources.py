"""Every kind of source, read from S3 as it is read from a folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import clouds
import photos
from genderlens.data.checks.findings import check_manifest
from genderlens.data.conversion import convert_manifest
from genderlens.data.inspection import inspect_manifest
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.data.sources import images
from genderlens.data.sources.images import iterate_contents, iterate_image_bytes
from genderlens.errors import DataError, EmptyClassError, SourceNotFoundError, UnknownLabelError

_BUCKETS = count()


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with clouds.serve_s3() as files:
        yield files


@pytest.fixture
def bucket() -> str:
    return f"bucket-{next(_BUCKETS)}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four different pictures in class folders below splits."""
    labels = ("male", "female", "male", "female")
    for index, (label, image) in enumerate(zip(labels, photos.landscapes().values(), strict=True)):
        path = tmp_path / "set" / ("train" if index < 2 else "val") / label / f"{index}.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(photos.encode(image.resize((80, 60))))
    return tmp_path / "set"


def same(near: Manifest, far: Manifest) -> None:
    for name in set(near.table.column_names) - {"uri"}:
        assert far.column(name) == near.column(name), name
    assert list(iterate_image_bytes(far)) == list(iterate_image_bytes(near))
    assert all(uri.startswith("s3://") for uri in far.uris)


def flat(folder: Path) -> Path:
    out = folder.parent / "flat"
    out.mkdir()
    for path in folder.rglob("*.jpg"):
        (out / f"{path.parent.name}_{path.name}").write_bytes(path.read_bytes())
    return out


def celeba(folder: Path) -> Path:
    out = folder.parent / "celeba"
    (out / "img_align_celeba").mkdir(parents=True)
    names = [path.name for path in sorted(folder.rglob("*.jpg"))]
    for path in folder.rglob("*.jpg"):
        (out / "img_align_celeba" / path.name).write_bytes(path.read_bytes())
    rows = "".join(f"{name} {(-1, 1)[i % 2]}\n" for i, name in enumerate(names))
    (out / "list_attr_celeba.txt").write_text(f"{len(names)}\nMale\n{rows}")
    parts = "".join(f"{name} {i % 3}\n" for i, name in enumerate(names))
    (out / "list_eval_partition.txt").write_text(parts)
    return out


def shards(folder: Path, form: Any) -> Path:
    convert_manifest(read_source(str(folder)), folder.parent / form, rows_per_shard=1, form=form)
    return folder.parent / form


@pytest.mark.parametrize("kind", ["folder", "filename", "celeba", "csv", "parquet", "shards"])
def test_every_kind_reads_the_same(s3: Any, folder: Path, bucket: str, kind: str) -> None:
    near, file = folder, ""
    if kind == "filename":
        near = flat(folder)
    elif kind == "celeba":
        near = celeba(folder)
    elif kind == "csv":
        file = "/faces.csv"
        lines = [f"{path.relative_to(folder)},{path.parent.name}" for path in folder.rglob("*.jpg")]
        (folder / "faces.csv").write_text("\n".join(["path,label", *lines]))
    elif kind != "folder":
        near = shards(folder, {"parquet": "parquet", "shards": "tar"}[kind])
    far = clouds.upload(s3, near, bucket)
    same(read_source(f"{near}{file}"), read_source(f"{far}{file}"))
    same(read_source(f"{near}{file}", kind=kind), read_source(f"{far}{file}", kind=kind))


def test_inspect_check_and_convert_of_a_bucket(
    s3: Any, folder: Path, bucket: str, tmp_path: Path
) -> None:
    far = read_source(clouds.upload(s3, folder, bucket))
    assert inspect_manifest(far).formats == {"JPEG": 4}
    assert check_manifest(far) == []
    s3.pipe_file(far.uris[0], b"no picture")
    assert [finding.fault for finding in check_manifest(far)] == ["unreadable"]
    paths = convert_manifest(far, tmp_path / "out")
    before = [path.stat().st_mtime_ns for path in paths]
    convert_manifest(far, tmp_path / "out")
    assert [path.stat().st_mtime_ns for path in paths] == before
    s3.pipe_file(far.uris[0], b"another one")
    convert_manifest(far, tmp_path / "out")
    assert [path.stat().st_mtime_ns for path in paths] != before
    assert b"another one" in [row["bytes"] for row in pq.read_table(paths[0])["image"].to_pylist()]
    assert not any(clouds.SECRET.encode() in p.read_bytes() for p in (tmp_path / "out").iterdir())


def test_pictures_are_fetched_several_at_a_time_and_in_order(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.mkdir(bucket)
    uris = [f"s3://{bucket}/{index}.jpg" for index in range(40)]
    for uri in uris:
        s3.pipe_file(uri, uri.encode())
    together = threading.Barrier(images.REMOTE_READS)
    read_bytes = images.read_bytes

    def wait_for_the_others(uri: str) -> bytes:
        if uri in uris[: images.REMOTE_READS]:
            together.wait(timeout=10)
        return read_bytes(uri)

    monkeypatch.setattr(images, "read_bytes", wait_for_the_others)
    manifest = Manifest.from_rows({"uri": uri, "label": "male"} for uri in uris)
    assert list(iterate_image_bytes(manifest)) == [uri.encode() for uri in uris]


def test_one_lost_object_is_one_rows_error(s3: Any, folder: Path, bucket: str) -> None:
    far = read_source(clouds.upload(s3, folder, bucket))
    s3.rm_file(far.uris[1])
    contents = list(iterate_contents(far))
    assert [isinstance(content, DataError) for content in contents] == [False, True, False, False]
    with pytest.raises(SourceNotFoundError, match=far.uris[1]):
        list(iterate_image_bytes(far))


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        ("set/train/other/a.jpg", UnknownLabelError, "unknown label 'other' at s3://"),
        ("set/train/a.jpg", UnknownLabelError, r"picture s3://.*/set/train/a\.jpg lies outside"),
    ],
)
def test_what_is_wrong_is_told_with_its_address(
    s3: Any, folder: Path, bucket: str, key: str, error: type[DataError], message: str
) -> None:
    far = clouds.upload(s3, folder, bucket)
    s3.pipe_file(f"{bucket}/{key}", b"x")
    with pytest.raises(error, match=message):
        read_source(far)


def test_a_missing_bucket_object_or_class_is_told(s3: Any, folder: Path, bucket: str) -> None:
    far = clouds.upload(s3, folder, bucket)
    with pytest.raises(SourceNotFoundError, match="no bucket 'nowhere'"):
        read_source("s3://nowhere/set")
    with pytest.raises(SourceNotFoundError, match=f"no file at '{far}/gone'"):
        read_source(f"{far}/gone")
    s3.rm(f"{bucket}/set/train/male", recursive=True)
    s3.rm(f"{bucket}/set/val/male", recursive=True)
    with pytest.raises(EmptyClassError):
        read_source(far)


@pytest.mark.parametrize(
    "path",
    ["../b.jpg", "/set/a.jpg", "s3://elsewhere/a.jpg", "s3://{bucket}/set/../b.jpg", "http://x/a"],
)
def test_a_table_in_a_bucket_reaches_no_further_than_its_folder(
    s3: Any, bucket: str, path: str
) -> None:
    s3.mkdir(bucket)
    for key in ("set/a.jpg", "b.jpg"):
        s3.pipe_file(f"{bucket}/{key}", b"x")
    lines = f"path,label\na.jpg,male\n{path.format(bucket=bucket)},female\n"
    s3.pipe_file(f"{bucket}/set/faces.csv", lines.encode())
    with pytest.raises(SourceNotFoundError, match=r"line 3 names .* lies outside"):
        read_source(f"s3://{bucket}/set/faces.csv")


def test_cloud_storage_reads_as_well(folder: Path) -> None:
    files = (path for path in folder.rglob("*") if path.is_file())
    objects = {f"set/{path.relative_to(folder)}": path.read_bytes() for path in files}
    with clouds.serve_bucket("bucket", objects):
        far = read_source("gs://bucket/set")
        assert far.labels == read_source(str(folder)).labels
        assert list(iterate_image_bytes(far)) == list(iterate_image_bytes(read_source(str(folder))))
