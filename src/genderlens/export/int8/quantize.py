"""FP32 graphs to INT8: static QDQ from calibration pictures, or dynamic for transformers.

Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference", CVPR 2018. Weights are signed, a scale per output channel; activations are unsigned,
which is what the integer instructions of CPUs multiply fastest. Weights have seven bits, so that
no processor saturates (see saturation).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.utils import Extractor

from genderlens.export.half import restore_weights
from genderlens.export.int8.exact_scales import Scale, exact_steps, set_ranges
from genderlens.export.int8.saturation import require_exact_sums
from genderlens.graphs.runtime import LOGIT

if TYPE_CHECKING:
    from collections.abc import Iterator

StaticMethod = Literal["percentile", "minmax", "entropy"]
Method = Literal["percentile", "minmax", "entropy", "dynamic"]
STATIC_METHODS: Final[tuple[StaticMethod, ...]] = ("percentile", "minmax", "entropy")
"""Where the range of an activation ends: all but the rarest values, the extremes, or where the
histogram loses least information."""

_WEIGHTED: Final = ("Conv", "Gemm", "MatMul")
_STATIC_OPERATORS: Final = (
    *_WEIGHTED,
    *("Add", "Mul", "Relu", "Clip", "MaxPool", "AveragePool", "GlobalAveragePool"),
    *("ReduceMean", "Reshape", "Flatten", "Concat", "Transpose"),
)

_POOLING: Final = ("GlobalAveragePool", "ReduceMean", "Reshape", "Flatten", "Squeeze", "Sigmoid")
"""Stay in float before and behind the last weights: a mean rounded to a byte is lost detail."""

Pictures = NDArray[np.float32]
Ranges = Any
"""onnxruntime's TensorsData: the calibrated range of each activation."""


@dataclass(frozen=True)
class FloatGraph:
    """A graph with float32 weights and known shapes, all of whose outputs are answers."""

    model: onnx.ModelProto
    exact: Mapping[str, Scale] = field(default_factory=dict)
    """Scales of activations that are bytes already, by name."""

    @property
    def layers(self) -> list[str]:
        """Names of the nodes that hold weights, in order, but for those that make the answers."""
        weights = {tensor.name for tensor in self.model.graph.initializer}
        head = set(self.head)
        return [
            node.name
            for node in self.model.graph.node
            if node.op_type in _WEIGHTED and weights & set(node.input) and node.name not in head
        ]

    @property
    def head(self) -> list[str]:
        """Names of the nodes from the outputs up to the nearest weights, and of the pooling there.

        They stay in float: they are small, and INT8 would clip and round the answer itself.
        """
        makers = {name: node for node in self.model.graph.node for name in node.output}
        waiting = [(makers[value.name], False) for value in self.model.graph.output]
        found: dict[str, None] = {}
        while waiting:
            node, weighted = waiting.pop()
            if weighted and node.op_type not in _POOLING:
                continue
            found[node.name] = None
            weighted = weighted or node.op_type in _WEIGHTED
            waiting += [(makers[name], weighted) for name in node.input if name in makers]
        return list(found)

    @property
    def is_transformer(self) -> bool:
        """Whether most weights are matrices: dynamic quantisation pays only there."""
        sizes = {t.name: int(np.prod(t.dims, dtype=np.int64)) for t in self.model.graph.initializer}
        held = dict.fromkeys(_WEIGHTED, 0)
        for node in self.model.graph.node:
            if node.op_type in held:
                held[node.op_type] += sum(sizes.get(name, 0) for name in node.input)
        matrices = sum(1 for node in self.model.graph.node if node.op_type == "MatMul")
        return matrices > 1 and held["MatMul"] + held["Gemm"] > held["Conv"]


def read_float_graph(path: Path, outputs: Sequence[str] = (LOGIT,)) -> FloatGraph:
    """The part of an exported graph that the heads need: Grad-CAM stays with the FP32 file."""
    model = onnx.shape_inference.infer_shapes(restore_weights(onnx.load(path)))
    names = [value.name for value in model.graph.input[:1]]
    found = Extractor(model).extract_model(names, list(outputs))
    for index, node in enumerate(found.graph.node):
        node.name = node.name or f"{node.op_type}_{index}"
    return FloatGraph(found)


def calibrate_ranges(
    graph: FloatGraph, pictures: Iterable[Pictures], method: StaticMethod
) -> Ranges:
    """The range of every activation over batches N×3×H×W, all of a batch in memory together.

    Widened a little where two meet in a sum, so that every engine rounds it alike: exact_scales.
    """
    from onnxruntime.quantization.calibrate import CalibrationMethod, create_calibrator

    kinds = {
        "minmax": CalibrationMethod.MinMax,
        "entropy": CalibrationMethod.Entropy,
        "percentile": CalibrationMethod.Percentile,
    }
    with TemporaryDirectory() as folder, _quiet():
        source = Path(folder) / "float.onnx"
        onnx.save(graph.model, source)
        calibrator = create_calibrator(
            source,
            _STATIC_OPERATORS,
            str(Path(folder) / "watched.onnx"),
            calibrate_method=kinds[method],
        )
        for batch in pictures:
            calibrator.collect_data(_Reader(graph, batch))
        ranges = calibrator.compute_data()
    plain = onnx.load_from_string(quantize_static(graph, ranges))
    return set_ranges(ranges, {**exact_steps(plain), **graph.exact})


def quantize_static(
    graph: FloatGraph,
    ranges: Ranges,
    *,
    keep_float: Sequence[str] = (),
    only: Sequence[str] = (),
) -> bytes:
    """The QDQ graph; the layers ``keep_float`` stay float, or all but ``only`` do."""
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
    from onnxruntime.quantization.quant_utils import QuantType

    model = onnx.ModelProto()
    model.CopyFrom(graph.model)
    with _quiet():
        create: Any = QDQQuantizer
        quantizer = create(
            model,
            per_channel=True,
            reduce_range=True,
            weight_qType=QuantType.QInt8,
            activation_qType=QuantType.QUInt8,
            tensors_range=ranges,
            nodes_to_quantize=list(only),
            nodes_to_exclude=[*keep_float, *graph.head, *graph.exact],
            op_types_to_quantize=list(_STATIC_OPERATORS),
            extra_options={},
        )
        quantizer.quantize_model()
    return require_exact_sums(quantizer.model.model.SerializeToString())


def quantize_dynamic(graph: FloatGraph, *, keep_float: Sequence[str] = ()) -> bytes:
    """Matrices stored as INT8, activations scaled anew for each picture; needs no calibration."""
    from onnxruntime.quantization.quant_utils import QuantType
    from onnxruntime.quantization.quantize import quantize_dynamic as quantize

    with TemporaryDirectory() as folder, _quiet():
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(graph.model, source)
        quantize(
            source,
            target,
            per_channel=True,
            weight_type=QuantType.QInt8,
            reduce_range=True,
            op_types_to_quantize=["MatMul", "Gemm"],
            nodes_to_exclude=[*keep_float, *graph.head],
        )
        return require_exact_sums(target.read_bytes())


class _Reader:
    """Feeds one batch to a calibrator."""

    def __init__(self, graph: FloatGraph, pictures: Pictures) -> None:
        self._batches = iter([{graph.model.graph.input[0].name: pictures}])

    def get_next(self) -> dict[str, Pictures] | None:
        return next(self._batches, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantiser prints and warns about steps of its own that are done already."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        with redirect_stdout(StringIO()):
            yield
    finally:
        root.setLevel(before)
