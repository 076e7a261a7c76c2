from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes, iterate_in_stored_order
from genderlens.errors import DataError, ManifestError, SourceNotFoundError, UnknownLabelError

GOOD = {"m.jpg": b"man", "m.cls": b"male", "f.jpg": b"woman", "f.cls": b"female\n"}


def write(path: Path, members: dict[str, bytes], *extra: tarfile.TarInfo, mode: str = "w") -> str:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in extra:
            tar.addfile(info)
    return str(path)


def test_samples_become_rows(tmp_path: Path) -> None:
    record = {"gender": "Female", "age": 31, "glasses": True, "tags": ["x"], "split": "test"}
    source = write(
        tmp_path / "train-000000.tar",
        {
            "part/a.jpg": b"A",
            "part/a.json": json.dumps(record | {"subject": 7, "uri": "/etc/passwd"}).encode(),
            "part/b.cls": b"male",
            "part/b.PNG": b"B",
            "part/b.txt": b"a caption",
            "c.webp": b"C",
            "c.txt": b"female",
            "README": b"no sample",
        },
    )
    manifest = read_source(source)
    assert manifest.labels == ["female", "male", "female"]
    assert manifest.column("split") == ["test", "train", "train"]
    assert manifest.column("subject") == ["7", None, None]
    assert manifest.attributes == ("age", "glasses")
    assert manifest.column("age") == ["31", None, None]
    assert manifest.column("glasses") == ["True", None, None]
    assert manifest.uris[0] == f"{source}#0"
    assert list(iterate_image_bytes(manifest)) == [b"A", b"B", b"C"]


def test_a_folder_of_shards_in_any_order(tmp_path: Path) -> None:
    write(tmp_path / "b.tar", {"x.jpg": b"3", "x.cls": b"1"})
    long = "n" * 150
    write(
        tmp_path / "a.tar", {f"{long}.jpg": b"1", f"{long}.cls": b"0", "y.jpg": b"2", "y.cls": b"1"}
    )
    manifest = read_source(str(tmp_path), names={"0": "male", "1": "female"})
    assert manifest.labels == ["male", "female", "female"]
    assert list(iterate_image_bytes(manifest.take([2, 1, 0, 1]))) == [b"3", b"2", b"1", b"2"]
    stored = list(iterate_in_stored_order(manifest.take([2, 1, 0])))
    assert stored == [(2, b"1"), (1, b"2"), (0, b"3")]


def special(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (special("../x.jpg"), "which leads out of it"),
        (special("a/../../x.jpg"), "which leads out of it"),
        (special("/etc/x.jpg"), "which leads out of it"),
        (special("..\\x.jpg"), "which leads out of it"),
        (special("x.jpg", tarfile.SYMTYPE, "/etc/passwd"), "a link or special file"),
        (special("x.jpg", tarfile.LNKTYPE, "m.jpg"), "a link or special file"),
        (special("x.jpg", tarfile.FIFOTYPE), "a link or special file"),
        (special("x.jpg", tarfile.CHRTYPE), "a link or special file"),
    ],
)
def test_members_that_lead_elsewhere_are_refused(
    tmp_path: Path, member: tarfile.TarInfo, message: str
) -> None:
    source = write(tmp_path / "a.tar", GOOD, member)
    with pytest.raises(DataError, match=rf"a\.tar holds .*{message}"):
        read_source(source)


def test_folders_in_a_shard_are_passed_over(tmp_path: Path) -> None:
    assert len(read_source(write(tmp_path / "a.tar", GOOD, special("d", tarfile.DIRTYPE)))) == 2


@pytest.mark.parametrize(
    ("members", "error", "message"),
    [
        ({"a.jpg": b""}, UnknownLabelError, "'a' in .* has no label; add a .json"),
        ({"a.jpg": b"", "a.cls": b"3"}, UnknownLabelError, "unknown label '3' at 'a' in"),
        ({"a.jpg": b"", "a.json": b"{}"}, UnknownLabelError, "has no label"),
        ({"a.jpg": b"", "a.json": b"[]"}, ManifestError, "is no object"),
        ({"a.jpg": b"", "a.json": b"{"}, ManifestError, "cannot be read"),
        ({"a.jpg": b"", "a.json": b"[" * 100_000}, ManifestError, "cannot be read"),
        ({"a.jpg": b"", "a.cls": b"\xff"}, ManifestError, "is not UTF-8"),
        ({"a.jpg": b"", "a.png": b""}, ManifestError, "several pictures"),
        ({"a.jpg": b"", "a.txt": b" " * 1_000_001}, ManifestError, "too long for a label"),
    ],
)
def test_what_is_wrong_with_a_sample_is_said(
    tmp_path: Path, members: dict[str, bytes], error: type[DataError], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_source(write(tmp_path / "a.tar", members))


def test_damaged_shards_are_refused(tmp_path: Path) -> None:
    whole = Path(write(tmp_path / "whole.tar", GOOD)).read_bytes()
    faults = {
        "text": b"no tar file, but long enough" * 50,
        "cut": whole[:3300],
        "damaged": whole[:1024] + b"\xff" * 512 + whole[1536:],
        "gzip": Path(write(tmp_path / "whole.tgz", GOOD, mode="w:gz")).read_bytes()[:-40],
        "bzip2": Path(write(tmp_path / "whole.bz2", GOOD, mode="w:bz2")).read_bytes(),
        "empty": b"",
    }
    for name, content in faults.items():
        path = tmp_path / f"{name}.tar"
        path.write_bytes(content)
        with pytest.raises(DataError, match=rf"{name}\.tar"):
            read_source(str(path))
    with pytest.raises(SourceNotFoundError, match="no tar file at"):
        read_source(str(tmp_path / "gone.tar"))


@pytest.mark.parametrize("offset", [100, 512, 10_000_000])
def test_an_offset_that_is_no_member_is_named(tmp_path: Path, offset: int) -> None:
    manifest = read_source(write(tmp_path / "a.tar", GOOD))
    wrong = manifest.with_column("uri", [f"{tmp_path / 'a.tar'}#{offset}"] * 2)
    with pytest.raises(DataError, match=r"a\.tar"):
        list(iterate_image_bytes(wrong))
