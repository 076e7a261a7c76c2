"""Checkpoints of a run: written after every epoch, found again after a kill."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import ModelCheckpoint

from genderlens.errors import TrainingError

_log = logging.getLogger(__name__)


class _MovableCheckpoint(ModelCheckpoint):
    """Finds its files again where a run folder was moved between sessions."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        own = str(self.dirpath)

        def here(path: str) -> str:
            return str(Path(own, Path(path).name)) if path else path

        paths = ("best_model_path", "kth_best_model_path", "last_model_path")
        moved = {name: here(state_dict[name]) for name in paths}
        models = {here(path): score for path, score in state_dict["best_k_models"].items()}
        super().load_state_dict(state_dict | moved | {"best_k_models": models, "dirpath": own})


def create_checkpoint_writer(folder: Path) -> ModelCheckpoint:
    """Keeps the two newest epochs: a kill while one is written leaves the other."""
    return _MovableCheckpoint(
        folder,
        filename="{epoch:03d}",
        monitor="epoch",
        mode="max",
        save_top_k=2,
        save_on_train_epoch_end=True,
    )


def create_best_writer(folder: Path) -> ModelCheckpoint:
    """Keeps the weights of the lowest calibration loss, and those of the lowest before.

    A run killed right after the newer ones were written goes on from a checkpoint that names the
    older ones.
    """
    return _MovableCheckpoint(
        folder,
        filename="best-{epoch:03d}",
        monitor="calibration_loss",
        mode="min",
        save_top_k=2,
        save_weights_only=True,
        save_on_train_epoch_end=True,
    )


def read_best_weights(writer: ModelCheckpoint) -> dict[str, torch.Tensor]:
    """The network's weights that ``create_best_writer`` kept."""
    stored = torch.load(writer.best_model_path, map_location="cpu", weights_only=True)
    prefix = "network."
    state: dict[str, torch.Tensor] = stored["state_dict"]
    return {
        name.removeprefix(prefix): value.contiguous()
        for name, value in state.items()
        if name.startswith(prefix)
    }


def find_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that can be read, None before the first.

    Unreadable ones are renamed, so that their epoch can be written again. TrainingError where
    checkpoints exist and none of them can be read.
    """
    found = sorted(folder.glob("epoch=*.ckpt"), key=_age, reverse=True)
    for path in found:
        if _is_readable(path):
            return path
        path.replace(path.with_suffix(".unreadable"))
        _log.warning("checkpoint %s cannot be read and was renamed; trying an older one", path)
    if found:
        raise TrainingError(
            f"none of the {len(found)} checkpoints in {folder} can be read; "
            "remove that folder to start the run over"
        )
    return None


def _age(path: Path) -> tuple[str, int]:
    """Epoch first: ``epoch=003.ckpt``, or ``epoch=003-v1.ckpt`` where that existed already."""
    return path.stem.split("-")[0], path.stat().st_mtime_ns


def _is_readable(path: Path) -> bool:
    try:
        torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged archive makes the reader raise
        _log.info("%s: %s", path, error)
        return False
    return True
