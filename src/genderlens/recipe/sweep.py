"""A sweep: one recipe, many variations, and what a good one must reach. Strict like a recipe."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from genderlens.errors import RecipeError
from genderlens.recipe.loading import list_yaml_files, load_recipe, one_line_each, read_mapping
from genderlens.recipe.schema import Recipe
from genderlens.recipe.strict import Strict

_SHIPPED = resources.files("genderlens") / "recipes" / "sweeps"
_LABEL = "label"
_RECIPE = "recipe"


class Thresholds(Strict):
    """What a row must reach: scores at least, times and epochs at most."""

    accuracy: float | None = Field(None, ge=0, le=1)
    f1: float | None = Field(None, ge=0, le=1)
    roc_auc: float | None = Field(None, ge=0, le=1)
    training_s: float | None = Field(None, gt=0)
    epoch_s: float | None = Field(None, gt=0)
    """Seconds of training per epoch."""
    inference_ms: float | None = Field(None, gt=0)
    """Milliseconds per picture, alone and on one thread."""
    epochs: int | None = Field(None, ge=1)
    """Epochs until the calibration accuracy comes close to its best."""


@dataclass(frozen=True)
class Variation:
    """One row: what it is called and what it changes, by dotted key."""

    label: str
    changes: dict[str, Any]


class SweepRecipe(Strict):
    """A sweep file. ``grid`` maps dotted keys of a recipe to values; ``rows`` lists changes.

    A value that is a mapping changes several keys below its own; ``label`` in it, or in a row,
    is the words for it. A row may start from another ``recipe``.
    """

    recipe: str
    grid: dict[str, list[Any]] = Field(default_factory=dict)
    rows: tuple[dict[str, Any], ...] = ()
    thresholds: Thresholds = Thresholds()
    best_by: Literal["accuracy", "f1", "roc_auc"] = "accuracy"
    worst_by: str | None = None
    """Attribute whose worst group gets a column, such as ``race``."""

    @field_validator("grid")
    @classmethod
    def _no_empty_axis(cls, grid: dict[str, list[Any]]) -> dict[str, list[Any]]:
        for key, values in grid.items():
            if not values:
                raise ValueError(f"{key} has no values; list at least one")
        return grid

    @model_validator(mode="after")
    def _has_rows(self) -> SweepRecipe:
        if bool(self.grid) == bool(self.rows):
            raise ValueError("give either grid or rows, with at least one entry")
        return self

    def list_variations(self) -> list[Variation]:
        """The rows in order; the last key of a grid varies fastest."""
        if self.rows:
            return [_variation([_option("", dict(row))]) for row in self.rows]
        axes = [[_option(key, value) for value in values] for key, values in self.grid.items()]
        return [_variation(options) for options in itertools.product(*axes)]


def list_sweeps() -> list[str]:
    """Names of the sweeps that ship with the package."""
    return list_yaml_files(_SHIPPED)


def load_sweep(name_or_path: str) -> SweepRecipe:
    """A shipped sweep by name, or one from a YAML file. Raises RecipeError.

    A recipe that lies beside the file is found there.
    """
    data = read_mapping(name_or_path, _SHIPPED, "sweep")
    try:
        sweep = SweepRecipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"sweep {name_or_path!r}: {one_line_each(error)}") from error
    beside = Path(name_or_path).parent / sweep.recipe
    return sweep.model_copy(update={"recipe": str(beside)}) if beside.is_file() else sweep


def load_variation(recipe: str, variation: Variation, overrides: list[str]) -> Recipe:
    """The recipe of a row; ``overrides`` come last. RecipeError names the row."""
    keys = {key: value for key, value in variation.changes.items() if key != _RECIPE}
    changes = [f"{key}={_as_yaml(value)}" for key, value in keys.items()]
    base = str(variation.changes.get(_RECIPE, recipe))
    try:
        return load_recipe(base, [*changes, *overrides])
    except RecipeError as error:
        raise RecipeError(f"row {variation.label!r}: {error.message}") from error


def _option(key: str, value: Any) -> Variation:
    if not isinstance(value, dict):
        return Variation(_words(key, value), {key: value})
    changes = dict(_leaves(key, {k: v for k, v in value.items() if k != _LABEL}))
    words = ", ".join(_words(name, leaf) for name, leaf in changes.items())
    return Variation(str(value.get(_LABEL) or words), changes)


def _variation(options: list[Variation] | tuple[Variation, ...]) -> Variation:
    changes = {key: value for option in options for key, value in option.changes.items()}
    return Variation(", ".join(option.label for option in options) or "as it is", changes)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A mapping as dotted keys, so that it changes what it names and leaves the rest."""
    if not isinstance(value, dict) or (key and not value):
        yield key, value
        return
    for name, part in value.items():
        yield from _leaves(f"{key}.{name}" if key else str(name), part)


def _words(key: str, value: Any) -> str:
    """A word stands for itself; anything else needs the name of what it is."""
    if isinstance(value, str) and not any(character.isdigit() for character in value[:1]):
        return value
    return f"{key.rpartition('.')[2].replace('_', ' ')} {value}"


def _as_yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False))
