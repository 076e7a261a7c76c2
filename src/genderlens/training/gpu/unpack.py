"""What a plan left, as a run folder that export, evaluation and further trainings read."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import nn

from genderlens.data.manifest import Manifest
from genderlens.data.manifest_files import with_absolute_addresses
from genderlens.errors import TrainingError, did_you_mean
from genderlens.recipe import Recipe
from genderlens.recipe.augment import AugmentRecipe
from genderlens.run_folder import RunFolder
from genderlens.storage import write_bytes_atomically
from genderlens.training.architectures import create_network
from genderlens.training.environment import describe_environment
from genderlens.training.finished import finish_run
from genderlens.training.gpu.plan import Stage, TrainingPlan
from genderlens.training.inputs.classes import count_outputs, list_further
from genderlens.training.inputs.rows import split_for_training

_PLAN, _LOG = "plan.json", "log.jsonl"


def unpack(
    recipe: Recipe, manifest: Manifest, left: Path, stage: str, out: Path, *, cache_dir: Path
) -> RunFolder:
    """A finished run of one stage; ``recipe`` and ``manifest`` are those that were packed.

    The run's recipe says what the plan did, in the words that a recipe has; ``plan.json`` and
    ``log.jsonl`` beside it say it in full. Raises TrainingError where the stage or its weights
    are not there, or ``out`` is taken.
    """
    run, plan = RunFolder(out), _read_plan(left)
    run.require_unused()
    chosen = _find_stage(plan, stage)
    manifest = with_absolute_addresses(split_for_training(recipe, manifest))
    further = list_further(recipe, manifest)
    logits = count_outputs(recipe.head, further)
    network = _load(chosen, logits, left / f"{stage}.safetensors")
    reports = [line for line in _read_log(left) if line.get("stage") == stage and "step" in line]
    taught: dict[str, Any] = {
        "train_rows": len(manifest.select("train")),
        "epochs": reports[-1]["epochs"] if reports else 0,
        "training_s": reports[-1]["seconds"] if reports else 0,
    }
    own = translate(recipe, plan, chosen, math.ceil(taught["epochs"]) or 1)
    run.start(own, manifest, describe_environment())
    for name in (_PLAN, _LOG):
        shutil.copyfile(left / name, out / name)
    write_bytes_atomically(run.last, save(network.state_dict()))
    finish_run(run, own, network, manifest, cache_dir, further, taught)
    return run


def translate(recipe: Recipe, plan: TrainingPlan, stage: Stage, epochs: int) -> Recipe:
    """The recipe that comes nearest to what a stage does."""
    known = AugmentRecipe.model_fields.keys()
    views = {k: v for k, v in vars(stage.views).items() if k in known}
    changed: dict[str, Any] = {
        "name": f"{recipe.name}-{stage.name}",
        "seed": recipe.seed,
        "heads": {name: head.model_dump() for name, head in recipe.heads.items()},
        "data": recipe.data.model_dump() | {"store_px": plan.store_px},
        "model": {
            "architecture": stage.architecture,
            "options": stage.options,
            "pretrained": "imagenet" if (stage.start or "").startswith("imagenet-") else "none",
        },
        "input": {"size_px": stage.side, "mean": plan.mean, "std": plan.std},
        "augment": views | {"mixup_alpha": stage.mixup_alpha if stage.mixup_p else 0.0},
        "phases": [{"epochs": epochs}],
        "optim": {
            "optimizer": "adamw",
            "batch_size": stage.batch,
            "learning_rate": stage.learning_rate,
            "weight_decay": stage.weight_decay,
            "label_smoothing": stage.smoothing,
            "ema_decay": stage.average,
        },
        "teacher": stage.teachers,
        "distill": {"weight": stage.teacher_weight},
    }
    return Recipe.model_validate(changed)


def _load(stage: Stage, logits: int, path: Path) -> nn.Module:
    if not path.is_file():
        raise TrainingError(f"{path} is not there; bring it back from the machine with the GPU")
    network = create_network(stage.architecture, logits, stage.options)
    state = {k: v.float() if v.dtype == torch.float16 else v for k, v in load_file(path).items()}
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise TrainingError(
            f"{path} does not fit the data: {error}; give the recipe and data that were packed"
        ) from error
    return network.eval()


def _find_stage(plan: TrainingPlan, name: str) -> Stage:
    names = [stage.name for stage in plan.stages]
    if name not in names:
        known = ", ".join(names)
        raise TrainingError(
            f"the plan has no stage {name!r}; it has {known}{did_you_mean(name, names)}"
        )
    return plan.stages[names.index(name)]


def _read_plan(left: Path) -> TrainingPlan:
    path = left / _PLAN
    if not path.is_file():
        raise TrainingError(f"{left} holds no {_PLAN}: is it what a plan left?")
    return TrainingPlan.read(path)


def _read_log(left: Path) -> list[dict[str, Any]]:
    path = left / _LOG
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [json.loads(line) for line in lines]
