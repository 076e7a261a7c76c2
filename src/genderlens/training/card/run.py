"""Run a plan within so many seconds, leaving what it has whenever it ends."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from genderlens.training.architectures import create_network
from genderlens.training.card.judge import answer
from genderlens.training.card.parts import Faces, read_parts
from genderlens.training.card.plan import Plan, Stage
from genderlens.training.card.stage import Cards, Schooling, Teacher

MOST_BYTES = 16 * 2**20
"""Of one checkpoint: weights that would be larger are stored in half precision."""
_END_S = 12.0
"""Kept for the teachers' answers at the end."""


@dataclass
class PlanRun:
    """A plan, its pictures and where its checkpoints go."""

    plan: Plan
    parts: Path
    out: Path
    seconds: float
    device: str = "cpu"
    workers: int = 1

    def run(self) -> None:
        """Every stage; writes NAME.safetensors for each, answers.npz and log.jsonl."""
        self.began = time.monotonic()
        self.out.mkdir(parents=True, exist_ok=True)
        self.plan.write(self.out / "plan.json")
        faces = read_parts(self.parts, self.plan.store_px, workers=self.workers)
        cards = _deal(faces, self.plan, self.device)
        self._tell({"decoded": len(faces.uris), "seconds": round(self._elapsed(), 1)})
        left = self.seconds - self._elapsed() - _END_S
        done: dict[str, Teacher] = {}
        for number, stage in enumerate(self.plan.stages):
            torch.manual_seed(self.plan.seed * 1000 + number)
            network = self._start(stage, cards, done)
            teachers = [done[name] for name in stage.teachers]
            schooling = Schooling(
                stage, network, cards, teachers, left * stage.share, self._saver(stage), self._tell
            )
            done[stage.name] = Teacher(schooling.run(), stage.side)
        self._write_answers(faces, cards, done)

    def _elapsed(self) -> float:
        return time.monotonic() - self.began

    def _start(self, stage: Stage, cards: Cards, done: dict[str, Teacher]) -> nn.Module:
        logits = 1 + sum(len(a.classes) for a in cards.attributes)
        network = create_network(stage.architecture, logits, stage.options)
        if stage.start is None:
            return network
        if stage.start in done:
            state = done[stage.start].network.state_dict()
        else:
            state = load_file(self.parts / stage.start)
        own = network.state_dict()
        fitting = {k: v.float() for k, v in state.items() if k in own and own[k].shape == v.shape}
        network.load_state_dict(fitting, strict=False)
        lacking = sorted(k for k, v in own.items() if v.is_floating_point() and k not in fitting)
        self._tell({"stage": stage.name, "start": stage.start, "new": lacking})
        return network

    def _saver(self, stage: Stage) -> Any:
        path = self.out / f"{stage.name}.safetensors"

        def save(network: nn.Module) -> None:
            state = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
            if sum(v.nbytes for v in state.values()) > MOST_BYTES - 65536:
                state = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
            partial = path.with_suffix(".partial")
            save_file(state, partial)
            partial.replace(path)

        return save

    def _write_answers(self, faces: Faces, cards: Cards, done: dict[str, Teacher]) -> None:
        """What each network says of every face, for teaching on elsewhere."""
        rows = torch.arange(len(faces.uris), device=cards.pixels.device)
        answers = {
            name: answer(teacher.network, cards, teacher.side, rows)
            .cpu()
            .numpy()
            .astype(np.float16)
            for name, teacher in done.items()
        }
        np.savez_compressed(self.out / "answers.npz", uris=np.array(faces.uris), **answers)

    def _tell(self, facts: dict[str, Any]) -> None:
        line = json.dumps({"at": round(self._elapsed(), 1), **facts})
        print(line, flush=True)
        with (self.out / "log.jsonl").open("a") as stream:
            stream.write(line + "\n")


def _deal(faces: Faces, plan: Plan, device: str) -> Cards:
    def column(values: Any) -> Tensor:
        return torch.from_numpy(values).to(device)

    return Cards(
        pixels=column(faces.pixels),
        labels=column(faces.labels),
        classes=column(faces.classes),
        teaching=column(faces.rows("train")),
        judging=column(faces.rows("calibration")),
        attributes=faces.attributes,
        mean=torch.tensor(plan.mean, device=device).view(1, 3, 1, 1),
        std=torch.tensor(plan.std, device=device).view(1, 3, 1, 1),
    )
