from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from genderlens.errors import RecipeError
from genderlens.recipe import InputRecipe, PhaseRecipe
from genderlens.training.architectures import create_network, list_architectures, require_shape
from genderlens.training.weights.freezing import freeze
from genderlens.training.weights.heads import keep_logits, list_head_parameters
from genderlens.training.weights.layout import write_layout
from tiny_networks import NAMES, OPTIONS, SHAPE, create_tiny

TIMM = {
    "timm:resnet10t": {},
    "timm:convnext_atto": {},
    "timm:mobilenetv4_conv_small_035": {},
    "timm:vit_tiny_patch16_224": {"img_size": SHAPE, "depth": 2},
}


@pytest.fixture
def pictures() -> Tensor:
    return torch.rand(4, 3, *SHAPE, generator=torch.Generator().manual_seed(1))


def every_network() -> list[tuple[str, dict[str, Any]]]:
    return [(name, OPTIONS.get(name, {})) for name in NAMES] + list(TIMM.items())


@pytest.mark.parametrize(("name", "options"), every_network(), ids=lambda value: str(value)[:40])
def test_every_network_maps_pictures_to_logits(
    name: str, options: dict[str, Any], pictures: Tensor
) -> None:
    network = create_network(name, 10, options).eval()
    with torch.inference_mode():
        outputs = network(pictures)
    assert outputs.shape == (4, 10)
    assert outputs.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_every_network_starts_out_undecided(name: str, pictures: Tensor) -> None:
    with torch.inference_mode():
        outputs = create_tiny(name).train()(pictures)
    assert outputs.abs().max() < 1.0


@pytest.mark.parametrize("name", NAMES)
def test_a_step_lowers_the_loss_and_reaches_every_weight(name: str, pictures: Tensor) -> None:
    network = create_tiny(name).train()
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    labels = torch.ones(4, 1)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    before = functional.binary_cross_entropy_with_logits(network(pictures), labels)
    before.backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    optimizer.step()
    after = functional.binary_cross_entropy_with_logits(network(pictures), labels)
    assert after.item() < before.item()


@pytest.mark.parametrize("name", NAMES)
def test_a_frozen_phase_teaches_the_head_alone(name: str) -> None:
    network = create_tiny(name, 3)
    freeze(network, PhaseRecipe(epochs=1, train="head"))
    learning = {name for name, p in network.named_parameters() if p.requires_grad}
    assert learning == list_head_parameters(network)
    assert 0 < len(learning) <= 6
    assert len(learning) < len(list(network.parameters())) / 2


@pytest.mark.parametrize("name", NAMES)
def test_the_first_logit_is_kept_as_it_was(name: str, pictures: Tensor) -> None:
    network = create_tiny(name, 5).eval()
    with torch.inference_mode():
        before = network(pictures)
        keep_logits(network)
        torch.testing.assert_close(network(pictures), before[:, :1])


@pytest.mark.parametrize("name", NAMES)
def test_timm_loads_what_a_run_leaves(name: str, pictures: Tensor, tmp_path: Path) -> None:
    network = create_tiny(name, 5).eval()
    keep_logits(network)
    write_layout(network, InputRecipe(size_px=SHAPE[0], width_px=SHAPE[1]), tmp_path)

    loaded = timm.create_model(f"local-dir:{tmp_path}", pretrained=True).eval()

    with torch.inference_mode():
        torch.testing.assert_close(loaded(pictures), network(pictures))
    own = create_tiny(name).eval()
    own.load_state_dict(load_file(tmp_path / "model.safetensors"))
    with torch.inference_mode():
        torch.testing.assert_close(own(pictures), network(pictures))


@pytest.mark.parametrize("name", ["custom_cnn", "efficientnet_b0", "efficientnet_lite0"])
def test_networks_of_our_own_obey_timm(name: str, pictures: Tensor) -> None:
    network: Any = create_tiny(name, 2).eval()
    assert network.get_classifier() is not None
    with torch.inference_mode():
        features = network.forward_features(pictures)
        torch.testing.assert_close(network.forward_head(features), network(pictures))
        network.reset_classifier(7)
        assert network(pictures).shape == (4, 7)
        network.reset_classifier(0)
        assert network(pictures).ndim == 2
    assert network.num_classes == 0


@pytest.mark.parametrize("stages", [1, 2, 7])
def test_efficientnet_lite_is_shortened_to_any_stage(stages: int, pictures: Tensor) -> None:
    network: Any = create_network("efficientnet_lite0", 1, {"stages": stages, "head_width": 16})
    assert len(network.blocks) == stages
    with torch.inference_mode():
        assert network.eval()(pictures).shape == (4, 1)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_option_is_named(name: str) -> None:
    with pytest.raises(RecipeError, match=f"'{name}' does not take .*no_such_option"):
        create_network(name, 1, {"no_such_option": 3})


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match=r"'nope'; known are .*compact_resnet"):
        create_network("nope", 1, {})


def test_every_reference_system_has_its_network() -> None:
    wanted = {"mobilenet_v2", "vit_b16", "custom_cnn", "vgg16", "vgg19", "efficientnet_b0"}
    assert wanted <= set(list_architectures())


def test_channels_set_the_width_of_the_compact_resnet() -> None:
    network = create_network("compact_resnet", 1, {"channels": [8, 8, 8, 16]})
    assert network.get_parameter("fc.weight").shape == (1, 16)


def test_a_width_that_timm_has_no_network_of_is_refused() -> None:
    with pytest.raises(RecipeError, match="no width 42; give one of 35, 50, 75, 100, 140"):
        create_network("mobilenet_v2", 1, {"width": 42})


def test_the_network_from_scratch_has_the_layers_of_its_reference() -> None:
    with torch.device("meta"):
        network = create_network("custom_cnn", 1, {})
    kernels = [tuple(m.weight.shape) for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert kernels == [(32, 3, 5, 5), (64, 32, 3, 3), (96, 64, 3, 3), (128, 96, 3, 3)]
    dense = [tuple(m.weight.shape) for m in network.modules() if isinstance(m, nn.Linear)]
    assert dense == [(512, 128 * 13 * 11), (1, 512)]
    assert len([m for m in network.modules() if isinstance(m, nn.MaxPool2d)]) == 4
    assert [m.p for m in network.modules() if isinstance(m, nn.Dropout)] == [0.3]


@pytest.mark.parametrize("shape", [(218, 178), (64, 64), (33, 90)])
def test_the_network_from_scratch_takes_any_size(shape: tuple[int, int]) -> None:
    network = create_network("custom_cnn", 1, {"channels": [4, 4, 4, 4], "hidden": 8}).eval()
    with torch.inference_mode():
        assert network(torch.rand(1, 3, *shape)).shape == (1, 1)


def test_a_size_that_a_transformer_was_not_made_for_is_refused() -> None:
    network = create_tiny("vit_b16").train()
    require_shape(network, SHAPE)
    with pytest.raises(RecipeError, match=r"32 px high .*model\.options\.img_size"):
        require_shape(network, (32, 32))
    assert network.training


def test_the_efficientnet_keeps_the_names_of_its_imagenet_weights() -> None:
    with torch.device("meta"):
        ours = create_network("efficientnet_b0", 1, {}).state_dict()
        theirs = timm.create_model("efficientnet_b0").state_dict()
    lacking = {name for name in theirs if name not in ours}
    assert lacking == {"classifier.weight", "classifier.bias"}
    assert all(ours[name].shape == theirs[name].shape for name in theirs if name in ours)
