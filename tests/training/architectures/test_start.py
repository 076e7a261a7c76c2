"""Every architecture starts from ImageNet, from a file, or says what is missing."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub.constants
import pytest
import torch
from safetensors.torch import save_file

from genderlens.errors import PretrainedWeightsError
from genderlens.recipe import ModelRecipe
from genderlens.training.weights.heads import list_head_parameters
from genderlens.training.weights.pretrained import create_started_network
from tiny_networks import NAMES, OPTIONS, create_tiny

FILES = {
    "mobilenet_v2": "timm/mobilenetv2_100",
    "vit_b16": "timm/vit_base_patch16_224",
    "vgg16": "timm/vgg16_bn",
    "vgg19": "timm/vgg19_bn",
    "efficientnet_b0": "timm/efficientnet_b0.ra_in1k",
    "compact_resnet": "timm/resnet18d",
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_hub_out_of_reach_names_the_file_and_the_setting(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    options = {} if name == "mobilenet_v2" else OPTIONS[name]  # the narrow one has no weights
    recipe = ModelRecipe(architecture=name, options=options, pretrained="imagenet")
    with pytest.raises(PretrainedWeightsError) as caught:
        create_started_network(recipe, 1)
    message = caught.value.message
    assert f"fetch model.safetensors of {FILES[name]}" in message
    assert " on the Hugging Face hub" in message
    assert "--set model.pretrained=PATH" in message


def test_a_network_that_nobody_trained_on_imagenet_says_so() -> None:
    recipe = ModelRecipe(architecture="custom_cnn", pretrained="imagenet")
    with pytest.raises(PretrainedWeightsError, match=r"No pretrained weights exist .*of your own"):
        create_started_network(recipe, 1)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_head_starts_all_but_the_head(name: str, tmp_path: Path) -> None:
    source = create_tiny(name, 7)
    weights = {key: value.contiguous() for key, value in source.state_dict().items()}
    save_file(weights, tmp_path / "start.safetensors")
    torch.save(weights, tmp_path / "start.pth")
    options = OPTIONS.get(name, {})
    for path in (tmp_path / "start.safetensors", tmp_path / "start.pth"):
        recipe = ModelRecipe(architecture=name, options=options, pretrained=str(path))
        started = create_started_network(recipe, 1)
        own, head = started.state_dict(), list_head_parameters(started)
        assert all(torch.equal(own[key], weights[key]) for key in own if key not in head)
        path.unlink()


def test_a_transformer_starts_from_weights_of_another_input_size(tmp_path: Path) -> None:
    square = OPTIONS["vit_b16"] | {"img_size": 48}
    save_at = ModelRecipe(architecture="vit_b16", options=square, pretrained="none")
    stored = create_started_network(save_at, 7).state_dict()
    save_file(dict(stored), tmp_path / "square.safetensors")
    larger = OPTIONS["vit_b16"] | {"img_size": 96}
    recipe = ModelRecipe(
        architecture="vit_b16", options=larger, pretrained=str(tmp_path / "square.safetensors")
    )
    started = create_started_network(recipe, 1)
    positions = started.get_parameter("pos_embed")
    assert positions.shape == (1, 1 + 6 * 6, 24)
    torch.testing.assert_close(positions[:, 0].detach(), stored["pos_embed"][:, 0])
    torch.testing.assert_close(
        positions[:, 1:].mean().item(), stored["pos_embed"][:, 1:].mean().item(), atol=1e-3, rtol=0
    )
