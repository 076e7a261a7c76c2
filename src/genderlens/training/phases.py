"""The phases of a recipe, one Lightning fit each: the weights of one start the next."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import lightning
import torch
from lightning.pytorch.callbacks import (
    Callback,
    EarlyStopping,
    ModelCheckpoint,
    TQDMProgressBar,
)
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only
from safetensors.torch import load_file, save
from torch import Tensor, nn

from genderlens.errors import TrainingInterruptedError
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.storage import write_bytes_atomically
from genderlens.training.checkpoints import (
    create_best_writer,
    create_checkpoint_writer,
    find_checkpoint,
    read_best_weights,
)
from genderlens.training.curves import CurveWriter
from genderlens.training.inputs.faces import FaceData
from genderlens.training.module import HeadsModule
from genderlens.training.times import EpochTimes
from genderlens.training.weights.averaging import MovingAverage
from genderlens.training.weights.heads import insert_dropout


@dataclass(frozen=True)
class Devices:
    """Where to train: ``count`` GPUs, or processes where there is none, on each of ``nodes``."""

    count: int = 1
    nodes: int = 1

    @property
    def strategy(self) -> str:
        return "auto" if self.count * self.nodes == 1 else "ddp"


def fit_phases(
    recipe: Recipe, network: nn.Module, data: FaceData, run: RunFolder, devices: Devices
) -> None:
    """Train ``network`` in place through every phase that is not finished yet."""
    for phase in range(len(recipe.phases)):
        ended = run.phase_end(phase)
        if ended.is_file():
            network.load_state_dict(load_file(ended))
            continue
        data.begin_phase(phase)
        network.train()
        module = HeadsModule(
            recipe, network, data.further, phase=phase, steps_per_epoch=data.steps_per_epoch
        )
        _fit(module, data, run, devices)


def is_first_process() -> bool:
    """Whether this process writes the run; the others of a distributed training only compute."""
    return not getattr(rank_zero_only, "rank", 0)


def _fit(module: HeadsModule, data: FaceData, run: RunFolder, devices: Devices) -> None:
    recipe, phase = module.recipe, module.recipe.phases[module.phase]
    folder = run.phase_folder(module.phase)
    progress, best = TQDMProgressBar(refresh_rate=20), create_best_writer(folder)
    dropout = insert_dropout(module.network, phase.dropout) if phase.dropout else None
    if recipe.optim.compile:
        module.network.compile()
    # A checkpoint stores what `best` knows, so `best` must have judged the epoch before.
    callbacks = [*_callbacks(module, run), best, create_checkpoint_writer(folder), progress]
    trainer = _trainer(module, run, devices, callbacks)
    on_interrupt = signal.getsignal(signal.SIGINT)
    try:
        trainer.fit(module, data, ckpt_path=find_checkpoint(folder), weights_only=True)
    except SystemExit as error:  # Lightning's answer to Ctrl-C, after which it ignores SIGINT
        signal.signal(signal.SIGINT, on_interrupt)
        message = f"interrupted; go on with: genderlens train --resume --out {run.path}"
        raise TrainingInterruptedError(message) from error
    finally:
        _close(progress)
        if dropout is not None:
            dropout.remove()
    _hand_on(module, run, best)


def _trainer(
    module: HeadsModule, run: RunFolder, devices: Devices, callbacks: list[Callback]
) -> lightning.Trainer:
    recipe = module.recipe
    half: Literal["16-mixed", "bf16-mixed"] = (
        "16-mixed" if torch.cuda.is_available() else "bf16-mixed"
    )
    logs, version = run.path / "logs", f"phase{module.phase}"
    return lightning.Trainer(
        max_epochs=recipe.phases[module.phase].epochs,
        default_root_dir=run.path,
        accelerator="auto",
        devices=devices.count,
        num_nodes=devices.nodes,
        strategy=devices.strategy,
        precision=half if recipe.optim.amp else "32-true",
        logger=[_csv_logger(logs, version), TensorBoardLogger(logs, "tensorboard", version)],
        callbacks=callbacks,
        log_every_n_steps=min(50, module.steps_per_epoch),
        gradient_clip_val=recipe.optim.gradient_clip,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


def _csv_logger(logs: Path, version: str) -> CSVLogger:
    """A folder of its own for each session, for the logger would empty that of the last one."""
    sessions = len(list((logs / "csv").glob(f"{version}*")))
    return CSVLogger(logs, "csv", f"{version}-session{sessions}" if sessions else version)


def _callbacks(module: HeadsModule, run: RunFolder) -> list[Callback]:
    recipe, phase = module.recipe, module.recipe.phases[module.phase]
    chosen: list[Callback] = []
    if recipe.optim.ema_decay:
        chosen.append(MovingAverage(recipe.optim.ema_decay))
    patience = phase.stop_patience or recipe.optim.stop_patience
    if patience is not None:
        chosen.append(EarlyStopping("calibration_loss", patience=patience))
    chosen.append(EpochTimes(run.times, recipe.first_epoch(module.phase)))
    further = [index.attribute for index in module.loss.further]
    chosen.append(CurveWriter(run.curves, recipe.first_epoch(module.phase), further))
    return chosen


def _hand_on(module: HeadsModule, run: RunFolder, best: ModelCheckpoint) -> None:
    """Keep the last and the best weights of the phase; go on with what the recipe says."""
    last = _state(module.network)
    if module.recipe.keep == "best":
        module.network.load_state_dict(read_best_weights(best))
    if not is_first_process():
        return
    write_bytes_atomically(run.last, save(last))
    write_bytes_atomically(run.best, save(read_best_weights(best)))
    write_bytes_atomically(run.phase_end(module.phase), save(_state(module.network)))


def _state(network: nn.Module) -> dict[str, Tensor]:
    return {k: v.detach().cpu().clone().contiguous() for k, v in network.state_dict().items()}


def _close(progress: TQDMProgressBar) -> None:
    """After a failure the bars would else write once more when the interpreter ends."""
    with suppress(TypeError):  # what Lightning raises for a bar that was never begun
        progress.train_progress_bar.close()
        progress.val_progress_bar.close()
