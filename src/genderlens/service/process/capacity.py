"""How much memory a service takes at most, and how much it is given."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from genderlens.cpus import usable_cpus
from genderlens.settings import Settings

BASE_BYTES: Final = 400_000_000
"""The process with one model and the detector, warm: 270 MB were measured, the rest is reserve."""
WORKER_BYTES: Final = 60_000_000
"""What the networks of one worker take while they compute."""
_LIMIT_FILES: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_NO_LIMIT_BYTES: Final = 2**60
_log = logging.getLogger(__name__)


def peak_bytes(settings: Settings) -> int:
    """The most memory that a service with these settings takes: what it is, and all budgets."""
    workers = settings.workers or usable_cpus()
    budgets = settings.pixel_memory_bytes + settings.body_memory_bytes
    return BASE_BYTES + workers * WORKER_BYTES + budgets


def limit_bytes(files: tuple[Path, ...] = _LIMIT_FILES) -> int | None:
    """The memory that a container gives its processes; None where it sets no limit."""
    for file in files:
        try:
            text = file.read_text().strip()
        except OSError:
            continue
        if text.isdigit() and int(text) < _NO_LIMIT_BYTES:
            return int(text)
    return None


def warn_of_little_memory(settings: Settings, limit: int | None) -> None:
    """Say in the log where the budgets do not fit into the memory that there is."""
    peak = peak_bytes(settings)
    if limit is not None and peak > limit:
        _log.warning(
            "at its peak the service takes %s bytes, the container gives %s; lower "
            "GENDERLENS_PIXEL_MEMORY_BYTES, GENDERLENS_MAX_BATCH_BODY_BYTES or GENDERLENS_WORKERS",
            f"{peak:,}",
            f"{limit:,}",
        )
