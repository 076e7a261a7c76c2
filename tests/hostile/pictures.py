"""Hostile and unlucky pictures, built in memory: what every door of the package is tried with.

``list_pictures()`` names them, ``create_picture(name)`` gives the bytes and the error that
``decode_image`` must raise for them, or None where it must accept them. The numbers in the
comments are those of the list of hostile inputs.
"""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from genderlens.errors import (
    CorruptImageError,
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    TruncatedImageError,
    UnsupportedFormatError,
)
from genderlens.pictures.heif_plugin import has_heif
from hostile.heic import (
    CONFIGURATION,
    DATA,
    SCENE,
    SIZE,
    Item,
    box,
    build_heic,
    grid,
    larger_sequence,
    unit,
)

ExpectedError = type[ImageError] | None
Builder = Callable[[], bytes]
_REGISTRY: dict[str, tuple[Builder, ExpectedError]] = {}


def hostile(error: ExpectedError, name: str | None = None) -> Callable[[Builder], Builder]:
    """Register a builder under its own name, or another one."""

    def register(build: Builder) -> Builder:
        key = name or build.__name__
        assert key not in _REGISTRY, key
        _REGISTRY[key] = (build, error)
        return build

    return register


def list_pictures() -> list[str]:
    """Every name, in the order of the list."""
    return list(_REGISTRY)


def expected_error(name: str) -> ExpectedError:
    """What ``decode_image`` raises for a picture, None if nothing; builds nothing."""
    return _REGISTRY[name][1]


@functools.cache
def create_picture(name: str) -> tuple[bytes, ExpectedError]:
    """The bytes of a hostile picture, and the class that ``decode_image`` raises for it."""
    build, error = _REGISTRY[name]
    return build(), error


# Building blocks, also of use to tests that need a good picture.


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """A smooth RGB picture that no turn or flip leaves as it is."""
    y, x = np.mgrid[0:height, 0:width]
    planes = (
        x * 255 // (width - 1),
        y * 255 // (height - 1),
        220 - x * y * 200 // (width * height),
    )
    return Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8))


def noise(width: int = 96, height: int = 64) -> Image.Image:
    """An RGB picture that does not compress, so that every byte of its file counts."""
    values = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def encode(image: Image.Image, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def jpeg_with(segment: bytes) -> bytes:
    """A good JPEG with segments put right after its start marker."""
    good = encode(scene(), "JPEG", quality=95)
    return good[:2] + segment + good[2:]


def jpeg_segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def png_chunk(kind: bytes, payload: bytes) -> bytes:
    checksum = zlib.crc32(kind + payload)
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)


