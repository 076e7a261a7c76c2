"""Recipes by name or from a file, with overrides."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from genderlens.errors import RecipeError
from genderlens.recipe.schema import Recipe

_SHIPPED = resources.files("genderlens") / "recipes"


def list_recipes() -> list[str]:
    """Names of the recipes that ship with the package."""
    return list_yaml_files(_SHIPPED)


def load_recipe(name_or_path: str, overrides: list[str] | None = None) -> Recipe:
    """A shipped recipe by name, or one from a YAML file; ``overrides`` are ``key.path=value``.

    Raises RecipeError with one line per fault.
    """
    data = read_mapping(name_or_path, _SHIPPED, "recipe")
    for override in overrides or []:
        _override(data, override)
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"recipe {name_or_path!r}: {one_line_each(error)}") from error


def list_yaml_files(folder: Traversable) -> list[str]:
    """Names without their ending."""
    names = (file.name for file in folder.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def read_mapping(name_or_path: str, shipped: Traversable, what: str) -> dict[str, Any]:
    """A YAML mapping by its name in a folder of the package, or from a file.

    RecipeError where it is neither, or something else than a mapping; ``what`` names it.
    """
    content = _read_text(name_or_path, shipped, what)
    try:
        data = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise RecipeError(f"{what} {name_or_path!r} is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise RecipeError(f"{what} {name_or_path!r} must be a mapping, not {type(data).__name__}")
    return data


def one_line_each(error: ValidationError) -> str:
    """The faults that pydantic found, with the place and the value of each."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'recipe'}: {fault['msg']} "
        f"(got {fault['input']!r})"[:300]
        for fault in error.errors()
    )


def _read_text(name_or_path: str, shipped: Traversable, what: str) -> str:
    if name_or_path in list_yaml_files(shipped):
        return (shipped / f"{name_or_path}.yaml").read_text("utf-8")
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(list_yaml_files(shipped))
        raise RecipeError(f"no {what} {name_or_path!r}: neither a file nor one of {known}")
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{what} {name_or_path!r} cannot be read as text: {error}") from error


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
