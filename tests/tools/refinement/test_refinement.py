"""What teaches the network that places faces, that it learns, and the graph that is written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tools.detector.distillation import to_planes
from tools.refinement.__main__ import FACTS, main
from tools.refinement.graph import write_refinement
from tools.refinement.judging import judge
from tools.refinement.lessons import RefinementLessons, draw_lessons
from tools.refinement.network import SIDE_PX, RefinementModel
from tools.refinement.teaching import Refining, change, compare, mirror

import photos
from genderlens.data.manifest import Manifest
from genderlens.detection.networks.refinement import REFINEMENT
from genderlens.graphs.runtime import Session


@pytest.fixture(scope="module")
def lessons(crops: Manifest, scenes: Path) -> RefinementLessons:
    return draw_lessons(crops, scenes, 8, seed=3)


def test_lessons_say_where_the_detector_sees_the_face(lessons: RefinementLessons) -> None:
    assert lessons.squares.shape[1:] == (SIDE_PX, SIDE_PX, 3)
    found = lessons.targets[:, 0] > 0
    assert found.any()
    assert (~found).any()
    faces = lessons.targets[found]
    assert np.abs(faces[:, 1:3]).max() < 0.4  # the centre lies near the middle
    assert 0.2 < np.exp(faces[:, 3:5]).min() < np.exp(faces[:, 3:5]).max() < 1.3
    left_eye, mouth = faces[:, 5:7], (faces[:, 11:13] + faces[:, 13:15]) / 2
    assert (mouth[:, 1] > left_eye[:, 1]).mean() > 0.9


def test_lessons_are_drawn_alike_and_kept(
    crops: Manifest, scenes: Path, lessons: RefinementLessons, tmp_path: Path
) -> None:
    again = draw_lessons(crops, scenes, 8, seed=3)
    assert np.array_equal(again.squares, lessons.squares)
    again.save(tmp_path / "a.npz")
    kept = RefinementLessons.load(tmp_path / "a.npz")
    assert np.array_equal(kept.targets, lessons.targets)
    first, last = kept.split(0.25)
    assert len(first.squares) + len(last.squares) == len(lessons.squares)
    assert np.array_equal(last.squares, lessons.squares[-len(last.squares) :])


def test_a_mirror_swaps_left_and_right() -> None:
    target = torch.arange(15.0)[None]
    mirrored = mirror(target)[0].tolist()
    assert mirrored[:5] == [0, -1, 2, 3, 4]
    assert mirrored[5:9] == [-7, 8, -5, 6]
    assert torch.equal(mirror(mirror(target)), target)


def test_changed_squares_stay_squares(lessons: RefinementLessons) -> None:
    pictures, targets = change(to_planes(lessons.squares), torch.from_numpy(lessons.targets))
    assert pictures.shape == (len(lessons.squares), 3, SIDE_PX, SIDE_PX)
    assert 0 <= float(pictures.min()) <= float(pictures.max()) <= 255
    assert targets.shape == lessons.targets.shape


def test_what_is_no_face_has_no_place_to_be_off() -> None:
    outputs, targets = torch.randn(4, 16), torch.zeros(4, 15)
    losses = compare(outputs, targets)
    assert float(losses["box"]) == float(losses["points"]) == float(losses["error"]) == 0.0
    assert float(losses["found"]) > 0


def test_it_learns(lessons: RefinementLessons) -> None:
    refining = Refining(lessons, epochs=12, batch=16)
    pictures, targets = to_planes(lessons.squares[:16]), torch.from_numpy(lessons.targets[:16])
    before = sum(refining.step(pictures, targets).values())
    network = refining.run()
    with torch.no_grad():
        after = sum(float(one) for one in compare(network(pictures), targets).values())
    assert after < 0.7 * before


def test_the_graph_and_the_network_answer_alike() -> None:
    torch.manual_seed(1)
    network = RefinementModel()
    picture = np.asarray(photos.portrait().resize((SIDE_PX, SIDE_PX)))[None]
    network.train()(to_planes(np.concatenate([picture, picture[:, ::-1]])))
    network.eval()
    (found,) = Session(write_refinement(network).SerializeToString()).run({"image": picture})
    with torch.no_grad():
        expected = network(to_planes(picture))
    expected[:, 0] = torch.sigmoid(expected[:, 0])
    expected[:, 3:5] = torch.exp(expected[:, 3:5])
    expected[:, 15] = torch.exp(expected[:, 15])
    assert np.allclose(found, expected.numpy(), atol=1e-5)


def test_judged_by_what_it_is_sure_of(lessons: RefinementLessons) -> None:
    content = write_refinement(RefinementModel().eval()).SerializeToString()
    found = judge(content, lessons)
    assert found.faces == int((lessons.targets[:, 0] > 0).sum())
    assert found.others == len(lessons.targets) - found.faces
    assert 0 <= found.faces_sure <= 1


def test_from_pictures_to_a_network_that_runs(
    crop_folder: Path, scenes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(str(crop_folder), scenes, tmp_path, crops=2, epochs=1, seed=1)
    assert f"wrote {tmp_path / REFINEMENT}" in capsys.readouterr().out
    assert json.loads((tmp_path / FACTS).read_text("utf-8"))["epochs"] == 1
    session = Session((tmp_path / REFINEMENT).read_bytes())
    (faces,) = session.run({"image": np.zeros((2, SIDE_PX, SIDE_PX, 3), np.uint8)})
    assert faces.shape == (2, 16)
