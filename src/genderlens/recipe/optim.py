"""Optimiser, schedule and phases in a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from genderlens.recipe.strict import Strict


class OptimRecipe(Strict):
    """How the weights move. ``warmup_epochs`` and ``cosine`` span the run or each phase."""

    optimizer: Literal["sgd", "adam", "adamw", "rmsprop"] = "sgd"
    batch_size: int = Field(64, ge=1)
    """Over all devices together."""
    learning_rate: float = Field(0.1, gt=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    """Of SGD (Nesterov) and RMSProp; for Adam the first beta."""
    alpha: float = Field(0.99, gt=0, lt=1)
    """Smoothing of RMSProp's squared gradients."""
    weight_decay: float = Field(5e-4, ge=0)
    schedule: Literal["cosine", "constant", "plateau"] = "cosine"
    span: Literal["run", "phase"] = "run"
    warmup_epochs: float = Field(1.0, ge=0)
    plateau_patience: int = Field(3, ge=0)
    """Epochs without a lower calibration loss before ``plateau`` multiplies the rate."""
    plateau_factor: float = Field(0.1, gt=0, lt=1)
    stop_patience: int | None = Field(None, ge=1)
    """Epochs without a lower calibration loss before the phase ends; none: never."""
    ema_decay: float = Field(0.0, ge=0, lt=1)
    """Per step, of a moving average that is judged and kept, and smaller at first; 0 is off."""
    label_smoothing: float = Field(0.0, ge=0, lt=0.5)
    gradient_clip: float | None = Field(5.0, gt=0)
    amp: bool = False
    """Mixed precision: float16 on a GPU, bfloat16 on a CPU."""
    compile: bool = False
    """``torch.compile`` the network."""


class PhaseRecipe(Strict):
    """A stretch of epochs; what is not given comes from the rest of the recipe."""

    epochs: int = Field(ge=1)
    size_px: int | None = Field(None, ge=32, le=512)
    train: Literal["all", "head"] | tuple[str, ...] = "all"
    """What learns: everything, the classifier only, or also the modules with these prefixes."""
    learning_rate: float | None = Field(None, gt=0)
    backbone_rate: float = Field(1.0, gt=0, le=1)
    """The backbone's learning rate as a share of the head's."""
    augment: bool = True
    """False: the phase sees the pictures as they are."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Put before the last layer for this phase."""
    plateau_patience: int | None = Field(None, ge=0)
    stop_patience: int | None = Field(None, ge=1)
