"""Random views of faces, made on the device without a step that waits for the processor.

The order of a batch is random already, so a change that a share ``p`` of the pictures gets is given
to its first or last ones. Geometry is one resampling at twice the
wanted size where a picture shrinks, averaged down afterwards, so that nothing aliases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.training.inputs.filters import chroma_matrices, gaussian_blur


@dataclass(frozen=True)
class ViewRecipe:
    """How far a view may go; a name that ends in ``_p`` is a share of the pictures."""

    scale: float = 0.2
    shift: float = 0.12
    rotation_deg: float = 35.0
    squeeze: float = 0.08
    lean: float = 0.2
    brightness: float = 0.25
    contrast: float = 0.3
    saturation: float = 0.35
    hue_deg: float = 12.0
    grey_p: float = 0.07
    blur_p: float = 0.1
    low_resolution_p: float = 0.12
    codec_p: float = 0.15
    noise_p: float = 0.1
    erase_p: float = 0.2


class Views:
    """Callable: N×3×S×S bytes to N×3×side×side in 0..1, each differently changed."""

    def __init__(self, recipe: ViewRecipe) -> None:
        self.recipe = recipe

    @torch.no_grad()
    def __call__(self, pictures: Tensor, side: int) -> Tensor:
        values = pictures.float() / 255.0
        values = self._low_resolution(values)
        values = self._geometry(values, side)
        values = self._colour(values)
        values = self._codec(values)
        values = self._blur(values)
        return self._erase(self._noise(values)).clamp_(0.0, 1.0)

    def _geometry(self, values: Tensor, side: int) -> Tensor:
        n, fold = len(values), 2 if values.shape[-1] > 1.25 * side else 1
        size = [n, 3, side * fold, side * fold]
        grid = functional.affine_grid(self._affine(n, values), size, align_corners=False)
        lean = _triangular(n, self.recipe.lean, values), _triangular(n, self.recipe.lean, values)
        depth = 1.0 + grid[..., 0] * lean[0].view(n, 1, 1) + grid[..., 1] * lean[1].view(n, 1, 1)
        grid = grid / depth.unsqueeze(-1)
        mode = "zeros" if torch.rand(()) < 0.4 else "reflection"
        sampled = functional.grid_sample(values, grid, "bilinear", mode, align_corners=False)
        return functional.avg_pool2d(sampled, fold) if fold > 1 else sampled

    def _affine(self, n: int, like: Tensor) -> Tensor:
        """N×2×3, from target to source coordinates."""
        r = self.recipe
        angle = _triangular(n, math.radians(r.rotation_deg), like)
        zoom = torch.exp(_triangular(n, math.log1p(r.scale), like))
        squeeze = torch.exp(_triangular(n, math.log1p(r.squeeze), like))
        flip = torch.where(torch.rand(n, device=like.device) < 0.5, -1.0, 1.0)
        cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
        across = [cos * flip * squeeze, -sin, _triangular(n, 2.0 * r.shift, like)]
        down = [sin * flip * squeeze, cos, _triangular(n, 2.0 * r.shift, like)]
        return torch.stack([torch.stack(across, 1), torch.stack(down, 1)], 1)

    def _low_resolution(self, values: Tensor) -> Tensor:
        count, side = int(len(values) * self.recipe.low_resolution_p), values.shape[-1]
        if not count:
            return values
        small = max(12, int(side * (0.15 + 0.45 * float(torch.rand(())))))
        part = functional.interpolate(values[:count], small, mode="bilinear", antialias=True)
        return torch.cat([functional.interpolate(part, side, mode="bilinear"), values[count:]])

    def _blur(self, values: Tensor) -> Tensor:
        count = int(len(values) * self.recipe.blur_p)
        if not count:
            return values
        sigma = 0.4 + float(torch.rand(())) * 0.015 * values.shape[-1]
        return torch.cat([values[:-count], gaussian_blur(values[-count:], sigma)])

    def _colour(self, values: Tensor) -> Tensor:
        r, n = self.recipe, len(values)
        luma = torch.tensor([0.299, 0.587, 0.114], device=values.device).view(1, 3, 1, 1)
        bright = (1.0 + _symmetric(n, r.brightness, values)).view(n, 1, 1, 1)
        contrast = (1.0 + _symmetric(n, r.contrast, values)).view(n, 1, 1, 1)
        values = torch.einsum("nij,njhw->nihw", self._chroma(n, values), values)
        mean = (values * luma).sum(1, keepdim=True).mean((2, 3), keepdim=True)
        return ((values - mean) * contrast + mean) * bright

    def _chroma(self, n: int, like: Tensor) -> Tensor:
        """N×3×3: RGB → YIQ, scale and turn I and Q, → RGB."""
        saturation = 1.0 + _symmetric(n, self.recipe.saturation, like)
        grey = torch.rand(n, device=like.device) < self.recipe.grey_p
        saturation = torch.where(grey, 0.0, saturation)
        angle = _symmetric(n, math.radians(self.recipe.hue_deg), like)
        return chroma_matrices(saturation, angle)

    def _codec(self, values: Tensor) -> Tensor:
        """What a hard JPEG leaves: 8×8 cosine coefficients rounded to steps that grow upwards."""
        count, side = int(len(values) * self.recipe.codec_p), values.shape[-1]
        if not count or side % 8:
            return values
        basis = _cosines().to(values.device)
        blocks = values[:count].reshape(count, 3, side // 8, 8, side // 8, 8)
        waves = torch.einsum("ai,ncyixj,bj->ncyaxb", basis, blocks, basis)
        rise = torch.arange(8, device=values.device)
        steps = (1.0 + rise.view(8, 1, 1) + rise.view(1, 1, 8)) * 0.02
        steps = steps * (0.3 + 3.0 * torch.rand(count, 1, 1, 1, 1, 1, device=values.device))
        waves = torch.round(waves / steps) * steps
        blocks = torch.einsum("ai,ncyaxb,bj->ncyixj", basis, waves, basis)
        return torch.cat([blocks.flatten(4, 5).flatten(2, 3), values[count:]])

    def _noise(self, values: Tensor) -> Tensor:
        n = len(values)
        chosen = (torch.rand(n, 1, 1, 1, device=values.device) < self.recipe.noise_p).float()
        sigma = 0.06 * torch.rand(n, 1, 1, 1, device=values.device) * chosen
        return values + sigma * torch.randn_like(values)

    def _erase(self, values: Tensor) -> Tensor:
        """A rectangle of one colour over 15 to 45 % of each side."""
        n, side = len(values), values.shape[-1]
        place = torch.linspace(0.0, 1.0, side, device=values.device)
        covered = torch.ones(n, side, side, dtype=torch.bool, device=values.device)
        for axis in (1, 2):
            length = 0.15 + 0.3 * torch.rand(n, 1, device=values.device)
            start = torch.rand(n, 1, device=values.device) * (1.0 - length)
            inside = (place >= start) & (place <= start + length)
            covered &= inside.unsqueeze(3 - axis)
        covered &= torch.rand(n, 1, 1, device=values.device) < self.recipe.erase_p
        colour = torch.rand(n, 3, 1, 1, device=values.device)
        return torch.where(covered.unsqueeze(1), colour, values)


def whole(pictures: Tensor, side: int) -> Tensor:
    """The view that is judged: N×3×S×S bytes to N×3×side×side in 0..1, nothing changed."""
    values = pictures.float() / 255.0
    if values.shape[-1] == side:
        return values
    return functional.interpolate(values, side, mode="bilinear", antialias=True)


def to_side(views: Tensor, side: int) -> Tensor:
    """Views made smaller without aliasing: N×3×S×S to N×3×side×side."""
    wide = views.shape[-1]
    if wide == side:
        return views
    if wide % side == 0:
        return functional.avg_pool2d(views, wide // side)
    return functional.interpolate(views, side, mode="bilinear", antialias=True)


def _cosines() -> Tensor:
    """8×8, orthonormal: row a is the cosine of frequency a."""
    place, wave = torch.arange(8) + 0.5, torch.arange(8).view(8, 1)
    rows = torch.cos(math.pi / 8.0 * wave * place) * 0.5
    rows[0] /= math.sqrt(2.0)
    return rows


def _symmetric(n: int, half_range: float, like: Tensor) -> Tensor:
    return (torch.rand(n, device=like.device) * 2.0 - 1.0) * half_range


def _triangular(n: int, half_range: float, like: Tensor) -> Tensor:
    """Over ±half_range: the ends are reached, but rarely."""
    both = torch.rand(n, device=like.device) + torch.rand(n, device=like.device)
    return (both - 1.0) * half_range
