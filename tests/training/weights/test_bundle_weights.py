"""Weights out of a bundle's graph, and trainings that start from them."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from typer.testing import CliRunner

import tiny_bundles
from genderlens.bundle import MODEL, Bundle, load_bundle, write_bundle
from genderlens.cli.app import app
from genderlens.errors import PretrainedWeightsError, RecipeError, SettingsError
from genderlens.export.from_torch import export_onnx
from genderlens.export.half import store_weights_as_half
from genderlens.recipe import ModelRecipe, Recipe, load_recipe
from genderlens.training.architectures import create_network
from genderlens.training.weights import shipped
from genderlens.training.weights.bundle_weights import read_bundle_weights
from genderlens.training.weights.pretrained import create_started_network
from genderlens.training.weights.shipped import follow_shipped
from genderlens.training.weights.statistics import lacks_statistics, restore_statistics

SIZE_PX = 32
OPTIONS: dict[str, dict[str, Any]] = {
    "compact_resnet": {"channels": [8, 8, 8, 16]},
    "efficientnet_lite0": {"stages": 2, "head_width": 32},
    "custom_cnn": {"channels": [8, 8], "hidden": 16, "img_size": [32, 32]},
}
pytestmark = pytest.mark.usefixtures("one_thread")


def recipe_of(architecture: str, **model: Any) -> Recipe:
    model = {"architecture": architecture, "options": OPTIONS[architecture], **model}
    values = {"name": "tiny", "model": model, "phases": [{"epochs": 1}], "input": {"size_px": 32}}
    return Recipe.model_validate(values)


def randomize(network: nn.Module) -> nn.Module:
    """Every number of the network is another one, statistics included."""
    torch.manual_seed(2)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                value.add_(
                    0.1 * torch.rand_like(value) if "var" in name else torch.randn_like(value) / 8
                )
    return network.eval()


@cache
def exported(architecture: str) -> tuple[bytes, nn.Module]:
    """A graph and the network that it was; no test changes that one."""
    network = randomize(create_network(architecture, 1, OPTIONS[architecture]))
    with tempfile.TemporaryDirectory() as folder:
        export_onnx(network, (SIZE_PX, SIZE_PX), Path(folder) / MODEL)
        return (Path(folder) / MODEL).read_bytes(), network


def make_bundle(folder: Path, architecture: str, *, half: bool = False) -> tuple[Bundle, nn.Module]:
    folder.mkdir()
    recipe = recipe_of(architecture)
    graph, network = exported(architecture)
    (folder / MODEL).write_bytes(graph)
    if half:
        store_weights_as_half(folder / MODEL)
    plain = tiny_bundles.describe_fp32()
    provenance = plain.provenance.model_copy(update={"recipe": recipe.model_dump(mode="json")})
    given = plain.input.model_copy(update={"size_px": SIZE_PX})
    changed = {"provenance": provenance, "input": given}
    return write_bundle(folder, plain.model_copy(update=changed)), network


@pytest.mark.parametrize("architecture", OPTIONS)
@pytest.mark.parametrize("half", [False, True])
def test_the_network_comes_back_out_of_its_graph(
    architecture: str, half: bool, tmp_path: Path
) -> None:
    bundle, network = make_bundle(tmp_path / "bundle", architecture, half=half)
    weights = read_bundle_weights(bundle)
    assert weights.model.architecture == architecture
    fresh = create_network(architecture, 1, weights.model.options)
    fresh.load_state_dict(weights.state)
    batch = torch.randn(4, 3, SIZE_PX, SIZE_PX)
    with torch.inference_mode():
        gap = (fresh.eval()(batch) - network(batch)).abs().max()
    assert float(gap) < (0.05 if half else 1e-3)


def test_statistics_make_training_start_where_the_bundle_ended(tmp_path: Path) -> None:
    bundle, network = make_bundle(tmp_path / "bundle", "efficientnet_lite0")
    weights = read_bundle_weights(bundle)
    fresh = create_network(
        "efficientnet_lite0", 1, OPTIONS["efficientnet_lite0"] | {"drop_rate": 0}
    )
    assert not lacks_statistics(fresh)
    fresh.load_state_dict(weights.state)
    assert lacks_statistics(fresh)
    batch = torch.randn(64, 3, SIZE_PX, SIZE_PX)
    with torch.no_grad():
        expected = network(batch)
        before = (fresh.train()(batch) - expected).abs().max()
        fresh.load_state_dict(weights.state)  # training moved the running statistics
        restore_statistics(fresh, batch.split(16))
        assert not lacks_statistics(fresh)
        answered = (fresh.eval()(batch) - expected).abs().max()
        taught = (fresh.train()(batch) - expected).abs().max()
    assert float(answered) < 1e-3
    assert float(taught) < 1e-2
    assert float(before) > 10 * float(taught)


def test_export_writes_the_shipped_weights(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "default.safetensors"
    done = CliRunner().invoke(app, ["export", "default", "--weights", str(path)])
    assert done.exit_code == 0, done.output
    description = load_bundle().description
    stored = load_file(path)
    model = read_bundle_weights(load_bundle()).model
    network = create_network(model.architecture, 1, model.options)
    network.load_state_dict(stored)
    assert all(v.dtype == torch.float32 for n, v in stored.items() if v.is_floating_point())
    learnt = sum(parameter.numel() for parameter in network.parameters())
    assert learnt == description.provenance.parameters
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert json.loads(metadata["options"]) == model.options
    assert metadata["licence"] == description.provenance.licence
    again = ModelRecipe(
        architecture=model.architecture, options=model.options, pretrained=str(path)
    )
    started = create_started_network(again, 1)
    assert all(torch.equal(started.state_dict()[name], value) for name, value in stored.items())


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--weights", "a.bin"], "must end in .safetensors"),
        (["--weights", "a.safetensors", "--out", "b"], "leave --out out"),
        ([], "give it with --out"),
    ],
)
def test_export_says_what_does_not_go_together(words: list[str], fault: str) -> None:
    with pytest.raises(SettingsError, match=fault):
        CliRunner().invoke(app, ["export", "default", *words], catch_exceptions=False)


def test_a_bundle_without_a_recipe_is_named(tmp_path: Path) -> None:
    folder = tiny_bundles.make_bundle(tmp_path / "bundle", "tiny")
    bundle = load_bundle(str(folder))
    with pytest.raises(PretrainedWeightsError, match="cannot be taken out"):
        read_bundle_weights(bundle)
    provenance = bundle.description.provenance.model_copy(update={"recipe": {}})
    nameless = bundle.description.model_copy(update={"provenance": provenance})
    with pytest.raises(PretrainedWeightsError, match="stores no recipe"):
        read_bundle_weights(Bundle(folder, nameless))


def test_the_recipe_follows_the_shipped_network() -> None:
    told: list[str] = []
    recipe = load_recipe("small-data-imagenet", ["model.pretrained=default"])
    followed = follow_shipped(recipe, told.append)
    model, spec = read_bundle_weights(load_bundle()).model, load_bundle().description.input
    assert followed.model.options == model.options | recipe.model.options
    assert (followed.input.mean, followed.input.std) == (spec.mean, spec.std)
    assert followed.input.size_px == recipe.input.size_px
    assert model.architecture in told[0]
    assert follow_shipped(followed, told.append) == followed
    assert len(told) == 1


def test_a_recipe_of_another_network_is_refused_with_the_words_to_give() -> None:
    recipe = load_recipe("small-data", ["model.pretrained=default"])
    with pytest.raises(RecipeError, match=r"--set model\.architecture=efficientnet_lite0"):
        follow_shipped(recipe)


def test_further_logits_start_anew_and_the_first_is_that_of_the_shipped_model() -> None:
    recipe = follow_shipped(load_recipe("small-data-imagenet", ["model.pretrained=default"]))
    weights = read_bundle_weights(load_bundle())
    started = create_started_network(recipe.model, 4).state_dict()
    head = started["classifier.weight"]
    assert head.shape[0] == 4
    assert torch.equal(head[:1], weights.state["classifier.weight"])
    assert torch.equal(started["conv_stem.weight"], weights.state["conv_stem.weight"])


def test_a_training_starts_from_the_shipped_model(
    tmp_path: Path, class_folders: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, _ = make_bundle(tmp_path / "shipped", "efficientnet_lite0")
    monkeypatch.setattr(shipped, "load_bundle", lambda: bundle)
    arguments = ["train", "small-data-imagenet", "--data", str(class_folders(12))]
    out = tmp_path / "run"
    changes = (
        "model.pretrained=default",
        "phases=[{epochs: 1, learning_rate: 1.0e-12, augment: false}]",
        "optim={batch_size: 16}",
        "input={size_px: 32}",
        "data={store_px: 40, calibration_fraction: 0.25}",
    )
    arguments += ["--out", str(out), *(word for change in changes for word in ("--set", change))]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "its network and input follow: efficientnet_lite0" in done.output
    stored = json.loads((out / "recipe.json").read_text())
    assert stored["model"]["options"]["stages"] == 2
    assert stored["input"]["mean"] == list(bundle.description.input.mean)
    taught, start = load_file(out / "model.safetensors"), read_bundle_weights(bundle).state
    assert torch.allclose(taught["conv_stem.weight"], start["conv_stem.weight"], atol=1e-4)
    assert not torch.equal(taught["bn1.running_var"], start["bn1.running_var"])


def test_a_network_without_norms_lacks_nothing() -> None:
    network = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Flatten())
    assert not any(isinstance(module, _BatchNorm) for module in network.modules())
    assert not lacks_statistics(network)
