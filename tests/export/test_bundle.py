"""From a finished run to a bundle that predicts, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

import photos
from genderlens.bundle import load_bundle
from genderlens.cli.app import app
from genderlens.data.readers import read_source
from genderlens.errors import BundleError, EmptyClassError, TrainingError
from genderlens.export.bundle import export_bundle
from genderlens.export.from_torch import check_parity, export_onnx, load_gender_network
from genderlens.recipe import Recipe
from genderlens.settings import Settings
from genderlens.training.architectures import create_network
from genderlens.training.run import RunFolder

SIZE = 32
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run of random weights with an auxiliary head, on crops of one portrait."""
    root = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(1)
    face = photos.portrait().crop((150, 40, 300, 190))
    for split, count in (("train", 24), ("calibration", 8), ("val", 6)):
        for label in ("female", "male"):
            folder = root / "data" / split / label
            folder.mkdir(parents=True)
            for index in range(count):
                noise = rng.integers(0, 30, (150, 150, 3))
                picture = np.clip(np.asarray(face) + noise, 0, 255).astype(np.uint8)
                Image.fromarray(picture).save(folder / f"{index}.png")
    recipe = Recipe.model_validate(
        {
            "name": "tiny",
            "model": {"architecture": "compact_resnet", "options": {"channels": [8, 8, 8, 8]}},
            "input": {"size_px": SIZE},
            "phases": [{"epochs": 1, "size_px": SIZE}],
        }
    )
    folder = RunFolder(root / "run")
    folder.start(recipe, read_source(str(root / "data")), {})
    torch.manual_seed(0)
    network = create_network("compact_resnet", 4, recipe.model.options)
    save_file(network.state_dict(), folder.weights)
    folder.finish({"logits": 4, "manifest_sha256": "0" * 64})
    return folder


def test_auxiliary_heads_are_cut_off(run: RunFolder) -> None:
    network = load_gender_network(run)
    whole = create_network("compact_resnet", 4, {"channels": [8, 8, 8, 8]}).eval()
    whole.load_state_dict(load_file(run.weights))
    picture = torch.randn(3, 3, SIZE, SIZE)
    with torch.inference_mode():
        assert torch.allclose(network(picture), whole(picture)[:, :1], atol=1e-6)


def test_a_graph_that_differs_is_refused(run: RunFolder, tmp_path: Path) -> None:
    network = load_gender_network(run)
    pictures = np.random.default_rng(0).normal(size=(4, 3, SIZE, SIZE)).astype(np.float32)
    export_onnx(network, SIZE, tmp_path / "m.onnx")
    assert check_parity(network, tmp_path / "m.onnx", pictures) < 1e-3
    with torch.no_grad():
        next(network.parameters()).mul_(1.5)
    with pytest.raises(BundleError, match="differs"):
        check_parity(network, tmp_path / "m.onnx", pictures)


def test_a_graph_tells_nothing_about_the_machine_that_wrote_it(
    run: RunFolder, tmp_path: Path
) -> None:
    export_onnx(load_gender_network(run), SIZE, tmp_path / "m.onnx")
    content = (tmp_path / "m.onnx").read_bytes()
    assert b"site-packages" not in content
    assert b"stack_trace" not in content
    assert str(Path(__file__).parents[2]).encode() not in content


def test_export_writes_a_bundle_that_predicts(run: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    arguments = [
        "export",
        str(run.path),
        "--out",
        str(out),
        "--name",
        "tiny",
        "--data",
        "Portraits",
    ]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    bundle = load_bundle(str(out))
    description = bundle.description
    assert description.input.size_px == SIZE
    assert 0.5 < description.crop.scale < 3
    assert description.evaluation is not None
    assert description.evaluation.overall.count == 12
    assert description.evaluation.groups["label"]["male"].count == 6
    assert description.provenance.train_rows == 48
    assert "Portraits" in (out / "MODEL_CARD.md").read_text("utf-8")
    assert "| train | 48 | 24 | 24 |" in (out / "DATASHEET.md").read_text("utf-8")
    assert set(description.files) == {"model.onnx", "MODEL_CARD.md", "DATASHEET.md"}
    assert set(description.inference.calibrations) == {"flip", "crops"}
    assert description.calibration.count == 16
    assert [p.name for p in tmp_path.iterdir()] == ["bundle"]
    from genderlens.inference.predictor import create_predictor

    (answer,) = create_predictor(Settings(model=str(out))).predict(
        [photos.encode(photos.portrait())]
    )
    assert answer.model_version == bundle.version
    assert answer.faces


def test_a_split_without_pictures_is_named_before_any_work(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(EmptyClassError, match="no picture is labelled"):
        export_bundle(
            run,
            tmp_path / "b",
            name="x",
            data="d",
            licence="l",
            attribution="a",
            evaluate_split="test",
        )
    assert not (tmp_path / "b").exists()


def test_a_folder_that_is_no_bundle_is_left_alone(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match="is no bundle"):
        export_bundle(run, tmp_path, name="x", data="d", licence="l", attribution="a")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_unfinished_run_is_named(run: RunFolder, tmp_path: Path) -> None:
    unfinished = RunFolder(tmp_path / "run")
    unfinished.start(run.recipe(), run.manifest(), {})
    with pytest.raises(TrainingError, match=r"run\.json"):
        load_gender_network(unfinished)
    (unfinished.path / "run.json").write_text(json.dumps({"logits": "many"}))
    with pytest.raises(TrainingError, match="logits"):
        load_gender_network(unfinished)
