"""A plan run to its end, or within so many minutes, leaving what it has whenever it ends."""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from genderlens.errors import RecipeError
from genderlens.training.architectures import create_network
from genderlens.training.gpu.device_faces import DeviceFaces, answer
from genderlens.training.gpu.kept import KeptStates
from genderlens.training.gpu.parts import Faces, read_parts
from genderlens.training.gpu.plan import Stage, TrainingPlan
from genderlens.training.gpu.speed import forecast
from genderlens.training.gpu.stage import KEEP_S, StageRun, Watcher
from genderlens.training.gpu.teachers import Teacher

MOST_BYTES: Final = 16 * 2**20
"""Of one checkpoint: weights that would be larger are stored in half precision."""
ANSWERS: Final = "answers.npz"
"""Written last of all."""
_HEADER_BYTES: Final = 65536
_END_S: Final = 12.0
"""Kept for the networks' answers at the end."""


@dataclass(frozen=True)
class PlanFolders:
    """Where a plan's parts lie, what it leaves goes, and what a killed run goes on from."""

    parts: Path
    out: Path
    states: Path | None = None
    """None: a killed run starts anew."""


class PlanRun:
    """A plan while it runs.

    ``run`` writes ``plan.json``, NAME.safetensors for each stage, ``log.jsonl`` and ``answers.npz``
    (every network's logits for every face, for teaching on elsewhere).
    """

    def __init__(
        self,
        plan: TrainingPlan,
        folders: PlanFolders,
        *,
        minutes: float | None = None,
        keep_s: float = KEEP_S,
    ) -> None:
        """Without ``minutes`` each stage takes its epochs; RecipeError where one tells none."""
        endless = [stage.name for stage in plan.stages if stage.epochs is None]
        if minutes is None and endless:
            raise RecipeError(f"stage {endless[0]!r} tells no epochs; give the plan minutes")
        self._plan, self._folders = plan, folders
        self._seconds = math.inf if minutes is None else 60.0 * minutes
        self._keep_s = keep_s
        self._began = time.monotonic()
        self._states = KeptStates(folders.states, plan) if folders.states else None

    def run(self, device: str, *, workers: int = 1, answers: bool = True) -> None:
        """Decode with so many processes, then every stage in its share of the time."""
        out, plan = self._folders.out, self._plan
        out.mkdir(parents=True, exist_ok=True)
        plan.write(out / "plan.json")
        decoded = read_parts(self._folders.parts, plan.store_px, workers=workers)
        faces = DeviceFaces.of(decoded, plan, device)
        self._tell({"decoded": len(decoded.uris), "device": describe_device(device)})
        if math.isinf(self._seconds):
            self._tell({"forecast_s": forecast(plan, faces)})
        done: dict[str, Teacher] = {}
        for number, stage in enumerate(plan.stages):
            torch.manual_seed(plan.seed * 1000 + number)
            network = self._run_stage(stage, faces, done)
            done[stage.name] = Teacher(network, stage.side, stage.fold)
        if answers:
            self._write_answers(decoded, faces, done)

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _run_stage(self, stage: Stage, faces: DeviceFaces, done: dict[str, Teacher]) -> nn.Module:
        """Teach one network, from where an earlier run was killed if there is such a state."""
        running = StageRun(
            stage,
            self._start(stage, faces.num_logits, done),
            faces,
            [done[name] for name in stage.teachers],
            seconds=self._share(stage),
            watcher=Watcher(self._tell, self._keep, self._keep_s),
        )
        state = self._states.read(stage.name) if self._states else None
        if state is None:
            return running.run()
        running.load_state_dict(state)
        self._began = min(self._began, time.monotonic() - state["spent"])
        self._tell({"stage": stage.name, "goes_on_at_step": state["step"]})
        return running.average if state["finished"] else running.run()

    def _share(self, stage: Stage) -> float:
        """Seconds for a stage, of those that are left for it and those behind it."""
        behind = self._plan.stages[self._plan.stages.index(stage) :]
        left = max(0.001, self._seconds - self._elapsed() - _END_S)
        return left * stage.share / sum(other.share for other in behind)

    def _start(self, stage: Stage, logits: int, done: dict[str, Teacher]) -> nn.Module:
        network = create_network(stage.architecture, logits, stage.options)
        if stage.start is None:
            return network
        if stage.start in done:
            state = done[stage.start].network.state_dict()
        else:
            state = load_file(self._folders.parts / stage.start)
        own = network.state_dict()
        fitting = {k: v.float() for k, v in state.items() if k in own and own[k].shape == v.shape}
        network.load_state_dict(fitting, strict=False)
        new = sorted(k for k, v in own.items() if v.is_floating_point() and k not in fitting)
        self._tell({"stage": stage.name, "start": stage.start, "new": new})
        return network

    def _keep(self, running: StageRun) -> None:
        """Weights for whoever carries them, and the state to go on from."""
        write_weights(running.average, self._folders.out / f"{running.name}.safetensors")
        if self._states is not None:
            state = running.state_dict() | {"spent": self._elapsed()}
            self._states.write(running.name, state)

    def _write_answers(self, decoded: Faces, faces: DeviceFaces, done: dict[str, Teacher]) -> None:
        rows = torch.arange(len(decoded.uris), device=faces.pixels.device)
        columns: dict[str, Any] = {
            name: answer(teacher.network, faces, teacher.side, rows).half().cpu().numpy()
            for name, teacher in done.items()
        }
        columns["uris"], columns["folds"] = np.array(decoded.uris), faces.folds.cpu().numpy()
        partial = self._folders.out / f"partial-{ANSWERS}"
        np.savez_compressed(partial, **columns)
        partial.replace(self._folders.out / ANSWERS)

    def _tell(self, facts: dict[str, Any]) -> None:
        line = json.dumps({"at": round(self._elapsed(), 1), **facts})
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        with (self._folders.out / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def write_weights(network: nn.Module, path: Path) -> None:
    """At most ``MOST_BYTES``; the file appears whole or not at all."""
    state = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
    if sum(v.nbytes for v in state.values()) > MOST_BYTES - _HEADER_BYTES:
        state = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
    partial = path.with_suffix(".partial")
    save_file(state, partial)
    partial.replace(path)


def describe_device(device: str) -> str:
    """The name of the accelerator, or ``cpu``."""
    return torch.cuda.get_device_name() if device == "cuda" else device
