"""The size of the frames in an AV1 bitstream, read from its own headers and not from a container.

Follows the AV1 Bitstream & Decoding Process Specification, sections 5.5 (sequence header) and 5.9
(frame header), as far as the sizes stand there. A decoder goes by these, whatever a container says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from genderlens.pictures.bits import Bits

_SEQUENCE, _FRAME_HEADER, _FRAME = 1, 3, 6
_MAX_OBUS: Final = 1000
_SELECT: Final = 2
_KEY, _SWITCH = 0, 3


class SequenceHeader(NamedTuple):
    """What a sequence header says of sizes, and what is needed to read a frame's header after it.

    ``time_bits`` is the length of a presentation time where frames carry one.
    """

    width: int
    height: int
    width_bits: int
    height_bits: int
    is_reduced: bool
    time_bits: int = 0
    screen_tools: int = 0
    integer_mv: int = 0
    id_bits: int = 0


def largest_frame(content: bytes) -> tuple[int, int]:
    """Width and height that no frame in the OBUs exceeds.

    ValueError where no sequence header comes before the frames, IndexError where it is cut short.
    """
    sequence: SequenceHeader | None = None
    largest = (0, 0)
    for kind, payload in _iterate_obus(content):
        if kind == _SEQUENCE:
            sequence = _read_sequence(Bits(payload))
        elif kind in {_FRAME, _FRAME_HEADER}:
            if sequence is None:
                raise ValueError("a frame without a sequence header")
            size = _frame_bound(Bits(payload), sequence)
            largest = max(largest[0], size[0]), max(largest[1], size[1])
    if sequence is None:
        raise ValueError("no sequence header")
    return max(largest[0], sequence.width), max(largest[1], sequence.height)


def _iterate_obus(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and payload of each; one without a size reaches to the end."""
    begin = 0
    for _ in range(_MAX_OBUS):
        if begin >= len(content):
            return
        head = content[begin]
        begin += 2 if head & 4 else 1
        end = len(content)
        if head & 2:
            size, begin = _leb128(content, begin)
            end = begin + size
        yield head >> 3 & 15, content[begin:end]
        begin = end
    raise ValueError(f"more than {_MAX_OBUS} OBUs")


def _leb128(content: bytes, begin: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = 0
    for index in range(8):
        byte = content[begin + index]
        value |= (byte & 127) << 7 * index
        if byte < 128:
            return value, begin + index + 1
    raise ValueError("an endless number")


def _read_sequence(bits: Bits) -> SequenceHeader:
    bits.read(4)  # profile and still_picture
    if bits.read():
        bits.read(5)  # level
        return _sizes(bits, is_reduced=True)
    time_bits = _read_timing(bits)
    sequence = _sizes(bits, is_reduced=False)
    id_bits = 0
    if bits.read():
        delta = bits.read(4) + 2
        id_bits = delta + bits.read(3) + 1
    bits.read(3 + 4)  # 128×128 superblocks, filter intra, edge filter; four tools between frames
    if bits.read():  # order hints
        bits.read(2)
    screen_tools = _SELECT if bits.read() else bits.read()
    integer_mv = _SELECT
    if screen_tools and not bits.read():
        integer_mv = bits.read()
    return sequence._replace(
        time_bits=time_bits, screen_tools=screen_tools, integer_mv=integer_mv, id_bits=id_bits
    )


def _read_timing(bits: Bits) -> int:
    """The length of the presentation times in frame headers, 0 where they have none."""
    delay_bits = time_bits = 0
    if bits.read():  # timing_info
        bits.read(64)
        is_even = bits.read()
        if is_even:
            bits.skip_uvlc()
        if bits.read():  # decoder_model_info
            delay_bits = bits.read(5) + 1
            bits.read(32 + 5)
            presentation_bits = bits.read(5) + 1
            time_bits = 0 if is_even else presentation_bits
    has_delays = bits.read()
    for _ in range(bits.read(5) + 1):
        _skip_operating_point(bits, delay_bits, has_delays)
    return time_bits


def _skip_operating_point(bits: Bits, delay_bits: int, has_delays: int) -> None:
    bits.read(12)
    if bits.read(5) > 7:
        bits.read()
    if delay_bits and bits.read():
        bits.read(2 * delay_bits + 1)
    if has_delays and bits.read():
        bits.read(4)


def _sizes(bits: Bits, *, is_reduced: bool) -> SequenceHeader:
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    width, height = bits.read(width_bits) + 1, bits.read(height_bits) + 1
    return SequenceHeader(width, height, width_bits, height_bits, is_reduced)


def _frame_bound(bits: Bits, sequence: SequenceHeader) -> tuple[int, int]:
    """The size of a frame, or where its header sets another one, the largest that it can set."""
    size = sequence.width, sequence.height
    if sequence.is_reduced or bits.read():  # no choice, or an earlier frame shown once more
        return size
    kind, is_shown = bits.read(2), bits.read()
    if is_shown:
        bits.read(sequence.time_bits)
    else:
        bits.read()
    if kind != _SWITCH and not (kind == _KEY and is_shown):
        bits.read()
    bits.read()
    screen_tools = bits.read() if sequence.screen_tools == _SELECT else sequence.screen_tools
    if screen_tools and sequence.integer_mv == _SELECT:
        bits.read()
    bits.read(sequence.id_bits)
    if kind == _SWITCH or bits.read():
        return 1 << sequence.width_bits, 1 << sequence.height_bits
    return size
