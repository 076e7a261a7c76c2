"""What a run was made with."""

from __future__ import annotations

import platform
from importlib import metadata

import torch

from genderlens.cpus import read_cpu, usable_cpus

_PACKAGES = ("genderlens", "torch", "timm", "torchvision", "lightning", "numpy", "pillow")


def describe_environment() -> dict[str, object]:
    """Versions, processors and devices; nothing that names the machine or the person."""
    gpus = range(torch.cuda.device_count())
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": usable_cpus(),
        "cpu_features": read_cpu().summary,
        "gpus": [torch.cuda.get_device_name(index) for index in gpus],
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }
