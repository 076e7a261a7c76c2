from __future__ import annotations

import hashlib
import os
from pathlib import Path

import fsspec
import pytest

from genderlens.errors import DataError, MissingExtraError, SourceNotFoundError
from genderlens.storage import (
    file_version,
    is_remote,
    open_binary,
    read_bytes,
    sha256_of_bytes,
    sha256_of_file,
    split_fragment,
    write_bytes_atomically,
)


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("faces.parquet#17", ("faces.parquet", 17)),
        ("s3://bucket/faces.parquet#0", ("s3://bucket/faces.parquet", 0)),
        ("folder/photo #2.jpg", ("folder/photo #2.jpg", None)),
        ("photo.jpg", ("photo.jpg", None)),
        ("photo.jpg#", ("photo.jpg#", None)),
        ("square#²", ("square#²", None)),
    ],
)
def test_split_fragment(uri: str, parts: tuple[str, int | None]) -> None:
    assert split_fragment(uri) == parts


def test_is_remote() -> None:
    assert is_remote("s3://bucket/key")
    assert not is_remote("file:///a/b.jpg")
    assert not is_remote("/a/b.jpg")


def test_bytes_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.bin"
    write_bytes_atomically(path, b"first")
    write_bytes_atomically(path, b"second")
    assert read_bytes(str(path)) == read_bytes(f"file://{path}") == b"second"
    assert [p.name for p in path.parent.iterdir()] == ["file.bin"]


def test_a_failed_write_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.bin"
    write_bytes_atomically(path, b"old")

    def full(self: Path, content: bytes) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        write_bytes_atomically(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"no file at '.*gone\.jpg'"):
        read_bytes(str(tmp_path / "gone.jpg"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot open"):
        open_binary(str(tmp_path))


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(SourceNotFoundError, match=r"'nope://host/a\.jpg'.*use a local path"):
        open_binary("nope://host/a.jpg")


@pytest.mark.parametrize(
    ("uri", "error", "message"),
    [
        ("s3://bucket/a.jpg", MissingExtraError, r"pip install 'genderlens\[s3\]'"),
        ("gs://bucket/a.jpg", SourceNotFoundError, "install gcsfs; or use a local path"),
    ],
)
def test_a_scheme_without_its_package_says_what_to_install(
    uri: str, error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("install gcsfs")

    monkeypatch.setattr(fsspec, "open", missing)
    with pytest.raises(error, match=message):
        open_binary(uri)


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"content")
    expected = hashlib.sha256(b"content").hexdigest()
    assert sha256_of_bytes(b"content") == sha256_of_file(path) == expected


def test_a_replaced_file_has_another_version(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"one")
    before = file_version(str(path))
    assert file_version(str(path)) == before
    path.write_bytes(b"two")
    os.utime(path, ns=(0, 0))
    assert file_version(str(path)) != before
    assert file_version("s3://bucket/key") == "s3://bucket/key"
    with pytest.raises(SourceNotFoundError, match="no file at"):
        file_version(str(tmp_path / "gone.jpg"))
