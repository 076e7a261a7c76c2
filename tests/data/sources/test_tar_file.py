from __future__ import annotations

import io
import struct
import tarfile
from pathlib import Path

import pytest

from genderlens.data.sources import tar_file
from genderlens.data.sources.tar_file import iterate_members, open_tar, read_member, read_member_at
from genderlens.errors import DataError, SourceNotFoundError


def write(path: Path, *names: str, tar_format: int = tarfile.PAX_FORMAT) -> str:
    with tarfile.open(path, "w", format=tar_format) as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(name.encode())
            tar.addfile(info, io.BytesIO(name.encode()))
    return str(path)


def with_size(content: bytes, size: int) -> bytes:
    """The first header announces another size, written in base 256 as GNU tar does."""
    header = bytearray(content[:512])
    header[124:136] = (b"\xff" if size < 0 else b"\x80") + (size % 2**88).to_bytes(11)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(struct.unpack("512B", header))
    return bytes(header) + content[512:]


@pytest.mark.parametrize("tar_format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_members_are_read_in_order_and_by_offset(tmp_path: Path, tar_format: int) -> None:
    names = ["a.jpg", "n" * 300, "é/ü.jpg"]
    path = write(tmp_path / "a.tar", *names, tar_format=tar_format)
    offsets = []
    with open_tar(path) as tar:
        for member, name in zip(iterate_members(tar, path), names, strict=True):
            assert read_member(tar, member, path).decode() == name
            offsets.append(member.offset)
    with Path(path).open("rb") as stream:
        for offset, name in reversed(list(zip(offsets, names, strict=True))):
            assert read_member_at(stream, offset, path).decode() == name


@pytest.mark.timeout(10)
@pytest.mark.parametrize("size", [-512, -1024, 2**62, 10**9])
def test_a_size_that_cannot_be_is_refused(tmp_path: Path, size: int) -> None:
    path = Path(write(tmp_path / "a.tar", "a.jpg", "b.jpg"))
    path.write_bytes(with_size(path.read_bytes(), size))
    with pytest.raises(DataError, match=r"a\.tar"), open_tar(str(path)) as tar:
        list(iterate_members(tar, str(path)))
    with pytest.raises(DataError, match=r"a\.tar"), path.open("rb") as stream:
        read_member_at(stream, 0, str(path))


def test_a_long_member_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_file, "MAX_MEMBER_BYTES", 4)
    path = write(tmp_path / "a.tar", "a.jpg")
    with pytest.raises(DataError, match="has 5 bytes, the limit is 4"), open_tar(path) as tar:
        read_member(tar, next(iterate_members(tar, path)), path)


def test_nothing_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceNotFoundError, match=r"gone\.tar"),
        open_tar(str(tmp_path / "gone.tar")),
    ):
        pass
