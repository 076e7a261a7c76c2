"""A narrow network out of the detector that is shipped, and the graph that is written of it."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import PUBLISHED, CenterFaceNetwork
from tools.proposals.network import HEADS, WIDTHS, begin_network, create_network
from tools.proposals.pruning import prune
from tools.proposals.teaching import to_planes

import photos
from genderlens.detection.faces import CENTERFACE
from genderlens.errors import DetectorError
from genderlens.graphs.runtime import Session

SIDE = 64


@pytest.fixture(scope="module")
def whole() -> CenterFaceNetwork:
    return read_network(onnx.load(CENTERFACE))


def _pictures() -> torch.Tensor:
    one = photos.portrait().resize((SIDE, SIDE))
    return to_planes(np.stack([np.asarray(one), np.asarray(one.rotate(180))]))


def test_the_graph_and_the_network_answer_alike() -> None:
    torch.manual_seed(2)
    network = create_network().eval()
    for one in network.parameters():
        torch.nn.init.normal_(one, std=0.1)
    picture = np.asarray(photos.portrait().resize((96, 64)))[None]
    session = Session(take_bytes(write_graph(network)).SerializeToString())
    assert session.output_names == tuple(HEADS)
    found = session.run({"image": picture})
    with torch.no_grad():
        expected = network(to_planes(picture))
    assert expected.shape == (1, 2, 8, 12)
    expected[:, :1] = torch.sigmoid(expected[:, :1])
    for mine, other in zip(found, expected.split(1, 1), strict=True):
        assert np.allclose(mine, other.numpy(), atol=1e-3 * max(1.0, float(other.abs().max())))


def test_a_graph_of_others_is_refused() -> None:
    with pytest.raises(DetectorError, match=r"none that tools\.detector wrote"):
        read_network(onnx.ModelProto())


def test_all_channels_kept_answer_as_before(whole: CenterFaceNetwork) -> None:
    with torch.no_grad():
        kept = prune(whole, PUBLISHED, _pictures())
        assert torch.allclose(kept(_pictures()), whole(_pictures()), atol=0.2)


def test_what_pruning_fits_is_nearer_than_the_channels_alone(whole: CenterFaceNetwork) -> None:
    half = {name: count if name == "pyramid" else count // 2 for name, count in PUBLISHED.items()}
    narrow = prune(whole, half, _pictures())
    with torch.no_grad():
        wanted = whole(_pictures())
        near = float((narrow(_pictures()) - wanted).square().mean())
    assert near < 0.3 * float(wanted.var())


def test_it_begins_with_what_the_detector_knows(whole: CenterFaceNetwork) -> None:
    network = begin_network(whole, _pictures())
    assert network.widths == dict(WIDTHS)
    assert torch.equal(network.head.bias, whole.head.bias)
    assert network.out.weight.shape == (2, WIDTHS["pyramid"], 1, 1)
