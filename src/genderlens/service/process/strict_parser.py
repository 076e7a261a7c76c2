"""A stricter reader of request heads than h11's: repeated lengths are refused, also equal ones.

h11 merges ``Content-Length`` lines that agree, and lets ``Transfer-Encoding`` win over them. What
stands between may count otherwise, and see another request begin in the middle of ours.
"""

from __future__ import annotations

from typing import Any

import h11
from h11._receivebuffer import ReceiveBuffer

_LENGTH = b"content-length"
_CODING = b"transfer-encoding"


class StrictBuffer(ReceiveBuffer):
    """h11's buffer of received bytes, which hands out only heads with one length at most."""

    def maybe_extract_lines(self) -> Any:
        """The lines of a head once it is whole. Raises h11.RemoteProtocolError."""
        lines = super().maybe_extract_lines()
        names = [bytes(line).partition(b":")[0].strip().lower() for line in (lines or [])[1:]]
        lengths = [bytes(line) for line in (lines or []) if line[:15].lower() == b"content-length:"]
        if names.count(_LENGTH) > 1 or any(b"," in line for line in lengths):
            raise h11.RemoteProtocolError("Content-Length stands there twice.")
        if _LENGTH in names and _CODING in names:
            raise h11.RemoteProtocolError("It has both Content-Length and Transfer-Encoding.")
        return lines


def make_strict(connection: h11.Connection) -> None:
    """Have a connection that has received nothing yet read its heads strictly."""
    connection._receive_buffer = StrictBuffer()
