"""HEIC: what is read, what is hidden from the decoder, and what is said where there is none."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genderlens.data.sources.content import ContentKind, judge_file
from genderlens.data.sources.headers import read_header
from genderlens.errors import UnsupportedFormatError
from genderlens.pictures import containers, heif, heif_plugin
from genderlens.pictures.bmff import FileBox, list_locations
from genderlens.pictures.cost import reckon_cost
from genderlens.pictures.hevc import SequenceParameters, read_configuration, read_sequences
from genderlens.pictures.imaging import decode_image, decode_reduced
from hostile.heic import CONFIGURATION, DATA, SCENE, SIZE, Item, box, build_heic, grid, tiled, unit
from hostile.heic import larger_sequence as larger
from hostile.pictures import scene

needs_decoder = pytest.mark.skipif(
    not heif_plugin.has_heif(), reason="the extra [heif] is not installed"
)
CODED = SequenceParameters(96, 64, SIZE, 1.5, is_deep=False)


@needs_decoder
def test_a_picture_has_its_pixels_and_says_its_header() -> None:
    assert tuple(read_header(SCENE)) == ("HEIC", *SIZE)
    found = decode_image(SCENE)
    assert found.mode == "RGB"
    assert np.abs(np.asarray(found, int) - np.asarray(scene(), int)).mean() < 3


@needs_decoder
def test_tiles_become_one_picture() -> None:
    size = (190, 120)
    whole = Item(b"grid", grid(2, 2, size), size, None, (1, 2, 3, 4))
    found = decode_image(build_heic(*[Item()] * 4, whole, primary=5))
    assert found.size == size
    part = np.asarray(found.crop((96, 0, 190, 64)), int)
    assert np.abs(part - np.asarray(scene().crop((0, 0, 94, 64)), int)).mean() < 3
    assert decode_image(tiled((700, 530))).size == (700, 530)


@needs_decoder
def test_the_container_says_how_it_is_turned_and_exif_does_not() -> None:
    turned = Item(extra=[box(b"irot", b"\1")])
    exif = Item(b"Exif", bytes(4) + Image.Exif().tobytes(), SIZE, None)
    decoded = decode_reduced(build_heic(turned, exif))
    assert decoded.full_size == decoded.image.size == (64, 96)
    upright = np.asarray(scene().transpose(Image.Transpose.ROTATE_90), int)
    assert np.abs(np.asarray(decoded.image, int) - upright).mean() < 3


@pytest.mark.parametrize("kind", [b"Exif", b"mime", b"av01", b"iovl", b"tmap", b"unci"])
def test_what_is_neither_coded_in_hevc_nor_a_grid_is_hidden(kind: bytes) -> None:
    content = build_heic(Item(), Item(kind, b"\0" * 40, SIZE, None), after=box(b"moov", b"film"))
    hidden, exif = heif.extract_heif(content)
    assert exif == b""
    assert len(hidden) == len(content)
    assert b"\0\2\0\0" + kind in content
    assert kind not in hidden
    assert b"moov" not in hidden
    assert hidden.count(b"hvc1") == 1


def test_without_the_decoder_the_refusal_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    here = containers.FORMATS["HEIC"]._replace(is_here=lambda: False)
    monkeypatch.setitem(containers.FORMATS, "HEIC", here)
    with pytest.raises(UnsupportedFormatError, match=r"extra 'heif'.*genderlens\[heif\]"):
        decode_image(SCENE)
    assert "HEIC" not in containers.list_formats()
    judged = judge_file("IMG_1.HEIC", lambda: SCENE[:64])
    assert judged.verdict is ContentKind.REFUSED
    assert "pip install 'genderlens[heif]', or convert it" in judged.reason
    monkeypatch.setitem(containers.FORMATS, "HEIC", here._replace(is_here=lambda: True))
    assert "HEIC" in containers.list_formats()
    assert judge_file("IMG_1.HEIC", lambda: SCENE[:64]).verdict is ContentKind.PICTURE


@pytest.mark.parametrize(
    ("there", "module"),
    [({"pillow_heif", "pi_heif"}, "pillow_heif"), ({"pi_heif"}, "pi_heif"), ((), None)],
)
def test_either_decoder_does(there: Any, module: str | None, monkeypatch: Any) -> None:
    asked: list[str] = []

    class Plugin:
        HeifImageFile = staticmethod(lambda stream: stream)

    def find(name: str) -> object:
        return object() if name in there else None

    def load(name: str) -> object:
        asked.append(name)
        return Plugin

    monkeypatch.setattr(heif_plugin, "find_spec", find)
    monkeypatch.setattr(heif_plugin, "import_module", load)
    heif_plugin._find_plugin.cache_clear()
    try:
        assert heif_plugin.has_heif() is (module is not None)
        heif_plugin._find_plugin()
    finally:
        heif_plugin._find_plugin.cache_clear()
    assert asked == [f"{module or 'pillow_heif'}.as_plugin"]


def test_sizes_come_from_the_bitstream() -> None:
    configuration = read_configuration(CONFIGURATION)
    assert configuration.length_bytes == 4
    assert read_sequences(configuration, DATA) == [CODED]
    within = unit(larger(4096, 2160)) + DATA
    assert [one[:2] for one in read_sequences(configuration, within)] == [SIZE, (4096, 2160)]


def test_units_of_further_layers_are_passed_over() -> None:
    configuration = read_configuration(CONFIGURATION)
    sequence = bytearray(larger(4096, 2160))
    sequence[1] |= 8  # the first layer beside the base
    slices = bytearray(DATA)
    slices[5] |= 8
    assert read_sequences(configuration, unit(bytes(sequence)) + DATA + bytes(slices)) == [CODED]


@pytest.mark.parametrize(
    ("configuration", "data", "fault"),
    [
        (CONFIGURATION, b"", "0 pictures"),
        (CONFIGURATION, DATA * 2, "2 pictures"),
        (CONFIGURATION, unit(b"abc") * 10_001, "more than 10000 units"),
        (CONFIGURATION[:22] + b"\0", DATA, "no sequence parameter set"),
        (CONFIGURATION[:22] + b"\xff" + b"\x21\xff\xff" * 300, DATA, "sets of parameters"),
    ],
)
def test_what_no_encoder_writes_is_refused(configuration: bytes, data: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_sequences(read_configuration(configuration), data)


def test_a_unit_that_ends_behind_its_data_is_cut_short() -> None:
    with pytest.raises(IndexError):
        read_sequences(read_configuration(CONFIGURATION), DATA + b"\0\0\xff\xff")


def test_items_that_lie_over_each_other_are_not_copied_a_thousand_times() -> None:
    """A hundred items of a hundred parts, each of which is the whole file."""
    part = struct.pack(">2I", 0, 0)
    items = b"".join(struct.pack(">3H", n, 0, 100) + part * 100 for n in range(1, 101))
    iloc = struct.pack(">I", 0) + b"\x44\0" + struct.pack(">H", 100) + items
    with pytest.raises(ValueError, match="lie over each other"):
        list(list_locations(iloc, FileBox(b"iloc", 0, len(iloc))))


@pytest.mark.parametrize(
    ("content", "pixels", "each"), [(SCENE, 96 * 64, 8.4), (tiled((7000, 7000)), 7000**2, 9.45)]
)
def test_memory_is_told_from_the_header(content: bytes, pixels: int, each: float) -> None:
    cost = reckon_cost(content, 10**8)
    assert (cost.pixels, cost.bytes_per_pixel) == (pixels, pytest.approx(each))
