"""What runs on the card: stages one after the other, each with its share of the time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from genderlens.training.card.views import ViewRecipe


@dataclass(frozen=True)
class Stage:
    """One network and how it is taught."""

    name: str
    architecture: str
    side: int
    """Height and width that the network looks at, in pixels."""
    share: float
    """Of the time that is left once pictures are decoded."""
    options: dict[str, Any] = field(default_factory=dict)
    start: str | None = None
    """A ``.safetensors`` beside the parts, or the name of an earlier stage."""
    teachers: tuple[str, ...] = ()
    """Earlier stages; each batch is judged by one of them, in turn."""
    teacher_weight: float = 0.8
    batch: int = 256
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
    most_steps: int | None = None
    """Ends the stage early; for trials."""


@dataclass(frozen=True)
class Plan:
    """Stages in order, and the size that pictures are stored at."""

    store_px: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    seed: int
    stages: tuple[Stage, ...]

    @classmethod
    def read(cls, path: Path) -> Plan:
        """From JSON; TypeError for a name that no stage has."""
        data = json.loads(path.read_text())
        stages = [
            Stage(
                **{
                    **stage,
                    "teachers": tuple(stage.get("teachers", ())),
                    "group_by": tuple(stage.get("group_by", ("race",))),
                    "views": ViewRecipe(**stage.get("views", {})),
                }
            )
            for stage in data["stages"]
        ]
        mean, std = tuple(data["mean"]), tuple(data["std"])
        return cls(data["store_px"], mean, std, data["seed"], tuple(stages))

    def write(self, path: Path) -> None:
        """As JSON, every value resolved."""
        path.write_text(json.dumps(asdict(self), indent=2))
