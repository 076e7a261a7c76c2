from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from genderlens.errors import DataError, SourceNotFoundError
from genderlens.storage import (
    file_version,
    file_versions,
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
    assert list(file_versions([str(path), str(path)])) == [file_version(str(path))] * 2
    with pytest.raises(SourceNotFoundError, match="no file at"):
        file_version(str(tmp_path / "gone.jpg"))
