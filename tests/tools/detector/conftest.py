"""The published detector that the shipped one was made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.detector.published import find_published

from genderlens.errors import DetectorError


@pytest.fixture(scope="module")
def published() -> Path:
    """The published file; skips where ``make test`` has not set up."""
    try:
        return find_published()
    except DetectorError as error:
        pytest.skip(str(error))
