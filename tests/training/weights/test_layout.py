from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch

from genderlens.data.readers import read_source
from genderlens.errors import TrainingError
from genderlens.recipe import InputRecipe
from genderlens.run_folder import RunFolder
from genderlens.training.architectures import create_network
from genderlens.training.train import train
from genderlens.training.weights.layout import load_run_network, write_layout
from training.tiny import tiny, with_splits


@pytest.mark.parametrize("name", ["compact_resnet", "timm:mobilenetv3_small_050"])
def test_timm_gives_the_same_network_back(name: str, tmp_path: Path) -> None:
    options = {"channels": [8, 8, 8, 8]} if name == "compact_resnet" else {}
    torch.manual_seed(0)
    network = create_network(name, 1, options).eval()
    write_layout(network, InputRecipe(size_px=64), tmp_path)
    loaded = timm.create_model(f"local-dir:{tmp_path}", pretrained=True).eval()
    pictures = torch.rand(3, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(pictures), network(pictures), rtol=0, atol=0)


def test_the_layout_says_what_the_network_wants(tmp_path: Path) -> None:
    spec = InputRecipe(
        size_px=64, width_px=48, mean=(0.4, 0.5, 0.6), std=(0.2, 0.2, 0.2), interpolation="bicubic"
    )
    write_layout(create_network("compact_resnet", 1, {"channels": [8, 8, 8, 8]}), spec, tmp_path)
    [config] = [json.loads((tmp_path / "config.json").read_text())["pretrained_cfg"]]
    assert config["input_size"] == [3, 64, 48]
    assert config["mean"] == [0.4, 0.5, 0.6]
    assert config["interpolation"] == "bicubic"
    processor = json.loads((tmp_path / "preprocessor_config.json").read_text())
    assert processor["size"] == {"height": 64, "width": 48}
    assert (processor["resample"], processor["image_std"]) == (3, [0.2, 0.2, 0.2])


@pytest.mark.usefixtures("no_curve_plots")
def test_a_run_is_loaded_by_timm_and_by_us_alike(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    faces = with_splits(read_source(str(class_folders(8))), ["train", "train", "calibration"])
    run = train(tiny(), faces, tmp_path / "r", cache_dir=tmp_path)
    by_timm = timm.create_model(f"local-dir:{run.path}", pretrained=True).eval()
    pictures = torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(by_timm(pictures), load_run_network(run)(pictures))
    run.weights.write_bytes(b"broken")
    with pytest.raises(TrainingError, match="does not fit compact_resnet"):
        load_run_network(run)


def test_an_unfinished_run_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no finished run"):
        load_run_network(RunFolder(tmp_path))
