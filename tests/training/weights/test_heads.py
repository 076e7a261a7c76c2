from __future__ import annotations

import pytest
import timm
import torch
from torch import nn

from genderlens.training.architectures import create_network
from genderlens.training.weights.heads import (
    find_last_linear,
    insert_dropout,
    keep_logits,
    list_head_parameters,
)


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return create_network("compact_resnet", 4, {"channels": [8, 8, 8, 8]}).eval()


def test_the_head_is_the_classifier(network: nn.Module) -> None:
    assert list_head_parameters(network) == {"fc.weight", "fc.bias"}
    plain = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    assert list_head_parameters(plain) == {"2.weight", "2.bias"}
    assert find_last_linear(plain)[0] == "2"


def test_a_head_of_several_layers_is_all_head() -> None:
    network = timm.create_model("mobilenetv3_small_050", num_classes=2)
    assert list_head_parameters(network) == {"classifier.weight", "classifier.bias"}


def test_cutting_off_auxiliary_logits_leaves_the_first_one(network: nn.Module) -> None:
    pictures = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        before = network(pictures)
        keep_logits(network)
        torch.testing.assert_close(network(pictures), before[:, :1])
    assert network.num_classes == 1


def test_dropout_acts_while_training_until_it_is_removed(network: nn.Module) -> None:
    nn.init.ones_(network.get_parameter("fc.weight"))
    pictures, names = torch.rand(2, 3, 32, 32), list(network.state_dict())
    with torch.no_grad():
        still = network(pictures)
        handle = insert_dropout(network, 0.5)
        torch.testing.assert_close(network(pictures), still)
        network.get_submodule("fc").train()
        dropped = torch.stack([network(pictures) for _ in range(20)])
        handle.remove()
        torch.testing.assert_close(network(pictures), still)
    assert dropped.std(0).min() > 0
    assert list(network.state_dict()) == names
