"""The page of the bundle format names every key that ``bundle.json`` may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from genderlens.bundle import Description

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "bundle.md").read_text("utf-8")


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for inner in models_in(field.annotation):
            yield from keys(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


@pytest.mark.parametrize("key", sorted(set(keys(Description))))
def test_every_key_is_on_the_page(key: str) -> None:
    quoted = re.findall(r"`([^`]+)`", PAGE)
    assert key in {word for text in quoted for word in re.split(r"[.,\s]+", text)}
