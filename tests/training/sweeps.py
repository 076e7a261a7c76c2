"""A sweep that trains in a second a row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genderlens.recipe.sweep import SweepRecipe
from training.tiny import STILL, TINY

RECIPE: dict[str, Any] = TINY | {"augment": STILL, "phases": [{"epochs": 2}]}
RATES = {"optim.learning_rate": [0.05, 0.01]}


def write_recipe(folder: Path, **changes: Any) -> str:
    """The tiny recipe as a file."""
    path = folder / "tiny.yaml"
    path.write_text(json.dumps(RECIPE | changes))
    return str(path)


def sweep_of(folder: Path, **parts: Any) -> SweepRecipe:
    """A sweep over the tiny recipe; two learning rates unless told otherwise."""
    content = {"recipe": write_recipe(folder)} | (parts if "rows" in parts else {"grid": RATES})
    return SweepRecipe.model_validate(content | parts)
