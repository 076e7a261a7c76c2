"""ONNX Runtime, imported as we want it."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import Any


def import_onnxruntime() -> Any:
    """ONNX Runtime without its telemetry.

    As soon as it is imported, a wheel of 1.31 writes a device's number and a database of events
    into the home directory, unless this variable stands before; a call afterwards is too late.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def load_cuda_libraries(ort: Any) -> None:
    """Load CUDA and cuDNN from the packages of NVIDIA, where those are installed.

    What ONNX Runtime prints about missing ones is no answer of ours, and goes to stderr.
    """
    if hasattr(ort, "preload_dlls"):
        with redirect_stdout(sys.stderr):
            ort.preload_dlls()
