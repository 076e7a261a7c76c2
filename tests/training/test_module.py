from __future__ import annotations

from typing import Any

import lightning
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from genderlens.recipe import Recipe
from genderlens.training.dataset import ClassIndex
from genderlens.training.module import GenderModule

AGES = ClassIndex("age", ("young", "old", "very old"))


def recipe_of(**optim: Any) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "tiny",
            "data": {"auxiliary": {"age": 0.5}},
            "model": {"architecture": "compact_resnet", "options": {"channels": [8, 8, 8, 8]}},
            "input": {"size_px": 32},
            "phases": [{"epochs": 2, "size_px": 32}],
            "optim": {"label_smoothing": 0.1, "warmup_epochs": 0.5, **optim},
        }
    )


class FixedOutputs(torch.nn.Module):
    def __init__(self, outputs: Tensor) -> None:
        super().__init__()
        self.outputs = outputs

    def forward(self, _: Tensor) -> Tensor:
        return self.outputs


def loss_of(outputs: Tensor, labels: Tensor, classes: Tensor) -> Tensor:
    module = GenderModule(recipe_of(), [AGES])
    module.network = FixedOutputs(outputs)
    module.log = lambda *_, **__: None  # type: ignore[method-assign]
    pictures = torch.zeros(len(labels), 3, 40, 40, dtype=torch.uint8)
    module.trainer = lightning.Trainer(logger=False, enable_checkpointing=False)
    return module.training_step((pictures, labels, classes), 0)


@pytest.fixture(autouse=True)
def quiet() -> Any:
    from genderlens.training.quiet import without_advice

    with without_advice():
        yield


def test_the_network_has_a_logit_for_gender_and_one_for_each_class() -> None:
    assert GenderModule(recipe_of(), [AGES]).eval()(torch.rand(2, 3, 32, 32)).shape == (2, 4)


def test_the_input_is_normalised_as_the_recipe_says() -> None:
    module = GenderModule(recipe_of())
    module.network = torch.nn.Identity()
    pictures = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(module(pictures), (pictures - 0.5) / 0.25)


def test_the_loss_is_smoothed_gender_plus_weighted_age() -> None:
    outputs = torch.randn(3, 4)
    loss = loss_of(outputs, torch.tensor([1.0, 0.0, 1.0]), torch.tensor([[0], [-1], [2]]))
    gender = functional.binary_cross_entropy_with_logits(
        outputs[:, 0], torch.tensor([0.9, 0.1, 0.9])
    )
    age = functional.cross_entropy(outputs[[0, 2], 1:], torch.tensor([0, 2]))
    torch.testing.assert_close(loss, gender + 0.5 * age)


def test_a_batch_without_any_known_class_has_a_loss_all_the_same() -> None:
    loss = loss_of(torch.zeros(2, 4), torch.tensor([1.0, 0.0]), torch.tensor([[-1], [-1]]))
    assert float(loss) == pytest.approx(0.6931, abs=1e-3)


def test_biases_and_norms_are_not_decayed() -> None:
    module = GenderModule(recipe_of(weight_decay=0.01), steps_per_epoch=10)
    decayed, kept = module.configure_optimizers()["optimizer"].param_groups
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.01, 0.0)
    assert {p.ndim for p in kept["params"]} == {1}
    assert len(decayed["params"]) + len(kept["params"]) == len(list(module.parameters()))


@pytest.mark.parametrize("steps_per_epoch", [1, 2, 50])
def test_the_rate_rises_once_and_falls_to_almost_nothing(steps_per_epoch: int) -> None:
    recipe = recipe_of(learning_rate=0.2)
    module = GenderModule(recipe, steps_per_epoch=steps_per_epoch)
    parts = module.configure_optimizers()
    optimizer, schedule = parts["optimizer"], parts["lr_scheduler"]["scheduler"]
    rates = []
    for _ in range(recipe.epochs * steps_per_epoch):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < recipe.epochs * steps_per_epoch:
            schedule.step()
    peak = rates.index(max(rates))
    assert all(0 < rate <= 0.2 for rate in rates)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    if steps_per_epoch == 50:
        assert max(rates) == pytest.approx(0.2, rel=1e-2)
        assert rates[-1] < 0.2e-3
