"""The run folder: what a training leaves behind, and what it needs to go on after a kill.

From the start: ``recipe.json`` (every value resolved), ``manifest.parquet``, ``environment.json``.
While training: ``curves.csv`` and ``curves.png``, ``times.csv``, ``logs/`` (TensorBoard and CSV),
``checkpoints/phase0/*.ckpt`` and, where a phase ended, ``checkpoints/phase0.safetensors``.
At the end: ``checkpoints/best.safetensors`` and ``last.safetensors`` (with heads that do not ship),
the network in the layout that timm and transformers load (``model.safetensors``,
``config.json``, ``preprocessor_config.json``), ``predictions-val.parquet`` and the like for each
split that judges, and last of all ``run.json``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from genderlens.data.manifest import Manifest, read_manifest, write_manifest
from genderlens.errors import TrainingError
from genderlens.files.drafts import clear_drafts
from genderlens.files.locks import try_exclusive_folder
from genderlens.recipe import Recipe
from genderlens.storage import write_bytes_atomically

LET_GO_S: Final = 5.0


@dataclass(frozen=True)
class RunFolder:
    """Paths and small files of one run."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        return self.checkpoints / "best.safetensors"

    @property
    def last(self) -> Path:
        return self.checkpoints / "last.safetensors"

    @property
    def weights(self) -> Path:
        """The network, heads that do not ship cut off."""
        return self.path / "model.safetensors"

    def phase_folder(self, phase: int) -> Path:
        """Where the checkpoints of a phase go."""
        return self.checkpoints / f"phase{phase}"

    def phase_end(self, phase: int) -> Path:
        """The weights that a finished phase handed on."""
        return self.checkpoints / f"phase{phase}.safetensors"

    def predictions(self, split: str) -> Path:
        """The predictions table of a split."""
        return self.path / f"predictions-{split}.parquet"

    @property
    def curves(self) -> Path:
        return self.path / "curves.csv"

    @property
    def times(self) -> Path:
        return self.path / "times.csv"

    @property
    def is_started(self) -> bool:
        return (self.path / "recipe.json").is_file()

    @property
    def is_finished(self) -> bool:
        return (self.path / "run.json").is_file() and self.weights.is_file()

    def require_unused(self) -> None:
        """TrainingError where another run lives here already."""
        if self.is_started:
            raise TrainingError(f"{self.path} holds a run already; pass --resume or another --out")

    @contextmanager
    def only_training(self) -> Iterator[None]:
        """Hold the folder; TrainingError where another training holds it for some seconds.

        One that was just killed may take a moment to let go.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + LET_GO_S
        while True:
            with try_exclusive_folder(self.path) as held:
                if held:
                    clear_drafts(self.path)
                    yield
                    return
            if time.monotonic() > deadline:
                raise TrainingError(
                    f"another training writes to {self.path}; wait for it, or give another --out"
                )
            time.sleep(0.1)

    def require_finished(self) -> None:
        """TrainingError where no training ended here."""
        if not self.is_finished:
            raise TrainingError(
                f"{self.path} holds no finished run; make one: genderlens train --out {self.path}"
            )

    def start(self, recipe: Recipe, manifest: Manifest, environment: dict[str, object]) -> None:
        """Write manifest, environment and last the recipe, the mark of a started run."""
        self.require_unused()
        write_manifest(manifest, self.path / "manifest.parquet")
        self.write("environment.json", environment)
        self.write("recipe.json", recipe.model_dump(mode="json"))

    def recipe(self) -> Recipe:
        """The recipe of the run; TrainingError where this version does not understand it."""
        try:
            return Recipe.model_validate(self.read("recipe.json"))
        except ValidationError as error:
            raise TrainingError(
                f"{self.path}/recipe.json is no recipe of this version: {error}; start a new run"
            ) from error

    def manifest(self) -> Manifest:
        """The rows of the run with their splits."""
        return read_manifest(self.path / "manifest.parquet", None)

    def finish(self, facts: dict[str, object]) -> None:
        """Write ``run.json``, the mark of a finished run."""
        self.write("run.json", facts)

    def read(self, name: str) -> dict[str, object]:
        """One of the JSON files; TrainingError where it is missing."""
        path = self.path / name
        if not path.is_file():
            raise TrainingError(f"{self.path} holds no {name}; is it a finished run folder?")
        try:
            data = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise TrainingError(f"{path} is not JSON: {error}; start a new run") from error
        if not isinstance(data, dict):
            raise TrainingError(f"{path} must hold a mapping, not {type(data).__name__}")
        return data

    def write(self, name: str, data: dict[str, object]) -> None:
        """One of the JSON files, whole or not at all."""
        write_bytes_atomically(self.path / name, json.dumps(data, indent=2).encode())
