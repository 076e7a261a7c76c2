"""Networks by name. Each is a function under ``@architecture`` that returns a ``torch.nn.Module``.

A builder takes the number of logits first; its further keywords are the recipe's ``options``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from genderlens.errors import RecipeError

Builder = Callable[..., nn.Module]
_BUILDERS: dict[str, Builder] = {}


def architecture(builder: Builder) -> Builder:
    """Register a builder under its own name."""
    _BUILDERS[builder.__name__] = builder
    return builder


def list_architectures() -> list[str]:
    """Every registered name."""
    _load()
    return sorted(_BUILDERS)


def create_network(name: str, num_logits: int, options: dict[str, Any]) -> nn.Module:
    """A network with freshly initialised weights; RecipeError for an unknown name or option."""
    _load()
    if name not in _BUILDERS:
        known = ", ".join(list_architectures())
        raise RecipeError(f"unknown architecture {name!r}; known are {known}")
    try:
        return _BUILDERS[name](num_logits, **options)
    except TypeError as error:
        raise RecipeError(f"architecture {name!r} does not take {options}: {error}") from error


def _load() -> None:
    from genderlens.training.architectures import compact_resnet  # noqa: F401
