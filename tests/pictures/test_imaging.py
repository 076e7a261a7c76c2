from __future__ import annotations

import struct
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import photos
from genderlens.errors import ImageError, ImageTooLargeError
from genderlens.pictures.containers import FORMATS, MAX_JPEG_SCANS
from genderlens.pictures.imaging import (
    Interpolation,
    decode_image,
    normalize,
    resize_region,
)
from genderlens.pictures.regions import CropGeometry
from genderlens.types import Box
from hostile.pictures import (
    cmyk_colors,
    create_picture,
    deep_ramp,
    encode,
    exif_orientation,
    expected_error,
    jpeg_segment,
    jpeg_with,
    list_pictures,
    noise,
    png_chunk,
    png_with,
    scene,
)

INTERPOLATIONS: tuple[Interpolation, ...] = ("bilinear", "bicubic", "lanczos")
RESAMPLING = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

BEST_QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 100, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}


def decode(name: str) -> NDArray[np.int16]:
    content, _ = create_picture(name)
    return np.asarray(decode_image(content)).astype(np.int16)


def assert_close(actual: object, expected: object, tolerance: int) -> None:
    difference = np.abs(np.asarray(actual, dtype=np.int16) - np.asarray(expected, dtype=np.int16))
    assert difference.max() <= tolerance


def verdict(content: bytes) -> type[ImageError] | None:
    """The error that a picture raises; one that raises none must be a plain RGB picture."""
    try:
        image = decode_image(content)
    except ImageError as error:
        return type(error)
    assert image.mode == "RGB"
    assert image.info == {}
    return None


def on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


# Every hostile picture has its verdict, in bounded time.


@pytest.mark.parametrize("name", list_pictures())
def test_hostile_picture(name: str) -> None:
    content, expected = create_picture(name)
    begin_s = time.thread_time()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        outcome = verdict(content)
    assert time.thread_time() - begin_s < 1.0
    assert outcome is expected
    assert not warned


@pytest.mark.parametrize(
    "name", [name for name in list_pictures() if expected_error(name) is ImageTooLargeError]
)
def test_pixel_bombs_are_refused_from_the_header(name: str) -> None:
    content, _ = create_picture(name)
    begin_s = time.thread_time()
    with pytest.raises(ImageTooLargeError, match="pixels"):
        decode_image(content)
    assert time.thread_time() - begin_s < 0.1


@pytest.mark.parametrize("file_format", [name for name in FORMATS if name != "HEIC"])
def test_limit_is_exact(file_format: str) -> None:
    content = encode(scene(), file_format)
    assert decode_image(content, max_pixels=96 * 64).size == (96, 64)
    with pytest.raises(ImageTooLargeError):
        decode_image(content, max_pixels=96 * 64 - 1)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_fuzz_raises_nothing_but_image_errors(file_format: str) -> None:
    random = np.random.default_rng(20)
    good = encode(noise(48, 32), file_format)
    for _ in range(150):
        broken = bytearray(good)
        for _ in range(random.integers(1, 8)):
            # half of the hits go to the header, where the parsers are
            end = len(good) if random.random() < 0.5 else min(len(good), 120)
            broken[random.integers(4, end)] = random.integers(256)
        verdict(bytes(broken))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_no_prefix_of_a_file_raises_anything_else(file_format: str) -> None:
    good = encode(scene(), file_format)
    for length in range(0, len(good), max(1, len(good) // 200)):
        verdict(good[:length])


def test_many_threads_decode_the_same() -> None:
    contents = [create_picture(name)[0] for name in ("jpeg_exif_noise", "png_rgba", "webp_rgba")]
    expected = [decode_image(content).tobytes() for content in contents]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: decode_image(contents[i % 3]).tobytes(), range(90)))
    assert results == [expected[i % 3] for i in range(90)]


# Colours.


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "AVIF"])
def test_lossless_formats_keep_every_pixel(file_format: str) -> None:
    content = encode(scene(), file_format, **BEST_QUALITY[file_format])
    assert_close(decode_image(content), scene(), 0 if file_format != "AVIF" else 3)


@pytest.mark.parametrize("name", ["jpeg_cmyk", "jpeg_ycck"])
def test_inks_become_their_colors(name: str) -> None:
    pixels = decode(name)
    for band, (*inks, key) in enumerate(cmyk_colors()):
        expected = [(255 - ink) * (255 - key) / 255 for ink in inks]
        assert_close(pixels[16 * band + 8, 32], expected, 4)


@pytest.mark.parametrize("name", ["png_palette_transparent", "gif_transparent"])
def test_transparent_palette_entry_is_white(name: str) -> None:
    pixels = decode(name)
    assert (pixels[:, :32] == 255).all()
    assert (pixels[:, 32:] == [255, 0, 0]).all()


def test_half_transparent_palette_entry_is_mixed_with_white() -> None:
    pixels = decode("png_palette_half_transparent")
    assert_close(pixels[:, :32], 127, 1)
    assert (pixels[:, 32:] == [255, 0, 0]).all()


