"""Steps of a teaching: the optimiser, its rate, the moving average, and a state to go on from."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import torch
from torch import Tensor, nn
from tqdm import tqdm

from genderlens.storage import replacing
from genderlens.training.weights.decay import decay_at
from tools.detector.network import CenterFaceNetwork

STATE: Final = "state.pt"
_LEAST_RATE: Final = 0.01
_CLIP: Final = 2.0
_AVERAGE: Final = 0.998
_KEEP_STEPS: Final = 500
_TOLD_STEPS: Final = 20


class Teaching(ABC):
    """Steps until ``steps``; what it keeps in a folder goes on where it stood."""

    rate: ClassVar[float]
    betas: ClassVar[tuple[float, float]]

    def __init__(self, network: CenterFaceNetwork, *, steps: int, warm_up: int) -> None:
        """``warm_up``: steps in which the rate rises."""
        self.network, self._steps, self._warm_up = network, steps, warm_up
        self._optimizer = torch.optim.AdamW(
            network.parameters(), lr=self.rate, betas=self.betas, weight_decay=1e-4
        )
        self._average = {name: one.clone() for name, one in network.state_dict().items()}
        self._step = 0

    @abstractmethod
    def losses(self) -> tuple[dict[str, Tensor], Mapping[str, float]]:
        """Those of one batch by name, and what each counts."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What else than network, average and optimiser it needs to go on."""

    @abstractmethod
    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""

    @property
    def done(self) -> float:
        """The share of the steps that are done."""
        return self._step / self._steps

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
        losses, weights = self.losses()
        self._set_rate()
        self._optimizer.zero_grad(set_to_none=True)
        total = torch.stack([weights[name] * loss for name, loss in losses.items()]).sum()
        torch.autograd.backward(total)
        nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._optimizer.step()
        self._step += 1
        self._follow()
        return {name: loss.detach() for name, loss in losses.items()}

    def keep(self, path: Path) -> None:
        """Store all that it needs to go on."""
        state = self.state() | {
            "network": self.network.state_dict(),
            "average": self._average,
            "optimizer": self._optimizer.state_dict(),
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
        self._step = state["step"]
        self.restore(state)

    def _set_rate(self) -> None:
        """Up in a line, then down a half cosine."""
        warm = min(1.0, (self._step + 1) / self._warm_up)
        cosine = max(_LEAST_RATE, 0.5 + 0.5 * math.cos(math.pi * self.done))
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate * warm * cosine

    @torch.no_grad()
    def _follow(self) -> None:
        share = 1.0 - decay_at(self._step, _AVERAGE)
        for name, value in self.network.state_dict().items():
            self._average[name].lerp_(value, share)
