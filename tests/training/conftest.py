"""What all tests of training need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def always_one_thread(one_thread: None) -> None:
    """See the fixture that this asks for."""


@pytest.fixture
def no_curve_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of a second spend most of it on drawing."""

    def touch(rows: Any, path: Path) -> None:
        path.touch()

    monkeypatch.setattr("genderlens.training.curves.draw_curves", touch)
