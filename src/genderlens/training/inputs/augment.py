"""Random changes to a batch of training pictures, on whatever device the batch is on.

Geometry is one resampling per picture, so that scale, shift, rotation, flip, perspective and the
change of resolution cost one pass. Colour follows the usual jitter; hue turns the chroma plane of
YIQ.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.recipe import AugmentRecipe
from genderlens.training.inputs.filters import chroma_matrices, gaussian_blur


class BatchAugment:
    """Callable: N×3×S×S float in 0..1 and a height and width to N×3×height×width in 0..1."""

    def __init__(self, recipe: AugmentRecipe) -> None:
        self.recipe = recipe

    def __call__(self, batch: Tensor, shape: tuple[int, int]) -> Tensor:
        batch = self._low_resolution(batch)
        batch = self._geometry(batch, shape)
        batch = self._blur(batch)
        batch = self._colour(batch)
        return self._erase(batch).clamp_(0.0, 1.0)

    def _geometry(self, batch: Tensor, shape: tuple[int, int]) -> Tensor:
        theta = self._affine(len(batch)).to(batch)
        size = [len(batch), 3, *shape]
        grid = functional.affine_grid(theta, size, align_corners=False)
        if self.recipe.perspective_p:
            grid = self._tilt(grid)
        shrunk = _shrink(batch, shape)
        return functional.grid_sample(shrunk, grid, mode="bilinear", align_corners=False)

    def _affine(self, n: int) -> Tensor:
        """N×2×3, from target to source coordinates."""
        r = self.recipe
        angle = _mostly_mild(n, math.radians(r.rotation_deg))
        zoom = torch.exp(_mostly_mild(n, math.log1p(r.scale)))
        flip = torch.where(torch.rand(n) < r.flip_p, -1.0, 1.0)
        cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
        shift_x, shift_y = _mostly_mild(n, 2.0 * r.shift), _mostly_mild(n, 2.0 * r.shift)
        across = torch.stack([cos * flip, -sin, shift_x], 1)
        down = torch.stack([sin * flip, cos, shift_y], 1)
        return torch.stack([across, down], 1)

    def _tilt(self, grid: Tensor) -> Tensor:
        """Divide by a plane that leans by up to half of ``perspective`` along each axis."""
        n = len(grid)
        lean = torch.stack([_symmetric(n, self.recipe.perspective / 2) for _ in "xy"], 1)
        lean[torch.rand(n) >= self.recipe.perspective_p] = 0.0
        depth = 1.0 + torch.einsum("nhwc,nc->nhw", grid, lean.to(grid))
        return grid / depth.clamp(min=0.25).unsqueeze(-1)

    def _low_resolution(self, batch: Tensor) -> Tensor:
        chosen = _choose(len(batch), self.recipe.low_resolution_p)
        if len(chosen):
            side = batch.shape[-1]
            small = max(12, int(side * float(torch.empty(()).uniform_(0.15, 0.6))))
            part = functional.interpolate(batch[chosen], small, mode="bilinear", antialias=True)
            batch[chosen] = functional.interpolate(part, side, mode="bilinear")
        return batch

    def _blur(self, batch: Tensor) -> Tensor:
        chosen = _choose(len(batch), self.recipe.blur_p)
        if len(chosen):
            sigma = float(torch.empty(()).uniform_(0.4, 0.018 * batch.shape[-1]))
            batch[chosen] = gaussian_blur(batch[chosen], sigma)
        return batch

    def _colour(self, batch: Tensor) -> Tensor:
        r, n = self.recipe, len(batch)
        luma = torch.tensor([0.299, 0.587, 0.114]).to(batch).view(1, 3, 1, 1)
        bright = (1.0 + _symmetric(n, r.brightness)).to(batch).view(n, 1, 1, 1)
        contrast = (1.0 + _symmetric(n, r.contrast)).to(batch).view(n, 1, 1, 1)
        matrix = self._chroma_matrices(n).to(batch)
        batch = torch.einsum("nij,njhw->nihw", matrix, batch)
        mean = (batch * luma).sum(1, keepdim=True).mean((2, 3), keepdim=True)
        return ((batch - mean) * contrast + mean) * bright

    def _chroma_matrices(self, n: int) -> Tensor:
        """N×3×3: RGB → YIQ, scale and turn I and Q, → RGB."""
        saturation = 1.0 + _symmetric(n, self.recipe.saturation)
        saturation[torch.rand(n) < self.recipe.grey_p] = 0.0
        angle = _symmetric(n, math.radians(self.recipe.hue_deg))
        return chroma_matrices(saturation, angle)

    def _erase(self, batch: Tensor) -> Tensor:
        rows, columns = batch.shape[-2:]
        for index in _choose(len(batch), self.recipe.erase_p).tolist():
            height = int(rows * float(torch.empty(()).uniform_(0.15, 0.45)))
            width = int(columns * float(torch.empty(()).uniform_(0.15, 0.45)))
            top = int(torch.randint(0, rows - height + 1, ()))
            left = int(torch.randint(0, columns - width + 1, ()))
            batch[index, :, top : top + height, left : left + width] = torch.rand(3, 1, 1).to(batch)
        return batch


def _shrink(batch: Tensor, shape: tuple[int, int]) -> Tensor:
    """Antialiased scaling to 1.5 times the target; grid_sample alone would alias beyond that."""
    side = max(shape) * 3 // 2
    if batch.shape[-1] <= side:
        return batch
    return functional.interpolate(batch, side, mode="bilinear", antialias=True)


def _symmetric(n: int, half_range: float) -> Tensor:
    return (torch.rand(n) * 2.0 - 1.0) * half_range


def _mostly_mild(n: int, half_range: float) -> Tensor:
    """Triangular over ±half_range: the ends are reached, but rarely."""
    return (torch.rand(n) + torch.rand(n) - 1.0) * half_range


def _choose(n: int, probability: float) -> Tensor:
    return torch.nonzero(torch.rand(n) < probability).flatten()
