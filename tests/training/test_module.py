from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lightning
import pytest
import torch
from torch import Tensor, nn

from genderlens.errors import TrainingError
from genderlens.recipe import Recipe
from genderlens.training.lightning_warnings import without_advice
from genderlens.training.module import HeadsModule
from training.tiny import tiny


class Remembering(nn.Module):
    """Gives the mean of each picture as its logit and keeps what it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(1, 1)
        self.seen: list[Tensor] = []

    def forward(self, pictures: Tensor) -> Tensor:
        self.seen.append(pictures.detach())
        return pictures.mean((1, 2, 3)).unsqueeze(1) + 0 * self.head.bias


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with without_advice():
        yield


def module_of(recipe: Recipe, phase: int = 0) -> HeadsModule:
    module = HeadsModule(recipe, Remembering(), phase=phase)
    module.log = lambda *_, **__: None  # type: ignore[method-assign]
    module.trainer = lightning.Trainer(logger=False, enable_checkpointing=False)
    return module


def batch_of(pictures: Tensor, **parts: Tensor) -> Any:
    n = len(pictures)
    labels, weights = torch.arange(n) % 2, torch.ones(n)
    return (
        pictures,
        labels.float(),
        torch.zeros(n, 0, dtype=torch.long),
        weights,
        torch.full((n,), torch.nan),
    )


@pytest.fixture
def pictures() -> Tensor:
    return torch.randint(0, 256, (6, 3, 40, 40), dtype=torch.uint8)


def seen_by(module: HeadsModule) -> Tensor:
    [seen] = module.network.seen  # type: ignore[union-attr, misc]
    return seen


def test_the_input_is_normalised_as_the_recipe_says() -> None:
    module = module_of(tiny())
    values = torch.rand(2, 3, 8, 8)
    module(values)
    torch.testing.assert_close(seen_by(module), (values - 0.5) / 0.25)


def test_a_phase_without_augmentation_only_scales(pictures: Tensor) -> None:
    module = module_of(tiny(phases=[{"epochs": 1, "augment": False}], augment={"mixup_alpha": 1}))
    module.training_step(batch_of(pictures[:1].expand(6, -1, -1, -1).clone()), 0)
    seen = seen_by(module)
    assert seen.shape == (6, 3, 32, 32)
    torch.testing.assert_close(seen, seen[:1].expand_as(seen))


def test_the_picture_has_the_shape_of_its_phase(pictures: Tensor) -> None:
    recipe = tiny(
        input={"size_px": 64, "width_px": 48},
        phases=[{"epochs": 1, "size_px": 32}, {"epochs": 1}],
    )
    for phase, shape in enumerate([(32, 24), (64, 48)]):
        taught, judged = module_of(recipe, phase), module_of(recipe, phase)
        taught.training_step(batch_of(pictures), 0)
        judged.validation_step(batch_of(pictures), 0)
        assert seen_by(taught).shape[-2:] == seen_by(judged).shape[-2:] == shape


def test_mixup_blends_pictures(pictures: Tensor) -> None:
    still = {"flip_p": 0.0, "mixup_alpha": 1.0}
    module = module_of(tiny(augment={**dict.fromkeys(tiny().augment.model_dump(), 0.0), **still}))
    torch.manual_seed(1)
    flat = torch.zeros(6, 3, 40, 40, dtype=torch.uint8)
    flat[3:] = 255
    module.training_step(batch_of(flat), 0)
    levels = seen_by(module).mean((1, 2, 3))
    assert ((levels > -1.9) & (levels < 1.9)).any()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_training(pictures: Tensor, value: float) -> None:
    module = module_of(tiny())
    module.validation_step(batch_of(pictures), 0)
    module._outputs = [(torch.full_like(o, value), *truth) for o, *truth in module._outputs]
    with pytest.raises(TrainingError, match="diverged in epoch 0: the calibration loss is"):
        module.on_validation_epoch_end()


def test_the_same_epoch_draws_the_same_numbers() -> None:
    draws = []
    for seed in (1, 1, 2):
        module_of(tiny(seed=seed)).on_train_epoch_start()
        draws.append(float(torch.rand(())))
    assert draws[0] == draws[1] != draws[2]


def test_epochs_are_counted_over_phases() -> None:
    assert module_of(tiny(phases=[{"epochs": 4}, {"epochs": 1}]), phase=1).epoch == 4
