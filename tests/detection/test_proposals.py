"""Where a finer look looks: the part of a picture that a small network proposes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.detection.coarse import Sought
from genderlens.detection.detectors import find_detector
from genderlens.detection.faces import CENTERFACE, CenterFace
from genderlens.detection.gate import face_prominence
from genderlens.detection.inputs import shrink
from genderlens.detection.looks import ProposalLook
from genderlens.detection.proposals import PROPOSALS, STRIDE, Part, ProposalNetwork
from genderlens.errors import DetectorError
from genderlens.settings import Settings
from genderlens.storage import sha256_of_file
from genderlens.types import Box

LOOK = ProposalLook(min_score=0.25, square=3.0, least_px=128, most_area=0.8)
CASES = json.loads(
    (Path(__file__).parents[2] / "web" / "tests" / "fixtures" / "proposals.json").read_text("utf-8")
)
"""The page's tests read the same."""


class Cells:
    """A session that says what is given for each cell: row, column, score, side."""

    input_name = "image"

    def __init__(self, cells: Sequence[Sequence[float]]) -> None:
        self._cells = cells

    def run(self, feeds: dict[str, Any]) -> list[Any]:
        rows, columns = (side // STRIDE for side in feeds["image"].shape[1:3])
        heat, log_size = np.zeros((2, 1, 1, rows, columns), np.float32)
        for row, column, score, side in self._cells:
            heat[0, 0, int(row), int(column)] = score
            log_size[0, 0, int(row), int(column)] = math.log(side)
        return [heat, log_size]


def _network(cells: Sequence[Sequence[float]]) -> ProposalNetwork:
    network = ProposalNetwork(CENTERFACE.with_name(PROPOSALS), LOOK)
    network._session = Cells(cells)  # type: ignore[assignment]
    return network


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_the_part_that_is_looked_at(case: dict[str, Any]) -> None:
    picture = Image.new("RGB", tuple(case["size"]))
    network = _network(case["cells"])
    expected: Part | None = tuple(case["part"]) if case["part"] else None
    assert network.find_part(picture, [Box(*box) for box in case["seen"]]) == expected
    assert network.sees_any(picture) == (max([c[2] for c in case["cells"]], default=0) >= 0.25)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="install genderlens again"):
        ProposalNetwork(tmp_path / PROPOSALS, LOOK)


def test_the_shipped_network_sees_a_face_whichever_way_it_leans() -> None:
    look = find_detector().looks.proposals
    assert look is not None
    network = ProposalNetwork(CENTERFACE.with_name(PROPOSALS), look)
    portrait = photos.portrait().resize((96, 96))
    for degrees in (0, 90, 180, 270):
        ground = Image.new("RGB", (480, 360), (110, 120, 130))
        ground.paste(portrait.rotate(degrees), (320, 200))
        part = network.find_part(ground)
        assert part is not None
        left, top, right, bottom = part
        assert left <= 340
        assert top <= 220
        assert right >= 400
        assert bottom >= 280
        assert (right - left) * (bottom - top) < 0.8 * 480 * 360
    assert network.find_part(Image.new("RGB", (480, 360), (110, 120, 130))) is None


def test_faces_of_a_part_lie_where_they_lie_in_the_whole() -> None:
    ground = Image.new("RGB", (960, 720), (110, 120, 130))
    ground.paste(photos.portrait().resize((150, 150)), (601, 402))
    settings = Settings()
    shipped = CenterFace()
    whole = CenterFace(looks=shipped.looks.model_copy(update={"proposals": None}))
    sought = Sought(face_prominence(settings), ground.size, settings.face_sure_score)
    weak = settings.face_weak_score
    (part,), (all_of_it,) = (one.survey(ground, weak, sought).faces for one in (shipped, whole))
    assert part.box.overlap(all_of_it.box) > 0.95
    assert part.landmarks is not None
    assert all_of_it.landmarks is not None
    for mine, other in zip(part.landmarks.points, all_of_it.landmarks.points, strict=True):
        assert math.dist(mine, other) < 3.0


def test_nobody_proposed_is_nobody_found(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = CenterFace()
    runs: list[tuple[int, ...]] = []
    real = detector._session.run

    def count(feeds: dict[str, Any]) -> Any:
        runs.append(next(iter(feeds.values())).shape)
        return real(feeds)

    monkeypatch.setattr(detector._session, "run", count)
    ground = Image.new("RGB", (640, 480), (110, 120, 130))
    settings = Settings()
    sought = Sought(face_prominence(settings), ground.size, settings.face_sure_score)
    assert not detector.survey(ground, settings.face_weak_score, sought).faces
    assert detector.look_turned(ground) == {}
    assert runs == [(1, 96, 128, 3)]  # the coarse look alone


def test_the_shipped_facts_are_those_of_the_shipped_network() -> None:
    path = find_detector().proposals
    assert path is not None
    facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert facts["sha256"] == sha256_of_file(path)
    assert facts["min_score"] == find_detector().looks.proposals.min_score  # type: ignore[union-attr]
    assert facts["bytes"] == path.stat().st_size
    assert facts["upright"]["faces_found"] > 0.95


def test_another_network_is_another_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = find_detector()
    with_it = detector.digest("fp32")
    plain = detector.looks.model_copy(update={"proposals": None})
    monkeypatch.setattr("genderlens.detection.detectors.read_looks", lambda _: plain)
    assert detector.proposals is None
    assert detector.digest("fp32") != with_it


def test_a_small_picture_is_not_enlarged() -> None:
    assert shrink(Image.new("RGB", (40, 20)), 480).size == (40, 20)
