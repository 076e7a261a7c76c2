"""The recipe: everything that decides how a model is trained, strict and in one file.

Recipes are YAML; unknown keys are errors. The ones that ship lie in ``genderlens/recipes``.
"""

from genderlens.recipe.augment import AugmentRecipe
from genderlens.recipe.heads import HeadRecipe
from genderlens.recipe.loading import list_recipes, load_recipe
from genderlens.recipe.optim import OptimRecipe, PhaseRecipe
from genderlens.recipe.schema import DataRecipe, DistillRecipe, InputRecipe, ModelRecipe, Recipe

__all__ = [
    "AugmentRecipe",
    "DataRecipe",
    "DistillRecipe",
    "HeadRecipe",
    "InputRecipe",
    "ModelRecipe",
    "OptimRecipe",
    "PhaseRecipe",
    "Recipe",
    "list_recipes",
    "load_recipe",
]
