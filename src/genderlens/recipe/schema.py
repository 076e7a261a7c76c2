"""The parts of a recipe and the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.pictures.imaging import Interpolation
from genderlens.recipe.augment import AugmentRecipe
from genderlens.recipe.heads import HeadRecipe
from genderlens.recipe.optim import OptimRecipe, PhaseRecipe
from genderlens.recipe.strict import Strict


class DataRecipe(Strict):
    """Which rows teach, which calibrate, and how much each counts."""

    calibration_fraction: float = Field(0.04, gt=0.0, lt=0.5)
    """Stratified part of ``train`` kept away from learning, for curves, temperature, threshold."""
    calibration_least: int = Field(100, ge=0)
    """So many pictures calibrate at least, as long as a quarter of ``train`` gives them."""
    auxiliary: dict[str, float] = Field(default_factory=dict)
    """Attribute column → weight of its cross-entropy: heads that are not shipped, in short."""
    strict_heads: bool = False
    """Stop where the column of a head that is not shipped is absent, instead of leaving it out."""
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
    heads: dict[str, HeadRecipe] = Field(default_factory=dict)
    """What the network answers, the answer first; without any, the default head."""
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

    @model_validator(mode="after")
    def _sound_heads(self) -> Recipe:
        for place, (name, told) in enumerate(self.heads.items()):
            told.head(name, ("any", "word"))
            if not place and not told.ship:
                raise ValueError(f"head {name!r} is the first one and so the answer: it must ship")
        twice = sorted(self.data.auxiliary.keys() & self.heads.keys())
        if twice:
            raise ValueError(f"{twice[0]!r} stands in heads and in data.auxiliary; keep one")
        return self

    @model_serializer(mode="wrap")
    def _without_empty_heads(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """So that a recipe which says nothing of heads keeps its fingerprint."""
        found: dict[str, Any] = handler(self)
        if not self.heads:
            found.pop("heads", None)
        return found

    @property
    def head(self) -> Head:
        """The answer."""
        for name, told in self.heads.items():
            return told.head(name, output=GENDER.output)
        return GENDER

    @property
    def label_column(self) -> str | None:
        """The column of a table that holds the answer's labels; None: one of the usual."""
        first = next(iter(self.heads.values()), None)
        return None if first is None else first.column

    @property
    def weight(self) -> float:
        """Of the answer's loss."""
        return next((told.weight for told in self.heads.values()), 1.0)

    @property
    def further_heads(self) -> dict[str, HeadRecipe]:
        """All heads but the answer, in the order of the network's outputs."""
        alias = {n: HeadRecipe(weight=w, ship=False) for n, w in self.data.auxiliary.items()}
        return dict([*self.heads.items()][1:]) | alias

    @property
    def shipped_heads(self) -> tuple[Head, ...]:
        """The heads that a bundle answers, the answer first."""
        told = self.further_heads.items()
        return self.head, *(head.head(name) for name, head in told if head.ship)

    def without_heads(self, names: Collection[str]) -> Recipe:
        """The recipe with some of the further heads left out."""
        kept = {name: weight for name, weight in self.data.auxiliary.items() if name not in names}
        data = self.data.model_copy(update={"auxiliary": kept})
        heads = {name: head for name, head in self.heads.items() if name not in names}
        return self.model_copy(update={"data": data, "heads": heads})

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
