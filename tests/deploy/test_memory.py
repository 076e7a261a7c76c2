"""The memory that deployments give is what the service takes at its peak, or more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from genderlens.service.process.capacity import peak_bytes
from genderlens.settings import load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"
MIB = 1024**2
_UNITS = {"m": MIB, "g": 1024 * MIB}


def test_compose_gives_enough() -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["genderlens"]
    workers = int(re.search(r"\d+", service["environment"]["GENDERLENS_WORKERS"])[0])  # type: ignore[index]
    limit = service["mem_limit"]
    assert peak_bytes(load_settings(workers=workers)) <= int(limit[:-1]) * _UNITS[limit[-1]]


@pytest.mark.parametrize("pattern", [r"default\s+= (\d+)", r"task_memory >= (\d+)"])
def test_fargate_gives_enough(pattern: str) -> None:
    text = (DEPLOY / "terraform" / "variables_service.tf").read_text()
    block = text[text.index('variable "task_memory"') :]
    match = re.search(pattern, block)
    assert match is not None
    assert peak_bytes(load_settings(workers=2)) <= int(match[1]) * MIB


def test_a_task_with_more_processors_has_more_memory() -> None:
    """Fargate gives 2 GiB at least for each vCPU, which is a worker."""
    for workers in (1, 2, 4, 8, 16):
        assert peak_bytes(load_settings(workers=workers)) <= max(2, 2 * workers) * 1024 * MIB
