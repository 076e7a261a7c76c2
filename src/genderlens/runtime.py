"""ONNX Runtime sessions under our thread settings, and the checks a model file must pass first."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from genderlens.errors import BundleIntegrityError

LOGIT: Final = "logit"
CAM: Final = "cam"
"""Names of a classifier's outputs: log-odds of male N×1 and, where it has one, Grad-CAM N×h×w."""

MAX_ELEMENTS = 500_000_000
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}

Outputs = list[NDArray[Any]]


def import_onnxruntime() -> Any:
    """ONNX Runtime without its telemetry.

    As soon as it is imported, a wheel of 1.31 writes a device's number and a database of events
    into the home directory, unless this variable stands before; a call afterwards is too late.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


class Session:
    """One model in ONNX Runtime on the CPU; safe to call from several threads."""

    def __init__(
        self, model: bytes, *, threads: int = 1, name: str = "model", literal: bool = False
    ) -> None:
        """``literal``: node by node, as the file says; slow, and free of a processor's shortcuts.

        The layers of a QDQ graph are computed in float then, where no sum of integers can overflow.
        """
        ort = import_onnxruntime()
        options = ort.SessionOptions()
        if literal:
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._only_wanted: Any = ort.RunOptions()
        self._only_wanted.only_execute_path_to_fetches = True
        try:
            self._session: Any = ort.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise BundleIntegrityError(
                f"ONNX Runtime cannot load {name}: {error}; export the model again"
            ) from error

    @property
    def input_name(self) -> str:
        name: str = self._session.get_inputs()[0].name
        return name

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(output.name for output in self._session.get_outputs())

    def run(
        self, inputs: Mapping[str, NDArray[Any]], wanted: Sequence[str] | None = None
    ) -> Outputs:
        """Every output of the graph in its order, or the wanted ones; others cost nothing then."""
        if wanted is None:
            every: Outputs = self._session.run(None, dict(inputs))
            return every
        outputs: Outputs = self._session.run(list(wanted), dict(inputs), self._only_wanted)
        return outputs


def read_safe_model(path: Path) -> bytes:
    """The bytes of an ONNX file that is safe to load; BundleIntegrityError otherwise.

    Refused are external data (it can name any file), operators of foreign domains (they call
    native code), and initialisers too large to be meant.
    """
    content = path.read_bytes()
    model = parse_model(content, str(path))
    foreign = sorted({entry.domain for entry in model.opset_import} - _DOMAINS)
    if foreign:
        raise BundleIntegrityError(f"{path} uses operators of the foreign domain {foreign[0]!r}")
    for tensor in _tensors(model.graph):
        if tensor.external_data or tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise BundleIntegrityError(f"{path} keeps {tensor.name!r} in an external file")
        if math.prod(tensor.dims) > MAX_ELEMENTS or min(tensor.dims, default=0) < 0:
            raise BundleIntegrityError(f"{path} holds {tensor.name!r} of shape {list(tensor.dims)}")
    return content


def parse_model(content: bytes, name: str) -> onnx.ModelProto:
    """The ONNX protocol buffer in bytes; BundleIntegrityError where they are something else."""
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError as error:
        raise BundleIntegrityError(f"{name} is not an ONNX model: {error}") from error
    if not model.graph.node:
        raise BundleIntegrityError(f"{name} is not an ONNX model: it holds no graph")
    return model


def with_free_axes(model: onnx.ModelProto, axes: Mapping[int, str]) -> onnx.ModelProto:
    """The model with the given axes of its first input free, and weights no longer inputs.

    Old exporters fix the size of the example and list every weight as an input, which keeps
    ONNX Runtime from folding constants.
    """
    weights = {tensor.name for tensor in model.graph.initializer}
    kept = [value for value in model.graph.input if value.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(kept[:1])
    for axis, symbol in axes.items():
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = symbol
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    return model


def _tensors(graph: onnx.GraphProto) -> list[onnx.TensorProto]:
    found = list(graph.initializer)
    found += [s.values for s in graph.sparse_initializer]
    for node in graph.node:
        for attribute in node.attribute:
            found += [attribute.t] if attribute.HasField("t") else []
            found += list(attribute.tensors)
            for inner in [attribute.g] if attribute.HasField("g") else list(attribute.graphs):
                found += _tensors(inner)
    return found
