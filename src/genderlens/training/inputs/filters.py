"""Filters over batches of pictures that every augmentation shares, on whatever device they are."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

_TO_YIQ = torch.tensor(
    [[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]]
)


def gaussian_blur(batch: Tensor, sigma: float) -> Tensor:
    """Separable Gaussian of the given standard deviation in pixels, edges mirrored."""
    radius = max(1, math.ceil(2.5 * sigma))
    offsets = torch.arange(-radius, radius + 1).to(batch)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, -1).repeat(3, 1, 1)
    padded = functional.pad(batch, (radius, radius, radius, radius), mode="reflect")
    rows = functional.conv2d(padded, kernel.unsqueeze(2), groups=3)
    return functional.conv2d(rows, kernel.unsqueeze(3), groups=3)


def chroma_matrices(saturation: Tensor, angle: Tensor) -> Tensor:
    """N×3×3 for N pictures: RGB → YIQ, I and Q scaled by ``saturation``, turned by ``angle`` (in
    radians), → RGB."""
    turn = torch.zeros(len(angle), 3, 3, device=angle.device)
    turn[:, 0, 0] = 1.0
    turn[:, 1, 1] = turn[:, 2, 2] = saturation * torch.cos(angle)
    turn[:, 1, 2] = -saturation * torch.sin(angle)
    turn[:, 2, 1] = saturation * torch.sin(angle)
    matrices: Tensor = torch.linalg.inv(_TO_YIQ).to(angle.device) @ turn @ _TO_YIQ.to(angle.device)
    return matrices
