from __future__ import annotations

import logging
from pathlib import Path

import pytest

from genderlens.service.process.capacity import limit_bytes, peak_bytes, warn_of_little_memory
from genderlens.settings import load_settings

GB = 1_000_000_000


def test_the_peak_is_the_sum_of_all_budgets() -> None:
    settings = load_settings(workers=2, pixel_memory_bytes=640_000_000)
    assert peak_bytes(settings) == 400_000_000 + 2 * 60_000_000 + 640_000_000 + 400_000_000


@pytest.mark.parametrize(
    ("text", "expected"), [("2147483648\n", 2 * 1024**3), ("max\n", None), (f"{2**62}\n", None)]
)
def test_the_limit_is_the_containers(tmp_path: Path, text: str, expected: int | None) -> None:
    file = tmp_path / "memory.max"
    file.write_text(text)
    assert limit_bytes((tmp_path / "absent", file)) == expected


def test_too_little_memory_is_told_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    settings = load_settings(workers=2)
    with caplog.at_level(logging.WARNING):
        warn_of_little_memory(settings, 2 * GB)
        warn_of_little_memory(settings, None)
        assert not caplog.records
        warn_of_little_memory(settings, GB)
    (record,) = caplog.records
    assert "takes 1,560,000,000 bytes, the container gives 1,000,000,000" in record.message
