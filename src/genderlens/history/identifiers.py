"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import datetime
from typing import Final

_RANDOM_BITS: Final = 74
_A_MASK: Final = (1 << 12) - 1
_B_MASK: Final = (1 << 62) - 1


def create_id(at_ms: int | None = None) -> str:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random ones.

    Python has one of its own from 3.14 on.
    """
    now = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    return _compose(now, secrets.randbits(_RANDOM_BITS))


def first_id(at: datetime) -> str:
    """The least identifier of a moment: every one made before sorts below it."""
    return _compose(max(0, int(at.timestamp() * 1000)), 0)


def is_id(text: str) -> bool:
    """Whether the text is an identifier as ``create_id`` writes it."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _compose(milliseconds: int, random: int) -> str:
    high, low = random >> 62 & _A_MASK, random & _B_MASK
    value = milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return str(uuid.UUID(int=value))
