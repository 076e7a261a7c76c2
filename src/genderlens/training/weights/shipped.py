"""Training that starts from the shipped model: its network follows, or the recipe is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn

from genderlens.bundle import load_bundle
from genderlens.errors import RecipeError
from genderlens.heads import Head
from genderlens.recipe import Recipe
from genderlens.training.weights.bundle_weights import read_bundle_model, read_bundle_weights
from genderlens.training.weights.heads import find_last_linear

DEFAULT: Final = "default"
"""The value of ``model.pretrained`` that means the shipped model."""


def follow_shipped(recipe: Recipe, tell: Callable[[str], None] | None = None) -> Recipe:
    """The recipe with the options and the normalisation of the shipped model, if it starts there.

    Options that the recipe gives itself stay. ``tell`` hears of what changed. RecipeError for a
    recipe of another architecture.
    """
    if recipe.model.pretrained != DEFAULT:
        return recipe
    bundle = load_bundle()
    shipped, spec = read_bundle_model(bundle), bundle.description.input
    if recipe.model.architecture != shipped.architecture:
        raise RecipeError(
            f"model.pretrained=default starts from {bundle.version}, which is "
            f"{shipped.architecture} and not {recipe.model.architecture}; give "
            f"--set model.architecture={shipped.architecture} --set 'model.options={{}}', or a "
            "recipe of that network"
        )
    model = recipe.model.model_copy(update={"options": shipped.options | recipe.model.options})
    given = recipe.input.model_copy(update={"mean": spec.mean, "std": spec.std})
    followed = recipe.model_copy(update={"model": model, "input": given})
    if followed != recipe and tell is not None:
        tell(
            f"start: {bundle.version}; its network and input follow: {shipped.architecture} "
            f"{model.options}, mean {spec.mean[0]:g}, deviation {spec.std[0]:g}"
        )
    return followed


def read_shipped_state(network: nn.Module, head: Head) -> dict[str, Tensor]:
    """A state of the network with the shipped weights; further logits stay as they are.

    The first logits are those of the shipped model, where it answers the same head.
    """
    bundle = load_bundle()
    weights = read_bundle_weights(bundle)
    width = bundle.head.width if bundle.head.labels == head.labels else 0
    own, name = network.state_dict(), find_last_linear(network)[0]
    state = dict(weights.state)
    for part in ("weight", "bias"):
        key = f"{name}.{part}"
        if key in own and key in state:
            state[key] = torch.cat([state[key][:width], own[key][width:]])
    return state


def describe_shipped() -> str:
    """What a model card says of a training that started there."""
    bundle = load_bundle()
    provenance = bundle.description.provenance
    return f"the shipped model {bundle.version} ({provenance.data}, {provenance.licence})"
