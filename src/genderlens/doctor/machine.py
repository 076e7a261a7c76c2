"""The processor, and the software on it."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from importlib import metadata
from typing import Final

from genderlens._version import __version__
from genderlens.cpus import read_cpu, usable_cpus
from genderlens.doctor.finding import Finding
from genderlens.graphs.devices import CPU, DEVICES
from genderlens.graphs.engine import import_onnxruntime

_PACKAGES: Final = {"numpy": "numpy", "Pillow": "pillow"}
_ENGINES: Final = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-openvino",
    "onnxruntime-directml",
)
"""Packages that hold the module ``onnxruntime``."""
_REQUIREMENT: Final = re.compile(r"^([A-Za-z0-9._-]+).*;\s*extra\s*==\s*['\"]([\w-]+)['\"]")
_SHOWN_ELSEWHERE: Final = {"dev", *(device.extra for device in DEVICES.values())}
"""No use to most: what developers need, and devices that each leave the others out."""


def examine_machine() -> list[Finding]:
    """Processor and cores, the limit of a container included."""
    cpu, usable, all_cpus = read_cpu(), usable_cpus(), os.cpu_count() or 1
    cores = f"{usable} usable of {all_cpus}"
    model = cpu.model or "model unknown"
    facts = {"model": cpu.model, "machine": platform.machine(), "features": cpu.features}
    return [
        Finding("CPU", f"{model}, {platform.machine()}: {cpu.summary}", facts=facts),
        Finding("cores", cores, facts={"usable": usable, "all": all_cpus}),
        Finding("system", f"{platform.system()} {platform.release()}"),
    ]


def examine_software() -> list[Finding]:
    """Versions, ONNX Runtime's providers, and which extras are installed."""
    ort = import_onnxruntime()
    providers = list(ort.get_available_providers())
    versions = {name: metadata.version(package) for name, package in _PACKAGES.items()}
    return [
        Finding("genderlens", __version__),
        Finding("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
        *_runtime(ort.__version__, providers),
        *_engines(),
        *(Finding(name, version) for name, version in versions.items()),
        *_extras(),
    ]


def _runtime(version: str, providers: list[str]) -> Iterator[Finding]:
    yield Finding("ONNX Runtime", version)
    used = DEVICES[CPU].provider
    if used not in providers:
        yield Finding(
            "providers",
            f"{', '.join(providers) or 'none'}: {used} is not among them",
            "fault",
            "install the package onnxruntime",
        )
        return
    devices = [name for name, device in DEVICES.items() if device.provider in providers]
    words = {device.provider for device in DEVICES.values()}
    others = [name for name in providers if name not in words]
    unused = f"; not used: {', '.join(others)}" if others else ""
    facts = {"available": providers, "devices": devices}
    yield Finding("devices", f"{', '.join(devices)}{unused}", facts=facts)


def _engines() -> Iterator[Finding]:
    """Packages that write into one folder, so that the last one installed is what is imported."""
    found = list(filter(_is_installed, _ENGINES))
    if len(found) > 1:
        yield Finding(
            "packages",
            f"{' and '.join(found)} are installed over each other: files of one hide the other's",
            "note",
            f"pip uninstall -y {' '.join(found)}, then pip install the one for your device",
            {"engines": found},
        )


def _extras() -> list[Finding]:
    installed: list[str] = []
    missing: list[str] = []
    for extra, packages in sorted(_packages_by_extra().items()):
        (installed if all(map(_is_installed, packages)) else missing).append(extra)
    facts = {"installed": installed, "missing": missing}
    text = ", ".join(installed) or "none"
    if not missing:
        return [Finding("extras", text, facts=facts)]
    way_out = f"where you need one: pip install 'genderlens[{missing[0]}]'"
    text = f"{text}; not installed: {', '.join(missing)}"
    return [Finding("extras", text, "note", way_out, facts)]


def _packages_by_extra() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in metadata.requires("genderlens") or []:
        match = _REQUIREMENT.match(line)
        if match and match[2] not in _SHOWN_ELSEWHERE:
            found.setdefault(match[2], []).append(match[1])
    return found


def _is_installed(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True
