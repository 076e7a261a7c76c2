"""One stage of a plan: a network taught until its time is up."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from genderlens.training.gpu.device_faces import DeviceFaces, judge
from genderlens.training.gpu.loss import Drawn, StageLoss
from genderlens.training.gpu.plan import Stage
from genderlens.training.gpu.views import Views
from genderlens.training.weights.decay import decay_at

_REPORT_S: Final = 15.0
_CLIP: Final = 5.0
_LEAST_RATE: Final = 0.002


@dataclass(frozen=True)
class Teacher:
    """A taught network and the height and width that it looks at, in pixels."""

    network: nn.Module
    side: int


class StageRun:
    """A stage while it runs.

    ``save`` gets the averaged network every quarter of a minute, ``tell`` a line of figures.
    """

    def __init__(
        self,
        stage: Stage,
        network: nn.Module,
        faces: DeviceFaces,
        teachers: Sequence[Teacher] = (),
        *,
        seconds: float,
        save: Callable[[nn.Module], None],
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._stage, self._faces, self._teachers = stage, faces, tuple(teachers)
        self._seconds, self._save, self._tell = seconds, save, tell
        device = faces.pixels.device
        self._network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._average: nn.Module = (
            copy.deepcopy(self._network).eval().requires_grad_(requires_grad=False)
        )
        self._optimizer = _create_optimizer(network, stage, fused=device.type == "cuda")
        self._groups, count = faces.groups(stage.group_by)
        self._loss = StageLoss(stage, faces.attributes, count)
        self._views = Views(stage.views)
        self._copies = 2 if stage.pairs else 1
        self._side = max([stage.side, *(teacher.side for teacher in self._teachers)])
        self._step = self._seen = 0
        self._losses: list[Tensor] = []

    def run(self) -> nn.Module:
        """Teach until the time is up; the averaged network, ready to judge."""
        self._network.train()
        began = reported = time.monotonic()
        for rows in self._batches():
            done = self._done(time.monotonic() - began)
            if done >= 1.0:
                break
            self._set_rate(done)
            self._teach(rows)
            if time.monotonic() - reported > _REPORT_S:
                reported = time.monotonic()
                self._report(reported - began)
        self._report(time.monotonic() - began)
        return self._average

    def _done(self, elapsed: float) -> float:
        """Share of the stage that is over, by time or by steps."""
        most = self._stage.most_steps
        return max(elapsed / self._seconds, self._step / most if most else 0.0)

    def _batches(self) -> Iterator[Tensor]:
        rows = self._faces.teaching
        size = min(self._stage.batch // self._copies, len(rows))
        while True:
            order = rows[torch.randperm(len(rows), device=rows.device)]
            yield from torch.split(order[: len(rows) // size * size], size)

    def _set_rate(self, done: float) -> None:
        """Up in a line while it warms up, then down a half cosine."""
        warm = self._stage.warm_up
        if done < warm:
            rate = done / warm
        else:
            rate = 0.5 + 0.5 * math.cos(math.pi * (done - warm) / (1.0 - warm))
        for group in self._optimizer.param_groups:
            group["lr"] = self._stage.learning_rate * max(rate, _LEAST_RATE)

    def _teach(self, rows: Tensor) -> None:
        batch = self._draw(rows)
        wanted = self._ask(batch.views) if self._teachers else None
        values = self._faces.normalise(to_side(batch.views, self._stage.side))
        with torch.autocast(values.device.type, torch.bfloat16):
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
    def _ask(self, views: Tensor) -> Tensor:
        """What one of the teachers says, in turn; two views of a face get one answer."""
        teacher = self._teachers[self._step % len(self._teachers)]
        values = self._faces.normalise(to_side(views, teacher.side))
        with torch.autocast(values.device.type, torch.bfloat16):
            answers: Tensor = teacher.network(values)
        answers = answers.float()
        if self._copies == 2:
            answers = (answers + answers.roll(len(answers) // 2, 0)) / 2.0
        return answers

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average after the weights, quickly at first."""
        share: Any = 1.0 - decay_at(self._step, self._stage.average)
        own, average = self._network.state_dict(), self._average.state_dict()
        floats = [name for name, value in own.items() if value.is_floating_point()]
        torch._foreach_lerp_([average[n] for n in floats], [own[n] for n in floats], share)

    def _report(self, elapsed: float) -> None:
        found = judge(self._average, self._faces, self._stage.side, self._groups)
        loss = float(torch.stack(self._losses).mean()) if self._losses else None
        self._losses.clear()
        facts = {
            "stage": self._stage.name,
            "seconds": round(elapsed, 1),
            "step": self._step,
            "epochs": round(self._seen / len(self._faces.teaching), 2),
            "views_per_s": round(self._seen * self._copies / max(elapsed, 1e-9)),
        }
        self._tell(facts | ({} if loss is None else {"loss": round(loss, 4)}) | found)
        self._save(self._average)


def mix(batch: Drawn, share: float, copies: int = 1) -> Drawn:
    """Each view mixed with another, the same other for all copies of a face (mixup).

    Classes are unknown afterwards unless nearly nothing was mixed in.
    """
    count = len(batch.labels) // copies
    order = torch.randperm(count, device=batch.labels.device)
    order = torch.cat([order + count * copy for copy in range(copies)])
    mixed = 0.1 < share < 0.9
    return Drawn(
        share * batch.views + (1.0 - share) * batch.views[order],
        share * batch.labels + (1.0 - share) * batch.labels[order],
        torch.full_like(batch.classes, -1) if mixed else batch.classes,
        batch.groups,
    )


def to_side(views: Tensor, side: int) -> Tensor:
    """Views made smaller without aliasing: N×3×S×S to N×3×side×side."""
    wide = views.shape[-1]
    if wide == side:
        return views
    if wide % side == 0:
        return functional.avg_pool2d(views, wide // side)
    return functional.interpolate(views, side, mode="bilinear", antialias=True)


def _create_optimizer(network: nn.Module, stage: Stage, *, fused: bool) -> torch.optim.Optimizer:
    """AdamW; biases and norms do not decay."""
    plain = [p for p in network.parameters() if p.ndim < 2]
    decayed = [p for p in network.parameters() if p.ndim >= 2]
    groups = [
        {"params": decayed, "weight_decay": stage.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=stage.learning_rate, fused=fused)
