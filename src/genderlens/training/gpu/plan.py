"""What runs on the GPU: stages one after the other, each with its share of the time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from genderlens.errors import RecipeError, did_you_mean
from genderlens.training.gpu.views import ViewRecipe


@dataclass(frozen=True)
class Stage:
    """One network and how it is taught."""

    name: str
    architecture: str
    side: int
    """Height and width that the network looks at, in pixels."""
    share: float
    """Of the time that is left once pictures are decoded, beside the shares of the other stages."""
    options: dict[str, Any] = field(default_factory=dict)
    start: str | None = None
    """``imagenet-ARCHITECTURE.safetensors`` beside the parts, or the name of an earlier stage."""
    teachers: tuple[str, ...] = ()
    """Earlier stages; each batch is judged by one of them, in turn; where they leave out folds, by
    the one that never saw its faces."""
    teacher_weight: float = 0.8
    batch: int = 256
    """Views a step."""
    learning_rate: float = 1e-3
    weight_decay: float = 0.03
    warm_up: float = 0.04
    """Share of the stage's time."""
    average: float = 0.998
    """Decay of the moving average of the weights, a step."""
    smoothing: float = 0.03
    mixup_p: float = 0.0
    """Share of the batches in which pictures are mixed."""
    mixup_alpha: float = 0.4
    group_power: float = 0.4
    """How far groups with a higher loss weigh more: 0 not at all, 1 in proportion."""
    group_by: tuple[str, ...] = ("race",)
    """Attributes that make groups together with the label."""
    pairs: bool = False
    """Two views of each face in a batch, which shall get one answer."""
    views: ViewRecipe = field(default_factory=ViewRecipe)
    epochs: float | None = None
    """Passes over the faces that teach it, after which it ends though time is left."""
    fold: int | None = None
    """The fold of the faces that do not teach it, so that it may judge them."""


@dataclass(frozen=True)
class TrainingPlan:
    """Stages in order, and the size that pictures are stored at."""

    stages: tuple[Stage, ...]
    store_px: int = 160
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    seed: int = 0
    folds: int = 1
    """Into how many the faces that teach are divided; see ``fold`` of a stage."""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> TrainingPlan:
        """From plain data; RecipeError for an unknown name or a teacher that comes later."""
        _require_known(cls, data, "the plan")
        stages = tuple(_parse_stage(stage) for stage in data.get("stages", ()))
        if not stages:
            raise RecipeError("the plan has no stages; give at least one")
        for index, stage in enumerate(stages):
            before = [other.name for other in stages[:index]]
            for teacher in stage.teachers:
                if teacher not in before:
                    raise RecipeError(
                        f"stage {stage.name!r} asks teacher {teacher!r}, which is no stage before "
                        f"it{did_you_mean(teacher, before)}"
                    )
        rest = {key: _tuples(value) for key, value in data.items() if key != "stages"}
        plan = cls(stages, **rest)
        for stage in stages:
            _require_folds(stage, plan)
        return plan

    @classmethod
    def read(cls, path: Path) -> TrainingPlan:
        """From JSON; see ``parse``."""
        return cls.parse(json.loads(path.read_text("utf-8")))

    def write(self, path: Path) -> None:
        """As JSON, every value resolved."""
        path.write_text(json.dumps(asdict(self), indent=2), "utf-8")


def _require_folds(stage: Stage, plan: TrainingPlan) -> None:
    """RecipeError where a face could be judged by a teacher that learnt from it, or by none."""
    where = f"stage {stage.name!r}"
    if stage.fold is not None:
        if not 0 <= stage.fold < plan.folds:
            raise RecipeError(f"{where} leaves out fold {stage.fold} of {plan.folds}; count from 0")
        if stage.teachers or stage.start in {other.name for other in plan.stages}:
            raise RecipeError(
                f"{where} leaves out fold {stage.fold}, but an earlier stage that may have seen it "
                "teaches or starts it; leave that out"
            )
    folds = {other.fold for other in plan.stages if other.name in stage.teachers}
    if folds - {None} and folds != set(range(plan.folds)):
        missing = sorted(set(range(plan.folds)) - folds)
        told = f"none left out fold {missing[0]}" if missing else "one of them has seen all faces"
        raise RecipeError(f"of the teachers of {where} {told}; give one for each fold")


def _parse_stage(data: Mapping[str, Any]) -> Stage:
    where = f"stage {data.get('name')!r}"
    _require_known(Stage, data, where)
    views = data.get("views", {})
    _require_known(ViewRecipe, views, f"views of {where}")
    try:
        rest = {key: _tuples(value) for key, value in data.items() if key != "views"}
        return Stage(views=ViewRecipe(**views), **rest)
    except TypeError as error:
        raise RecipeError(f"{where} is not complete: {error}") from error


def _require_known(kind: type, data: Mapping[str, Any], where: str) -> None:
    known = [own.name for own in fields(kind)]
    for name in data:
        if name not in known:
            raise RecipeError(f"{where} has no {name!r}{did_you_mean(name, known)}")


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
