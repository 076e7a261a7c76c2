"""Times as clients write them."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator

_DATE_AND_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]")


def _written_out(value: object) -> object:
    """A bare number is no time: it would be guessed whether it counts seconds or milliseconds."""
    if not _DATE_AND_TIME.match(str(value)):
        raise ValueError("write date, time and zone, such as 2026-11-21T12:00:00Z")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A parameter of a request: RFC 3339, with its zone."""
