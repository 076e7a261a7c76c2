from __future__ import annotations

import pytest

import photos
from genderlens.data.sources.headers import Header, read_header
from genderlens.errors import ImageError, UnsupportedFormatError


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_tells_its_size(kind: str) -> None:
    content = photos.encode(photos.landscapes()["coffee"].resize((90, 60)), kind)
    assert read_header(content) == Header(kind, 90, 60)


def test_no_pixel_is_decoded() -> None:
    content = photos.encode(photos.portrait())
    assert read_header(content[: len(content) // 2]) == Header("JPEG", 512, 512)


@pytest.mark.parametrize("content", [b"", b"text", b"GIF89a", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_an_image_error(content: bytes) -> None:
    with pytest.raises(ImageError):
        read_header(content)
    with pytest.raises(UnsupportedFormatError):
        read_header(b"BM" + bytes(100))
