from __future__ import annotations

import pytest
import torch
from torch import nn

from genderlens.errors import RecipeError
from genderlens.recipe import PhaseRecipe
from genderlens.training.architectures import create_network
from genderlens.training.weights.freezing import freeze, freeze_batch_norms


@pytest.fixture
def network() -> nn.Module:
    return create_network("compact_resnet", 1, {"channels": [8, 8, 8, 8]})


def learning(network: nn.Module) -> set[str]:
    return {name.split(".")[0] for name, p in network.named_parameters() if p.requires_grad}


def test_a_phase_teaches_everything_the_head_or_named_parts(network: nn.Module) -> None:
    freeze(network, PhaseRecipe(epochs=1, train="head"))
    assert learning(network) == {"fc"}
    freeze(network, PhaseRecipe(epochs=1, train=("layer4", "layer3.1")))
    assert learning(network) == {"fc", "layer4", "layer3"}
    assert not network.get_parameter("layer3.0.conv1.weight").requires_grad
    freeze(network, PhaseRecipe(epochs=1))
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_a_prefix_of_nothing_lists_what_there_is(network: nn.Module) -> None:
    with pytest.raises(RecipeError, match=r"starts with 'blocks'; there are conv1, .*layer4, fc"):
        freeze(network, PhaseRecipe(epochs=1, train=("layer4", "blocks")))


def test_frozen_batch_norms_keep_their_statistics(network: nn.Module) -> None:
    freeze(network, PhaseRecipe(epochs=1, train=("layer4",)))
    before = {name: value.clone() for name, value in network.named_buffers()}
    network.train()
    freeze_batch_norms(network)
    network(torch.rand(4, 3, 32, 32) + 3)
    changed = {n.split(".")[0] for n, v in network.named_buffers() if not torch.equal(before[n], v)}
    assert changed == {"layer4"}
