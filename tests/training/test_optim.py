from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from genderlens.recipe import PhaseRecipe, Recipe
from genderlens.training.architectures import create_network
from genderlens.training.optim import create_optimizer, create_schedule, rate_share
from genderlens.training.weights.freezing import freeze
from training.tiny import tiny


@pytest.fixture
def network() -> nn.Module:
    return create_network("compact_resnet", 1, {"channels": [8, 8, 8, 8]})


def rates(recipe: Recipe, phase: int, network: nn.Module, steps_per_epoch: int) -> list[float]:
    """The rate of each step of a phase."""
    part = recipe.phases[phase]
    optimizer = create_optimizer(recipe, part, network)
    schedule = create_schedule(recipe, phase, optimizer, steps_per_epoch)["scheduler"]
    found = []
    for _ in range(part.epochs * steps_per_epoch):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


@pytest.mark.parametrize(
    ("optim", "kind", "values"),
    [
        (
            {"optimizer": "sgd", "momentum": 0.8},
            torch.optim.SGD,
            {"momentum": 0.8, "nesterov": True},
        ),
        ({"optimizer": "sgd", "momentum": 0.0}, torch.optim.SGD, {"nesterov": False}),
        ({"optimizer": "adam"}, torch.optim.Adam, {"betas": (0.9, 0.999)}),
        ({"optimizer": "adamw", "momentum": 0.95}, torch.optim.AdamW, {"betas": (0.95, 0.999)}),
        (
            {"optimizer": "rmsprop", "alpha": 0.5, "momentum": 0.0},
            torch.optim.RMSprop,
            {"alpha": 0.5, "momentum": 0.0},
        ),
    ],
)
def test_the_optimiser_is_the_one_asked_for(
    network: nn.Module, optim: dict[str, Any], kind: type, values: dict[str, Any]
) -> None:
    recipe = tiny(optim=optim)
    optimizer = create_optimizer(recipe, recipe.phases[0], network)
    assert type(optimizer) is kind
    assert {name: optimizer.defaults[name] for name in values} == values


def test_biases_and_norms_are_not_decayed(network: nn.Module) -> None:
    recipe = tiny(optim={"weight_decay": 0.01})
    groups = create_optimizer(recipe, recipe.phases[0], network).param_groups
    decays = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    assert len(decays) == len(list(network.parameters()))
    assert all(decays[id(p)] == (0.01 if p.ndim > 1 else 0.0) for p in network.parameters())


def test_the_backbone_may_learn_more_slowly_than_the_head(network: nn.Module) -> None:
    phase = PhaseRecipe(epochs=1, learning_rate=0.2, backbone_rate=0.1)
    groups = create_optimizer(tiny(), phase, network).param_groups
    speeds = {id(p): group["lr"] for group in groups for p in group["params"]}
    for name, parameter in network.named_parameters():
        expected = 0.2 if name.startswith("fc.") else 0.02
        assert speeds[id(parameter)] == pytest.approx(expected)


def test_frozen_weights_are_left_out(network: nn.Module) -> None:
    phase = PhaseRecipe(epochs=1, train="head")
    freeze(network, phase)
    groups = create_optimizer(tiny(), phase, network).param_groups
    assert sum(len(group["params"]) for group in groups) == 2


@pytest.mark.parametrize("steps_per_epoch", [1, 2, 50])
def test_the_rate_rises_once_and_falls_to_almost_nothing(
    network: nn.Module, steps_per_epoch: int
) -> None:
    recipe = tiny(phases=[{"epochs": 2}], optim={"learning_rate": 0.2, "warmup_epochs": 0.5})
    found = rates(recipe, 0, network, steps_per_epoch)
    peak = found.index(max(found))
    assert all(0 < rate <= 0.2 for rate in found)
    assert found[: peak + 1] == sorted(found[: peak + 1])
    assert found[peak:] == sorted(found[peak:], reverse=True)
    if steps_per_epoch == 50:
        assert max(found) == pytest.approx(0.2, rel=1e-2)
        assert found[-1] < 0.2e-3


def test_a_schedule_spans_the_run_or_each_phase(network: nn.Module) -> None:
    phases = [{"epochs": 3}, {"epochs": 3}]
    run = tiny(phases=phases, optim={"warmup_epochs": 0})
    together = rates(run, 0, network, 10) + rates(run, 1, network, 10)
    assert together == sorted(together, reverse=True)
    each = tiny(phases=phases, optim={"warmup_epochs": 0, "span": "phase"})
    assert rates(each, 0, network, 10) == rates(each, 1, network, 10)
    assert rates(each, 1, network, 10)[0] == pytest.approx(0.05)


def test_a_constant_rate_warms_up_and_stays(network: nn.Module) -> None:
    recipe = tiny(phases=[{"epochs": 3}], optim={"schedule": "constant", "warmup_epochs": 1})
    found = rates(recipe, 0, network, 10)
    assert found[0] == pytest.approx(0.05 * 0.04)
    assert found[10:] == [pytest.approx(0.05)] * 20


@pytest.mark.parametrize(("own", "patience"), [(None, 4), (0, 0), (2, 2)])
def test_a_phase_may_have_a_patience_of_its_own(
    network: nn.Module, own: int | None, patience: int
) -> None:
    recipe = tiny(
        phases=[{"epochs": 1, "plateau_patience": own}],
        optim={"schedule": "plateau", "plateau_patience": 4, "plateau_factor": 0.3},
    )
    optimizer = create_optimizer(recipe, recipe.phases[0], network)
    parts = create_schedule(recipe, 0, optimizer, 5)
    assert (parts["monitor"], parts["interval"]) == ("calibration_loss", "epoch")
    assert (parts["scheduler"].patience, parts["scheduler"].factor) == (patience, 0.3)


def test_shares_of_the_rate() -> None:
    assert rate_share(0, 100, 10, cosine=True) == pytest.approx(0.04)
    assert rate_share(10, 100, 10, cosine=True) == 1.0
    assert rate_share(55, 100, 10, cosine=True) == pytest.approx(0.5)
    assert rate_share(500, 100, 10, cosine=True) == pytest.approx(0.0)
    assert rate_share(0, 0, 0, cosine=True) == 1.0
