"""The rewritten detector answers as the published one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import NARROW, CenterFaceNetwork
from tools.detector.published_graph import serve_published
from tools.detector.published_weights import read_published
from tools.detector.shuffling import SHUFFLE, shuffle_in_two_moves

import photos
from genderlens.detection.faces import CENTERFACE
from genderlens.errors import DetectorError
from genderlens.graphs.axes import with_free_axes
from genderlens.graphs.runtime import Session


def test_nothing_but_the_form_changes(published: Path) -> None:
    ours = Session(
        take_bytes(write_graph(read_published(onnx.load(published)))).SerializeToString()
    )
    axes = {0: "batch", 2: "height", 3: "width"}
    theirs = Session(with_free_axes(onnx.load(published), axes).SerializeToString())
    picture = np.asarray(photos.portrait().resize((192, 160)))[None]
    expected = theirs.run({"input.1": picture.transpose(0, 3, 1, 2).astype(np.float32)})
    assert ours.output_names == ("heat", "size", "offset", "landmarks")
    for mine, other in zip(ours.run({"image": picture}), expected, strict=True):
        assert mine.shape == other.shape
        assert np.allclose(mine, other, atol=1e-4)


def test_the_published_form_that_ours_is_judged_beside_gives_the_same(published: Path) -> None:
    model = onnx.load(published)
    theirs = Session(serve_published(model).SerializeToString())
    ours = Session(take_bytes(write_graph(read_published(model))).SerializeToString())
    picture = np.asarray(photos.portrait().resize((192, 160)))[None]
    pairs = zip(ours.run({"image": picture}), theirs.run({"image": picture}), strict=True)
    assert theirs.output_names == ours.output_names
    assert all(np.allclose(mine, other, atol=1e-4) for mine, other in pairs)


def test_the_shipped_graph_takes_pictures_of_any_size() -> None:
    session = Session(CENTERFACE.read_bytes())
    for height, width in ((32, 64), (96, 32)):
        heat = session.run({"image": np.zeros((2, height, width, 3), np.uint8)})[0]
        assert heat.shape == (2, 1, height // 4, width // 4)


def test_another_graph_is_refused() -> None:
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in ("a", "b")]
    graph = helper.make_graph([helper.make_node("Relu", ["a"], ["b"])], "x", values[:1], values[1:])
    with pytest.raises(DetectorError, match=r"outputs \['b'\].*centerface.onnx"):
        read_published(helper.make_model(graph))


def test_channels_moved_in_two_moves_land_where_one_move_puts_them() -> None:
    model = take_bytes(write_graph(CenterFaceNetwork(NARROW).eval()))
    plain = Session(model.SerializeToString())
    moved = shuffle_in_two_moves(model)
    assert SHUFFLE not in {node.op_type for node in moved.graph.node}
    pictures = np.random.default_rng(0).integers(0, 256, (3, 64, 96, 3)).astype(np.uint8)
    ours = Session(moved.SerializeToString()).run({"image": pictures})
    for mine, other in zip(ours, plain.run({"image": pictures}), strict=True):
        assert np.array_equal(mine, other)
    assert shuffle_in_two_moves(moved) is moved
    assert read_network(moved).widths == dict(NARROW)
