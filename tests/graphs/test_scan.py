"""Graphs that hide something, one attack each; and graphs that hide nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from genderlens.bundle import INT8_MODEL, MODEL, load_bundle
from genderlens.errors import BundleIntegrityError
from genderlens.graphs import scan as onnx_scan
from genderlens.graphs.runtime import Session
from genderlens.graphs.scan import scan_model

Attack = Callable[[], onnx.ModelProto]


def small_graph(
    *nodes: onnx.NodeProto, tensors: list[TensorProto] | None = None
) -> onnx.GraphProto:
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1])
    logit = helper.make_tensor_value_info("logit", TensorProto.FLOAT, None)
    plain = [helper.make_node("Identity", ["image"], ["logit"])]
    return helper.make_graph([*nodes, *plain], "g", [image], [logit], tensors or [])


def small_model(
    *nodes: onnx.NodeProto, tensors: list[TensorProto] | None = None
) -> onnx.ModelProto:
    opset = [helper.make_opsetid("", 20)]
    return helper.make_model(
        small_graph(*nodes, tensors=tensors), opset_imports=opset, ir_version=10
    )


def external(name: str = "far") -> TensorProto:
    """A tensor whose values lie in a file of the working directory."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret.txt")
    return tensor


def constant(tensor: TensorProto, output: str = "c") -> onnx.NodeProto:
    return helper.make_node("Constant", [], [output], value=tensor)


def numbers(name: str, values: list[int]) -> TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def in_branch(node: onnx.NodeProto) -> onnx.ModelProto:
    """The node inside both branches of an If inside another one."""
    out = helper.make_tensor_value_info(node.output[0], TensorProto.FLOAT, None)
    inner = helper.make_graph([node], "inner", [], [out])
    flag = numpy_helper.from_array(np.ones((), bool), "flag")
    choice = helper.make_node("If", ["flag"], ["chosen"], then_branch=inner, else_branch=inner)
    result = helper.make_tensor_value_info("chosen", TensorProto.FLOAT, None)
    outer = helper.make_graph([choice], "outer", [], [result])
    top = helper.make_node("If", ["flag"], ["end"], then_branch=outer, else_branch=outer)
    return small_model(top, tensors=[flag])


def function_with_external_data() -> onnx.ModelProto:
    model = small_model(helper.make_node("Read", [], ["c"], domain="ai.onnx.ml"))
    opset = [helper.make_opsetid("", 20)]
    model.functions.append(
        helper.make_function("ai.onnx.ml", "Read", [], ["x"], [constant(external(), "x")], opset)
    )
    return model


def function_of_a_foreign_domain() -> onnx.ModelProto:
    model = small_model(helper.make_node("Read", [], ["c"], domain="ai.onnx.ml"))
    inner = helper.make_node("Native", [], ["x"], domain="evil.custom")
    opset = [helper.make_opsetid("evil.custom", 1)]
    model.functions.append(helper.make_function("ai.onnx.ml", "Read", [], ["x"], [inner], opset))
    return model


def training_with_external_data() -> onnx.ModelProto:
    model = small_model()
    model.training_info.add().algorithm.CopyFrom(small_graph(constant(external())))
    return model


def sparse_initialiser() -> onnx.ModelProto:
    model = small_model()
    sparse = model.graph.sparse_initializer.add(dims=[10**6, 10**3])
    sparse.values.CopyFrom(numpy_helper.from_array(np.ones(1, np.float32), "s"))
    sparse.indices.CopyFrom(external())
    return model


def sparse_attribute() -> onnx.ModelProto:
    node = helper.make_node("Constant", [], ["c"])
    attribute = AttributeProto(name="sparse_value", type=AttributeProto.SPARSE_TENSOR)
    attribute.sparse_tensor.values.CopyFrom(external())
    node.attribute.append(attribute)
    return small_model(node)


def tensors_of_an_attribute() -> onnx.ModelProto:
    node = helper.make_node("Identity", ["image"], ["c"])
    attribute = AttributeProto(name="many", type=AttributeProto.TENSORS)
    attribute.tensors.append(external())
    node.attribute.append(attribute)
    return small_model(node)


def graphs_of_an_attribute_beside_a_graph() -> onnx.ModelProto:
    """Both fields are set: whoever looks at one of them alone misses the other."""
    node = helper.make_node("Identity", ["image"], ["c"])
    attribute = AttributeProto(name="both", type=AttributeProto.GRAPHS)
    attribute.g.CopyFrom(small_graph())
    attribute.graphs.append(small_graph(constant(external())))
    node.attribute.append(attribute)
    return small_model(node)