def png_file(size: tuple[int, int], depth: int, color: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG of already filtered rows; ``extra`` chunks come before the pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, color, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + pixels + png_chunk(b"IEND", b"")


def png_with(*chunks: bytes) -> bytes:
    """A good PNG with chunks put right after its header."""
    good = encode(scene(), "PNG")
    return good[:33] + b"".join(chunks) + good[33:]


def exif_orientation(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def _blank_png(width: int, height: int) -> bytes:
    """One bit per pixel and all zero: the most pixels for the fewest bytes."""
    return png_file((width, height), 1, 0, bytes((1 + (width + 7) // 8) * height))


# 1-9: not a picture, or not an allowed one; the name and the declared type say nothing.


@hostile(UnsupportedFormatError)
def zero_bytes() -> bytes:
    return b""


@hostile(UnsupportedFormatError)
def one_byte() -> bytes:
    return b"\xff"


@hostile(UnsupportedFormatError)
def noise_1_mb() -> bytes:
    return np.random.default_rng(1).bytes(1_000_000)


@hostile(UnsupportedFormatError)
def text() -> bytes:
    return b"This is not a photo.\n" * 100


@hostile(UnsupportedFormatError)
def svg_with_script() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@hostile(UnsupportedFormatError)
def html() -> bytes:
    return b"<!doctype html><script>alert(document.cookie)</script>"


@hostile(UnsupportedFormatError)
def eps() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n(x) run\n"


@hostile(UnsupportedFormatError)
def pdf() -> bytes:
    return encode(scene(), "PDF")


@hostile(UnsupportedFormatError)
def psd() -> bytes:
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 64, 96, 8, 3)
    return header + bytes(12) + struct.pack(">H", 0) + bytes(3 * 64 * 96)


@hostile(None)
def good_tiff() -> bytes:
    return encode(scene(), "TIFF")


@hostile(UnsupportedFormatError)
def tiff_big() -> bytes:
    return b"II+\0" + encode(scene(), "TIFF")[4:]


@hostile(UnsupportedFormatError)
def tiff_of_a_raw_photo() -> bytes:
    return encode(scene(), "TIFF", tiffinfo={254: 1})


@hostile(UnsupportedFormatError)
def tiff_of_floats() -> bytes:
    return encode(scene().convert("F"), "TIFF")


@hostile(UnsupportedFormatError)
def tiff_with_jpeg_inside() -> bytes:
    return encode(scene(), "TIFF", compression="jpeg")


@hostile(TruncatedImageError)
def tiff_cut_in_its_pixels() -> bytes:
    return encode(scene(), "TIFF")[:-500]


@hostile(CorruptImageError)
def tiff_of_a_directory_without_end() -> bytes:
    return b"II*\0\x08\0\0\0\xff\xff" + bytes(12 * 600)


@hostile(CorruptImageError)
def tiff_of_a_field_without_end() -> bytes:
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 273, 4, 2**32 - 1, 8) + bytes(4)


@hostile(CorruptImageError)
def tiff_of_a_vast_tile() -> bytes:
    fields = {
        256: 96, 257: 64, 258: 8, 259: 1, 262: 1, 277: 1, 322: 65536, 323: 65536, 324: 8, 325: 8
    }  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields.items())
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields)) + entries + bytes(4)


@hostile(UnsupportedFormatError)
def ico() -> bytes:
    return encode(scene(64, 64), "ICO")


@hostile(UnsupportedFormatError)
def fits() -> bytes:
    cards = ("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 96", "NAXIS2  = 64", "END")
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode() + bytes(5760 + 2880)


@hostile(UnsupportedFormatError)
def jpeg_2000() -> bytes:
    return encode(scene(), "JPEG2000")


@hostile(None)
def good_bmp() -> bytes:
    return encode(scene(), "BMP")


@hostile(UnsupportedFormatError)
def bmp_of_runs() -> bytes:
    whole = bytearray(encode(scene().convert("P"), "BMP"))
    struct.pack_into("<I", whole, 30, 1)
    return bytes(whole)


@hostile(TruncatedImageError)
def bmp_cut_in_its_rows() -> bytes:
    return encode(scene(), "BMP")[:-500]


@hostile(TruncatedImageError)
def bmp_of_a_vast_size() -> bytes:
    whole = bytearray(encode(scene().convert("1"), "BMP"))
    struct.pack_into("<ii", whole, 18, 8, 2**30)
    return bytes(whole) + bytes(64)


@hostile(UnsupportedFormatError)
def heif_of_no_known_codec() -> bytes:
    return struct.pack(">I", 24) + b"ftypmif1\0\0\0\0mif1miaf" + bytes(200)


@hostile(None)
def good_jpeg() -> bytes:
    return encode(scene(), "JPEG", quality=95)


# 10-12: cut and corrupt.


