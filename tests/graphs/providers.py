"""Stand-ins for ONNX Runtime with devices that this machine lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnxruntime
import pytest

from genderlens.graphs.devices import DEVICES

CPU_PROVIDER = DEVICES["cpu"].provider


class Stub:
    """Real sessions on the CPU that say that they run on a device; notes what was handed over."""

    def __init__(self, device: str) -> None:
        self.provider = DEVICES[device].provider
        self.handed: list[tuple[Any, list[tuple[str, dict[str, str]]], dict[str, Any]]] = []
        self.starts = True
        self.error: Exception | None = None
        self.change: Callable[[Any], Any] = lambda outputs: outputs

    def create(
        self, model: bytes, options: Any, providers: list[tuple[str, dict[str, str]]], **more: Any
    ) -> Any:
        """What stands in the place of ``onnxruntime.InferenceSession``."""
        if providers[0][0] != self.provider:
            return _CREATE(model, options, providers=providers)
        self.handed.append((options, providers, more))
        if self.error is not None:
            raise self.error
        return _Session(self, _CREATE(model, options, providers=[CPU_PROVIDER]))


_CREATE = onnxruntime.InferenceSession


class _Session:
    def __init__(self, stub: Stub, real: Any) -> None:
        self._stub, self._real = stub, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_providers(self) -> list[str]:
        return [self._stub.provider, CPU_PROVIDER] if self._stub.starts else [CPU_PROVIDER]

    def run(self, *given: Any) -> Any:
        return self._stub.change(self._real.run(*given))


def install(device: str, patch: pytest.MonkeyPatch) -> Stub:
    """From now on ONNX Runtime has that device beside the CPU."""
    stub = Stub(device)
    patch.setattr(onnxruntime, "InferenceSession", stub.create)
    patch.setattr(onnxruntime, "get_available_providers", lambda: [stub.provider, CPU_PROVIDER])
    return stub


@contextmanager
def installed(device: str) -> Iterator[Stub]:
    """``install`` for a while."""
    with pytest.MonkeyPatch.context() as patch:
        yield install(device, patch)


def off_by(gap: float) -> Callable[[Any], Any]:
    """A change of outputs: every float is off by so much."""
    return lambda outputs: [out + np.asarray(gap, out.dtype) for out in outputs]
