"""A real local Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import genderlens


@pytest.fixture
def cluster() -> Iterator[object]:
    ray = pytest.importorskip("ray")
    source = str(Path(genderlens.__file__).parents[1])
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": source}},
    )
    yield ray
    ray.shutdown()