@pytest.mark.parametrize(("name", "mode"), [("png_rgba", "RGB"), ("png_la", "L")])
def test_alpha_is_composited_on_white(name: str, mode: str) -> None:
    ramp = np.linspace(0, 255, 96).astype(np.uint8)
    image = scene().convert(mode).convert("RGB")
    image.putalpha(Image.fromarray(np.tile(ramp, (64, 1))))
    assert_close(decode(name), on_white(image), 1)


@pytest.mark.parametrize(("name", "tolerance"), [("webp_rgba", 1), ("avif_rgba", 40)])
def test_alpha_of_other_formats(name: str, tolerance: int) -> None:
    assert_close(decode(name), decode("png_rgba"), tolerance)


def test_one_bit_is_black_and_white() -> None:
    expected = scene().convert("1").convert("RGB")
    assert_close(decode("png_one_bit"), expected, 0)
    assert set(np.unique(decode("png_one_bit"))) == {0, 255}


def test_16_bit_samples_are_scaled() -> None:
    ramp = np.round(deep_ramp() / 257)
    assert_close(decode("png_grey_16_bit"), np.stack([ramp] * 3, axis=-1), 0)
    assert_close(
        decode("png_rgb_16_bit"),
        np.stack([ramp, ramp[:, ::-1], np.full_like(ramp, 255)], axis=-1),
        1,
    )


def test_transparent_16_bit_sample_is_white() -> None:
    pixels = decode("png_grey_16_bit_transparent")
    assert (pixels[:, 0] == 255).all()
    assert_close(pixels[:, 1:], decode("png_grey_16_bit")[:, 1:], 0)


def test_grey_jpeg_has_three_equal_channels() -> None:
    pixels = decode("jpeg_grey")
    assert (pixels == pixels[..., :1]).all()
    assert_close(pixels[..., 0], scene().convert("L"), 6)


# EXIF.


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_orientation_is_upright(file_format: str, orientation: int) -> None:
    stored = scene().transpose(photos.STORED[orientation]) if orientation > 1 else scene()
    exif = exif_orientation(orientation)
    content = encode(stored, file_format, exif=exif, **BEST_QUALITY[file_format])
    image = decode_image(content)
    assert image.size == (96, 64)
    assert_close(image, scene(), 4)


def test_little_endian_exif() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    assert decode_image(jpeg_with(jpeg_segment(0xE1, exif))).size == (64, 96)
    assert decode_image(png_with(png_chunk(b"eXIf", exif[6:]))).size == (64, 96)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("kind", "form"), [(1, "B"), (3, "H"), (4, "I"), (6, "b"), (8, "h"), (9, "i"), (13, "I")]
)
def test_an_orientation_in_any_type_of_integer(order: str, kind: int, form: str) -> None:
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, 1)
    value = struct.pack(order + form, 6).ljust(4, b"\0")
    entry = struct.pack(order + "HHI", 0x0112, kind, 1) + value + bytes(4)
    content = jpeg_with(jpeg_segment(0xE1, b"Exif\0\0" + header + entry))
    assert decode_image(content).size == (64, 96)


@pytest.mark.parametrize(
    "name", [name for name in list_pictures() if "_exif_" in name and "avif" not in name]
)
def test_broken_exif_changes_no_pixel(name: str) -> None:
    assert_close(decode(name), scene(), 20)


# Frames and limits.


@pytest.mark.parametrize("name", ["gif_10000_frames", "webp_10000_frames"])
def test_first_frame_is_taken(name: str) -> None:
    assert_close(decode(name), scene(), 60)


def test_jpeg_with_two_pictures_is_the_first() -> None:
    assert_close(decode("jpeg_with_two_pictures"), scene(), 20)


def test_frame_beyond_the_screen_of_a_gif_widens_it() -> None:
    content = encode(scene(), "GIF")
    narrow = content[:6] + (20).to_bytes(2, "little") * 2 + content[10:]
    assert_close(decode_image(narrow), decode_image(content), 0)


