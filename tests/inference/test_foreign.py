"""Faces in the shapes of supervision and FiftyOne, each played by a stub that checks its input."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

import genderlens
import photos
from genderlens.heads.default import GENDER
from genderlens.inference.foreign import ForeignFace, to_fiftyone, to_supervision
from genderlens.types import Box, Outcome
from genderlens.video.answers import FrameAnswer, TrackedFace
from made_answers import face_result

FACES = [
    ForeignFace(Box(10, 20, 30, 60), "male", 0.9),
    ForeignFace(Box(50, 0, 90, 50), None, 0.6),
    ForeignFace(None, "female", 0.8),
]


@dataclass
class SupervisionDetections:
    """Checks what the real one checks: shapes and types of its arrays."""

    xyxy: Any
    confidence: Any = None
    class_id: Any = None
    tracker_id: Any = None
    data: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.xyxy)
        assert self.xyxy.shape == (count, 4)
        for values in (self.confidence, self.class_id, self.tracker_id, self.data["class_name"]):
            assert values is None or values.shape == (count,)
        assert self.class_id.dtype.kind == "i"


@dataclass
class Detection:
    label: str
    bounding_box: list[float]
    confidence: float


@dataclass
class FiftyOneDetections:
    detections: list[Detection]


@pytest.fixture(autouse=True)
def stubs(monkeypatch: pytest.MonkeyPatch) -> None:
    supervision, fiftyone = ModuleType("supervision"), ModuleType("fiftyone")
    supervision.Detections = SupervisionDetections  # type: ignore[attr-defined]
    fiftyone.Detections = FiftyOneDetections  # type: ignore[attr-defined]
    fiftyone.Detection = Detection  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "supervision", supervision)
    monkeypatch.setitem(sys.modules, "fiftyone", fiftyone)


def test_supervision_gets_boxes_classes_and_tracks() -> None:
    found = to_supervision(FACES, (100, 80), GENDER.labels, [4, 5, 6])
    assert found.xyxy.tolist() == [[10, 20, 30, 60], [50, 0, 90, 50], [0, 0, 100, 80]]
    assert found.class_id.tolist() == [1, 2, 0]
    assert found.data["class_name"].tolist() == ["male", "uncertain", "female"]
    assert found.tracker_id.tolist() == [4, 5, 6]
    assert len(to_supervision([], (100, 80), GENDER.labels).xyxy) == 0


def test_fiftyone_gets_shares_of_the_picture() -> None:
    first, second, whole = to_fiftyone(FACES, (100, 80)).detections
    assert first == Detection("male", pytest.approx([0.1, 0.25, 0.2, 0.5]), 0.9)  # type: ignore[arg-type]
    assert second.label == "uncertain"
    assert whole.bounding_box == [0, 0, 1, 1]


def test_results_and_frames_convert_themselves() -> None:
    result = genderlens.load_predictor()(photos.portrait())
    assert result.box is not None
    assert result.to_supervision().xyxy[0] == pytest.approx(result.box.to_list(), abs=0.1)
    (face,) = result.to_fiftyone().detections
    assert face.label == "female"
    answer = face_result(0.3, Outcome.UNCERTAIN).answer
    tracked = TrackedFace(9, result.box, answer, result.faces[0], 1.0)
    frame = FrameAnswer(0, 0.0, Image.new("RGB", (100, 80)), (tracked,))
    assert frame.to_supervision().tracker_id.tolist() == [9]
    assert frame.to_supervision().class_id.tolist() == [2]


@pytest.mark.parametrize("name", ["supervision", "fiftyone"])
def test_without_them_the_install_line_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    size = (100, 80)
    convert = {
        "supervision": lambda: to_supervision(FACES, size, GENDER.labels),
        "fiftyone": lambda: to_fiftyone(FACES, size),
    }[name]
    with pytest.raises(ModuleNotFoundError, match=f"pip install {name}"):
        convert()
