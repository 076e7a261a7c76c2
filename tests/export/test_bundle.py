"""From a finished run to a bundle that predicts, through the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from typer.testing import CliRunner

import photos
from genderlens.bundle import load_bundle
from genderlens.cli.app import app
from genderlens.data.readers import read_source
from genderlens.errors import BundleError, DataError, TrainingError
from genderlens.export.bundle import export_bundle
from genderlens.export.options import ExportOptions
from genderlens.inference.explain import Explainer
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.settings import Settings
from genderlens.training.architectures import create_network

SIZE, WIDTH = 64, 48
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
            "input": {"size_px": SIZE, "width_px": WIDTH},
            "phases": [{"epochs": 1, "size_px": SIZE}],
        }
    )
    folder = RunFolder(root / "run")
    folder.start(recipe, read_source(str(root / "data")), {})
    torch.manual_seed(0)
    network = create_network("compact_resnet", 1, recipe.model.options)
    save_file(network.state_dict(), folder.weights)
    folder.finish({"manifest_sha256": "0" * 64})
    return folder


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
    assert description.input.shape == (SIZE, WIDTH)
    assert description.crop.aspect == 1.0
    assert 0.5 < description.crop.scale < 3
    assert description.evaluation is not None
    assert description.evaluation.overall.count == 12
    assert description.evaluation.groups["label"]["male"].count == 6
    assert description.provenance.train_rows == 48
    assert "Portraits" in (out / "MODEL_CARD.md").read_text("utf-8")
    assert "| train | 48 | 24 | 24 |" in (out / "DATASHEET.md").read_text("utf-8")
    papers = {"MODEL_CARD.md", "DATASHEET.md"}
    assert set(description.files) == {"model.onnx", "golden.json"} | papers
    assert set(description.head.calibrations) == {"flip", "crops"}
    assert description.calibration.count == 16
    assert [p.name for p in tmp_path.iterdir()] == ["bundle"]
    from genderlens.inference.predictor import create_predictor

    (answer,) = create_predictor(Settings(model=str(out))).predict(
        [photos.encode(photos.portrait())]
    )
    assert answer.model_version == bundle.version
    assert answer.faces
    assert "64×48" not in (out / "MODEL_CARD.md").read_text("utf-8")
    assert "48×64 pixels" in (out / "MODEL_CARD.md").read_text("utf-8")
    heat = Explainer(create_predictor(Settings(model=str(out))))(photos.encode(photos.portrait()))
    assert heat is not None


def test_a_split_without_pictures_is_named_before_any_work(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no picture is in split .test.; the data has"):
        export_bundle(run, tmp_path / "b", ExportOptions(split="test"))
    assert not (tmp_path / "b").exists()


def test_a_folder_that_is_no_bundle_is_left_alone(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match="is no bundle"):
        export_bundle(run, tmp_path, ExportOptions())
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_unfinished_run_is_named(run: RunFolder, tmp_path: Path) -> None:
    unfinished = RunFolder(tmp_path / "run")
    unfinished.start(run.recipe(), run.manifest(), {})
    with pytest.raises(TrainingError, match="holds no finished run"):
        export_bundle(unfinished, tmp_path / "b", ExportOptions())


def test_export_with_int8_says_why_it_serves_what_it_serves(run: RunFolder, tmp_path: Path) -> None:
    out, web = tmp_path / "bundle", tmp_path / "web"
    arguments = ["export", str(run.path), "--out", str(out), "--fp16", "--int8"]
    done = CliRunner().invoke(app, [*arguments, "--browser", str(web)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    bundle = load_bundle(str(out))
    spec = bundle.description.precision
    assert spec.reason in done.output
    assert spec.reason != "INT8 was not asked for"
    assert ("model.int8.onnx" in bundle.description.files) == (spec.serves == "int8")
    assert spec.parity.torch is not None
    assert (spec.parity.torch.pictures, spec.parity.torch.logit < 0.02) == (48, True)
    assert bundle.create_session(precision="fp32").output_names == ("logit", "cam")
    assert (web / "private" / "model.onnx").read_bytes() == (
        bundle.path / bundle.graph_file("auto")
    ).read_bytes()
