"""One stage of a plan: a network taught until its time is up."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from genderlens.training.card.judge import judge
from genderlens.training.card.parts import Attribute
from genderlens.training.card.plan import Stage
from genderlens.training.card.views import Views

_REPORT_S = 15.0


@dataclass
class Cards:
    """The faces on the device, ready to be drawn from."""

    pixels: Tensor
    labels: Tensor
    classes: Tensor
    teaching: Tensor
    judging: Tensor
    attributes: tuple[Attribute, ...]
    mean: Tensor
    std: Tensor

    def normalise(self, values: Tensor) -> Tensor:
        """What a network takes, from 0..1."""
        return ((values - self.mean) / self.std).contiguous(memory_format=torch.channels_last)


@dataclass
class Teacher:
    """A taught network and the size it looks at."""

    network: nn.Module
    side: int


@dataclass
class Schooling:
    """A stage while it runs."""

    stage: Stage
    network: nn.Module
    cards: Cards
    teachers: Sequence[Teacher]
    seconds: float
    save: Callable[[nn.Module], None]
    tell: Callable[[dict[str, Any]], None]
    step: int = 0
    seen: int = 0
    losses: list[Tensor] = field(default_factory=list)

    def run(self) -> nn.Module:
        """Teach until the time is up; the averaged network."""
        stage, device = self.stage, self.cards.pixels.device
        self.network.to(device, memory_format=torch.channels_last).train()
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.views = Views(stage.views)
        self.optimizer = _optimizer(self.network, stage, fused=device.type == "cuda")
        self.groups, count = _groups(self.cards, stage.group_by)
        self.group_loss = torch.full((count,), 0.3, device=device)
        began = reported = time.monotonic()
        for faces in self._batches():
            done = (time.monotonic() - began) / self.seconds
            if stage.most_steps is not None:
                done = max(done, self.step / stage.most_steps)
            if done >= 1.0:
                break
            self._set_rate(done)
            self._teach(faces)
            if time.monotonic() - reported > _REPORT_S:
                reported = time.monotonic()
                self._report(reported - began)
        self._report(time.monotonic() - began)
        self.save(self.average)
        return self.average

    def _batches(self) -> Iterator[Tensor]:
        rows = self.cards.teaching
        size = min(self.stage.batch // (2 if self.stage.pairs else 1), len(rows))
        while True:
            order = rows[torch.randperm(len(rows), device=rows.device)]
            yield from order[: len(rows) // size * size].split(size)

    def _set_rate(self, done: float) -> None:
        warm = self.stage.warm_up
        rate = (
            done / warm
            if done < warm
            else 0.5 + 0.5 * math.cos(math.pi * (done - warm) / (1.0 - warm))
        )
        for group in self.optimizer.param_groups:
            group["lr"] = self.stage.learning_rate * max(rate, 0.002)

    def _teach(self, faces: Tensor) -> None:
        wide, labels, classes, groups = self._draw(faces)
        own = _to_side(wide, self.stage.side)
        half = torch.autocast(own.device.type, torch.bfloat16)
        wanted = self._ask(wide) if self.teachers else None
        with half:
            outputs = self.network(self.cards.normalise(own))
        loss = self._loss(outputs.float(), labels, classes, groups, wanted)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self._follow()
        self.step += 1
        self.seen += len(labels)
        self.losses.append(loss.detach())

    def _draw(self, faces: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Views at the widest side anybody looks at; labels may be mixed, classes then unknown."""
        cards, stage = self.cards, self.stage
        side = max([stage.side, *(teacher.side for teacher in self.teachers)])
        pictures = cards.pixels[faces]
        pictures = torch.cat([pictures, pictures]) if stage.pairs else pictures
        faces = torch.cat([faces, faces]) if stage.pairs else faces
        wide = self.views(pictures, side)
        labels, classes, groups = cards.labels[faces], cards.classes[faces], self.groups[faces]
        if float(torch.rand(())) < stage.mixup_p:
            share = float(torch.distributions.Beta(stage.mixup_alpha, stage.mixup_alpha).sample())
            half = len(faces) // 2 if stage.pairs else len(faces)
            order = torch.randperm(half, device=faces.device)
            order = torch.cat([order, order + half]) if stage.pairs else order
            wide = share * wide + (1.0 - share) * wide[order]
            labels = share * labels + (1.0 - share) * labels[order]
            classes = torch.full_like(classes, -1) if 0.1 < share < 0.9 else classes
        return wide, labels, classes, groups

    @torch.no_grad()
    def _ask(self, wide: Tensor) -> Tensor:
        teacher = self.teachers[self.step % len(self.teachers)]
        values = self.cards.normalise(_to_side(wide, teacher.side))
        with torch.autocast(wide.device.type, torch.bfloat16):
            answers = teacher.network(values)
        answers = answers.float()
        if self.stage.pairs:
            answers = (answers + answers.roll(len(answers) // 2, 0)) / 2.0
        return answers

    def _loss(
        self,
        outputs: Tensor,
        labels: Tensor,
        classes: Tensor,
        groups: Tensor,
        wanted: Tensor | None,
    ) -> Tensor:
        logits, smooth = outputs[:, 0], self.stage.smoothing
        each = functional.binary_cross_entropy_with_logits(
            logits, labels * (1.0 - 2.0 * smooth) + smooth, reduction="none"
        )
        if wanted is not None:
            weight = self.stage.teacher_weight
            soft = functional.binary_cross_entropy_with_logits(
                logits, torch.sigmoid(wanted[:, 0]), reduction="none"
            )
            each = (1.0 - weight) * each + weight * soft
        weights = self._group_weights(each.detach(), groups)
        return (each * weights).mean() + self._auxiliary(outputs, classes, wanted)

    def _group_weights(self, each: Tensor, groups: Tensor) -> Tensor:
        """Softly more for groups that do worse (after Sagawa et al., group DRO, ICLR 2020)."""
        ones = torch.ones_like(each)
        count = torch.zeros_like(self.group_loss).index_add_(0, groups, ones)
        total = torch.zeros_like(self.group_loss).index_add_(0, groups, each)
        mean = torch.where(count > 0, total / count.clamp(min=1.0), self.group_loss)
        self.group_loss.lerp_(mean, 0.02)
        weights = self.group_loss**self.stage.group_power
        chosen = weights[groups]
        return chosen / chosen.mean()

    def _auxiliary(self, outputs: Tensor, classes: Tensor, wanted: Tensor | None) -> Tensor:
        total, start = outputs.new_zeros(()), 1
        for column, attribute in enumerate(self.cards.attributes):
            part = outputs[:, start : start + len(attribute.classes)]
            known = (classes[:, column] >= 0).float()
            loss = functional.cross_entropy(
                part, classes[:, column].clamp(min=0), reduction="none", label_smoothing=0.05
            )
            loss = (loss * known).sum() / known.sum().clamp(min=1.0)
            if wanted is not None:
                target = torch.softmax(wanted[:, start : start + len(attribute.classes)], 1)
                loss = 0.3 * loss + 0.7 * functional.cross_entropy(part, target)
            total = total + attribute.weight * loss
            start += len(attribute.classes)
        return total

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average after the weights, quickly at first."""
        share = 1.0 - min(self.stage.average, (1 + self.step) / (10 + self.step))
        own, average = self.network.state_dict(), self.average.state_dict()
        floats = [name for name, value in own.items() if value.is_floating_point()]
        torch._foreach_lerp_([average[n] for n in floats], [own[n] for n in floats], share)

    def _report(self, elapsed: float) -> None:
        found = judge(self.average, self.cards, self.stage.side, self.groups)
        loss = float(torch.stack(self.losses).mean()) if self.losses else math.nan
        self.losses.clear()
        faces = self.seen / (2 if self.stage.pairs else 1)
        self.tell(
            {
                "stage": self.stage.name,
                "seconds": round(elapsed, 1),
                "step": self.step,
                "epochs": round(faces / len(self.cards.teaching), 2),
                "images_per_s": round(self.seen / max(elapsed, 1e-9)),
                "loss": round(loss, 4),
                **found,
            }
        )
        self.save(self.average)


def _to_side(values: Tensor, side: int) -> Tensor:
    wide = values.shape[-1]
    if wide == side:
        return values
    if wide % side == 0:
        return functional.avg_pool2d(values, wide // side)
    return functional.interpolate(values, side, mode="bilinear", antialias=True)


def _groups(cards: Cards, by: Sequence[str]) -> tuple[Tensor, int]:
    """A group number for each face: label × the attributes; unknown counts as a class."""
    groups, count = cards.labels.long(), 2
    for column, attribute in enumerate(cards.attributes):
        if attribute.name in by:
            groups = groups * (len(attribute.classes) + 1) + cards.classes[:, column] + 1
            count *= len(attribute.classes) + 1
    return groups, count


def _optimizer(network: nn.Module, stage: Stage, *, fused: bool) -> torch.optim.Optimizer:
    """AdamW; biases and norms do not decay."""
    plain = [p for p in network.parameters() if p.ndim < 2]
    decayed = [p for p in network.parameters() if p.ndim >= 2]
    groups = [
        {"params": decayed, "weight_decay": stage.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=stage.learning_rate, fused=fused)
