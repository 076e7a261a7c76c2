"""Numbers of any length read from bytes, bit by bit, as video codecs write their headers."""

from __future__ import annotations

_MAX_ZEROS = 32


class Bits:
    """Reads numbers of so many bits, the highest first; IndexError at the end."""

    def __init__(self, content: bytes) -> None:
        self._content, self._place = content, 0

    def read(self, count: int = 1) -> int:
        value = 0
        for _ in range(count):
            byte = self._content[self._place >> 3]
            value = value << 1 | (byte >> (7 - (self._place & 7)) & 1)
            self._place += 1
        return value

    def skip_uvlc(self) -> None:
        zeros = 0
        while not self.read():
            zeros += 1
        self.read(min(zeros, 32) if zeros < 32 else 0)

    def read_ue(self) -> int:
        """An exponential Golomb code; ValueError where it is longer than any codec writes."""
        zeros = 0
        while not self.read():
            zeros += 1
            if zeros > _MAX_ZEROS:
                raise ValueError("an endless number")
        return (1 << zeros) - 1 + self.read(zeros)
