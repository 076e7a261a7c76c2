"""What a plan that was killed needs to go on: a file for each stage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from genderlens.errors import TrainingError
from genderlens.training.gpu.plan import TrainingPlan

_PLAN = "plan.json"


class KeptStates:
    """A folder of stages' states; some four times the size of their weights.

    A file appears whole or not at all. TrainingError where the folder is that of another plan.
    """

    def __init__(self, folder: Path, plan: TrainingPlan) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _PLAN
        if path.is_file() and TrainingPlan.read(path) != plan:
            raise TrainingError(f"{folder} goes on with another plan; give another folder")
        if not path.is_file():
            partial = path.with_suffix(".partial")
            plan.write(partial)
            partial.replace(path)

    def read(self, stage: str) -> dict[str, Any] | None:
        """The state of a stage, on the CPU; None where it has not begun."""
        path = self._path(stage)
        if not path.is_file():
            return None
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return state

    def write(self, stage: str, state: dict[str, Any]) -> None:
        """Replace the state of a stage."""
        path = self._path(stage)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as stream:
            torch.save(state, stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)

    def _path(self, stage: str) -> Path:
        return self._folder / f"{stage}.pt"
