"""The recipe: everything that decides how a model is trained, strict and in one file.

Recipes are YAML; unknown keys are errors. The ones that ship lie in ``genderlens/recipes``.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from genderlens.errors import RecipeError
from genderlens.imaging import Interpolation

_SHIPPED = resources.files("genderlens") / "recipes"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataRecipe(_Strict):
    """Which rows teach, which calibrate."""

    calibration_fraction: float = Field(0.04, gt=0.0, lt=0.5)
    """Stratified part of ``train`` kept away from learning, for curves, temperature, threshold."""
    auxiliary: dict[str, float] = Field(default_factory=dict)
    """Attribute column → weight of its cross-entropy. Such heads are dropped before export."""
    store_px: int = Field(128, ge=32, le=512)
    """Pictures are decoded once into squares of this size."""


class ModelRecipe(_Strict):
    """The network; ``options`` go to its builder."""

    architecture: str
    options: dict[str, Any] = Field(default_factory=dict)


class InputRecipe(_Strict):
    """What the network sees."""

    size_px: int = Field(96, ge=32, le=512)
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.25, 0.25, 0.25)
    interpolation: Interpolation = "bilinear"


class AugmentRecipe(_Strict):
    """Random changes to training pictures; ``*_p`` is a probability, the rest half-ranges."""

    flip_p: float = Field(0.5, ge=0, le=1)
    scale: float = Field(0.15, ge=0, lt=1)
    shift: float = Field(0.15, ge=0, lt=1)
    rotation_deg: float = Field(12.0, ge=0, le=180)
    brightness: float = Field(0.15, ge=0, le=1)
    contrast: float = Field(0.2, ge=0, le=1)
    saturation: float = Field(0.2, ge=0, le=1)
    hue_deg: float = Field(8.0, ge=0, le=180)
    grey_p: float = Field(0.05, ge=0, le=1)
    blur_p: float = Field(0.1, ge=0, le=1)
    low_resolution_p: float = Field(0.1, ge=0, le=1)
    codec_p: float = Field(0.15, ge=0, le=1)
    erase_p: float = Field(0.1, ge=0, le=1)


class PhaseRecipe(_Strict):
    """A stretch of epochs at one input size."""

    epochs: int = Field(ge=1)
    size_px: int = Field(ge=32, le=512)


class OptimRecipe(_Strict):
    """SGD with Nesterov momentum under one warm-up and one cosine over all phases."""

    batch_size: int = Field(64, ge=1)
    learning_rate: float = Field(0.1, gt=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    weight_decay: float = Field(5e-4, ge=0)
    warmup_epochs: float = Field(1.0, ge=0)
    label_smoothing: float = Field(0.0, ge=0, lt=0.5)
    gradient_clip: float = Field(5.0, gt=0)


class Recipe(_Strict):
    """A whole recipe."""

    name: str = Field(min_length=1)
    seed: int = 0
    data: DataRecipe = DataRecipe()
    model: ModelRecipe
    input: InputRecipe = InputRecipe()
    augment: AugmentRecipe = AugmentRecipe()
    phases: tuple[PhaseRecipe, ...] = Field(min_length=1)
    optim: OptimRecipe = OptimRecipe()

    @model_validator(mode="after")
    def _last_phase_at_input_size(self) -> Recipe:
        last = self.phases[-1].size_px
        if last != self.input.size_px:
            raise ValueError(
                f"last phase trains at {last} px but input.size_px is {self.input.size_px}"
            )
        return self

    @property
    def epochs(self) -> int:
        """Epochs of all phases together."""
        return sum(phase.epochs for phase in self.phases)

    def size_at(self, epoch: int) -> int:
        """The input size in the given epoch (from 0)."""
        for phase in self.phases:
            if epoch < phase.epochs:
                return phase.size_px
            epoch -= phase.epochs
        return self.phases[-1].size_px

    def fingerprint(self) -> str:
        """SHA-256 of the recipe's canonical JSON."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def list_recipes() -> list[str]:
    """Names of the recipes that ship with the package."""
    names = (file.name for file in _SHIPPED.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def load_recipe(name_or_path: str, overrides: list[str] | None = None) -> Recipe:
    """A shipped recipe by name, or one from a YAML file; ``overrides`` are ``key.path=value``.

    Raises RecipeError with one line per fault.
    """
    content = _read_text(name_or_path)
    try:
        data = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise RecipeError(f"recipe {name_or_path!r} is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise RecipeError(f"recipe {name_or_path!r} must be a mapping, not {type(data).__name__}")
    for override in overrides or []:
        _override(data, override)
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"recipe {name_or_path!r}: {_one_line_each(error)}") from error


def _read_text(name_or_path: str) -> str:
    if name_or_path in list_recipes():
        return (_SHIPPED / f"{name_or_path}.yaml").read_text("utf-8")
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(list_recipes())
        raise RecipeError(f"no recipe {name_or_path!r}: neither a file nor one of {known}")
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"recipe {name_or_path!r} cannot be read as text: {error}") from error


def _override(data: dict[str, Any], override: str) -> None:
    path, mark, value = override.partition("=")
    if not mark:
        raise RecipeError(f"override {override!r} must look like key.path=value")
    *parents, last = path.split(".")
    for key in parents:
        data = data.setdefault(key, {})
        if not isinstance(data, dict):
            raise RecipeError(f"override {override!r}: {key!r} is not a mapping")
    try:
        data[last] = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise RecipeError(f"override {override!r}: the value is not YAML: {error}") from error


def _one_line_each(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'recipe'}: {fault['msg']} "
        f"(got {fault['input']!r})"[:300]
        for fault in error.errors()
    )
