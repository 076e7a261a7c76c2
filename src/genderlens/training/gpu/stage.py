"""One stage of a plan: a network taught until its time is up."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from genderlens.training.gpu.batches import Batches, mix
from genderlens.training.gpu.device_faces import DeviceFaces, judge
from genderlens.training.gpu.loss import Drawn, StageLoss
from genderlens.training.gpu.plan import Stage
from genderlens.training.gpu.precision import autocast
from genderlens.training.gpu.teachers import Teacher, Teachers
from genderlens.training.gpu.views import Views, to_side
from genderlens.training.weights.decay import decay_at

KEEP_S: Final = 60.0
_REPORT_S: Final = 15.0
_MOST_JUDGING: Final = 0.05
"""Share of the time that judging may take; on a CPU it costs far more than on a GPU."""
_CLIP: Final = 5.0
_LEAST_RATE: Final = 0.002


@dataclass(frozen=True)
class Watcher:
    """Who hears of a stage while it runs."""

    tell: Callable[[dict[str, Any]], None]
    """Gets a line of figures every quarter of a minute, seldomer where judging takes long."""
    keep: Callable[[StageRun], None]
    """May store weights and state, every ``keep_s`` and at the end."""
    keep_s: float = KEEP_S


class StageRun:
    """A stage while it runs.

    It ends when its seconds or its epochs are over, whichever is first. What ``state_dict`` gives
    goes on where it stood, on a CPU without a limit of time to the very same weights.
    """

    def __init__(
        self,
        stage: Stage,
        network: nn.Module,
        faces: DeviceFaces,
        teachers: Sequence[Teacher] = (),
        *,
        seconds: float = math.inf,
        watcher: Watcher,
    ) -> None:
        self._stage, self._faces = stage, faces
        self._seconds, self._watcher = seconds, watcher
        device = faces.pixels.device
        self._network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average: nn.Module = (
            copy.deepcopy(self._network).eval().requires_grad_(requires_grad=False)
        )
        self._optimizer = _create_optimizer(network, stage, fused=device.type == "cuda")
        self._groups, count = faces.groups(stage.group_by)
        self._loss = StageLoss(stage, faces.attributes, count)
        self._views = Views(stage.views)
        self._copies = 2 if stage.pairs else 1
        self._teachers = Teachers(teachers, faces)
        self._batches = Batches(self._pools(), max(1, stage.batch // self._copies))
        self._side = max(stage.side, self._teachers.side)
        self._step = self._seen = 0
        self._elapsed = 0.0
        self._losses: list[Tensor] = []

    def run(self) -> nn.Module:
        """Teach until it is over; the averaged network, ready to judge."""
        self._network.train()
        began = time.monotonic() - self._elapsed
        reported = kept = time.monotonic()
        pause = _REPORT_S
        for pool, rows in self._batches:
            self._set_rate(self._done())
            self._teach(pool, rows)
            now = time.monotonic()
            self._elapsed = now - began
            if self._done() >= 1.0:
                break
            if now - reported > pause:
                reported = time.monotonic()
                pause = max(_REPORT_S, self._report() / _MOST_JUDGING)
            if now - kept >= self._watcher.keep_s:
                kept = now
                self._watcher.keep(self)
        self._report()
        self._watcher.keep(self)
        return self.average

    @property
    def name(self) -> str:
        return self._stage.name

    def measure(self, steps: int) -> float:
        """Views a second over so many steps behind a first one, which tells nothing."""
        self._network.train()
        self._teach(*next(self._batches))
        float(self._losses[-1])  # waits for the device
        seen, began = self._seen, time.monotonic()
        for _ in range(steps):
            self._teach(*next(self._batches))
        taught = self._seen - seen
        float(self._losses[-1])
        return taught * self._copies / max(time.monotonic() - began, 1e-9)

    @property
    def views_per_s(self) -> float:
        """Views that taught, a second."""
        return self._seen * self._copies / max(self._elapsed, 1e-9)

    @property
    def views_in_all(self) -> float:
        """Views until its epochs are over; infinite without."""
        return (self._stage.epochs or math.inf) * self._batches.rows * self._copies

    def _pools(self) -> list[Tensor]:
        pools = self._teachers.pools()
        if self._stage.fold is None:
            return pools
        return [rows[self._faces.folds[rows] != self._stage.fold] for rows in pools]

    def _done(self) -> float:
        """Share of the stage that is over, by time or by epochs."""
        return max(self._elapsed / self._seconds, self._seen * self._copies / self.views_in_all)

    def _set_rate(self, done: float) -> None:
        """Up in a line while it warms up, then down a half cosine."""
        warm = self._stage.warm_up
        if done < warm:
            rate = done / warm
        else:
            rate = 0.5 + 0.5 * math.cos(math.pi * (done - warm) / (1.0 - warm))
        for group in self._optimizer.param_groups:
            group["lr"] = self._stage.learning_rate * max(rate, _LEAST_RATE)

    def _teach(self, pool: int, rows: Tensor) -> None:
        batch = self._draw(rows)
        asked = self._teachers
        wanted = asked.ask(batch.views, pool, self._step, self._copies) if asked else None
        values = self._faces.normalise(to_side(batch.views, self._stage.side))
        with autocast(values.device):
            outputs = self._network(values)
        loss = self._loss(outputs.float(), batch, wanted)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self._network.parameters(), _CLIP)
        self._optimizer.step()
        self._follow()
        self._step += 1
        self._seen += len(rows)
        self._losses.append(loss.detach())

    def _draw(self, rows: Tensor) -> Drawn:
        """Views at the widest side that anybody looks at, of each face one or two."""
        faces, stage = self._faces, self._stage
        pictures = torch.cat([faces.pixels[rows]] * self._copies)
        rows = torch.cat([rows] * self._copies)
        batch = Drawn(
            self._views(pictures, self._side),
            faces.labels[rows],
            faces.classes[rows],
            self._groups[rows],
        )
        if float(torch.rand(())) >= stage.mixup_p:
            return batch
        share = float(torch.distributions.Beta(stage.mixup_alpha, stage.mixup_alpha).sample())
        return mix(batch, share, self._copies)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average after the weights, quickly at first."""
        share: Any = 1.0 - decay_at(self._step, self._stage.average)
        own, average = self._network.state_dict(), self.average.state_dict()
        floats = [name for name, value in own.items() if value.is_floating_point()]
        torch._foreach_lerp_([average[n] for n in floats], [own[n] for n in floats], share)

    def _report(self) -> float:
        """Tell how it goes; how many seconds the judging took."""
        began = time.monotonic()
        found = judge(self.average, self._faces, self._stage.side, self._groups)
        loss = float(torch.stack(self._losses).mean()) if self._losses else None
        self._losses.clear()
        done = self._done()
        facts = {
            "stage": self._stage.name,
            "seconds": round(self._elapsed, 1),
            "left_s": round(self._elapsed * max(1.0 - done, 0.0) / max(done, 1e-9)),
            "step": self._step,
            "epochs": round(self._seen / self._batches.rows, 2),
            "views_per_s": round(self.views_per_s),
        }
        self._watcher.tell(facts | ({} if loss is None else {"loss": round(loss, 4)}) | found)
        return time.monotonic() - began

    def state_dict(self) -> dict[str, Any]:
        """All that it needs to go on."""
        return {
            "network": self._network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "loss": self._loss.state_dict(),
            "batches": self._batches.state_dict(),
            "step": self._step,
            "seen": self._seen,
            "elapsed": self._elapsed,
            "seconds": self._seconds,
            "finished": self._done() >= 1.0,
            "chance": _read_chance(self._faces.pixels.device),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Stand where another run of the same stage stood."""
        self._network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._loss.load_state_dict(state["loss"])
        self._batches.load_state_dict(state["batches"])
        self._step, self._seen = state["step"], state["seen"]
        self._elapsed = state["elapsed"]
        self._seconds = min(self._seconds, state["seconds"])
        _set_chance(state["chance"])


def _read_chance(device: torch.device) -> list[Tensor]:
    """States of the random numbers of the CPU, and of the GPU where there is one."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state()] if device.type == "cuda" else states


def _set_chance(states: list[Tensor]) -> None:
    torch.set_rng_state(states[0])
    if len(states) > 1 and torch.cuda.is_available():
        torch.cuda.set_rng_state(states[1])


def _create_optimizer(network: nn.Module, stage: Stage, *, fused: bool) -> torch.optim.Optimizer:
    """AdamW; biases and norms do not decay."""
    plain = [p for p in network.parameters() if p.ndim < 2]
    decayed = [p for p in network.parameters() if p.ndim >= 2]
    groups = [
        {"params": decayed, "weight_decay": stage.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=stage.learning_rate, fused=fused)
