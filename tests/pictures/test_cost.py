from __future__ import annotations

import pytest
from PIL import Image

from genderlens.errors import CorruptImageError
from genderlens.pictures.cost import Cost, pixel_bytes, reckon_cost
from genderlens.pictures.imaging import decode_image
from photos import encode

LIMIT = 50_000_000


def _cost(mode: str, kind: str, **options: object) -> Cost:
    return reckon_cost(encode(Image.new(mode, (640, 480)), kind, **options), LIMIT)


@pytest.mark.parametrize(
    ("mode", "kind", "options", "bytes_per_pixel"),
    [
        ("RGB", "JPEG", {}, 9.2),
        ("L", "JPEG", {}, 6.2),
        ("RGB", "JPEG", {"progressive": True, "subsampling": 0}, 11.2),
        ("RGB", "JPEG", {"progressive": True, "subsampling": 2}, 9.2),
        ("CMYK", "JPEG", {"progressive": True}, 13.2),
        ("RGBA", "PNG", {}, 8.4),
        ("P", "GIF", {}, 5.4),
        ("RGB", "WEBP", {}, 12.2),
        ("RGBA", "WEBP", {"lossless": True}, 12.2),
        ("RGB", "AVIF", {"subsampling": "4:2:0"}, 8.625),
        ("RGB", "AVIF", {"subsampling": "4:4:4"}, 10.35),
        ("RGBA", "AVIF", {"subsampling": "4:4:4"}, 13.8),
    ],
)
def test_every_container_tells_size_and_kind(
    mode: str, kind: str, options: dict[str, object], bytes_per_pixel: float
) -> None:
    cost = _cost(mode, kind, **options)
    assert cost.pixels == 640 * 480
    assert cost.bytes_per_pixel == pytest.approx(bytes_per_pixel, abs=0.01)


def test_what_is_no_picture_costs_its_bytes_and_what_hides_its_size_the_most() -> None:
    assert reckon_cost(b"x" * 1000, LIMIT) == (0, 1_002_000, 0.0, 0)
    hidden = reckon_cost(b"\xff\xd8\xff\xe0\0\x10", LIMIT)
    assert hidden.pixels == 0
    assert hidden.bytes >= 20 * LIMIT


def test_more_than_the_largest_picture_is_never_decoded() -> None:
    jpeg = encode(Image.new("RGB", (4000, 3000)), "JPEG")
    assert reckon_cost(jpeg, 1_000_000).bytes < 12_000_000


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG", "GIF"])
@pytest.mark.parametrize("budget_bytes", [20_000_000, 200_000_000, 640_000_000])
def test_the_limit_in_pixels_is_what_the_budget_just_holds(kind: str, budget_bytes: int) -> None:
    content = encode(Image.new("P" if kind == "GIF" else "RGB", (640, 480)), kind)
    cost = reckon_cost(content, LIMIT)
    most = cost.largest_pixels(budget_bytes)
    each, crop_bytes = cost.bytes_per_pixel, cost.crop_bytes
    encoded = 1_000_000 + 2 * len(content)
    assert encoded + pixel_bytes(most, each, crop_bytes) <= budget_bytes
    assert encoded + pixel_bytes(int(most * 1.01), each, crop_bytes) > budget_bytes


def test_a_picture_larger_than_its_header_says_is_not_decoded() -> None:
    webp = bytearray(encode(Image.new("RGB", (640, 480)), "WEBP", exif=b"Exif\0\0II*\0"))
    assert webp[12:16] == b"VP8X"
    webp[24:27] = (15).to_bytes(3, "little")  # the canvas: 16 pixels wide
    with pytest.raises(CorruptImageError):
        decode_image(bytes(webp))
    assert reckon_cost(bytes(webp), LIMIT).pixels == 16 * 480
