from __future__ import annotations

import pytest

from genderlens.errors import OverloadedError, SettingsError
from genderlens.service.middleware.body_memory import BodyMemory
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import load_settings


def _memory(**settings: int) -> BodyMemory:
    return BodyMemory(load_settings(**settings), Metrics())


def test_one_client_has_half_and_the_others_the_rest() -> None:
    memory = _memory(max_body_bytes=10_000, max_batch_body_bytes=20_000, body_memory_bytes=100_000)
    memory.hold("key:a", 50_000)
    with pytest.raises(OverloadedError, match="you are uploading too much"):
        memory.hold("key:a", 1)
    memory.release("key:a", 1)
    memory.hold("key:b", 40_000)
    with pytest.raises(OverloadedError, match="too much is being uploaded"):
        memory.hold("key:c", 10_001)
    memory.release("key:c", 10_001)
    memory.release("key:a", 50_000)
    memory.hold("key:c", 50_000)
    assert memory.held_bytes == 90_000


def test_memory_that_could_never_hold_the_largest_body_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"give at least 300,000"):
        _memory(max_body_bytes=10_000, max_batch_body_bytes=100_000, body_memory_bytes=299_999)
    _memory(max_body_bytes=10_000, max_batch_body_bytes=100_000, body_memory_bytes=300_000)


def test_unset_it_follows_from_the_largest_bodies() -> None:
    assert load_settings().body_memory_bytes == 400_000_000
    assert load_settings(max_batch_body_bytes=50_000_000).body_memory_bytes == 200_000_000
    assert load_settings(max_body_bytes=100_000_000).body_memory_bytes == 800_000_000
    _memory(max_body_bytes=100_000_000)
