"""A real local Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import genderlens
from genderlens.labelling.engines.ray_cluster import start_cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """One for the tests of a file: its dozen processes take longer to start than most of them."""
    ray = pytest.importorskip("ray")
    source = str(Path(genderlens.__file__).parents[1])
    start_cluster(
        ray,
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": source}},
    )
    yield ray
    ray.shutdown()
