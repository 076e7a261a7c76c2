"""Plans by name or from a YAML file."""

from __future__ import annotations

from importlib import resources
from typing import Final

from genderlens.recipe.loading import list_yaml_files, read_mapping
from genderlens.training.gpu.plan import TrainingPlan

_SHIPPED: Final = resources.files("genderlens") / "recipes" / "gpu"


def list_plans() -> list[str]:
    """Names of the plans that ship with the package."""
    return list_yaml_files(_SHIPPED)


def load_plan(name_or_path: str) -> TrainingPlan:
    """A shipped plan by name, or one from a YAML file; RecipeError where it has a fault."""
    return TrainingPlan.parse(read_mapping(name_or_path, _SHIPPED, "plan"))
