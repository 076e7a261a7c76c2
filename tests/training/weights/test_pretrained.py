from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from genderlens.errors import PretrainedWeightsError
from genderlens.recipe import ModelRecipe
from genderlens.run_folder import RunFolder
from genderlens.training.architectures import create_network
from genderlens.training.weights import pretrained
from genderlens.training.weights.pretrained import create_started_network

OPTIONS: dict[str, Any] = {"channels": [8, 8, 8, 8]}


def model(start: Path | str, **options: Any) -> ModelRecipe:
    return ModelRecipe(
        architecture="compact_resnet", options=OPTIONS | options, pretrained=str(start)
    )


@pytest.fixture
def weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return dict(create_network("compact_resnet", 5, OPTIONS).state_dict())


@pytest.mark.parametrize("kind", ["start.safetensors", "start.pt", "wrapped.pth", "prefixed.bin"])
def test_weights_of_another_head_start_everything_but_the_head(
    weights: dict[str, torch.Tensor],
    tmp_path: Path,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / kind
    if path.suffix == ".safetensors":
        save_file(weights, path)
    elif kind.startswith("wrapped"):
        torch.save({"state_dict": weights, "epoch": 3}, path)
    elif kind.startswith("prefixed"):
        torch.save({f"network.{name}": value for name, value in weights.items()}, path)
    else:
        torch.save(weights, path)
    started = create_started_network(model(path), 1).state_dict()
    assert "its head does not fit and starts anew (fc.bias, fc.weight)" in caplog.text
    assert started["fc.weight"].shape == (1, 8)
    same = {name for name in weights if torch.equal(started[name], weights[name])} - {"fc.bias"}
    assert same == set(weights) - {"fc.weight", "fc.bias"}


def test_the_same_head_is_taken_as_well(
    weights: dict[str, torch.Tensor], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_file(weights, tmp_path / "start.safetensors")
    started = create_started_network(model(tmp_path / "start.safetensors"), 5).state_dict()
    assert "starts anew" not in caplog.text
    assert all(torch.equal(started[name], value) for name, value in weights.items())


def test_a_run_gives_its_last_weights_auxiliary_heads_included(
    weights: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    run = RunFolder(tmp_path)
    run.checkpoints.mkdir()
    save_file(weights, run.last)
    started = create_started_network(model(tmp_path), 5).state_dict()
    assert torch.equal(started["fc.weight"], weights["fc.weight"])


def test_another_network_does_not_fit(weights: dict[str, torch.Tensor], tmp_path: Path) -> None:
    save_file(weights, tmp_path / "start.safetensors")
    wide = model(tmp_path / "start.safetensors", channels=[16, 16, 16, 16])
    with pytest.raises(PretrainedWeightsError, match=r"does not fit: \d+ of \d+ .*first 'layer1"):
        create_started_network(wide, 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.safetensors", b"no weights", "cannot be read"),
        ("a.pt", b"no weights", "cannot be read|holds more than tensors"),
        ("a.pt", pickle.dumps(print), "cannot be read|holds more than tensors"),
        ("a.pt", None, "no weights at"),
    ],
)
def test_a_file_that_is_no_weights_is_named(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(PretrainedWeightsError, match=message):
        create_started_network(model(tmp_path / name), 1)


def test_a_list_of_tensors_is_no_state(tmp_path: Path) -> None:
    torch.save([torch.zeros(2)], tmp_path / "a.pt")
    with pytest.raises(PretrainedWeightsError, match="holds no state_dict"):
        create_started_network(model(tmp_path / "a.pt"), 1)


def test_a_hub_out_of_reach_names_the_file_to_bring(monkeypatch: pytest.MonkeyPatch) -> None:
    create = pretrained.create_network

    def offline(name: str, num_logits: int, options: dict[str, Any]) -> Any:
        if options.get("pretrained"):
            raise OSError("We couldn't connect to the hub\nat all")
        return create(name, num_logits, options)

    monkeypatch.setattr(pretrained, "create_network", offline)
    recipe = ModelRecipe(architecture="timm:resnet18", pretrained="imagenet")
    with pytest.raises(PretrainedWeightsError) as caught:
        create_started_network(recipe, 1)
    message = caught.value.message
    assert "out of reach: We couldn't connect to the hub; fetch model.safetensors of" in message
    assert "--set model.pretrained=PATH" in message
