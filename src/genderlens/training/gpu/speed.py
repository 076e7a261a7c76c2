"""How long a plan takes on this machine, from a few steps of each stage."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import torch

from genderlens.training.architectures import create_network
from genderlens.training.gpu.device_faces import DeviceFaces
from genderlens.training.gpu.plan import Stage, TrainingPlan
from genderlens.training.gpu.stage import StageRun, Watcher
from genderlens.training.gpu.teachers import Teacher

_BATCH: Final = 32
_STEPS: Final = 3


def forecast(plan: TrainingPlan, faces: DeviceFaces) -> dict[str, int | None]:
    """Seconds that each stage will take for its epochs; None for one that tells none.

    The networks of the trial are thrown away, and chance stays as it was.
    """
    found = dict[str, int | None]()
    with torch.random.fork_rng():
        for stage in plan.stages:
            seconds = _forecast_stage(stage, plan, faces)
            found[stage.name] = round(seconds) if math.isfinite(seconds) else None
    return found


def _forecast_stage(stage: Stage, plan: TrainingPlan, faces: DeviceFaces) -> float:
    network = create_network(stage.architecture, faces.num_logits, stage.options)
    teachers = [
        Teacher(_untaught(other, faces), other.side, other.fold)
        for other in plan.stages
        if other.name in stage.teachers
    ]
    silent = Watcher(tell=lambda _: None, keep=lambda _: None)
    trial = replace(stage, batch=min(stage.batch, _BATCH))
    running = StageRun(trial, network, faces, teachers, watcher=silent)
    return running.views_in_all / running.measure(_STEPS)


def _untaught(stage: Stage, faces: DeviceFaces) -> torch.nn.Module:
    network = create_network(stage.architecture, faces.num_logits, stage.options).eval()
    return network.to(faces.pixels.device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
