"""What an ONNX file may hold before any engine reads it: plain operators, stored weights, no files.

The scan walks every message of the protocol buffer, whatever field holds it, so nothing hides in
functions, subgraphs, attributes, training information or sparse tensors. A field that this version
of ONNX does not know is refused too: an engine that knows it would read what was never looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from genderlens.errors import BundleIntegrityError
from genderlens.graphs.protocol import EXTERNAL, new_model
from genderlens.graphs.sizes import MAX_ELEMENTS, require_small_results

MAX_GRAPH_BYTES: Final = 1_000_000_000
MAX_NODES: Final = 50_000
MAX_MESSAGES: Final = 2_000_000
MAX_SUBGRAPHS_DEEP: Final = 8
MAX_NAME_CHARACTERS: Final = 2_000
DOMAINS: Final = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
MICROSOFT_OPERATORS: Final = frozenset(
    {
        *("Attention", "BiasGelu", "DequantizeLinear", "DynamicQuantizeMatMul", "FastGelu"),
        *("FusedConv", "FusedGemm", "FusedMatMul", "Gelu", "MatMulIntegerToFloat"),
        *("MultiHeadAttention", "NhwcMaxPool", "QAttention", "QGemm", "QLinearAdd"),
        *("QLinearAveragePool", "QLinearConcat", "QLinearConv", "QLinearGlobalAveragePool"),
        *("QLinearLeakyRelu", "QLinearMul", "QLinearReduceMean", "QLinearSigmoid"),
        *("QLinearSoftmax", "QuantizeLinear", "QuickGelu", "SkipLayerNormalization"),
    }
)
"""What ONNX Runtime's own optimiser and quantiser write. Others of that domain read files, such as
``EPContext``, or call what is not of this package."""
_ENDLESS: Final = frozenset({"Loop"})
_ELEMENTS_PER_BYTE: Final = 4
"""Of the smallest type, of two bits."""
_ORT_MARK: Final = b"ORTM"


class _Scan:
    """One walk over one model; ``name`` is how errors call it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes = self._messages = self._elements = 0

    def require_safe(self, model: Any) -> None:
        """Raise BundleIntegrityError for the first thing that is not safe."""
        waiting: list[tuple[Message, int]] = [(model, 0)]
        while waiting:
            message, depth = waiting.pop()
            self._count(message)
            checks = _CHECKS.get(message.DESCRIPTOR.full_name)
            if checks is not None:
                checks(self, message)
            depth += message.DESCRIPTOR.full_name == "onnx.GraphProto"
            if depth > MAX_SUBGRAPHS_DEEP + 1:
                raise self._refuse(f"nests graphs more than {MAX_SUBGRAPHS_DEEP} deep")
            waiting.extend((inner, depth) for inner in self._inner(message))

    def check_model(self, model: Any) -> None:
        """No functions, no training, no options for the engine, no foreign operator sets."""
        if model.functions:
            raise self._refuse(f"defines the function {model.functions[0].name[:80]!r}; inline it")
        if model.training_info:
            raise self._refuse("holds training information; export it for inference")
        if any(entry.key == "ort_config" for entry in model.metadata_props):
            raise self._refuse("holds options for ONNX Runtime (ort_config)")

    def check_opset(self, entry: Any) -> None:
        self._require_domain(entry.domain)

    def check_graph(self, graph: Any) -> None:
        """No weights in a form that grows when it is read, and no operator that makes vast ones."""
        if graph.sparse_initializer:
            raise self._refuse("holds a sparse initialiser; export it with dense weights")
        require_small_results(graph, self._name)

    def check_node(self, node: Any) -> None:
        """Operators that we know, and none that may never end."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._refuse(f"has more than {MAX_NODES:,} nodes")
        self._require_domain(node.domain)
        if node.domain == "com.microsoft" and node.op_type not in MICROSOFT_OPERATORS:
            raise self._refuse(f"uses the operator {node.op_type[:80]!r} of com.microsoft")
        if node.op_type in _ENDLESS:
            raise self._refuse(f"uses {node.op_type}, which may never end; unroll it")

    def check_attribute(self, attribute: Any) -> None:
        if attribute.HasField("sparse_tensor") or attribute.sparse_tensors:
            raise self._refuse(f"holds a sparse tensor in the attribute {attribute.name[:80]!r}")
        if attribute.ref_attr_name:
            raise self._refuse(f"refers to a function's attribute in {attribute.name[:80]!r}")

    def check_tensor(self, tensor: Any) -> None:
        """Stored here, of a size that its own bytes account for."""
        if tensor.external_data or tensor.data_location == EXTERNAL:
            raise self._refuse(f"keeps {tensor.name[:80]!r} in an external file")
        shown = f"holds {tensor.name[:80]!r} of shape {list(tensor.dims)[:16]}"
        if min(tensor.dims, default=0) < 0:
            raise self._refuse(shown)
        elements = math.prod(tensor.dims)
        self._elements += elements
        if self._elements > MAX_ELEMENTS:
            raise self._refuse(f"{shown}: with it, more than {MAX_ELEMENTS:,} elements")
        if elements > _ELEMENTS_PER_BYTE * tensor.ByteSize():
            raise self._refuse(f"{shown}, whose values are not all there")

    def check_opaque(self, _: Message) -> None:
        raise self._refuse("holds values of an opaque type")

    def check_sparse_type(self, _: Message) -> None:
        raise self._refuse("holds values of a sparse type")

    def _count(self, message: Message) -> None:
        self._messages += 1
        if self._messages > MAX_MESSAGES:
            raise self._refuse(f"consists of more than {MAX_MESSAGES:,} parts")
        if len(UnknownFieldSet(message)):
            raise self._refuse(
                f"holds a field of {message.DESCRIPTOR.name} that ONNX does not know"
            )

    def _inner(self, message: Message) -> Iterator[Message]:
        """The messages in a message; texts that name something are looked at on the way."""
        for field, value in message.ListFields():
            repeated = field.is_repeated
            if field.message_type is not None:
                yield from value if repeated else [value]
            elif field.type == field.TYPE_STRING and field.name != "doc_string":
                for text in value if repeated else [value]:
                    self._require_name(text, message)

    def _require_name(self, text: str, message: Message) -> None:
        """Values of metadata are no names: they are read by nobody, and may be long."""
        if message.DESCRIPTOR.full_name == "onnx.StringStringEntryProto":
            return
        if len(text) > MAX_NAME_CHARACTERS:
            raise self._refuse(f"has a name of {len(text):,} characters: {text[:40]!r}…")
        if not text.isprintable():
            raise self._refuse(f"has a name with control characters: {text[:80]!r}")

    def _require_domain(self, domain: str) -> None:
        if domain not in DOMAINS:
            raise self._refuse(f"uses operators of the foreign domain {domain[:80]!r}")

    def _refuse(self, fault: str) -> BundleIntegrityError:
        return BundleIntegrityError(f"{self._name} {fault}; such a graph is not loaded")


_CHECKS: Final[dict[str, Callable[[_Scan, Any], None]]] = {
    "onnx.ModelProto": _Scan.check_model,
    "onnx.OperatorSetIdProto": _Scan.check_opset,
    "onnx.GraphProto": _Scan.check_graph,
    "onnx.NodeProto": _Scan.check_node,
    "onnx.AttributeProto": _Scan.check_attribute,
    "onnx.TensorProto": _Scan.check_tensor,
    "onnx.TypeProto.Opaque": _Scan.check_opaque,
    "onnx.TypeProto.SparseTensor": _Scan.check_sparse_type,
}
"""What is looked at in which kind of message."""


def scan_model(content: bytes, name: str) -> None:
    """BundleIntegrityError for bytes that are not a model that is safe to load."""
    if len(content) > MAX_GRAPH_BYTES:
        raise BundleIntegrityError(
            f"{name} has {len(content):,} bytes, a graph may have {MAX_GRAPH_BYTES:,}"
        )
    if content[4:8] == _ORT_MARK:
        # ONNX Runtime would take such bytes for its own format, whatever they are as ONNX.
        raise BundleIntegrityError(f"{name} is in ONNX Runtime's own format; give ONNX")
    _Scan(name).require_safe(parse_model(content, name))


def parse_model(content: bytes, name: str) -> Any:
    """The ONNX protocol buffer in bytes; BundleIntegrityError where they are something else."""
    model = new_model()
    try:
        model.ParseFromString(content)
    except DecodeError as error:
        raise BundleIntegrityError(f"{name} is not an ONNX model: {error}") from error
    if not model.graph.node:
        raise BundleIntegrityError(f"{name} is not an ONNX model: it holds no graph")
    return model
