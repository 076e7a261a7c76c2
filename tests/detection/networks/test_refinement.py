"""Faces that were seen coarsely, placed by a small network or, where that is unsure, looked at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.detection.detectors import find_detector
from genderlens.detection.faces import CENTERFACE, CenterFace
from genderlens.detection.looks import RefinementLook
from genderlens.detection.networks.refinement import REFINEMENT, RefinementNetwork
from genderlens.detection.upright import LooksCloser, Refines, look_upright
from genderlens.errors import DetectorError
from genderlens.pictures.regions import Region
from genderlens.storage import sha256_of_file
from genderlens.types import Box, Detection

LOOK = RefinementLook(side_px=64, square=1.5, min_score=0.5, most_error=0.02)
SQUARE = Region(Box(0.0, 0.0, 100.0, 100.0))
CASES = json.loads(
    (Path(__file__).parents[3] / "web" / "tests" / "fixtures" / "refinement.json").read_text()
)
"""The page's tests read the same."""


class Rows:
    """A session that gives the rows in turn, whatever it is shown."""

    input_name = "image"

    def __init__(self, rows: Sequence[Sequence[float]]) -> None:
        self._rows = np.asarray(rows, np.float32)

    def run(self, feeds: dict[str, Any]) -> list[Any]:
        assert feeds["image"].shape == (len(self._rows), 64, 64, 3)
        return [self._rows]


def _network(*rows: Sequence[float]) -> RefinementNetwork:
    network = RefinementNetwork(CENTERFACE.with_name(REFINEMENT), LOOK)
    network._session = Rows(rows)  # type: ignore[assignment]
    return network


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_what_a_row_says(case: dict[str, Any]) -> None:
    (found,) = _network(case["row"]).find(Image.new("RGB", (100, 100)), [SQUARE])
    if case["box"] is None:
        assert found is None
        return
    assert found is not None
    assert found.boxes.tolist() == [case["box"]]
    assert found.points.tolist() == [case["points"]]


def test_squares_go_together_and_none_is_no_run() -> None:
    rows = [CASES[0]["row"], CASES[2]["row"]]
    first, second = _network(*rows).find(Image.new("RGB", (100, 100)), [SQUARE, SQUARE])
    assert first is not None
    assert second is None
    assert _network().find(Image.new("RGB", (100, 100)), []) == []


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="install genderlens again"):
        RefinementNetwork(tmp_path / REFINEMENT, LOOK)


def _portrait() -> tuple[Image.Image, Box]:
    """A portrait, and its face as the detector sees it from near."""
    image = photos.portrait().resize((800, 800))
    detector = CenterFace()
    (face, *_) = detector.detect(image)
    ((near, *_),) = detector.look_closer(image, [Region(Box(*_around(face.box)))], 0.35)
    return image, near.box


def test_a_coarse_box_becomes_what_the_detector_sees_from_near() -> None:
    image, box = _portrait()
    (x, y), side = box.center, box.area**0.5
    for across, down, times in ((0.0, 0.0, 1.0), (0.06, -0.04, 1.1), (-0.05, 0.06, 0.9)):
        half = box.width * times / 2, box.height * times / 2
        centre = x + across * side, y + down * side
        coarse = Box(
            centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1]
        )
        (refined,) = CenterFace().refine(image, [coarse])
        assert refined is not None
        assert refined.box.overlap(box) > 0.85
        assert refined.landmarks is not None
        assert abs(refined.roll) < 12


def test_a_thing_is_none_it_is_sure_of() -> None:
    rng = np.random.default_rng(3)
    noise = Image.fromarray(rng.integers(0, 255, (200, 200, 3), np.uint8))
    assert CenterFace().refine(noise, [Box(50.0, 50.0, 150.0, 150.0)]) == [None]


class _Photo:
    """A picture decoded as it is."""

    def __init__(self, image: Image.Image) -> None:
        self.image, self.size = image, image.size

    def to_original(self, found: Sequence[Detection]) -> list[Detection]:
        return list(found)

    def from_original(self, found: Sequence[Detection | None]) -> list[Detection | None]:
        return list(found)


@pytest.mark.parametrize("sure", [True, False])
def test_the_detector_looks_closer_only_where_it_is_unsure(
    monkeypatch: pytest.MonkeyPatch, *, sure: bool
) -> None:
    image, box = _portrait()
    detector = CenterFace()
    assert isinstance(detector, Refines)
    assert isinstance(detector, LooksCloser)
    (near,) = detector.look_closer(image, [Region(Box(*_around(box)))], 0.35)
    coarse = Detection(box, 0.7, near[0].landmarks, seen_px=30.0)
    looks = []
    real = detector.look_closer
    monkeypatch.setattr(
        detector, "look_closer", lambda *given, **named: looks.append(1) or real(*given, **named)
    )
    if not sure:
        monkeypatch.setattr(detector, "refine", lambda _, faces: [None] * len(faces))
    (settled,) = look_upright(detector, _Photo(image), [coarse])
    assert settled.score == 0.7
    assert settled.box.overlap(box) > 0.85
    assert looks == ([] if sure else [1])


def _around(box: Box) -> tuple[float, float, float, float]:
    (x, y), half = box.center, max(box.width, box.height)
    return x - half, y - half, x + half, y + half


def test_without_the_network_every_coarse_face_is_looked_at() -> None:
    looks = find_detector().looks.model_copy(update={"refinement": None})
    detector = CenterFace(looks=looks)
    assert detector.refine(Image.new("RGB", (64, 64)), [Box(0.0, 0.0, 9.0, 9.0)]) == [None]


def test_the_shipped_facts_are_those_of_the_shipped_network() -> None:
    path = CENTERFACE.with_name(REFINEMENT)
    assert path in find_detector().helpers
    facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert facts["sha256"] == sha256_of_file(path)
    assert facts["bytes"] == path.stat().st_size
    assert facts["held_out"]["others_sure"] < 0.2
