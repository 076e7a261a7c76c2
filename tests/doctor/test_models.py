"""The face detector as doctor shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from altered_detectors import copy_detector
from genderlens.detection import faces
from genderlens.detection.faces import CENTERFACE
from genderlens.detection.sound import FAST
from genderlens.doctor.models import _face_detector
from genderlens.settings import Settings


@pytest.mark.parametrize(("precision", "name"), [("auto", CENTERFACE.name), ("int8", FAST)])
def test_the_graph_that_finds_faces_is_named(precision: str, name: str) -> None:
    (finding,) = _face_detector(Settings(precision=precision))  # type: ignore[arg-type]
    assert f", {name} (" in finding.text
    assert finding.facts["answers"] == name
    assert finding.state == "ok"


def test_one_that_is_replaced_is_a_note_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "CENTERFACE", copy_detector(tmp_path, FAST))
    (finding,) = _face_detector(Settings(precision="int8"))
    assert finding.state == "note"
    size = f"{CENTERFACE.stat().st_size / 1e6:.1f} MB"
    assert f"{CENTERFACE.name} ({size}), on cpu, for {FAST} is off by " in finding.text
    assert finding.way_out
