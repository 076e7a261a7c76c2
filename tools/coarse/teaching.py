"""The network taught: steps over lessons that are mirrored, moved and relit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genderlens.detection.networks.face import COARSE_CELL_PX
from tools.coarse.lessons import CoarseLessons
from tools.coarse.loss import SMALL_PX, WEIGHTS, CompareHeat, compare, detect
from tools.detector.distillation import to_planes
from tools.detector.network import CenterFaceNetwork
from tools.teaching import Teaching

_BEGIN: Final = 96
"""Pictures that the first weights are fitted to."""
_WARM_UP: Final = 200
"""Steps, and a tenth of all at most."""
_MOVED_CELLS: Final = 2
_TURNED: Final = 0.2
"""How often pictures are turned in which all faces stand."""
_MIRRORED: Final = (0, 1, 2, 3, 4, 7, 8, 5, 6, 9, 10, 13, 14, 11, 12)
"""Channels of a mirrored picture: eyes and corners of the mouth change places."""
_OFFSET_ACROSS: Final = 4
_POINTS_ACROSS: Final = slice(6, None, 2)

Values = NDArray[Any]


class CoarseTeaching(Teaching):
    """Batches of lessons, each picture mirrored, moved, relit or turned by chance."""

    rate = 2e-3
    betas = (0.9, 0.99)

    def __init__(
        self,
        begin: Callable[[Tensor], CenterFaceNetwork],
        lessons: CoarseLessons,
        *,
        steps: int,
        batch: int,
        compare_heat: CompareHeat = detect,
        small_px: float = SMALL_PX,
        seed: int = 0,
    ) -> None:
        """``begin`` makes the network from some of the pictures, N×3×H×W.

        ``compare_heat`` and ``small_px``: see ``compare``.
        """
        self._lessons, self._batch = lessons, batch
        self._compare = partial(compare, compare_heat=compare_heat, small_px=small_px)
        self._chance = np.random.default_rng(seed)
        torch.manual_seed(seed)
        network = begin(to_planes(lessons.pixels[self._choose(_BEGIN)]))
        super().__init__(network, steps=steps, warm_up=min(_WARM_UP, max(1, steps // 10)))

    def losses(self) -> tuple[dict[str, Tensor], Mapping[str, float]]:
        """See ``Teaching``."""
        pictures, cells = self._draw()
        return self._compare(self.network(pictures), cells), WEIGHTS

    def state(self) -> dict[str, Any]:
        """See ``Teaching``."""
        return {"chance": self._chance.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """See ``Teaching``."""
        self._chance.bit_generator.state = state["chance"]

    def _choose(self, most: int) -> NDArray[np.intp]:
        count = min(most, len(self._lessons))
        return np.sort(self._chance.choice(len(self._lessons), count, replace=False))

    def _draw(self) -> tuple[Tensor, Tensor]:
        rows = self._choose(self._batch)
        taught = self._lessons
        drawn = zip(taught.pixels[rows], taught.cells[rows], taught.lying[rows], strict=True)
        moved = [self._move(*self._turn(*one)) for one in drawn]
        pictures = to_planes(np.stack([pixels for pixels, _ in moved]))
        cells = torch.from_numpy(np.stack([cells for _, cells in moved]).astype(np.float32))
        return self._relight(pictures), cells

    def _turn(self, pixels: Values, cells: Values, lying: bool) -> tuple[Values, Values]:
        """Now and then turned by quarters, so that no face stands."""
        if not self._lessons.standing or lying or self._chance.random() >= _TURNED:
            return pixels, cells
        none = cells.copy()
        none[0] = 0.0
        return np.rot90(pixels, int(self._chance.integers(1, 4))), none

    def _move(self, pixels: Values, cells: Values) -> tuple[Values, Values]:
        """Mirrored and shifted by whole cells, what leaves on one side coming in again."""
        if self._chance.random() < 0.5:
            pixels, cells = mirror(pixels, cells)
        down, across = self._chance.integers(-_MOVED_CELLS, _MOVED_CELLS + 1, 2).tolist()
        pixels = np.roll(pixels, (COARSE_CELL_PX * down, COARSE_CELL_PX * across), (0, 1))
        return pixels, np.roll(cells, (down, across), (1, 2))

    def _relight(self, pictures: Tensor) -> Tensor:
        chance, count = self._chance, len(pictures)
        light = chance.uniform(0.7, 1.3, (count, 1, 1, 1)) * chance.uniform(
            0.85, 1.15, (count, 3, 1, 1)
        )
        added = chance.normal(0.0, 12.0, (count, 1, 1, 1))
        gain, bias = (torch.from_numpy(one.astype(np.float32)) for one in (light, added))
        return (pictures * gain + bias).clamp(0.0, 255.0)


def mirror(pixels: Values, cells: Values) -> tuple[Values, Values]:
    """A picture and its cells as a mirror shows them."""
    turned = cells[list(_MIRRORED), :, ::-1].copy()
    turned[_OFFSET_ACROSS] *= -1
    turned[_POINTS_ACROSS] = 1 - turned[_POINTS_ACROSS]
    return pixels[:, ::-1], turned
