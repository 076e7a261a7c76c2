"""The narrow detector taught by the whole one (Hinton et al., "Distilling the knowledge", 2015)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from genderlens.storage import replacing
from genderlens.training.weights.decay import decay_at
from tools.detector.agreement import FADING, HINTS, WEIGHTS, Agreement, count_peaks
from tools.detector.network import CenterFaceNetwork
from tools.detector.pruning import prune
from tools.detector.tiles import Tiles
from tools.spoiling import Pixels

STATE: Final = "state.pt"
BATCH: Final = 12
_DRAWN: Final = 16
"""Tiles that are drawn for a batch of ``BATCH``."""
_RICH: Final = 7
"""Of a batch: those with most faces, up to ``_MANY``; the others are those with fewest."""
_MANY: Final = 6
_LOOK: Final = 20
"""Tiles that pruning looks at."""
_RATE: Final = 5e-4
_WARM_UP: Final = 200
_LEAST_RATE: Final = 0.01
_LEAST_HINT: Final = 0.1
_CLIP: Final = 2.0
_AVERAGE: Final = 0.998
_KEEP_STEPS: Final = 500
_TOLD_STEPS: Final = 20


class Distillation:
    """Steps until ``steps``; what it keeps in a folder goes on where it stood."""

    def __init__(
        self,
        whole: CenterFaceNetwork,
        tiles: Tiles,
        widths: Mapping[str, int],
        *,
        steps: int,
        batch: int = BATCH,
    ) -> None:
        self._whole, self._tiles, self._steps, self._batch = whole, tiles, steps, batch
        pictures = to_planes(tiles.draw(_LOOK))
        self.network, chosen = prune(whole, widths, pictures)
        with torch.no_grad():
            wanted = whole.features(pictures)
        spreads = {name: float(wanted[name].var()) for name in (*HINTS, *chosen)}
        self._agreement = Agreement(chosen, spreads)
        self._optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=_RATE, betas=(0.9, 0.98), weight_decay=1e-4
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
        values, wanted = self._choose()
        losses = self._agreement(self.network.features(values), wanted)
        done = self._step / self._steps
        hint = max(_LEAST_HINT, 1.0 - done)
        total = torch.stack(
            [WEIGHTS[name] * (hint if name in FADING else 1.0) * losses[name] for name in losses]
        ).sum()
        self._set_rate(done)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(total)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._optimizer.step()
        self._step += 1
        self._follow()
        return {name: loss.detach() for name, loss in losses.items()}

    @torch.no_grad()
    def _choose(self) -> tuple[Tensor, dict[str, Tensor]]:
        """A batch of tiles, more of them with many faces than are drawn, and what is seen there."""
        values = to_planes(self._tiles.draw(self._batch * _DRAWN // BATCH))
        wanted = self._whole.features(values)
        counts = count_peaks(wanted["out"][:, :1]).clamp(max=_MANY)
        order = torch.argsort(counts, descending=True, stable=True)
        rich = self._batch * _RICH // BATCH
        kept = torch.cat([order[:rich], order[len(order) - self._batch + rich :]])
        return values[kept], {name: one[kept] for name, one in wanted.items()}

    def _set_rate(self, done: float) -> None:
        """Up in a line, then down a half cosine."""
        warm = min(1.0, (self._step + 1) / _WARM_UP)
        cosine = max(_LEAST_RATE, 0.5 + 0.5 * math.cos(math.pi * done))
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
            "agreement": asdict(self._agreement),
            "tiles": self._tiles.state(),
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
        self._agreement = Agreement(**state["agreement"])
        self._tiles.restore(state["tiles"])
        self._step = state["step"]


def to_planes(pixels: Pixels) -> Tensor:
    """N×H×W×3 bytes → N×3×H×W, 0..255."""
    values = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float()
    return values.contiguous(memory_format=torch.channels_last)
