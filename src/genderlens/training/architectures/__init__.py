"""Networks by name: a file each in this folder, with a function under ``@architecture``.

A builder returns a ``torch.nn.Module`` and takes the number of logits first; ``pretrained`` asks
the model hub for ImageNet weights; its further keywords are the recipe's ``options``. Any other
network of timm is ``timm:NAME``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from genderlens.discovery import import_modules
from genderlens.errors import RecipeError, did_you_mean

Builder = Callable[..., nn.Module]
_BUILDERS: dict[str, Builder] = {}
_TIMM = "timm:"


def architecture(builder: Builder) -> Builder:
    """Register a builder under its own name."""
    _BUILDERS[builder.__name__] = builder
    return builder


def list_architectures() -> list[str]:
    """Every registered name."""
    _load()
    return sorted(_BUILDERS)


def create_network(name: str, num_logits: int, options: dict[str, Any]) -> nn.Module:
    """A network by name; RecipeError for an unknown name or option."""
    _load()
    if name.startswith(_TIMM):
        return _create_timm(name.removeprefix(_TIMM), num_logits, options)
    if name not in _BUILDERS:
        known = list_architectures()
        raise RecipeError(
            f"unknown architecture {name!r}{did_you_mean(name, known)}; known are "
            f"{', '.join(known)}, timm:NAME"
        )
    try:
        return _BUILDERS[name](num_logits, **options)
    except TypeError as error:
        raise RecipeError(f"architecture {name!r} does not take {options}: {error}") from error


def is_timm_name(name: str) -> bool:
    """Whether timm knows a network of that name and nothing here has it."""
    import timm

    _load()
    return name not in _BUILDERS and bool(timm.is_model(name))


def require_shape(network: nn.Module, shape: tuple[int, int]) -> None:
    """RecipeError where the network does not take pictures of this height and width."""
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(torch.zeros(1, 3, *shape))
    except (AssertionError, RuntimeError) as error:
        raise RecipeError(
            f"{type(network).__name__} does not take pictures {shape[0]} px high and {shape[1]} px "
            f"wide: {error}; change input.size_px, or model.options.img_size where it has that"
        ) from error
    finally:
        network.train(was_training)


def pretrained_source(name: str, options: dict[str, Any]) -> str:
    """Where the ImageNet weights of an architecture lie, in words for an error message."""
    network: Any = create_network(name, 1, options | {"pretrained": False})
    config: dict[str, Any] = network.pretrained_cfg
    hub, url = config.get("hf_hub_id"), config.get("url")
    if hub:
        return f"model.safetensors of {hub} on the Hugging Face hub"
    return str(url) if url else "weights of your own, for timm knows none of this network"


def _create_timm(name: str, num_logits: int, options: dict[str, Any]) -> nn.Module:
    import timm

    if not timm.is_model(name):
        near = ", ".join(timm.list_models(f"*{name.split('_')[0]}*")[:8]) or "timm.list_models()"
        raise RecipeError(f"timm has no network {name!r}; near are {near}")
    try:
        network: nn.Module = timm.create_model(name, num_classes=num_logits, **options)
    except (TypeError, AssertionError) as error:
        raise RecipeError(f"network {name!r} of timm does not take {options}: {error}") from error
    return network


def _load() -> None:
    import_modules(__name__)
