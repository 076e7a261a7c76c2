"""A plan run within so many minutes, leaving what it has whenever it ends."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from genderlens.training.architectures import create_network
from genderlens.training.gpu.device_faces import DeviceFaces, answer
from genderlens.training.gpu.parts import Faces, read_parts
from genderlens.training.gpu.plan import Stage, TrainingPlan
from genderlens.training.gpu.stage import StageRun, Teacher

MOST_BYTES: Final = 16 * 2**20
"""Of one checkpoint: weights that would be larger are stored in half precision."""
_HEADER_BYTES: Final = 65536
_END_S: Final = 12.0
"""Kept for the networks' answers at the end."""


class PlanRun:
    """A plan, its parts, and where its checkpoints go.

    ``run`` writes ``plan.json``, NAME.safetensors for each stage, ``log.jsonl`` and ``answers.npz``
    (every network's logits for every face, for teaching on elsewhere).
    """

    def __init__(self, plan: TrainingPlan, parts: Path, out: Path, *, minutes: float) -> None:
        self._plan, self._parts, self._out = plan, parts, out
        self._seconds = 60.0 * minutes
        self._began = time.monotonic()

    def run(self, device: str, *, workers: int = 1) -> None:
        """Decode with so many processes, then every stage in its share of the time."""
        self._out.mkdir(parents=True, exist_ok=True)
        self._plan.write(self._out / "plan.json")
        decoded = read_parts(self._parts, self._plan.store_px, workers=workers)
        faces = DeviceFaces.of(decoded, self._plan.mean, self._plan.std, device)
        self._tell({"decoded": len(decoded.uris), "device": describe_device(device)})
        left = self._seconds - self._elapsed() - _END_S
        done: dict[str, Teacher] = {}
        for number, stage in enumerate(self._plan.stages):
            torch.manual_seed(self._plan.seed * 1000 + number)
            running = StageRun(
                stage,
                self._start(stage, faces.num_logits, done),
                faces,
                [done[name] for name in stage.teachers],
                seconds=left * stage.share,
                save=self._saver(stage),
                tell=self._tell,
            )
            done[stage.name] = Teacher(running.run(), stage.side)
        self._write_answers(decoded, faces, done)

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _start(self, stage: Stage, logits: int, done: dict[str, Teacher]) -> nn.Module:
        network = create_network(stage.architecture, logits, stage.options)
        if stage.start is None:
            return network
        if stage.start in done:
            state = done[stage.start].network.state_dict()
        else:
            state = load_file(self._parts / stage.start)
        own = network.state_dict()
        fitting = {k: v.float() for k, v in state.items() if k in own and own[k].shape == v.shape}
        network.load_state_dict(fitting, strict=False)
        new = sorted(k for k, v in own.items() if v.is_floating_point() and k not in fitting)
        self._tell({"stage": stage.name, "start": stage.start, "new": new})
        return network

    def _saver(self, stage: Stage) -> Callable[[nn.Module], None]:
        path = self._out / f"{stage.name}.safetensors"

        def save(network: nn.Module) -> None:
            state = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
            if sum(v.nbytes for v in state.values()) > MOST_BYTES - _HEADER_BYTES:
                state = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
            partial = path.with_suffix(".partial")
            save_file(state, partial)
            partial.replace(path)

        return save

    def _write_answers(self, decoded: Faces, faces: DeviceFaces, done: dict[str, Teacher]) -> None:
        rows = torch.arange(len(decoded.uris), device=faces.pixels.device)
        answers: dict[str, Any] = {
            name: answer(teacher.network, faces, teacher.side, rows).half().cpu().numpy()
            for name, teacher in done.items()
        }
        np.savez_compressed(self._out / "answers.npz", uris=np.array(decoded.uris), **answers)

    def _tell(self, facts: dict[str, Any]) -> None:
        line = json.dumps({"at": round(self._elapsed(), 1), **facts})
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        with (self._out / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def describe_device(device: str) -> str:
    """The name of the accelerator, or ``cpu``."""
    return torch.cuda.get_device_name() if device == "cuda" else device
