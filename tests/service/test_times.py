from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from genderlens.service.times import Time

TIME: TypeAdapter[object] = TypeAdapter(Time)


@pytest.mark.parametrize("text", ["2026-11-21T12:00:00Z", "2026-11-21 13:00:00.5+01:00"])
def test_a_time_is_written_out(text: str) -> None:
    assert str(TIME.validate_python(text)).startswith("2026-11-21")


@pytest.mark.parametrize(
    "text", ["0.5", "1795262400", "1795262400000", "2026-11-21", "2026-11-21T12:00:00", "now", ""]
)
def test_what_would_have_to_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(text)
