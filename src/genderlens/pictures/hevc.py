"""The size of the pictures in an HEVC bitstream, read from its own headers.

Follows ITU-T H.265, sections 7.3.1 (NAL units), 7.3.2.2 (sequence parameter set) and 7.3.3, as far
as the sizes stand there. A decoder goes by these, whatever a container says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from genderlens.pictures.bits import Bits

_SEQUENCE: Final = 33
_LAST_SLICE: Final = 31
"""NAL units up to this number hold pixels."""
_MAX_UNITS: Final = 10_000
_MAX_PARAMETERS: Final = 256
_MAX_LAYERS: Final = 7
_PROFILE_BITS: Final = 88
_LEVEL_BITS: Final = 8
_SAMPLES: Final = {0: 1.0, 1: 1.5, 2: 2.0, 3: 3.0}
"""Of all planes for each pixel, by ``chroma_format_idc``."""
_CHROMA: Final = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}
"""Pixels for each sample of colour, across and down."""


class SequenceParameters(NamedTuple):
    """What a sequence parameter set says: a decoder reserves ``width`` × ``height`` pixels.

    ``shown`` is what is left once the edges that pad it are cut off. ``samples`` are those of all
    planes for each pixel, each of two bytes where ``is_deep``.
    """

    width: int
    height: int
    shown: tuple[int, int]
    samples: float
    is_deep: bool


class Configuration(NamedTuple):
    """What an ``hvcC`` box says: how long the lengths of units are, and the units in it."""

    length_bytes: int
    units: list[bytes]


def read_configuration(content: bytes) -> Configuration:
    """The content of an ``hvcC`` box; IndexError where it is cut short, ValueError for too much."""
    units, at = list[bytes](), 23
    for _ in range(content[22]):
        count = int.from_bytes(content[at + 1 : at + 3], "big")
        at += 3
        if len(units) + count > _MAX_PARAMETERS:
            raise ValueError(f"more than {_MAX_PARAMETERS} sets of parameters")
        for _ in range(count):
            length = content[at] << 8 | content[at + 1]
            units.append(content[at + 2 : at + 2 + length])
            at += 2 + length
    return Configuration((content[21] & 3) + 1, units)


def read_sequences(configuration: Configuration, data: bytes) -> list[SequenceParameters]:
    """Every sequence parameter set that a decoder sees for one coded picture.

    ValueError where there is none, where the data hold more or less than one picture, or for a
    number that no encoder writes; IndexError where it is cut short.
    """
    coded = list(_list_units(data, configuration.length_bytes))
    begun = sum(_begins_picture(unit) for unit in coded)
    if begun != 1:
        raise ValueError(f"{begun} pictures where one is said")
    units = [*configuration.units, *coded]
    found = [_read_sequence(unit) for unit in units if _kind(unit) == _SEQUENCE and _is_base(unit)]
    if not found:
        raise ValueError("no sequence parameter set")
    return found


def _list_units(data: bytes, length_bytes: int) -> Iterator[bytes]:
    at = 0
    for _ in range(_MAX_UNITS):
        if at + length_bytes > len(data):
            return
        length = int.from_bytes(data[at : at + length_bytes], "big")
        at += length_bytes
        if at + length > len(data):
            raise IndexError("a unit ends behind its data")
        if length > 2:
            yield data[at : at + length]
        at += length
    raise ValueError(f"more than {_MAX_UNITS} units")


def _kind(unit: bytes) -> int:
    return unit[0] >> 1 & 63


def _is_base(unit: bytes) -> bool:
    """Units of further layers, such as the other eye's picture, are passed over by decoders."""
    return not (unit[0] & 1 or unit[1] >> 3)


def _begins_picture(unit: bytes) -> bool:
    return _kind(unit) <= _LAST_SLICE and _is_base(unit) and bool(unit[2] & 0x80)


def _read_sequence(unit: bytes) -> SequenceParameters:
    bits = Bits(unit[2:].replace(b"\0\0\3", b"\0\0"))
    bits.read(4)  # number of the video parameter set
    layers = bits.read(3)
    bits.read()
    if layers >= _MAX_LAYERS:
        raise ValueError(f"{layers + 1} layers in time")
    _skip_profiles(bits, layers)
    bits.read_ue()  # its own number
    chroma = bits.read_ue()
    if chroma not in _SAMPLES:
        raise ValueError(f"chroma format {chroma}")
    if chroma == 3:
        bits.read()
    width, height = bits.read_ue(), bits.read_ue()
    shown = width, height
    if bits.read():
        left, right, top, bottom = (bits.read_ue() for _ in range(4))
        across, down = _CHROMA[chroma]
        shown = width - across * (left + right), height - down * (top + bottom)
    depth = max(bits.read_ue(), bits.read_ue())
    return SequenceParameters(width, height, shown, _SAMPLES[chroma], depth > 0)


def _skip_profiles(bits: Bits, layers: int) -> None:
    bits.read(_PROFILE_BITS + _LEVEL_BITS)
    there = [(bits.read(), bits.read()) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for has_profile, has_level in there:
        bits.read(_PROFILE_BITS * has_profile + _LEVEL_BITS * has_level)
