"""ONNX Runtime sessions under our thread settings; what a file must pass first: onnx_scan."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from numpy.typing import NDArray

from genderlens.errors import BundleIntegrityError

LOGIT: Final = "logit"
CAM: Final = "cam"
"""Names of a classifier's outputs: the first head's logits, N×1 or N×labels, and its Grad-CAM."""

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
        # Otherwise bytes that were scanned as ONNX could be loaded as another format.
        options.add_session_config_entry("session.load_model_format", "ONNX")
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
