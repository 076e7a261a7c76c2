"""A narrow detector out of the published one: what stays, what teaches it, and that it learns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from tools.detector.agreement import Agreement
from tools.detector.distillation import Distillation, to_planes
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import NARROW, PUBLISHED, CenterFaceNetwork
from tools.detector.pruning import prune
from tools.detector.published_weights import read_published
from tools.detector.tiles import Tiles
from tools.teaching import STATE

import photos
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import DataError, DetectorError
from genderlens.graphs.runtime import Session

SIDE = 64


@pytest.fixture(scope="module")
def whole(published: Path) -> CenterFaceNetwork:
    return read_published(onnx.load(published))


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder = tmp_path_factory.mktemp("crops")
    for label in ("female", "male"):
        (folder / label).mkdir()
        photos.portrait().resize((80, 80)).save(folder / label / "a.png")
    return read_source(str(folder))


def _pictures() -> torch.Tensor:
    one = photos.portrait().resize((SIDE, SIDE))
    return to_planes(np.stack([np.asarray(one), np.asarray(one.rotate(180))]))


def test_the_graph_and_the_network_answer_alike() -> None:
    torch.manual_seed(2)
    network = CenterFaceNetwork(NARROW).eval()
    for one in network.parameters():
        torch.nn.init.normal_(one, std=0.1)
    picture = np.asarray(photos.portrait().resize((96, 64)))[None]
    model = take_bytes(write_graph(network))
    found = Session(model.SerializeToString()).run({"image": picture})
    with torch.no_grad():
        expected = network(to_planes(picture))
    expected[:, :1] = torch.sigmoid(expected[:, :1])
    for mine, other in zip(found, expected.split((1, 2, 2, 10), 1), strict=True):
        assert np.allclose(mine, other.numpy(), atol=1e-3 * max(1.0, float(other.abs().max())))
    again = read_network(model)
    assert again.widths == dict(NARROW)
    assert torch.equal(again.out.weight, network.out.weight)


def test_a_graph_of_others_is_refused() -> None:
    with pytest.raises(DetectorError, match=r"none that tools\.detector wrote"):
        read_network(onnx.ModelProto())


def test_all_channels_kept_answer_as_before(whole: CenterFaceNetwork) -> None:
    narrow, chosen = prune(whole, PUBLISHED, _pictures())
    assert chosen["head"].tolist() == list(range(PUBLISHED["pyramid"]))
    with torch.no_grad():
        assert torch.allclose(narrow(_pictures()), whole(_pictures()), atol=0.2)


def test_what_pruning_fits_is_nearer_than_the_channels_alone(whole: CenterFaceNetwork) -> None:
    pictures = _pictures()
    narrow, _ = prune(whole, NARROW, pictures)
    assert narrow.widths == dict(NARROW)
    with torch.no_grad():
        wanted = whole(pictures)
        near = float((narrow(pictures) - wanted).square().mean())
        assert near < 0.3 * float(wanted.var())


def test_a_network_agrees_with_itself(whole: CenterFaceNetwork) -> None:
    found = whole.features(_pictures())
    chosen = {name: torch.arange(24) for name in ("top", "pyramid_0", "head")}
    spreads = {name: float(one.var()) for name, one in found.items()}
    losses = Agreement(chosen, spreads)(found, found)
    apart = {name for name, loss in losses.items() if float(loss) > 1e-6}
    assert apart == {"heat"}  # the entropy of what the whole one says
    other = {name: one * 0.9 for name, one in found.items()}
    farther = Agreement(chosen, spreads)(other, found)
    assert all(float(farther[name]) > float(losses[name]) for name in losses)


def test_tiles_are_drawn_alike_each_time(crops: Manifest, scenes: Path) -> None:
    one, other = (Tiles(crops, scenes, side=SIDE, seed=4) for _ in range(2))
    first = one.draw(12)
    assert first.shape == (12, SIDE, SIDE, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, other.draw(12))
    state = one.state()
    second = one.draw(3)
    assert not np.array_equal(first[:3], second)
    other.restore(state)
    assert np.array_equal(second, other.draw(3))


def test_a_folder_without_scenes_is_told(crops: Manifest, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file \*\.jpg; give a folder"):
        Tiles(crops, tmp_path)


def _distil(whole: CenterFaceNetwork, crops: Manifest, scenes: Path, **given: Any) -> Distillation:
    tiles = Tiles(crops, scenes, side=SIDE, seed=4)
    return Distillation(whole, tiles, NARROW, batch=2, **given)


def test_it_learns(whole: CenterFaceNetwork, crops: Manifest, scenes: Path, tmp_path: Path) -> None:
    run = _distil(whole, crops, scenes, steps=25)
    pictures = _pictures()
    wanted = whole(pictures)

    def far() -> float:
        with torch.no_grad():
            return float((run.network(pictures) - wanted).abs().mean())

    before = far()
    assert run.run(tmp_path) is run.network
    assert far() < before


def test_a_stopped_run_goes_on_to_the_same_weights(
    whole: CenterFaceNetwork, crops: Manifest, scenes: Path, tmp_path: Path
) -> None:
    _distil(whole, crops, scenes, steps=4).run(tmp_path)
    straight = torch.load(tmp_path / STATE, weights_only=True)["network"]
    (tmp_path / STATE).unlink()
    stopped = _distil(whole, crops, scenes, steps=4)
    stopped.step()
    stopped.step()
    stopped.keep(tmp_path / STATE)
    _distil(whole, crops, scenes, steps=4).run(tmp_path)
    gone_on = torch.load(tmp_path / STATE, weights_only=True)["network"]
    assert all(torch.equal(gone_on[name], one) for name, one in straight.items())
