"""ONNX Runtime sessions under our thread settings; what a file must pass first: onnx_scan."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final

from numpy.typing import NDArray

from genderlens.errors import BundleIntegrityError
from genderlens.graphs.devices import (
    CPU,
    Device,
    NotStartedError,
    create_options,
    find_device,
    list_providers,
)
from genderlens.graphs.engine import import_onnxruntime, load_cuda_libraries

LOGIT: Final = "logit"
CAM: Final = "cam"
"""Names of a classifier's outputs: the first head's logits, N×1 or N×labels, and its Grad-CAM."""

Outputs = list[NDArray[Any]]


class Session:
    """One model in ONNX Runtime on one device; safe to call from several threads."""

    def __init__(
        self,
        model: bytes,
        *,
        threads: int = 1,
        name: str = "model",
        literal: bool = False,
        device: str = CPU,
    ) -> None:
        """``literal``: node by node, as the file says; slow, and free of a processor's shortcuts.

        The layers of a QDQ graph are computed in float then, where no sum of integers can overflow.
        Raises BundleIntegrityError where the CPU cannot load it, NotStartedError for other devices.
        """
        ort, self.device = import_onnxruntime(), device
        chosen = find_device(device)
        options = create_options(chosen, ort)
        options.intra_op_num_threads = threads
        if literal:
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._only_wanted: Any = ort.RunOptions()
        self._only_wanted.only_execute_path_to_fetches = True
        self._turn = threading.Lock() if chosen.one_at_a_time else nullcontext()
        providers = list_providers(chosen, threads)
        try:
            if device == "cuda":
                load_cuda_libraries(ort)
            self._session: Any = ort.InferenceSession(
                model, options, providers=providers, enable_fallback=0
            )
        except Exception as error:
            if device != CPU:
                told = f"{device} cannot load {name}: {_first_line(error)}"
                raise NotStartedError(told) from error
            raise BundleIntegrityError(
                f"ONNX Runtime cannot load {name}: {error}; export the model again"
            ) from error
        _require_started(self._session, chosen, device)

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
        with self._turn:
            if wanted is None:
                every: Outputs = self._session.run(None, dict(inputs))
                return every
            outputs: Outputs = self._session.run(list(wanted), dict(inputs), self._only_wanted)
            return outputs


def _require_started(session: Any, device: Device, name: str) -> None:
    """NotStartedError where ONNX Runtime left a provider out that did not start."""
    if device.provider not in session.get_providers():
        needs = f", which needs {device.needs}" if device.needs else ""
        raise NotStartedError(f"{name} does not start on this machine{needs}")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