@pytest.mark.parametrize("extra", [0, 1])
def test_limit_of_scans(extra: int) -> None:
    content = encode(scene(), "JPEG", progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    count = MAX_JPEG_SCANS - content.count(b"\xff\xda") + extra
    many = content[:-2] + scan * count + content[-2:]
    if extra:
        with pytest.raises(ImageError, match="33 scans"):
            decode_image(many)
    else:
        assert decode_image(many).size == (96, 64)


# Crops.


def test_square_lies_around_the_face() -> None:
    square = CropGeometry(scale=1.5, shift_x=0.0, shift_y=-0.1).square(Box(10, 20, 50, 110))
    assert square.width == pytest.approx(90.0)
    assert square.height == pytest.approx(90.0)
    assert square.center == pytest.approx((30.0, 56.0))


def test_square_may_leave_the_picture() -> None:
    square = CropGeometry(scale=3.0, shift_x=0.0, shift_y=0.0).square(Box(0, 0, 10, 10))
    assert square.to_list() == [-10.0, -10.0, 20.0, 20.0]


@pytest.mark.parametrize(
    ("aspect", "width", "height"), [(1.0, 60, 60), (0.5, 30, 60), (2.0, 60, 30)]
)
def test_crops_that_are_not_square_keep_their_longer_side(
    aspect: float, width: float, height: float
) -> None:
    crop = CropGeometry(2.0, 0.0, 0.1, aspect).square(Box(0, 0, 30, 30))
    assert (crop.width, crop.height) == (width, height)
    assert crop.center == (15, 15 + 0.1 * 60)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size_px", [8, 32, 200])
def test_region_inside_equals_pillow(size_px: int, interpolation: Interpolation) -> None:
    region = Box(3.25, 5.5, 63.75, 60.125)
    expected = noise().resize(
        (size_px, size_px), RESAMPLING[interpolation], box=(3.25, 5.5, 63.75, 60.125)
    )
    actual = resize_region(noise(), (size_px, size_px), region=region, interpolation=interpolation)
    assert actual.dtype == np.uint8
    assert_close(actual, expected, 0)


def test_whole_picture_equals_pillow() -> None:
    expected = noise().resize((32, 32), Image.Resampling.LANCZOS)
    assert_close(resize_region(noise(), (32, 32), interpolation="lanczos"), expected, 0)


# squares, as a CropGeometry gives: Pillow chooses the order of its two passes by the shape
REGIONS_BEYOND = [
    Box(-10.3, -7.7, 40.2, 42.8),
    Box(60.6, 30.1, 130.9, 100.4),
    Box(-50.5, -60.25, 150.75, 140.5),
    Box(-0.001, 0.0, 64.0, 64.0),
    Box(20.2, 10.7, 76.6, 67.1),
    Box(-80.0, -80.0, -2.5, -2.5),
    Box(-400.0, -300.0, -200.0, -100.0),
    Box(-1.5, 30.25, 0.75, 32.5),
    Box(-350.0, -360.0, 380.0, 390.0),
]


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size_px", [7, 32, 150])
@pytest.mark.parametrize("region", REGIONS_BEYOND)
def test_region_beyond_is_black_to_the_subpixel(
    region: Box, size_px: int, interpolation: Interpolation
) -> None:
    margin = 1000
    canvas = Image.new("RGB", (96 + 2 * margin, 64 + 2 * margin))
    canvas.paste(noise(), (margin, margin))
    box = (
        region.left + margin,
        region.top + margin,
        region.right + margin,
        region.bottom + margin,
    )
    expected = canvas.resize((size_px, size_px), RESAMPLING[interpolation], box=box)
    actual = resize_region(noise(), (size_px, size_px), region=region, interpolation=interpolation)
    assert_close(actual, expected, 1)


def test_region_far_away_is_black() -> None:
    region = Box(1000.0, 1000.0, 1100.0, 1100.0)
    assert not resize_region(noise(), (32, 32), region=region, interpolation="bicubic").any()


@pytest.mark.parametrize("side", [1e5, 1e9, 1e300])
def test_vast_region_costs_little(side: float) -> None:
    region = Box(-side, -side, side, side)
    begin_s = time.thread_time()
    result = resize_region(scene(), (64, 64), region=region, interpolation="bilinear")
    assert result.shape == (64, 64, 3)
    assert time.thread_time() - begin_s < 1.0


def test_vast_region_holds_the_picture_in_place() -> None:
    image = Image.new("RGB", (4000, 3000), "white")
    region = Box(-2000.0, -2500.0, 6000.0, 5500.0)
    result = resize_region(image, (32, 32), region=region, interpolation="bilinear")
    expected = np.zeros((32, 32, 3))
    expected[10:22, 8:24] = 255
    interior = np.ones((32, 32), dtype=bool)
    interior[[9, 10, 21, 22]] = False
    interior[:, [7, 8, 23, 24]] = False
    assert_close(result[interior], expected[interior], 0)


def test_small_region_of_a_big_picture_is_cheap() -> None:
    image = Image.new("RGB", (7000, 7000))
    begin_s = time.thread_time()
    for left in (-20.0, 3000.0, 6980.0):
        region = Box(left, 10.0, left + 100.0, 110.0)
        resize_region(image, (64, 64), region=region, interpolation="bicubic")
    assert time.thread_time() - begin_s < 0.1


@pytest.mark.parametrize("region", [Box(5, 5, 5, 9), Box(9, 9, 5, 5), Box(0, 0, float("inf"), 5)])
def test_empty_region_is_a_mistake(region: Box) -> None:
    with pytest.raises(ValueError, match="width and a height"):
        resize_region(scene(), (8, 8), region=region, interpolation="bilinear")


# Model input.


def test_normalize_is_the_formula() -> None:
    batch = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), dtype=np.uint8)
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    result = normalize(batch, mean, std)
    expected = ((batch / 255.0 - mean) / std).transpose(0, 3, 1, 2)
    assert result.shape == (2, 3, 5, 7)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    np.testing.assert_allclose(result, expected, rtol=0, atol=2e-6)
