"""The network taught: steps over lessons that are mirrored, moved and relit."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from genderlens.storage import replacing
from genderlens.training.weights.decay import decay_at
from tools.coarse.lessons import CELL_PX, CoarseLessons
from tools.coarse.loss import WEIGHTS, compare
from tools.detector.distillation import to_planes
from tools.detector.network import CenterFaceNetwork

STATE: Final = "state.pt"
BATCH: Final = 64
_BEGIN: Final = 96
"""Pictures that the first weights are fitted to."""
_RATE: Final = 2e-3
_WARM_UP: Final = 200
"""Steps, and a tenth of all at most."""
_LEAST_RATE: Final = 0.01
_CLIP: Final = 2.0
_AVERAGE: Final = 0.998
_KEEP_STEPS: Final = 500
_TOLD_STEPS: Final = 20
_MOVED_CELLS: Final = 2
_TURNED: Final = 0.2
"""How often pictures are turned in which all faces stand."""
_MIRRORED: Final = (0, 1, 2, 3, 4, 7, 8, 5, 6, 9, 10, 13, 14, 11, 12)
"""Channels of a mirrored picture: eyes and corners of the mouth change places."""
_OFFSET_ACROSS: Final = 4
_POINTS_ACROSS: Final = slice(6, None, 2)

Values = NDArray[Any]


class CoarseTeaching:
    """Steps until ``steps``; what it keeps in a folder goes on where it stood."""

    def __init__(
        self,
        begin: Callable[[Tensor], CenterFaceNetwork],
        lessons: CoarseLessons,
        *,
        steps: int,
        batch: int = BATCH,
        seed: int = 0,
    ) -> None:
        """``begin`` makes the network from some of the pictures, N×3×H×W."""
        self._lessons, self._steps, self._batch = lessons, steps, batch
        self._chance = np.random.default_rng(seed)
        torch.manual_seed(seed)
        self.network = begin(to_planes(lessons.pixels[self._choose(_BEGIN)]))
        self._optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=_RATE, betas=(0.9, 0.99), weight_decay=1e-4
        )
        self._average = {name: one.clone() for name, one in self.network.state_dict().items()}
        self._step = 0

    def run(self, folder: Path) -> CenterFaceNetwork:
        """The averaged weights, after the last step; goes on with what ``folder`` holds."""
        self._go_on(folder / STATE)
        with tqdm(total=self._steps, initial=self._step, unit="step") as bar:
            while self._step < self._steps:
                losses = self.step()
                bar.update()
                if self._step % _TOLD_STEPS == 0:
                    bar.set_postfix({name: f"{float(loss):.3f}" for name, loss in losses.items()})
                if self._step % _KEEP_STEPS == 0 or self._step == self._steps:
                    self.keep(folder / STATE)
        self.network.load_state_dict(self._average)
        return self.network.eval().requires_grad_(requires_grad=False)

    def step(self) -> dict[str, Tensor]:
        """One batch; the losses by name."""
        pictures, cells = self._draw()
        losses = compare(self.network(pictures), cells)
        self._set_rate()
        self._optimizer.zero_grad(set_to_none=True)
        total = torch.stack([WEIGHTS[name] * loss for name, loss in losses.items()]).sum()
        torch.autograd.backward(total)
        nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._optimizer.step()
        self._step += 1
        self._follow()
        return {name: loss.detach() for name, loss in losses.items()}

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
        if lying or self._chance.random() >= _TURNED:
            return pixels, cells
        none = cells.copy()
        none[0] = 0.0
        return np.rot90(pixels, int(self._chance.integers(1, 4))), none

    def _move(self, pixels: Values, cells: Values) -> tuple[Values, Values]:
        """Mirrored and shifted by whole cells, what leaves on one side coming in again."""
        if self._chance.random() < 0.5:
            pixels, cells = mirror(pixels, cells)
        down, across = self._chance.integers(-_MOVED_CELLS, _MOVED_CELLS + 1, 2).tolist()
        pixels = np.roll(pixels, (CELL_PX * down, CELL_PX * across), (0, 1))
        return pixels, np.roll(cells, (down, across), (1, 2))

    def _relight(self, pictures: Tensor) -> Tensor:
        chance, count = self._chance, len(pictures)
        light = chance.uniform(0.7, 1.3, (count, 1, 1, 1)) * chance.uniform(
            0.85, 1.15, (count, 3, 1, 1)
        )
        added = chance.normal(0.0, 12.0, (count, 1, 1, 1))
        gain, bias = (torch.from_numpy(one.astype(np.float32)) for one in (light, added))
        return (pictures * gain + bias).clamp(0.0, 255.0)

    def _set_rate(self) -> None:
        """Up in a line, then down a half cosine."""
        warm = min(1.0, (self._step + 1) / min(_WARM_UP, max(1, self._steps // 10)))
        cosine = max(_LEAST_RATE, 0.5 + 0.5 * math.cos(math.pi * self._step / self._steps))
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * warm * cosine

    @torch.no_grad()
    def _follow(self) -> None:
        share = 1.0 - decay_at(self._step, _AVERAGE)
        for name, value in self.network.state_dict().items():
            self._average[name].lerp_(value, share)

    def keep(self, path: Path) -> None:
        """Store all that it needs to go on."""
        state: dict[str, Any] = {
            "network": self.network.state_dict(),
            "average": self._average,
            "optimizer": self._optimizer.state_dict(),
            "chance": self._chance.bit_generator.state,
            "step": self._step,
        }
        with replacing(path) as partial:
            torch.save(state, partial)

    def _go_on(self, path: Path) -> None:
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._average = state["average"]
        self._optimizer.load_state_dict(state["optimizer"])
        self._chance.bit_generator.state = state["chance"]
        self._step = state["step"]


def mirror(pixels: Values, cells: Values) -> tuple[Values, Values]:
    """A picture and its cells as a mirror shows them."""
    turned = cells[list(_MIRRORED), :, ::-1].copy()
    turned[_OFFSET_ACROSS] *= -1
    turned[_POINTS_ACROSS] = 1 - turned[_POINTS_ACROSS]
    return pixels[:, ::-1], turned
