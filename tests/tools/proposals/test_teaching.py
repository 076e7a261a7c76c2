"""What teaches the network that proposes, that it learns, and how it is judged."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tools.detector.graph import read_network
from tools.detector.network import CenterFaceNetwork
from tools.proposals.__main__ import FACTS, main
from tools.proposals.judging import judge
from tools.proposals.lessons import Lessons, prepare_lessons
from tools.proposals.loss import compare
from tools.proposals.network import begin_network, create_network
from tools.proposals.teaching import STATE, Teaching, to_planes
from tools.proposals.tiles import Tiles

from genderlens.data.manifest import Manifest
from genderlens.detection.faces import CENTERFACE
from genderlens.detection.proposals import PROPOSALS
from genderlens.graphs.runtime import Session

SIDE = 128


@pytest.fixture(scope="module")
def lessons(crops: Manifest, scenes: Path, tmp_path_factory: pytest.TempPathFactory) -> Lessons:
    tiles = Tiles(crops, scenes, side=SIDE, seed=4)
    return prepare_lessons(tiles, 16, tmp_path_factory.mktemp("lessons"), "taught")


def _teaching(lessons: Lessons, steps: int) -> Teaching:
    begin = partial(begin_network, read_network(onnx.load(CENTERFACE)))
    return Teaching(begin, lessons, steps=steps, batch=4)


def test_lessons_say_where_the_detector_sees_faces(lessons: Lessons) -> None:
    assert lessons.pixels.shape == (16, SIDE, SIDE, 3)
    assert lessons.cells.shape == (16, 2, SIDE // 8, SIDE // 8)
    scores, sides = lessons.cells[:, 0], np.exp(lessons.cells[:, 1].astype(np.float32))
    assert 0.5 < scores.max() <= 1.0
    assert sides[scores > 0.5].min() > 5
    assert sides[scores > 0.5].max() < 2 * SIDE


def test_lessons_are_kept(crops: Manifest, scenes: Path, tmp_path: Path) -> None:
    first = prepare_lessons(Tiles(crops, scenes, side=SIDE, seed=1), 2, tmp_path, "a")
    again = prepare_lessons(Tiles(crops, scenes, side=SIDE, seed=2), 2, tmp_path, "a")
    assert np.array_equal(first.pixels, again.pixels)


def test_a_missed_face_weighs_more_than_a_place_that_is_none() -> None:
    nobody, face = torch.zeros(1, 2, 8, 8), torch.zeros(1, 2, 8, 8)
    face[0, 0, 4, 4] = 0.8
    says = torch.full((1, 2, 8, 8), -4.0)
    sees = says.clone()
    sees[0, 0, 4, 4] = 4.0
    missed, none = (float(compare(*one)["heat"]) for one in ((says, face), (sees, nobody)))
    right = float(compare(sees, face)["heat"])
    assert missed > 2 * none > 2 * right


def test_it_learns(lessons: Lessons, tmp_path: Path) -> None:
    teaching = _teaching(lessons, 30)
    pictures, cells = to_planes(lessons.pixels), torch.from_numpy(lessons.cells).float()

    @torch.no_grad()
    def loss() -> float:
        return float(compare(teaching.network(pictures), cells)["heat"])

    before = loss()
    assert teaching.run(tmp_path) is teaching.network
    assert loss() < 0.8 * before


def test_a_stopped_run_goes_on_to_the_same_weights(lessons: Lessons, tmp_path: Path) -> None:
    _teaching(lessons, 4).run(tmp_path)
    straight = torch.load(tmp_path / STATE, weights_only=True)["network"]
    (tmp_path / STATE).unlink()
    stopped = _teaching(lessons, 4)
    stopped.step()
    stopped.step()
    stopped.keep(tmp_path / STATE)
    _teaching(lessons, 4).run(tmp_path)
    gone_on = torch.load(tmp_path / STATE, weights_only=True)["network"]
    assert all(torch.equal(gone_on[name], one) for name, one in straight.items())


def _says(heat: float) -> CenterFaceNetwork:
    network = create_network()
    with torch.no_grad():
        network.out.weight.zero_()
        assert network.out.bias is not None
        network.out.bias.copy_(torch.tensor([heat, 3.0]))
    return network.eval()


@pytest.mark.parametrize("quarters", [0, 1])
def test_judged_by_what_is_missed_and_what_is_passed(lessons: Lessons, quarters: int) -> None:
    pixels, cells = lessons.pixels.copy(), lessons.cells.copy()
    cells[:8, 0] = 0.0
    changed = Lessons(pixels, cells)
    everything, nothing = (judge(_says(heat), changed, 0.1, quarters) for heat in (9.0, -9.0))
    assert (everything.faces_found, everything.tiles_passed) == (1.0, 1.0)
    assert (nothing.faces_found, nothing.tiles_passed) == (0.0, 0.0)
    assert everything.tiles_without >= 8
    assert everything.faces > 0


def test_from_pictures_to_a_network_that_runs(
    crop_folder: Path, scenes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(str(crop_folder), scenes, tmp_path, tiles=24, steps=2, seed=1)
    assert f"wrote {tmp_path / PROPOSALS}" in capsys.readouterr().out
    facts = json.loads((tmp_path / FACTS).read_text("utf-8"))
    assert facts["upright"]["faces"] > 0
    session = Session((tmp_path / PROPOSALS).read_bytes())
    heat, sides = session.run({"image": np.zeros((1, 32, 64, 3), np.uint8)})
    assert heat.shape == sides.shape == (1, 1, 4, 8)
