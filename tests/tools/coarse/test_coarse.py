"""What teaches the small networks, that they learn, and that they serve."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import onnx
import pytest
import torch
from tools.coarse.__main__ import Known, main
from tools.coarse.design import DESIGNS
from tools.coarse.judging import judge
from tools.coarse.lessons import CoarseLessons, prepare_lessons
from tools.coarse.loss import WEIGHTS, compare, detect, propose
from tools.coarse.network import LEVELS, begin_network, create_network
from tools.coarse.teaching import CoarseTeaching, mirror
from tools.coarse.tiles import CoarseTiles
from tools.detector.agreement import peaks_of
from tools.detector.distillation import to_planes
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import CenterFaceNetwork
from tools.teaching import STATE

import photos
from genderlens.data.manifest import Manifest
from genderlens.detection.detectors import find_detector
from genderlens.detection.networks.face import COARSE_CELL_PX, FaceNetwork
from genderlens.errors import DataError
from genderlens.graphs.runtime import Session

DESIGN = DESIGNS["coarse"]
LARGE_PX = DESIGN.larger * DESIGN.side_px


@pytest.fixture(scope="module")
def lessons(
    crops: Manifest, scenes: Path, tmp_path_factory: pytest.TempPathFactory
) -> CoarseLessons:
    tiles = CoarseTiles(crops, scenes, side=LARGE_PX, kinds=DESIGN.kinds, seed=3)
    return prepare_lessons(tiles, DESIGN, 24, tmp_path_factory.mktemp("lessons"), "taught")


@pytest.fixture(scope="module")
def whole() -> CenterFaceNetwork:
    return read_network(onnx.load(find_detector().graph))


def _cells(lessons: CoarseLessons) -> torch.Tensor:
    return torch.from_numpy(lessons.cells.astype(np.float32))


@torch.no_grad()
def _loss(network: CenterFaceNetwork, lessons: CoarseLessons) -> float:
    losses = compare(network(to_planes(lessons.pixels)), _cells(lessons), detect)
    return float(losses["size"] + losses["landmarks"])


def test_tiles_are_drawn_alike_each_time(crops: Manifest, scenes: Path) -> None:
    first, again = (
        CoarseTiles(crops, scenes, side=64, kinds=DESIGN.kinds, seed=4).draw(20) for _ in range(2)
    )
    assert first.shape == (20, 64, 64, 3)
    assert np.array_equal(first, again)
    other = CoarseTiles(crops, scenes, side=64, kinds=DESIGN.kinds, seed=5).draw(20)
    assert not np.array_equal(first, other)


def test_what_is_held_out_teaches_nothing(crops: Manifest, scenes: Path) -> None:
    drawn = {
        share: {
            tile.tobytes()
            for tile in CoarseTiles(crops, scenes, side=8, kinds=DESIGN.kinds, share=share).draw(40)
        }
        for share in ("taught", "held out")
    }
    assert not drawn["taught"] & drawn["held out"]


def test_a_folder_without_scenes_is_told(crops: Manifest, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file \*\.jpg; give a folder"):
        CoarseTiles(crops, tmp_path, side=64, kinds=DESIGN.kinds)


def test_lessons_say_what_the_detector_sees(lessons: CoarseLessons) -> None:
    assert lessons.pixels.shape == (24, DESIGN.side_px, DESIGN.side_px, 3)
    cells = _cells(lessons)
    assert cells.shape == (24, 15, 16, 16)
    faces = peaks_of(cells[:, :1], 0.5)[:, 0]
    assert 5 < int(faces.sum()) < 24 * 12
    assert float(cells[:, 3:5].permute(0, 2, 3, 1)[faces].abs().max()) < 1.1
    left_eye, left_mouth = (cells[:, row][faces] for row in (5, 11))
    assert float((left_mouth > left_eye).float().mean()) > 0.7  # most faces stand upright


def test_faces_that_lie_are_none(lessons: CoarseLessons) -> None:
    cells = np.zeros((2, 15, 2, 2), np.float16)
    cells[:, 0, 0, 0] = 0.8
    standing = [0.3, 0.3, 0.3, 0.7, 0.5, 0.5, 0.8, 0.3, 0.8, 0.7]
    cells[0, 5:, 0, 0] = standing
    cells[1, 5:, 0, 0] = np.asarray(standing).reshape(5, 2)[:, ::-1].ravel()
    kept = CoarseLessons(lessons.pixels[:2], cells)
    assert kept.lying.tolist() == [False, True]
    assert kept.cells[:, 0, 0, 0].tolist() == [pytest.approx(0.8, abs=1e-3), 0.0]


def test_which_pictures_show_faces_that_lie_is_kept(
    crops: Manifest, scenes: Path, tmp_path: Path
) -> None:
    tiles = CoarseTiles(crops, scenes, side=LARGE_PX, kinds=DESIGN.kinds, seed=3)
    lying = [prepare_lessons(tiles, DESIGN, 40, tmp_path, "a").lying for _ in range(2)]
    assert lying[0].any()
    assert np.array_equal(*lying)


def test_lessons_are_kept(lessons: CoarseLessons, tmp_path: Path) -> None:
    np.save(tmp_path / "a.pixels.npy", lessons.pixels)
    np.save(tmp_path / "a.cells.npy", lessons.cells)
    kept = prepare_lessons(None, DESIGN, 99, tmp_path, "a")  # type: ignore[arg-type]
    assert len(kept) == len(lessons)


def test_a_mirror_swaps_left_and_right(lessons: CoarseLessons) -> None:
    pixels, cells = lessons.pixels[0], lessons.cells[0]
    turned, moved = mirror(pixels, cells)
    assert np.array_equal(turned, pixels[:, ::-1])
    assert np.array_equal(moved[0], cells[0, :, ::-1])
    assert np.array_equal(moved[5], cells[7, :, ::-1])  # down: the other eye
    assert np.allclose(moved[6], 1 - cells[8, :, ::-1], atol=1e-3)
    back = mirror(turned, moved)
    assert np.array_equal(back[0], pixels)
    assert np.allclose(back[1], cells, atol=2e-3)


def test_what_agrees_is_nearest(lessons: CoarseLessons) -> None:
    cells = _cells(lessons)
    same = cells.clone()
    same[:, 0] = torch.logit(cells[:, 0].clamp(1e-4, 1 - 1e-4))
    near = compare(same, cells, detect)
    assert set(near) == set(WEIGHTS)
    assert all(float(near[name]) < 1e-5 for name in ("size", "offset", "landmarks"))
    far = compare(same + 0.3 * torch.randn_like(same), cells, detect)
    assert all(float(far[name]) > float(near[name]) for name in WEIGHTS)


@pytest.fixture(scope="module")
def begin(whole: CenterFaceNetwork) -> Callable[[torch.Tensor], CenterFaceNetwork]:
    return partial(begin_network, whole, DESIGN.widths)


def test_it_learns(lessons: CoarseLessons, begin: Callable[[torch.Tensor], Any]) -> None:
    teaching = CoarseTeaching(begin, lessons, steps=60, batch=12)
    before = _loss(teaching.network, lessons)
    for _ in range(60):
        teaching.step()
    assert _loss(teaching.network, lessons) < 0.92 * before


def test_it_goes_on_where_it_stood(
    lessons: CoarseLessons, begin: Callable[[torch.Tensor], Any], tmp_path: Path
) -> None:
    given: dict[str, Any] = {"begin": begin, "lessons": lessons, "steps": 3, "batch": 4}
    first = CoarseTeaching(**given)
    first.step()
    first.keep(tmp_path / STATE)
    whole = [CoarseTeaching(**given, seed=seed).run(tmp_path) for seed in (0, 1)]
    for one, other in zip(*(network.parameters() for network in whole), strict=True):
        assert torch.equal(one, other)  # the first has kept its end, which the second takes
    found = judge(whole[0], lessons)
    assert 0 <= found.empty_pictures_passed <= 1
    assert 0 < found.size_error < 5


def test_the_graph_and_the_network_answer_alike() -> None:
    torch.manual_seed(1)
    network = create_network(DESIGN.widths).eval()
    picture = np.asarray(photos.portrait().resize((96, 64)))[None]
    model = take_bytes(write_graph(network))
    found = Session(model.SerializeToString()).run({"image": picture})
    with torch.no_grad():
        expected = network(to_planes(picture))
    assert found[0].shape == (1, 1, 64 // COARSE_CELL_PX, 96 // COARSE_CELL_PX)
    expected[:, :1] = torch.sigmoid(expected[:, :1])
    for mine, other in zip(found, expected.split((1, 2, 2, 10), 1), strict=True):
        assert np.allclose(mine, other.numpy(), atol=1e-3)
    assert len(read_network(model).upwards) == LEVELS


@pytest.mark.parametrize("name", get_args(Known))
def test_from_pictures_to_a_network_that_looks(
    name: Known, crop_folder: Path, scenes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = DESIGNS[name]
    main(name, str(crop_folder), scenes, tmp_path, pictures=24, steps=2, seed=1)
    file = tmp_path / design.file
    facts = json.loads(file.with_suffix(".json").read_text("utf-8"))
    assert facts["pictures"] == 24
    assert f"tools.coarse {name} --data" in facts["command"]
    assert set(facts["held_out"]["faces_found"]) == {
        "10 to 16 px",
        "16 to 26 px",
        "26 to 64 px",
        "64 to 400 px",
    }
    assert design.file in capsys.readouterr().out
    network = FaceNetwork(Session(file.read_bytes()), COARSE_CELL_PX)
    picture = np.asarray(photos.portrait().resize((128, 96)))[None]
    (found,) = network.find(picture, 0.5, 0.3)
    assert found.boxes.shape[1] == 4
    shipped = find_detector().graph.with_name(design.file)
    assert shipped.stat().st_size == pytest.approx(file.stat().st_size, rel=0.001)


def test_what_proposes_must_not_miss_a_face_and_may_see_one_too_many(
    lessons: CoarseLessons,
) -> None:
    cells = _cells(lessons)
    same = cells.clone()
    same[:, 0] = torch.logit((2 * cells[:, 0]).clamp(1e-4, 1 - 1e-4))
    missed, more = same.clone(), same.clone()
    face = peaks_of(cells[:, :1], 0.5)[:, 0]
    empty = (cells[:, 0] == cells[:, 0].amin()) & (torch.arange(16) % 2 == 0)
    missed[:, 0][face] = -4.0
    more[:, 0][torch.nonzero(empty)[: int(face.sum())].unbind(1)] = 4.0
    losses = [float(compare(one, cells, propose)["heat"]) for one in (same, more, missed)]
    assert losses == sorted(losses)
    assert losses[2] > 2 * losses[1] > 2 * losses[0]


def test_lying_faces_are_proposed_as_others(lessons: CoarseLessons) -> None:
    kept = CoarseLessons(lessons.pixels, lessons.cells, standing=False)
    assert np.array_equal(kept.cells, lessons.cells)
