"""The parts of a recipe and the whole."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from pydantic import Field, model_validator

from genderlens.pictures.imaging import Interpolation
from genderlens.recipe.augment import AugmentRecipe
from genderlens.recipe.optim import OptimRecipe, PhaseRecipe
from genderlens.recipe.strict import Strict


class DataRecipe(Strict):
    """Which rows teach, which calibrate, and how much each counts."""

    calibration_fraction: float = Field(0.04, gt=0.0, lt=0.5)
    """Stratified part of ``train`` kept away from learning, for curves, temperature, threshold."""
    calibration_least: int = Field(100, ge=0)
    """So many pictures calibrate at least, as long as a quarter of ``train`` gives them."""
    auxiliary: dict[str, float] = Field(default_factory=dict)
    """Attribute column → weight of its cross-entropy. Such heads are dropped before export."""
    strict_heads: bool = False
    """Stop where a column of ``auxiliary`` is absent, instead of leaving its head out."""
    store_px: int = Field(128, ge=32, le=512)
    """Pictures are decoded once into squares of this size."""
    balance: Literal["none", "undersample", "oversample"] = "none"
    balance_by: tuple[str, ...] = ("label",)
    """The columns whose groups ``balance`` makes even: the label or any attributes."""
    loss_weights_by: tuple[str, ...] = ()
    """The columns whose groups weigh alike in the loss; ``[label]`` weighs the classes."""


class ModelRecipe(Strict):
    """The network; ``options`` go to its builder."""

    architecture: str
    options: dict[str, Any] = Field(default_factory=dict)
    pretrained: str = "none"
    """Where the weights start: ``none``, ``imagenet``, ``default`` (the shipped model, whose
    options follow), a run folder or a file of weights."""


class InputRecipe(Strict):
    """What the network sees: ``size_px`` high and ``width_px`` wide, or square."""

    size_px: int = Field(96, ge=32, le=512)
    width_px: int | None = Field(None, ge=32, le=512)
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.25, 0.25, 0.25)
    interpolation: Interpolation = "bilinear"

    def shape(self, size_px: int | None = None) -> tuple[int, int]:
        """Height and width in pixels, at another height with the same aspect."""
        height = size_px or self.size_px
        return height, round(height * (self.width_px or self.size_px) / self.size_px)


class DistillRecipe(Strict):
    """How the teachers' soft labels count (Hinton, Vinyals & Dean, 2015)."""

    weight: float = Field(0.5, gt=0, le=1)
    """Share of the loss that asks for the teachers' answer; the rest asks for the label."""
    temperature: float = Field(1.0, gt=0)


class Recipe(Strict):
    """A whole recipe."""

    name: str = Field(min_length=1)
    seed: int = 0
    data: DataRecipe = DataRecipe()
    model: ModelRecipe
    input: InputRecipe = InputRecipe()
    augment: AugmentRecipe = AugmentRecipe()
    phases: tuple[PhaseRecipe, ...] = Field(min_length=1)
    optim: OptimRecipe = OptimRecipe()
    teacher: tuple[str, ...] = ()
    """Bundles or run folders whose averaged log-odds the network learns beside the labels."""
    distill: DistillRecipe = DistillRecipe()
    keep: Literal["last", "best"] = "last"
    """Which weights of a phase go on: its last, or those of its lowest calibration loss."""

    @model_validator(mode="after")
    def _last_phase_at_input_size(self) -> Recipe:
        last = self.phases[-1].size_px or self.input.size_px
        if last != self.input.size_px:
            raise ValueError(
                f"last phase trains at {last} px but input.size_px is {self.input.size_px}"
            )
        return self

    @property
    def epochs(self) -> int:
        """Epochs of all phases together."""
        return sum(phase.epochs for phase in self.phases)

    def first_epoch(self, phase: int) -> int:
        """Epochs of the phases before."""
        return sum(part.epochs for part in self.phases[:phase])

    def shape_in(self, phase: int) -> tuple[int, int]:
        """Height and width of the input in a phase, in pixels."""
        return self.input.shape(self.phases[phase].size_px)

    def fingerprint(self) -> str:
        """SHA-256 of the recipe's canonical JSON."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
