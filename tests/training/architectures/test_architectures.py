from __future__ import annotations

import pytest
import torch

from genderlens.errors import RecipeError
from genderlens.training.architectures import create_network, list_architectures


@pytest.mark.parametrize("name", list_architectures())
@pytest.mark.parametrize("num_logits", [1, 10])
def test_every_network_maps_pictures_to_logits(name: str, num_logits: int) -> None:
    network = create_network(name, num_logits, {}).eval()
    with torch.inference_mode():
        outputs = network(torch.rand(2, 3, 64, 64))
    assert outputs.shape == (2, num_logits)
    assert outputs.isfinite().all()


@pytest.mark.parametrize("name", list_architectures())
def test_every_network_starts_out_undecided(name: str) -> None:
    torch.manual_seed(0)
    with torch.inference_mode():
        outputs = create_network(name, 1, {}).eval()(torch.rand(4, 3, 64, 64))
    assert outputs.abs().max() < 1.0


@pytest.mark.parametrize("name", list_architectures())
def test_an_unknown_option_is_named(name: str) -> None:
    with pytest.raises(RecipeError, match=f"'{name}' does not take .*no_such_option"):
        create_network(name, 1, {"no_such_option": 3})


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match=r"'nope'; known are .*compact_resnet"):
        create_network("nope", 1, {})


def test_channels_set_the_width_of_the_compact_resnet() -> None:
    network = create_network("compact_resnet", 1, {"channels": [8, 8, 8, 16]})
    assert network.get_parameter("fc.weight").shape == (1, 16)
