from __future__ import annotations

import pytest

import photos
from genderlens.data.sources.content import (
    FOREIGN_SUFFIXES,
    WAYS_OUT,
    ContentKind,
    find_archive,
    is_picture_name,
    judge_file,
)
from genderlens.pictures.containers import PICTURE_SUFFIXES

JPEG = photos.encode(photos.portrait().resize((40, 40)))
HEIC = b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf"


def never() -> bytes:
    raise AssertionError("a picture's name is enough")


@pytest.mark.parametrize("suffix", [*sorted(PICTURE_SUFFIXES), ".JPG", ".Jfif"])
def test_names_of_pictures_are_never_opened(suffix: str) -> None:
    assert is_picture_name(f"a.b{suffix}")
    assert judge_file(f"a.b{suffix}", never).verdict is ContentKind.PICTURE


@pytest.mark.parametrize("name", ["photo", "photo.txt", "photo.heic", "photo.", "photo.jpg_large"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_counts_whatever_it_is_called(name: str, kind: str) -> None:
    content = photos.encode(photos.portrait().resize((40, 40)), kind)
    assert judge_file(name, lambda: content[:64]).verdict is ContentKind.PICTURE


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("a.heic", HEIC, "HEIC"),
        ("a", HEIC, "HEIC"),
        ("a.HEIF", b"anything", "HEIC"),
        ("a", b"II+\0\x08\0\0\0", "BigTIFF"),
        ("a", b"MM\0+\0\x08\0\0", "BigTIFF"),
        ("a.svg", b"<svg", "SVG"),
        ("a.nef", b"MM\0*\0\0\0\x08", "raw"),
        ("a.jxl", b"\xff\x0a", "JPEG XL"),
    ],
)
def test_formats_that_are_not_read_are_refused_by_name(name: str, head: bytes, words: str) -> None:
    verdict, reason = judge_file(name, lambda: head)
    assert verdict is ContentKind.REFUSED
    assert f"in the format {words}, not one of JPEG, PNG" in reason
    assert reason.endswith(WAYS_OUT.get(words, "convert it"))


@pytest.mark.parametrize(
    ("name", "head", "reason"),
    [
        ("notes.txt", b"hello", ".txt file, no picture"),
        ("README", b"hello", "file without a suffix, no picture"),
        ("a.zip", b"PK\x03\x04", "ZIP archive, which is not unpacked"),
        ("empty", b"", "empty file"),
        ("B", b"BM is how this text begins", "file without a suffix, no picture"),
    ],
)
def test_everything_else_is_passed_over_with_a_reason(name: str, head: bytes, reason: str) -> None:
    assert judge_file(name, lambda: head) == (ContentKind.PASSED_OVER, reason)


def test_no_suffix_is_read_and_refused_at_once() -> None:
    assert not PICTURE_SUFFIXES & FOREIGN_SUFFIXES.keys()


def test_archives() -> None:
    heads = (b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\0", b"\x1f\x8b\x08", JPEG)
    assert [find_archive(head) for head in heads] == ["ZIP", "7z", "RAR", "gzip", None]
