from __future__ import annotations

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from genderlens.errors import TrainingError
from genderlens.training.architectures import create_network
from genderlens.training.gradcam import explain
from tiny_networks import NAMES, SHAPE, create_tiny


def some_pictures(count: int = 3) -> Tensor:
    return torch.rand(count, 3, *SHAPE, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", NAMES)
def test_every_architecture_has_a_map_for_each_picture(name: str) -> None:
    maps = explain(create_tiny(name).eval(), some_pictures())
    count, height, width = maps.shape
    assert count == 3
    assert 2 <= height <= SHAPE[0]
    assert 1 <= width <= height
    assert maps.isfinite().all()
    assert maps.std() > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_map_follows_its_own_picture_alone(name: str) -> None:
    network, pictures = create_tiny(name).eval(), some_pictures()
    alone = torch.cat([explain(network, picture[None]) for picture in pictures])
    torch.testing.assert_close(explain(network, pictures), alone, rtol=1e-3, atol=1e-6)


def test_behind_an_average_it_is_the_class_activation_map() -> None:
    """Σ w_k A_k over the number of places: Zhou et al. 2016, to which Grad-CAM comes down here."""
    network = create_tiny("compact_resnet").eval()
    features = network.forward_features(some_pictures())  # type: ignore[operator]
    weights = network.get_parameter("fc.weight")[0].view(1, -1, 1, 1)
    expected = (weights * features).sum(1) / features[0, 0].numel()
    torch.testing.assert_close(explain(network, some_pictures()), expected)


def test_the_opposite_answer_has_the_opposite_map() -> None:
    network = create_tiny("vgg16").eval()
    before = explain(network, some_pictures())
    with torch.no_grad():
        head = network.get_submodule("head.fc")
        head.weight.neg_()  # type: ignore[operator, union-attr]
        head.bias.neg_()  # type: ignore[operator, union-attr]
    torch.testing.assert_close(explain(network, some_pictures()), -before)


def test_a_network_without_maps_is_named() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * SHAPE[0] * SHAPE[1], 1))
    with pytest.raises(TrainingError, match="Sequential has no feature maps"):
        explain(flat, some_pictures())


def test_channels_last_maps_are_understood() -> None:
    network = timm.create_model(
        "swin_tiny_patch4_window7_224", num_classes=1, img_size=64, depths=(1, 1), num_heads=(2, 2),
        embed_dim=16, window_size=4,
    ).eval()  # fmt: skip
    assert explain(network, torch.rand(2, 3, 64, 64)).shape == (2, 8, 8)


def squares(count: int) -> tuple[Tensor, Tensor]:
    """Noise with a bright square, on the left of male pictures; nothing else tells them apart."""
    generator = torch.Generator().manual_seed(5)
    pictures = 0.3 * torch.rand(count, 3, 64, 64, generator=generator)
    labels = (torch.arange(count) % 2).float()
    for picture, label in zip(pictures, labels, strict=True):
        top = int(torch.randint(8, 40, (), generator=generator))
        if label:
            picture[:, top : top + 16, 4:20] = 1.0
    return pictures, labels


@pytest.mark.parametrize(
    ("name", "options", "rate"),
    [
        ("custom_cnn", {"channels": [8, 8, 16, 16], "hidden": 16, "img_size": [64, 64]}, 1e-3),
        ("vit_b16", {"img_size": 64, "embed_dim": 24, "depth": 2, "num_heads": 2}, 3e-3),
    ],
)
def test_the_hottest_place_is_what_decided(
    name: str, options: dict[str, object], rate: float
) -> None:
    """The pointing game of Zhang et al., "Top-down Neural Attention", ECCV 2016."""
    torch.manual_seed(0)
    network = create_network(name, 1, options).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    pictures, labels = squares(32)
    for _ in range(60):
        loss = functional.binary_cross_entropy_with_logits(network(pictures)[:, 0], labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for _ in range(20):  # the batch norms' averages lag behind weights that move so fast
            network(pictures)
    network.eval()
    male = pictures[1::2]
    assert (network(male)[:, 0] > 0).float().mean() > 0.8

    maps = explain(network, male)

    bright = (male.mean(1) > 0.9).float()[:, None]
    assert bright.mean() < 0.08
    cells = functional.adaptive_max_pool2d(bright, maps.shape[-2:]).flatten(1)
    assert cells.mean() < 0.3  # so that chance would hit less often than that
    hottest = maps.flatten(1).argmax(1)
    hit = cells.gather(1, hottest[:, None]).mean()
    assert hit > 0.8
