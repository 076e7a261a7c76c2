"""Train a recipe on a manifest: phases, resumable, on a CPU or any number of GPUs."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import lightning
import torch

from genderlens.data.manifest import Manifest
from genderlens.data.manifest_files import with_absolute_addresses
from genderlens.errors import TrainingError
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.training.architectures import require_shape
from genderlens.training.environment import describe_environment
from genderlens.training.finished import finish_run
from genderlens.training.inputs.attributes import leave_out_absent_heads
from genderlens.training.inputs.classes import count_outputs
from genderlens.training.inputs.faces import FaceData
from genderlens.training.inputs.rows import describe_calibration, split_for_training
from genderlens.training.lightning_warnings import without_advice
from genderlens.training.phases import Devices, fit_phases, is_first_process
from genderlens.training.times import read_times
from genderlens.training.weights.pretrained import create_started_network
from genderlens.training.weights.shipped import follow_shipped
from genderlens.training.weights.statistics import lacks_statistics, restore_statistics

_JOIN_TIMEOUT_S = 600.0


def train(
    recipe: Recipe,
    manifest: Manifest,
    out: Path,
    *,
    cache_dir: Path,
    resume: bool = False,
    devices: Devices | None = None,
    tell: Callable[[str], None] | None = None,
) -> RunFolder:
    """Train and leave a run folder; ``tell`` hears, in a line each, what the data made different.

    With ``resume``, a run that lives in ``out`` already goes on from its newest checkpoint, with
    the recipe and the manifest that it was started with; a finished one is left as it is. The
    folder is begun only once everything is ready, so a fault in the data leaves none behind.
    Raises TrainingError where ``out`` is taken, a class is missing, or training is interrupted.
    """
    run = RunFolder(out)
    if not is_first_process():
        _wait_for_start(run)
        resume = True
    resume = resume and run.is_started
    if resume and run.is_finished:
        return run
    if resume:
        recipe, manifest = run.recipe(), run.manifest()
    else:
        run.require_unused()
        recipe, manifest = _fit_to_data(recipe, manifest, tell)
    with without_advice(), ExitStack() as held:
        if resume and is_first_process():
            held.enter_context(run.only_training())
        session = _prepare(recipe, manifest, cache_dir)
        if not resume:
            held.enter_context(run.only_training())
            run.start(recipe, manifest, describe_environment())
        fit_phases(recipe, session.network, session.data, run, devices or Devices())
    if is_first_process():
        _finish(run, session, cache_dir)
    return run


def _fit_to_data(
    recipe: Recipe, manifest: Manifest, tell: Callable[[str], None] | None
) -> tuple[Recipe, Manifest]:
    """Heads that the data can teach, every row in a split; ``tell`` hears of what is unusual."""
    recipe, left_out = leave_out_absent_heads(follow_shipped(recipe, tell), manifest)
    manifest = with_absolute_addresses(split_for_training(recipe, manifest))
    for line in filter(None, (left_out, describe_calibration(recipe, manifest))):
        if tell is not None:
            tell(line)
    return recipe, manifest


@dataclass(frozen=True)
class _Session:
    recipe: Recipe
    manifest: Manifest
    network: torch.nn.Module
    data: FaceData


def _wait_for_start(run: RunFolder) -> None:
    """A further process of a distributed training joins the run that the first one begins."""
    deadline = time.monotonic() + _JOIN_TIMEOUT_S
    while not run.is_started:
        if time.monotonic() > deadline:
            raise TrainingError(f"the first process has not begun {run.path}; see its messages")
        time.sleep(0.5)


def _prepare(recipe: Recipe, manifest: Manifest, cache_dir: Path) -> _Session:
    lightning.seed_everything(recipe.seed, verbose=False)
    data = FaceData(recipe, manifest, cache_dir)
    logits = count_outputs(recipe.head, data.further)
    torch.manual_seed(recipe.seed)
    network = create_started_network(recipe.model, logits, recipe.head)
    if lacks_statistics(network):
        restore_statistics(network, data.examples())
    for shape in {recipe.shape_in(phase): None for phase in range(len(recipe.phases))}:
        require_shape(network, shape)
    return _Session(recipe, manifest, network.to(memory_format=torch.channels_last), data)


def _finish(run: RunFolder, session: _Session, cache_dir: Path) -> None:
    taught = {
        "train_rows": len(session.data.learning),
        "epochs": session.recipe.epochs,
        "training_s": round(sum(read_times(run.times).values()), 3),
    }
    finish_run(
        run,
        session.recipe,
        session.network,
        session.manifest,
        cache_dir,
        session.data.further,
        taught,
    )
