"""Which weights a phase teaches."""

from __future__ import annotations

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from genderlens.errors import RecipeError
from genderlens.recipe import PhaseRecipe
from genderlens.training.weights.heads import list_head_parameters


def freeze(network: nn.Module, phase: PhaseRecipe) -> None:
    """Let only what the phase teaches have gradients.

    RecipeError where a prefix names nothing.
    """
    head = list_head_parameters(network)
    prefixes = phase.train if isinstance(phase.train, tuple) else ()
    names = [name for name, _ in network.named_parameters()]
    for prefix in prefixes:
        if not any(name.startswith(prefix) for name in names):
            tops = ", ".join(dict.fromkeys(name.split(".")[0] for name in names))
            raise RecipeError(f"train: no module starts with {prefix!r}; there are {tops}")
    for name, parameter in network.named_parameters():
        learns = phase.train == "all" or name in head or name.startswith(prefixes or ("\0",))
        parameter.requires_grad_(learns)


def freeze_batch_norms(network: nn.Module) -> None:
    """Frozen batch norms keep their statistics, as they keep their weights."""
    for module in network.modules():
        if isinstance(module, _BatchNorm) and module.weight is not None:
            module.train(module.weight.requires_grad)
