"""The rows of a sweep: what each is called and the whole recipe that it trains."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass

import torch

from genderlens.errors import RecipeError
from genderlens.recipe import Recipe
from genderlens.recipe.sweep import SweepRecipe, load_variation
from genderlens.training.architectures import create_network


@dataclass(frozen=True)
class PlannedRow:
    """One training to come."""

    label: str
    recipe: Recipe

    @property
    def slug(self) -> str:
        """The label as a part of a folder's name."""
        return re.sub(r"[^a-z0-9.]+", "-", self.label.lower()).strip("-.")[:60] or "row"

    @property
    def key(self) -> str:
        """Changes with everything that a training depends on, and not with its name."""
        return recipe_key(self.recipe)


def recipe_key(recipe: Recipe) -> str:
    """SHA-256 of all that decides a training."""
    return hashlib.sha256(recipe.model_dump_json(exclude={"name"}).encode()).hexdigest()


def plan_rows(sweep: SweepRecipe, overrides: list[str]) -> list[PlannedRow]:
    """Every row with its recipe; ``overrides`` (``key.path=value``) hold for all of them.

    RecipeError where a row is no recipe, its network cannot be built, or it stands there twice.
    """
    rows = []
    for variation in sweep.list_variations():
        recipe = load_variation(sweep.recipe, variation, overrides)
        row = PlannedRow(variation.label, recipe)
        rows.append(PlannedRow(row.label, recipe.model_copy(update={"name": row.slug})))
    _require_different(rows)
    _require_buildable(rows)
    return rows


def _require_different(rows: list[PlannedRow]) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        if row.key in seen:
            raise RecipeError(
                f"rows {seen[row.key]} and {number} of the sweep ({row.label!r}) are the same "
                "training; leave one out, or take back the --set that makes them alike"
            )
        seen[row.key] = number


def _require_buildable(rows: list[PlannedRow]) -> None:
    """Build each network without memory, so that a wrong option shows before an hour is spent."""
    models = {row.recipe.model.model_dump_json(): row for row in rows}
    for row in models.values():
        model = row.recipe.model
        # Some networks compute with values while they are built; that says nothing about them.
        with suppress(RuntimeError, NotImplementedError), torch.device("meta"):
            try:
                create_network(model.architecture, 1, model.options)
            except RecipeError as error:
                raise RecipeError(f"row {row.label!r}: {error.message}") from error
