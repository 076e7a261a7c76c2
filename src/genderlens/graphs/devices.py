"""The devices that graphs run on, each a provider of ONNX Runtime. One more is one entry.

Options are chosen for the same answers as on the CPU, not for the last bit of speed: whoever loads
a graph holds what it gives against what was measured (see genderlens.graphs.placing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from genderlens.errors import MissingExtraError, SettingsError, did_you_mean
from genderlens.graphs.engine import import_onnxruntime

Options = dict[str, str]
CPU: Final = "cpu"
AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of device."""

    title: str
    provider: str
    options: Callable[[int], Options]
    """For the provider, by the number of threads."""
    extra: str = ""
    """What installs the provider; empty where ONNX Runtime's own package has it."""
    needs: str = ""
    """What else it takes, for people."""
    in_auto: bool = False
    """Whether ``auto`` tries it."""
    float_only: bool = False
    """Integer graphs gain or agree with nothing there: FP32 answers unless INT8 is asked for."""
    faces_at_once: int = 64
    """The most that suit it in one batch; a crowd must not need memory for all its faces."""
    gathers: bool = False
    """Whether calls of several threads become one batch while it is busy."""
    one_at_a_time: bool = False
    """Whether a session must not be run by two threads at once."""


def _cpu(_: int) -> Options:
    return {}


def _cuda(_: int) -> Options:
    """TF32 rounds to ten bits; the exhaustive search runs anew for each size of picture."""
    return {
        "device_id": "0",
        "use_tf32": "0",
        "cudnn_conv_algo_search": "HEURISTIC",
        "arena_extend_strategy": "kSameAsRequested",
    }


def _openvino(threads: int) -> Options:
    """On the CPU; FP32 keeps it from BF16 where the processor has that."""
    return {"device_type": "CPU", "precision": "FP32", "num_of_threads": str(threads)}


def _coreml(_: int) -> Options:
    return {
        "ModelFormat": "MLProgram",
        "MLComputeUnits": "ALL",
        "RequireStaticInputShapes": "0",
        "AllowLowPrecisionAccumulationOnGPU": "0",
    }


def _directml(_: int) -> Options:
    return {"device_id": "0"}


DEVICES: Final[dict[str, Device]] = {
    CPU: Device("CPU", "CPUExecutionProvider", _cpu),
    "cuda": Device(
        "NVIDIA GPU",
        "CUDAExecutionProvider",
        _cuda,
        extra="gpu",
        needs="an NVIDIA card and its driver",
        in_auto=True,
        float_only=True,
        faces_at_once=256,
        gathers=True,
    ),
    "openvino": Device(  # INT8 is off by 0.1 in a logit there, FP32 no faster than the CPU's
        "OpenVINO", "OpenVINOExecutionProvider", _openvino, extra="openvino", float_only=True
    ),
    "coreml": Device(
        "Core ML",
        "CoreMLExecutionProvider",
        _coreml,
        needs="macOS",
        in_auto=True,
        float_only=True,
        gathers=True,
    ),
    "directml": Device(
        "DirectML",
        "DmlExecutionProvider",
        _directml,
        extra="directml",
        needs="Windows",
        in_auto=True,
        float_only=True,
        faces_at_once=256,
        gathers=True,
        one_at_a_time=True,
    ),
}
"""By the word for it, in the order in which ``auto`` tries them."""


class NotStartedError(Exception):
    """A device that is installed does not run a graph here; caught where devices are chosen."""


def find_device(name: str) -> Device:
    """The device of that name; SettingsError, which lists the known ones, for any other."""
    if name not in DEVICES:
        known = ", ".join((AUTO, *DEVICES))
        near = did_you_mean(name, (AUTO, *DEVICES))
        raise SettingsError(f"device={name!r} is no device; give one of {known}{near}")
    return DEVICES[name]


def list_present() -> tuple[str, ...]:
    """The devices whose providers are installed, in the order of the table."""
    there = set(import_onnxruntime().get_available_providers())
    return tuple(name for name, device in DEVICES.items() if device.provider in there)


def devices_to_try(asked: str) -> tuple[str, ...]:
    """What to try before the CPU, best first.

    Raises SettingsError for an unknown name, MissingExtraError or SettingsError for one that is
    asked for and not installed.
    """
    if asked == AUTO:
        return tuple(name for name in list_present() if DEVICES[name].in_auto)
    device = find_device(asked)
    if asked == CPU:
        return ()
    if asked not in list_present():
        raise _missing(asked, device)
    return (asked,)


def _missing(asked: str, device: Device) -> MissingExtraError | SettingsError:
    if device.extra:
        needs = f" ({device.needs} too)" if device.needs else ""
        return MissingExtraError(device.extra, f"device {asked!r}{needs}")
    return SettingsError(
        f"device={asked!r} needs {device.needs}, where the package onnxruntime has its "
        f"{device.provider}; this one has none: set device cpu or auto"
    )


def create_options(device: Device, ort: Any) -> Any:
    """ONNX Runtime's options for sessions on a device."""
    options = ort.SessionOptions()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Otherwise bytes that were scanned as ONNX could be loaded as another format.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    if device.one_at_a_time:  # DirectML refuses both
        options.enable_mem_pattern = False
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    return options


def list_providers(device: Device, threads: int) -> list[tuple[str, Options]]:
    """The provider of a device and, for what it cannot compute, the CPU's."""
    cpu = DEVICES[CPU]
    wanted = [(device.provider, device.options(threads))]
    return wanted if device is cpu else [*wanted, (cpu.provider, cpu.options(threads))]
