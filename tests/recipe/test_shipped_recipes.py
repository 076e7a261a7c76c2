"""The recipes that ship: every one says what it is and builds its network."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from genderlens.recipe import Recipe, list_recipes, load_recipe

ARCHITECTURES = (
    "mobilenet-v2",
    "vit-b16",
    "custom-cnn",
    "vgg16",
    "vgg19",
    "efficientnet-b0",
)


def text_of(name: str) -> str:
    return (resources.files("genderlens") / "recipes" / f"{name}.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", list_recipes())
def test_it_loads_under_its_own_name(name: str) -> None:
    assert load_recipe(name).name == name


@pytest.mark.parametrize("name", list_recipes())
def test_its_header_tells_source_cost_and_result(name: str) -> None:
    header = re.match(r"(#.*\n)+", text_of(name))
    assert header is not None
    lines = header.group().splitlines()
    missing = [w for w in ("Source", "Cost", "Result") if not any(f"# {w}: " in x for x in lines)]
    if name == "default":
        missing = [word for word in missing if word == "Source"]  # its card has the numbers
    assert not missing


@pytest.mark.parametrize("name", list_recipes())
def test_pictures_are_stored_at_least_as_large_as_they_are_seen(name: str) -> None:
    recipe = load_recipe(name)
    seen = [max(recipe.shape_in(phase)) for phase in range(len(recipe.phases))]
    assert recipe.data.store_px >= max(seen)


@pytest.mark.parametrize("name", list_recipes())
def test_it_builds_its_network_and_the_network_takes_its_input(name: str, one_thread: None) -> None:
    import torch

    from genderlens.training.weights.freezing import freeze
    from genderlens.training.weights.pretrained import create_started_network

    recipe = load_recipe(name, ["model.pretrained=none"])
    with torch.device("meta"):  # shapes alone: nothing is computed and nothing takes memory
        network = create_started_network(recipe.model, 3).eval()
        for phase in range(len(recipe.phases)):
            freeze(network, recipe.phases[phase])
            pictures = torch.empty(2, 3, *recipe.shape_in(phase))
            assert network(pictures).shape == (2, 3)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_each_architecture_has_a_faithful_recipe_and_ours(name: str) -> None:
    reference, ours = load_recipe(f"{name}-reference"), load_recipe(name)
    assert reference.model.architecture == ours.model.architecture
    assert reference != ours


def reference(name: str) -> Recipe:
    return load_recipe(f"{name}-reference")


def test_the_references_keep_what_their_systems_state() -> None:
    assert reference("mobilenet-v2").input.shape() == (160, 160)
    assert reference("vit-b16").input.shape() == (224, 224)
    assert (reference("vit-b16").epochs, reference("vit-b16").optim.learning_rate) == (5, 2e-5)
    assert reference("custom-cnn").input.shape() == (218, 178)
    vgg = reference("vgg16")
    assert (vgg.optim.optimizer, vgg.optim.alpha, vgg.optim.momentum) == ("rmsprop", 0.5, 0.0)
    assert (vgg.optim.learning_rate, vgg.optim.batch_size, vgg.epochs) == (1e-4, 32, 10)
    assert (vgg.input.mean, vgg.input.std) == ((0.5,) * 3, (0.5,) * 3)
    assert vgg.data.balance == "undersample"
    assert (vgg.augment.flip_p, vgg.augment.perspective_p, vgg.augment.rotation_deg) == (
        0.2,
        0.2,
        45,
    )
    assert reference("vgg19").optim.alpha == 0.9


def test_the_two_stages_of_the_network_from_scratch() -> None:
    augmented, clean = reference("custom-cnn").phases
    assert (augmented.epochs, augmented.plateau_patience, augmented.stop_patience) == (25, 3, 5)
    assert (clean.plateau_patience, clean.stop_patience) == (2, 3)
    assert (augmented.augment, clean.augment) == (True, False)
    assert (augmented.dropout, clean.dropout) == (0.0, 0.3)


@pytest.mark.parametrize("name", ["mobilenet-v2", "efficientnet-b0"])
def test_a_frozen_backbone_is_tuned_afterwards(name: str) -> None:
    frozen, tuned = reference(name).phases
    assert (frozen.train, tuned.train) == ("head", "all")
    assert (tuned.learning_rate or 1) < (frozen.learning_rate or 0)


def test_classes_weigh_alike_where_the_system_weighed_them() -> None:
    assert reference("efficientnet-b0").data.loss_weights_by == ("label",)
