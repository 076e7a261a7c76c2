"""Lengths of time as people write them."""

from __future__ import annotations

import re
from typing import Final

from genderlens.errors import SettingsError

_UNITS: Final = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_FORM: Final = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)")


def parse_seconds(text: str, option: str) -> float:
    """Seconds of ``0.2s``, ``200ms``, ``5m``, ``1h`` or a bare number of seconds; SettingsError."""
    match = _FORM.fullmatch(text.strip().lower())
    if match is None or match[2] not in _UNITS:
        raise SettingsError(f"{option} {text!r} is no length of time; write it as 0.2s, 5m or 1h")
    return float(match[1]) * _UNITS[match[2]]
