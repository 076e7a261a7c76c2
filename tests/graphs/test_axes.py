"""The freeing of axes that an exporter has fixed."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from genderlens.graphs.axes import with_free_axes
from genderlens.graphs.runtime import Session


def test_weights_are_no_inputs_any_more() -> None:
    weight = numpy_helper.from_array(np.ones((1, 3, 1, 1), np.float32), "weight")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("picture", [1, 3, 8, 8]), ("weight", [1, 3, 1, 1]))
    ]
    output = helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1, 1, 8, 8])
    node = helper.make_node("Conv", ["picture", "weight"], ["sum"])
    graph = helper.make_graph([node], "old", inputs, [output], [weight])
    opset = [helper.make_opsetid("", 17)]
    old = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    freed = with_free_axes(onnx.load_model_from_string(old), {0: "batch", 2: "height", 3: "width"})
    assert [value.name for value in freed.graph.input] == ["picture"]
    session = Session(freed.SerializeToString())
    for count, height, width in ((1, 32, 64), (2, 96, 32)):
        found = session.run({"picture": np.ones((count, 3, height, width), np.float32)})[0]
        assert found.shape == (count, 1, height, width)
        assert (found == 3).all()
