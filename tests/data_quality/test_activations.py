from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import photos
from genderlens.bundle import MODEL, load_bundle, write_bundle
from genderlens.data.manifest import Manifest
from genderlens.data_quality import activations
from genderlens.data_quality.activations import Network, find_penultimate, take_activations
from genderlens.errors import BundleError
from genderlens.export.half import restore_weights
from genderlens.graphs.runtime import Session
from genderlens.types import Box, Detection
from tiny_bundles import describe_fp32


def graph_of(*nodes: onnx.NodeProto) -> onnx.GraphProto:
    weights = [
        numpy_helper.from_array(np.ones((4, 2), np.float32), "w"),
        numpy_helper.from_array(np.ones(1, np.float32), "b"),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 4])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    return helper.make_graph(list(nodes), "graph", [image], [out], weights)


@pytest.mark.parametrize(
    ("nodes", "name"),
    [
        ([("Relu", ["image"], "a"), ("Gemm", ["a", "w", "b"], "out")], "a"),
        ([("MatMul", ["image", "w"], "m"), ("Add", ["m", "b"], "out")], "image"),
        ([("MatMul", ["image", "w"], "m"), ("Relu", ["m"], "r"), ("Gemm", ["r", "w"], "out")], "r"),
        ([("Relu", ["image"], "m"), ("Gemm", ["m", "w"], "g"), ("Tanh", ["g"], "out")], "m"),
        ([("Relu", ["w"], "h"), ("Gemm", ["image", "h", "b"], "out")], "image"),
        ([("MatMul", ["image", "image"], "out")], None),
        ([("Relu", ["image"], "out")], None),
    ],
)  # fmt: skip
def test_the_last_linear_layer_is_found(
    nodes: list[tuple[str, list[str], str]], name: str | None
) -> None:
    graph = graph_of(*(helper.make_node(kind, names, [out]) for kind, names, out in nodes))
    assert find_penultimate(graph, graph.output[0].name) == name


def test_the_last_layer_on_the_activations_gives_the_logit() -> None:
    bundle = load_bundle()
    network = Network(bundle)
    squares = [network.square(photos.encode(photos.portrait()), None)]
    content = bundle.read_graph(MODEL)
    graph = restore_weights(onnx.load_from_string(content)).graph
    gemm = next(node for node in graph.node if bundle.head.output in node.output)
    weights = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    seen = network.activations(squares)
    logit = seen @ weights[gemm.input[1]].T + weights[gemm.input[2]]
    spec = bundle.description.input
    values = activations.normalize(np.stack(squares), spec.mean, spec.std)
    session = Session(content)
    assert session.run({session.input_name: values})[0].ravel() == pytest.approx(
        logit.ravel(), abs=1e-4
    )


def test_a_network_without_a_linear_end_is_refused(tmp_path: Path) -> None:
    graph = graph_of(helper.make_node("Relu", ["image"], ["out"]))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    (tmp_path / MODEL).write_bytes(model.SerializeToString())
    bundle = write_bundle(tmp_path, describe_fp32())
    with pytest.raises(BundleError, match="ends in no linear layer"):
        Network(bundle)


def test_rows_that_cannot_be_looked_at_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activations, "BATCH", 2)
    portrait = photos.encode(photos.portrait().resize((64, 64)))
    for name, content in (("a", portrait), ("b", b"text"), ("d", portrait), ("e", portrait)):
        (tmp_path / f"{name}.jpg").write_bytes(content)
    rows = ({"uri": str(tmp_path / f"{name}.jpg"), "label": "female"} for name in "abcde")
    manifest = Manifest.from_rows(rows)
    network = Network(load_bundle())
    seen, found = take_activations(network, manifest)
    assert (sorted(seen), found.shape[0]) == ([0, 3, 4], 3)
    assert found[0] == pytest.approx(found[2], abs=1e-5)
    face = Detection(Box(8.0, 8.0, 40.0, 40.0), 0.9)
    seen, found = take_activations(network, manifest, [face, face, face, None, None])
    assert seen == [0]
    none, found = take_activations(network, manifest, [None] * 5)
    assert (none, len(found)) == ([], 0)
