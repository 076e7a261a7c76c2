"""Clips that several tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from clips import GROWING, STILL, write_clip


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds: one stands still, one comes nearer."""
    path = tmp_path_factory.mktemp("clips") / "pair.mp4"
    return write_clip(path, [STILL, GROWING], seconds=3)
