"""In which precision a network runs on a device."""

from __future__ import annotations

import torch


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 on a GPU; float32 on a CPU, where bfloat16 is slower."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