def domain_of_a_node_alone() -> onnx.ModelProto:
    return small_model(helper.make_node("Native", ["image"], ["c"], domain="evil.custom"))


def reader_of_files() -> onnx.ModelProto:
    node = helper.make_node(
        "EPContext", [], ["c"], domain="com.microsoft", embed_mode=0, ep_cache_context="/etc/passwd"
    )
    return small_model(node)


def endless_loop() -> onnx.ModelProto:
    kinds = [("i", TensorProto.INT64, []), ("on", TensorProto.BOOL, [])]
    body = helper.make_graph(
        [helper.make_node("Identity", ["on"], ["again"])],
        "body",
        [helper.make_tensor_value_info(*kind) for kind in kinds],
        [helper.make_tensor_value_info("again", TensorProto.BOOL, [])],
    )
    return small_model(
        helper.make_node("Loop", ["", "true"], [], body=body),
        tensors=[numpy_helper.from_array(np.ones((), bool), "true")],
    )


def sizes_for(operator: str, sizes: list[int], *, before: tuple[str, ...] = ()) -> Attack:
    def build() -> onnx.ModelProto:
        node = helper.make_node(operator, [*before, "sizes"], ["c"])
        return small_model(node, tensors=[numbers("sizes", sizes)])

    return build


def sizes_in_a_branch() -> onnx.ModelProto:
    sizes = numbers("sizes", [10**6, 10**6])
    node = helper.make_node("ConstantOfShape", ["sizes"], ["c"])
    model = in_branch(node)
    inner = model.graph.node[0].attribute[0].g.node[0].attribute[0].g
    inner.initializer.append(sizes)
    return model


def vast_range() -> onnx.ModelProto:
    values = {"a": 0, "b": 10**12, "c": 1}
    ends = [numpy_helper.from_array(np.array(v, np.int64), n) for n, v in values.items()]
    return small_model(helper.make_node("Range", ["a", "b", "c"], ["r"]), tensors=ends)


def random_of_a_vast_shape() -> onnx.ModelProto:
    return small_model(helper.make_node("RandomNormal", [], ["c"], shape=[10**5, 10**5]))


def vast_padding() -> onnx.ModelProto:
    return small_model(
        helper.make_node("Pad", ["image", "pads"], ["c"]), tensors=[numbers("pads", [0, 10**11])]
    )


def weights_that_are_not_there() -> onnx.ModelProto:
    return small_model(
        tensors=[TensorProto(name="w", data_type=1, dims=[4 * 10**8], raw_data=b"1234")]
    )


def negative_size() -> onnx.ModelProto:
    return small_model(tensors=[TensorProto(name="w", data_type=1, dims=[-1, -4])])


def opaque_input() -> onnx.ModelProto:
    model = small_model()
    model.graph.input[0].type.opaque_type.domain = "evil.custom"
    return model


def name_of_a_megabyte() -> onnx.ModelProto:
    return small_model(helper.make_node("Identity", ["image"], ["x" * 1_000_000]))


def name_with_an_escape_sequence() -> onnx.ModelProto:
    return small_model(helper.make_node("Identity", ["image"], ["c\x1b[31m\n"]))


def options_for_the_engine() -> onnx.ModelProto:
    model = small_model()
    model.metadata_props.add(key="ort_config", value='{"session_options": {}}')
    return model


def graphs_within_graphs() -> onnx.ModelProto:
    graph = small_graph()
    for _ in range(20):
        graph = small_graph(helper.make_node("If", ["image"], ["c"], then_branch=graph))
    return helper.make_model(graph)


def many_nodes() -> onnx.ModelProto:
    names = [f"n{i}" for i in range(onnx_scan.MAX_NODES)]
    nodes = [helper.make_node("Relu", ["image"], [name]) for name in names]
    return small_model(*nodes)


ATTACKS: dict[Attack, str] = {
    function_with_external_data: "function",
    function_of_a_foreign_domain: "function",
    training_with_external_data: "training information",
    sparse_initialiser: "sparse initialiser",
    sparse_attribute: "sparse tensor",
    tensors_of_an_attribute: "external file",
    graphs_of_an_attribute_beside_a_graph: "external file",
    lambda: in_branch(constant(external())): "external file",
    lambda: in_branch(helper.make_node("N", [], ["c"], domain="evil.custom")): r"evil\.custom",
    lambda: small_model(tensors=[external()]): "external file",
    domain_of_a_node_alone: r"evil\.custom",
    reader_of_files: "EPContext",
    endless_loop: "may never end",
    sizes_for("ConstantOfShape", [10**6, 10**6]): "ConstantOfShape for 1e",
    sizes_for("Expand", [10**6, 10**6], before=("image",)): "Expand for 1e",
    sizes_for("Tile", [10**6, 10**6], before=("image",)): "Tile for 1e",
    sizes_for("Resize", [10**6, 10**6], before=("image", "", "")): "Resize for 1e",
    sizes_for("ConstantOfShape", [2**62, 2**62, 2**62]): "ConstantOfShape for",
    sizes_in_a_branch: "ConstantOfShape for 1e",
    vast_range: "Range for 1e",
    random_of_a_vast_shape: "RandomNormal for 1e",
    vast_padding: "Pad for 1e",
    weights_that_are_not_there: "not all there",
    negative_size: "shape",
    opaque_input: "opaque",
    name_of_a_megabyte: "name of 1,000,000",
    name_with_an_escape_sequence: "control characters",
    options_for_the_engine: "ort_config",
    graphs_within_graphs: "nests graphs",
    many_nodes: "more than 50,000 nodes",
}


@pytest.mark.parametrize(
    ("attack", "words"), ATTACKS.items(), ids=[f"{i}-{w}" for i, w in enumerate(ATTACKS.values())]
)
def test_an_attack_is_refused_before_an_engine_sees_it(attack: Attack, words: str) -> None:
    with pytest.raises(BundleIntegrityError, match=words) as caught:
        scan_model(attack().SerializeToString(), "model.onnx")
    assert len(caught.value.message) < 400
    assert caught.value.message.isprintable()


def test_weights_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_scan, "MAX_ELEMENTS", 1000)
    weights = [numpy_helper.from_array(np.zeros(400, np.float32), f"w{i}") for i in range(3)]
    scan_model(small_model(tensors=weights[:2]).SerializeToString(), "two")
    with pytest.raises(BundleIntegrityError, match="more than 1,000 elements"):
        scan_model(small_model(tensors=weights).SerializeToString(), "three")


def test_bytes_that_an_engine_takes_for_its_own_format_are_refused() -> None:
    """A name that begins at the right place makes ONNX of what ONNX Runtime calls ORTM."""
    model = small_model()
    content = b"\x12\x10\x00\x00ORTM" + b"0" * 10 + model.SerializeToString()
    assert onnx.load_model_from_string(content).graph.node[0].op_type == "Identity"
    with pytest.raises(BundleIntegrityError, match="own format"):
        scan_model(content, "model.onnx")
    with pytest.raises(BundleIntegrityError, match="cannot load"):
        Session(b"\x24\0\0\0ORTM" + b"\0" * 64)


def test_a_field_that_this_onnx_does_not_know_is_refused() -> None:
    tensor = numpy_helper.from_array(np.ones(1, np.float32), "w").SerializeToString()
    strange = tensor + b"\xfa\x06\x03abc"  # field 111, three bytes
    model = small_model(tensors=[TensorProto.FromString(strange)])
    assert b"\xfa\x06\x03abc" in model.SerializeToString()
    with pytest.raises(BundleIntegrityError, match="TensorProto that ONNX does not know"):
        scan_model(model.SerializeToString(), "model.onnx")


@pytest.mark.parametrize("name", [MODEL, INT8_MODEL])
def test_the_shipped_graphs_pass(name: str) -> None:
    bundle = load_bundle()
    assert bundle.read_graph(name) == (bundle.path / name).read_bytes()


def test_what_exporters_write_passes() -> None:
    """Empty tensors, scalars, strings of metadata, branches, sizes that are small."""
    model = in_branch(constant(numpy_helper.from_array(np.ones(3, np.float32), "c")))
    model.graph.initializer.extend(
        [numbers("none", []), numpy_helper.from_array(np.float32(1), "one"), numbers("s", [2, 3])]
    )
    model.graph.node.insert(0, helper.make_node("ConstantOfShape", ["s"], ["zeros"]))
    model.metadata_props.add(key="pkg.torch.export", value="line\n" * 5000)
    scan_model(model.SerializeToString(), "m")