def _register_cut_files() -> None:
    files: dict[str, Builder] = {
        "jpeg": lambda: encode(noise(), "JPEG"),
        "progressive_jpeg": lambda: encode(noise(), "JPEG", progressive=True),
        "png": lambda: encode(noise(), "PNG"),
        "webp": lambda: encode(noise(), "WEBP"),
        "gif": lambda: encode(noise(), "GIF"),
        "avif": lambda: encode(noise(), "AVIF"),
    }
    for file_format, build in files.items():
        for percent in (25, 50, 90, 99):

            def cut(build: Builder = build, percent: int = percent) -> bytes:
                whole = build()
                return whole[: len(whole) * percent // 100]

            hostile(TruncatedImageError, f"{file_format}_cut_at_{percent}_percent")(cut)


_register_cut_files()


@hostile(TruncatedImageError)
def jpeg_cut_in_header() -> bytes:
    return good_jpeg()[:40]


@hostile(TruncatedImageError)
def jpeg_without_end_marker() -> bytes:
    return good_jpeg()[:-2]


@hostile(TruncatedImageError)
def progressive_jpeg_without_end_marker() -> bytes:
    return encode(scene(), "JPEG", progressive=True)[:-2]


@hostile(None)
def png_without_end_chunk() -> bytes:
    return encode(scene(), "PNG")[:-12]


@hostile(None)
def gif_without_trailer() -> bytes:
    return encode(scene(), "GIF")[:-1]


@hostile(CorruptImageError)
def jpeg_with_corrupt_huffman_table() -> bytes:
    good = bytearray(good_jpeg())
    table = good.index(b"\xff\xc4")
    good[table + 5 : table + 21] = b"\xff" * 16
    return bytes(good)


@hostile(CorruptImageError)
def png_with_wrong_header_checksum() -> bytes:
    good = bytearray(encode(scene(), "PNG"))
    good[30] ^= 1
    return bytes(good)


@hostile(CorruptImageError)
def png_with_wrong_pixel_checksum() -> bytes:
    good = bytearray(encode(noise(), "PNG"))
    good[len(good) // 2] ^= 1
    return bytes(good)


@hostile(CorruptImageError)
def png_with_corrupt_zlib_stream() -> bytes:
    broken = bytes(range(256)) * 8
    good = png_file((64, 64), 8, 0, bytes(65 * 64))
    return good[:33] + png_chunk(b"IDAT", broken) + png_chunk(b"IEND", b"")


# 13-20: every way to store colour.


def cmyk_colors() -> list[tuple[int, int, int, int]]:
    """Four flat bands, top to bottom, as ink 0..255."""
    return [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (40, 90, 10, 60)]


def _bands(colors: list[tuple[int, int, int, int]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    rows = np.repeat(np.array(colors, dtype=np.uint8), 16, axis=0)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, :], (64, 64, 4)))


@hostile(None)
def jpeg_cmyk() -> bytes:
    """Stored inverted, as Adobe does and as everyone has come to expect."""
    return encode(Image.fromarray(_bands(cmyk_colors()), "CMYK"), "JPEG", quality=98)


@hostile(None)
def jpeg_ycck() -> bytes:
    """The same inks, three of them stored as luma and chroma."""
    inks = _bands(cmyk_colors())
    luma_chroma = np.asarray(Image.fromarray(inks[..., :3].copy()).convert("YCbCr"))
    planes = np.concatenate([255 - luma_chroma, inks[..., 3:]], axis=-1)
    stored = bytearray(encode(Image.fromarray(planes, "CMYK"), "JPEG", quality=98))
    stored[stored.index(b"Adobe") + 11] = 2
    return bytes(stored)


@hostile(None)
def jpeg_grey() -> bytes:
    return encode(scene().convert("L"), "JPEG")


@hostile(None)
def png_palette() -> bytes:
    return encode(scene().quantize(64), "PNG")


@hostile(None)
def png_palette_transparent() -> bytes:
    """Left half see-through by one palette entry, right half opaque red."""
    return encode(_two_color_palette(), "PNG", transparency=0)


@hostile(None)
def png_palette_half_transparent() -> bytes:
    """A palette whose entries have alphas of 128 and 255."""
    return encode(_two_color_palette(), "PNG", transparency=b"\x80\xff")


@hostile(None)
def gif_transparent() -> bytes:
    return encode(_two_color_palette(), "GIF", transparency=0)


def _two_color_palette() -> Image.Image:
    indices = np.zeros((64, 64), dtype=np.uint8)
    indices[:, 32:] = 1
    image = Image.fromarray(indices, "P")
    image.putpalette([0, 0, 0, 255, 0, 0])
    return image


@hostile(None)
def png_rgba() -> bytes:
    """Alpha runs from 0 at the left to 255 at the right."""
    return encode(_with_ramp(scene()), "PNG")


@hostile(None)
def png_la() -> bytes:
    return encode(_with_ramp(scene().convert("L")), "PNG")


@hostile(None)
def webp_rgba() -> bytes:
    return encode(_with_ramp(scene()), "WEBP", lossless=True, exact=True)


@hostile(None)
def avif_rgba() -> bytes:
    return encode(_with_ramp(scene()), "AVIF")


def _with_ramp(image: Image.Image) -> Image.Image:
    ramp = np.broadcast_to(np.linspace(0, 255, image.width).astype(np.uint8), image.size[::-1])
    image = image.copy()
    image.putalpha(Image.fromarray(np.ascontiguousarray(ramp)))
    return image


@hostile(None)
def png_one_bit() -> bytes:
    return encode(scene().convert("1"), "PNG")


def deep_ramp() -> np.ndarray[Any, np.dtype[np.uint16]]:
    """64 × 256 samples from 0 to 65535."""
    return np.broadcast_to(np.linspace(0, 65535, 256).astype(np.uint16), (64, 256))


@hostile(None)
def png_grey_16_bit() -> bytes:
    return encode(Image.fromarray(np.ascontiguousarray(deep_ramp())), "PNG")


@hostile(None)
def png_grey_16_bit_transparent() -> bytes:
    """Sample 0 is see-through."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep_ramp())
    return png_file((256, 64), 16, 0, rows, png_chunk(b"tRNS", b"\0\0"))


@hostile(None)
def png_rgb_16_bit() -> bytes:
    """Red the ramp, green its mirror, blue full."""
    ramp = deep_ramp()
    samples = np.stack([ramp, ramp[:, ::-1], np.full_like(ramp, 65535)], axis=-1)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return png_file((256, 64), 16, 2, rows)


# 21-22: EXIF.


def _register_orientations() -> None:
    for orientation in range(1, 9):

        def turned(orientation: int = orientation) -> bytes:
            return jpeg_with(jpeg_segment(0xE1, exif_orientation(orientation)))

        hostile(None, f"jpeg_orientation_{orientation}")(turned)


_register_orientations()


@hostile(None)
def jpeg_exif_noise() -> bytes:
    return jpeg_with(jpeg_segment(0xE1, b"Exif\0\0" + np.random.default_rng(2).bytes(500)))


@hostile(None)
def jpeg_exif_cut() -> bytes:
    return jpeg_with(jpeg_segment(0xE1, exif_orientation(6)[:16]))


@hostile(None)
def jpeg_exif_impossible_orientation() -> bytes:
    return jpeg_with(jpeg_segment(0xE1, exif_orientation(99)))


@hostile(None)
def jpeg_exif_offset_beyond_end() -> bytes:
    return jpeg_with(jpeg_segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"))


@hostile(None)
def jpeg_exif_vast_entries() -> bytes:
    """65,535 entries announced, each with four billion values."""
    entry = struct.pack(">HHII", 0x010E, 2, 0xFFFFFFFF, 0xFFFFFFF0)
    return jpeg_with(jpeg_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + entry * 5000))


@hostile(None)
def jpeg_exif_huge() -> bytes:
    """Two megabytes of EXIF in segments of the largest size."""
    return jpeg_with(jpeg_segment(0xE1, b"Exif\0\0" + bytes(65_000)) * 32)


@hostile(None)
def jpeg_exif_many_segments() -> bytes:
    return jpeg_with(jpeg_segment(0xE1, b"Exif\0\0" + bytes(20)) * 50_000)


@hostile(None)
def jpeg_exif_sql_and_html() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "'); DROP TABLE predictions; --"
    exif[0x013B] = "<script>alert(1)</script>"
    return jpeg_with(jpeg_segment(0xE1, exif.tobytes()))


@hostile(None)
def png_exif_noise() -> bytes:
    return png_with(png_chunk(b"eXIf", np.random.default_rng(2).bytes(500)))


@hostile(None)
def webp_exif_noise() -> bytes:
    return encode(scene(), "WEBP", exif=np.random.default_rng(2).bytes(500))


@hostile(None)
def avif_exif_noise() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a photo"
    good = bytearray(encode(scene(), "AVIF", exif=exif))
    begin = good.index(b"MM\0*")
    good[begin : begin + 8] = b"\xde\xad\xbe\xef" * 2
    return bytes(good)


# 23-25: more than one picture, and more than pixels.


@hostile(None)
def gif_10000_frames() -> bytes:
    """All but the first are single pixels."""
    frame = b"," + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return encode(scene(), "GIF")[:-1] + frame * 9_999 + b";"


@hostile(None)
def apng_10000_frames() -> bytes:
    pixels = zlib.compress(bytes(65 * 64))
    control = png_chunk(b"acTL", struct.pack(">II", 10_000, 0))
    frames = [
        _apng_control(2 * index - 1) + png_chunk(b"fdAT", struct.pack(">I", 2 * index) + pixels)
        for index in range(1, 10_000)
    ]
    first = png_file((64, 64), 8, 0, bytes(65 * 64), control, _apng_control(0))
    return first[:-12] + b"".join(frames) + first[-12:]


def _apng_control(sequence: int) -> bytes:
    return png_chunk(b"fcTL", struct.pack(">5I2H2B", sequence, 64, 64, 0, 0, 1, 10, 0, 0))


@hostile(None)
def apng_with_broken_control() -> bytes:
    return png_with(png_chunk(b"acTL", struct.pack(">II", 0, 0)))


@hostile(None)
def webp_10000_frames() -> bytes:
    first = encode(scene(), "WEBP", save_all=True, append_images=[noise()])
    begin = first.index(b"ANMF")
    length = struct.unpack_from("<I", first, begin + 4)[0]
    frame = first[begin : begin + 8 + length + length % 2]
    body = first[8:begin] + frame * 10_000
    return b"RIFF" + struct.pack("<I", len(body)) + body


@hostile(None)
def jpeg_with_two_pictures() -> bytes:
    return encode(scene(), "MPO", save_all=True, append_images=[noise()])


@hostile(None)
def jpeg_huge_icc() -> bytes:
    return encode(scene(), "JPEG", icc_profile=np.random.default_rng(3).bytes(4_000_000))


@hostile(None)
def png_icc_bomb() -> bytes:
    profile = zlib.compress(bytes(100_000_000), 9)
    return png_with(png_chunk(b"iCCP", b"bomb\0\0" + profile))


@hostile(None)
def png_text_bomb() -> bytes:
    bomb = b"key\0\0" + zlib.compress(bytes(10_000_000), 9)
    return png_with(png_chunk(b"zTXt", bomb) * 100)


# 26-30: sizes.


@hostile(ImageTooLargeError)
def png_100_megapixels() -> bytes:
    return _blank_png(10_000, 10_000)


@hostile(ImageTooLargeError)
def png_256_megapixels() -> bytes:
    return _blank_png(16_000, 16_000)


@hostile(ImageTooLargeError)
def png_header_60000() -> bytes:
    small = png_file((64, 64), 8, 2, bytes(64 * 193))
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return small[:8] + png_chunk(b"IHDR", header) + small[33:]


@hostile(ImageTooLargeError)
def jpeg_header_60000() -> bytes:
    good = bytearray(good_jpeg())
    frame = good.index(b"\xff\xc0")
    good[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(good)


@hostile(ImageTooLargeError)
def gif_header_60000() -> bytes:
    good = bytearray(encode(scene(), "GIF"))
    good[6:10] = struct.pack("<HH", 60_000, 60_000)
    return bytes(good)


@hostile(ImageTooLargeError)
def gif_first_frame_100_megapixels() -> bytes:
    """A small screen, a vast frame on it, to be disposed of by filling."""
    good = encode(scene(), "GIF", disposal=2, transparency=0)
    frame = good.index(b",", 13 + 3 * 256)
    return good[: frame + 5] + struct.pack("<HH", 10_000, 10_000) + good[frame + 9 :]


@hostile(ImageTooLargeError)
def webp_header_16000() -> bytes:
    good = bytearray(encode(scene(), "WEBP", save_all=True, append_images=[noise()]))
    good[24:30] = (15_999).to_bytes(3, "little") * 2
    return bytes(good)


# 71: the size inside differs from the size outside.


@hostile(CorruptImageError)
def avif_that_holds_more_than_it_says() -> bytes:
    return _with_ispe(encode(Image.new("L", (4000, 3000)), "AVIF"), (4000, 3000), (100, 75))


@hostile(CorruptImageError)
def avif_that_holds_less_than_it_says() -> bytes:
    return _with_ispe(encode(scene(), "AVIF"), (96, 64), (4000, 3000))


@hostile(CorruptImageError)
def avif_sequence_that_holds_more_than_it_says() -> bytes:
    """Tracks say their size in tkhd (16.16) and in the sample entry as well."""
    pages = [Image.new("L", (4000, 3000), shade) for shade in (0, 99)]
    content = encode(pages[0], "AVIF", save_all=True, append_images=pages[1:])
    content = _with_ispe(content, (4000, 3000), (100, 75))
    content = content.replace(struct.pack(">2H", 4000, 3000), struct.pack(">2H", 100, 75))
    whole, small = (struct.pack(">2I", w << 16, h << 16) for w, h in ((4000, 3000), (100, 75)))
    return content.replace(whole, small)


@hostile(CorruptImageError)
def avif_without_a_sequence_header() -> bytes:
    content = encode(scene(), "AVIF")
    return content[: content.index(b"mdat") + 4] + b"\x12\0" + b"\x32\x7f" + b"\0" * 5000


def _with_ispe(content: bytes, old: tuple[int, int], new: tuple[int, int]) -> bytes:
    before, after = (b"ispe\0\0\0\0" + struct.pack(">2I", *size) for size in (old, new))
    assert before in content
    return content.replace(before, after)


@hostile(CorruptImageError)
def webp_that_holds_more_than_it_says() -> bytes:
    content = bytearray(encode(scene(400, 300), "WEBP", exif=exif_orientation(6)))
    assert content[12:16] == b"VP8X"
    content[24:30] = (99).to_bytes(3, "little") + (74).to_bytes(3, "little")
    return bytes(content)


@hostile(CorruptImageError)
def webp_frame_that_holds_more_than_it_says() -> bytes:
    """VP8L in the first frame says 400×300 where frame and canvas say 96×64."""
    small = [scene(), scene().transpose(Image.Transpose.ROTATE_180)]
    content = encode(small[0], "WEBP", save_all=True, append_images=small[1:], lossless=True)
    begin = content.index(b"VP8L") + 9
    return content[:begin] + struct.pack("<I", 399 | 299 << 14) + content[begin + 4 :]


@hostile(CorruptImageError)
def png_with_two_headers() -> bytes:
    second = png_chunk(b"IHDR", struct.pack(">2I5B", 5000, 5000, 8, 2, 0, 0, 0))
    return png_with(second)


@hostile(CorruptImageError)
def jpeg_that_says_its_size_twice() -> bytes:
    content = encode(scene(), "JPEG")
    begin = content.index(b"\xff\xc0")
    frame = content[begin : begin + 2 + int.from_bytes(content[begin + 2 : begin + 4], "big")]
    larger = frame[:5] + struct.pack(">2H", 3000, 4000) + frame[9:]
    return content[:begin] + larger + content[begin:]


@hostile(ImageTooLargeError)
def avif_header_60000() -> bytes:
    return _avif_with_size(60_000)


@hostile(ImageTooLargeError)
def avif_header_12000() -> bytes:
    return _avif_with_size(12_000)


def _avif_with_size(side_px: int) -> bytes:
    good = bytearray(encode(scene(), "AVIF"))
    extent = good.index(b"ispe")
    good[extent + 8 : extent + 16] = struct.pack(">II", side_px, side_px)
    return bytes(good)


@hostile(None)
def png_just_under_the_cap() -> bytes:
    return _blank_png(7071, 7071)


@hostile(ImageTooSmallError)
def png_1_by_1() -> bytes:
    return encode(scene().resize((1, 1)), "PNG")


@hostile(ImageTooSmallError)
def png_1_by_10000() -> bytes:
    return encode(scene().resize((1, 10_000)), "PNG")


@hostile(ImageTooSmallError)
def jpeg_15_by_400() -> bytes:
    return encode(scene(15, 400), "JPEG")


# 31: work out of proportion to the size.


@hostile(CorruptImageError)
def jpeg_1000_scans() -> bytes:
    good = encode(Image.new("RGB", (2000, 2000), "olive"), "JPEG", progressive=True)
    return good[:-2] + good[good.rindex(b"\xff\xda") : -2] * 1000 + good[-2:]


@hostile(CorruptImageError)
def jpeg_1000_scans_in_disguise() -> bytes:
    """An end marker inside a comment between the scans must not hide the rest."""
    good = encode(Image.new("RGB", (2000, 2000), "olive"), "JPEG", progressive=True)
    comment = jpeg_segment(0xFE, b"\xff\xd9")
    return good[:-2] + comment + good[good.rindex(b"\xff\xda") : -2] * 1000 + good[-2:]


@hostile(None)
def jpeg_many_scan_markers_after_the_end() -> bytes:
    """What follows the picture, a short film for one, is none of our business."""
    return good_jpeg() + b"\xff\xda\0\x02" * 1000


@hostile(CorruptImageError)
def jpeg_of_a_million_comments() -> bytes:
    return jpeg_with(jpeg_segment(0xFE, b"") * 1_000_000)


@hostile(CorruptImageError)
def png_of_a_million_chunks() -> bytes:
    return png_with(png_chunk(b"teXt", b"") * 1_000_000)


@hostile(CorruptImageError)
def gif_of_a_million_blocks() -> bytes:
    good = encode(scene(), "GIF")
    palette_end = 13 + 3 * 256
    return good[:palette_end] + b"!\xfe" + b"\x01x" * 1_000_000 + b"\0" + good[palette_end:]


@hostile(CorruptImageError)
def avif_of_a_million_boxes() -> bytes:
    return encode(scene(), "AVIF") + b"\0\0\0\x08free" * 1_000_000


# 32: polyglots are the picture that they begin as.


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("evil.js", "alert(1)")
    return file.getvalue()


@hostile(None)
def jpeg_and_zip() -> bytes:
    return good_jpeg() + _zip()


@hostile(None)
def webp_and_zip() -> bytes:
    return encode(scene(), "WEBP") + _zip()


@hostile(None)
def avif_and_zip() -> bytes:
    return encode(scene(), "AVIF") + _zip()


@hostile(None)
def gif_and_javascript() -> bytes:
    return encode(scene(), "GIF") + b"*/=1;alert(1)//"


@hostile(None)
def jpeg_and_html() -> bytes:
    return jpeg_with(jpeg_segment(0xFE, b"<html><script>alert(1)</script>"))


@hostile(None)
def png_and_pdf() -> bytes:
    return png_with(png_chunk(b"teXt", b"%PDF-1.4")) + pdf()


# 33: good files with nothing to see.


@hostile(None)
def all_black() -> bytes:
    return encode(Image.new("RGB", (256, 256)), "PNG")


@hostile(None)
def all_white() -> bytes:
    return encode(Image.new("RGB", (256, 256), "white"), "PNG")


@hostile(None)
def only_noise() -> bytes:
    return encode(noise(256, 256), "JPEG")


# HEIC, where its decoder is installed; without it, each of them is refused, which names the extra.


def heic(error: ExpectedError, name: str, build: Builder) -> None:
    """Register a HEIC file."""
    hostile(error if has_heif() else UnsupportedFormatError, f"heic_{name}")(build)


def _grid(columns: int, rows: int, *, parts: tuple[int, ...], says: tuple[int, int]) -> bytes:
    """A grid of pictures of 96×64, of which ``says`` is what it says of itself."""
    whole = Item(b"grid", grid(columns, rows, SIZE), says, None, parts)
    return build_heic(Item(), whole, primary=2)


def _grid_of_grids() -> bytes:
    inner, outer = (Item(b"grid", grid(1, 1, SIZE), SIZE, None, (part,)) for part in (1, 2))
    return build_heic(Item(), inner, outer, primary=3)


heic(None, "good", lambda: SCENE)
heic(None, "turned_by_its_container", lambda: build_heic(Item(extra=[box(b"irot", b"\1")])))
heic(None, "beside_a_film", lambda: build_heic(Item(), after=box(b"moov", bytes(100))))
heic(None, "with_broken_exif", lambda: build_heic(Item(), Item(b"Exif", b"\xff" * 99, SIZE, None)))
heic(CorruptImageError, "that_holds_more_than_it_says", lambda: build_heic(Item(size=(16, 16))))
heic(CorruptImageError, "that_holds_less_than_it_says", lambda: build_heic(Item(size=(999, 900))))
heic(
    CorruptImageError,
    "that_holds_more_than_its_configuration",
    lambda: build_heic(Item(data=unit(larger_sequence(4096, 4096)) + DATA)),
)
heic(CorruptImageError, "of_two_pictures_in_one", lambda: build_heic(Item(data=DATA * 2)))
heic(CorruptImageError, "of_a_thousand_pictures_in_one", lambda: build_heic(Item(data=DATA * 1000)))
heic(
    CorruptImageError,
    "grid_of_one_tile_many_times",
    lambda: _grid(30, 30, parts=(1,) * 900, says=SIZE),
)
heic(CorruptImageError, "grid_of_another_size", lambda: _grid(1, 1, parts=(1,), says=(16, 16)))
heic(CorruptImageError, "grid_without_its_tiles", lambda: _grid(2, 2, parts=(1,), says=SIZE))
heic(CorruptImageError, "grid_of_itself", lambda: _grid(1, 1, parts=(2,), says=SIZE))
heic(CorruptImageError, "grid_of_grids", _grid_of_grids)
heic(CorruptImageError, "of_another_codec", lambda: build_heic(Item(b"av01")))
heic(CorruptImageError, "overlay", lambda: build_heic(Item(), Item(b"iovl", bytes(30)), primary=2))
heic(
    CorruptImageError,
    "without_a_sequence",
    lambda: build_heic(Item(configuration=CONFIGURATION[:22] + b"\0")),
)
heic(CorruptImageError, "of_a_million_boxes", lambda: SCENE + b"\0\0\0\x08free" * 1_000_000)
heic(ImageTooLargeError, "header_60000", lambda: build_heic(Item(size=(60_000, 60_000))))
heic(ImageTooLargeError, "header_12000", lambda: build_heic(Item(size=(12_000, 12_000))))
heic(TruncatedImageError, "cut_in_its_data", lambda: SCENE[:-20])
