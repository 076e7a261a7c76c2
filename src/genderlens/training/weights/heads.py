"""The last layer of a network: found, cut down to the logits that ship, or given a dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle


def find_last_linear(network: nn.Module) -> tuple[str, nn.Linear]:
    """Name and module of the layer that gives the logits."""
    return [(n, m) for n, m in network.named_modules() if isinstance(m, nn.Linear)][-1]


def list_head_parameters(network: nn.Module) -> set[str]:
    """Names of the classifier's parameters: what does not come with pretrained weights."""
    classifier = getattr(network, "get_classifier", lambda: None)()
    if not isinstance(classifier, nn.Module) or not list(classifier.parameters()):
        classifier = find_last_linear(network)[1]
    own = {id(parameter) for parameter in classifier.parameters()}
    return {name for name, parameter in network.named_parameters() if id(parameter) in own}


def keep_logits(network: nn.Module, numbers: Sequence[int] = (0,)) -> None:
    """Cut off all logits but those of these numbers, in their order."""
    name, head = find_last_linear(network)
    kept = nn.Linear(head.in_features, len(numbers), bias=head.bias is not None)
    with torch.no_grad():
        kept.weight.copy_(head.weight[list(numbers)])
        if head.bias is not None:
            kept.bias.copy_(head.bias[list(numbers)])
    replace_head(network, name, kept)


def replace_head(network: nn.Module, name: str, head: nn.Linear) -> None:
    """Put another last layer in the place of the one of that name."""
    parent, _, attribute = name.rpartition(".")
    setattr(network.get_submodule(parent), attribute, head)
    if hasattr(network, "num_classes"):
        network.num_classes = head.out_features  # type: ignore[assignment]


def insert_dropout(network: nn.Module, probability: float) -> RemovableHandle:
    """Drop out the last layer's inputs while training, until the handle is removed.

    A hook, so that the names of the weights stay as they are.
    """
    _, head = find_last_linear(network)

    def drop(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        return (functional.dropout(inputs[0], probability, module.training), *inputs[1:])

    return head.register_forward_pre_hook(drop)
