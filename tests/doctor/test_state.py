"""Folders with room, without, and out of reach."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from genderlens.doctor.state import examine_folder


@pytest.mark.parametrize(
    ("free", "state"), [(5_000_000_000, "ok"), (400_000_000, "note"), (1_000_000, "fault")]
)
def test_little_room_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    finding = examine_folder("state folder", tmp_path, "GENDERLENS_STATE_DIR")
    assert finding.state == state
    assert finding.facts["free_bytes"] == free
    assert bool(finding.way_out) == (state != "ok")


def test_a_folder_that_is_not_there_yet_is_asked_of_its_parent(tmp_path: Path) -> None:
    finding = examine_folder("state folder", tmp_path / "a" / "b", "GENDERLENS_STATE_DIR")
    assert finding.state == "ok"
    assert "made when it is needed" in finding.text
    assert list(tmp_path.iterdir()) == []
