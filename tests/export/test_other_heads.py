"""Three made-up words and age groups from pictures to a bundle: trained, exported, asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner

import photos
from genderlens.bundle import MODEL, Bundle, load_bundle
from genderlens.cli.app import app
from genderlens.data.crop_table import write_crop_table
from genderlens.errors import SettingsError
from genderlens.export.bundle import export_bundle
from genderlens.export.int8 import precision
from genderlens.export.options import ExportOptions
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.predictions import read_predictions, table_heads
from genderlens.run_folder import RunFolder
from genderlens.settings import Settings
from genderlens.training.curves import read_curves
from genderlens.training.weights.bundle_weights import read_bundle_weights
from genderlens.training.weights.layout import load_run_network

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.timeout(1800)]
LOOKS = {"feminine": (1.0, 0.4, 0.4), "masculine": (0.4, 0.4, 1.0), "androgynous": (0.4, 1.0, 0.4)}
"""Made-up labels, told by a tint."""
AGES = ("0-2", "3-9", "10-19")
RECIPE = {
    "name": "looks",
    "heads": {
        "look": {"labels": [*LOOKS], "kind": "categorical"},
        "age_group": {
            "labels": [*AGES],
            "kind": "ordinal",
            "column": "age",
            "weight": 0.5,
            "distance": 0.2,
        },
        "race": {"column": "race", "weight": 0.1, "ship": False},
    },
    "data": {"store_px": 40, "calibration_least": 0},
    "model": {"architecture": "compact_resnet", "options": {"channels": [8, 8, 8, 8]}},
    "input": {"size_px": 32},
    "augment": {"erase_p": 0.0, "grey_p": 0.0, "hue_deg": 0.0, "saturation": 0.0},
    "phases": [{"epochs": 6}],
    "optim": {"batch_size": 12, "learning_rate": 0.1, "warmup_epochs": 0.5},
    "keep": "best",
}


def run_command(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``SPLIT/LABEL/*.png`` with ages and races in a table beside them."""
    root, rng = tmp_path_factory.mktemp("looks") / "faces", np.random.default_rng(1)
    face = np.asarray(photos.portrait().crop((150, 40, 300, 190)), np.float64)
    facts = []
    for split, count in (("train", 16), ("calibration", 6), ("val", 4)):
        for label, tint in LOOKS.items():
            folder = root / split / label
            folder.mkdir(parents=True)
            for index in range(count):
                picture = face * np.asarray(tint) + rng.integers(0, 30, face.shape)
                name = f"{split}-{label}-{index}.png"
                Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(folder / name)
                facts.append((name, {"age": AGES[index % 3], "race": "ab"[index % 2]}))
    write_crop_table(root, facts)
    return root


@pytest.fixture(scope="module")
def run(faces: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished training, through the command line."""
    root = tmp_path_factory.mktemp("run")
    recipe = root / "looks.yaml"
    recipe.write_text(yaml.safe_dump(RECIPE, sort_keys=False))
    run_command("train", recipe, "--data", faces, "--out", root / "run")
    return RunFolder(root / "run")


@pytest.fixture(scope="module")
def bundle(run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundle]:
    """The export with an INT8 graph, whatever it loses."""
    out = tmp_path_factory.mktemp("bundle") / "looks"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(precision, "STATIC_METHODS", ("minmax",))
        patch.setattr(precision, "KEPT_IN_FLOAT", (0,))
        patch.setattr(precision, "measure_speed_ratio", lambda *_: 3.0)
        patch.setattr(precision.Loss, "broken_rules", lambda _: [])
        yield export_bundle(run, out, ExportOptions(name="looks", int8=True))


@pytest.fixture(scope="module")
def predictor(bundle: Bundle) -> Predictor:
    return create_predictor(Settings(model=str(bundle.path), faces="cropped"))


def test_the_run_learns_and_tells_of_every_head(run: RunFolder) -> None:
    facts, last = run.read("run.json"), read_curves(run.curves)[-1]
    assert [head["name"] for head in facts["heads"]] == ["look", "age_group"]  # type: ignore[attr-defined]
    assert set(facts["auxiliary"]) == {"age_group", "race"}  # type: ignore[call-overload]
    assert max(float(row["calibration_accuracy"]) for row in read_curves(run.curves)) > 0.9
    assert not last["calibration_auroc"]
    assert 0.0 <= float(last["calibration_age_group_accuracy"]) <= 1.0
    assert float(last["calibration_race_loss"]) > 0.0
    config = json.loads((run.path / "config.json").read_text())
    assert config["id2label"] == {"0": "feminine", "1": "masculine", "2": "androgynous"}
    assert config["num_classes"] == 6
    table = read_predictions(run.predictions("val"))
    assert [head.name for head in table_heads(table.schema)] == ["look", "age_group"]
    assert set(table.column("label").to_pylist()) == set(LOOKS)
    assert set(table.column("age_group").to_pylist()) <= set(AGES)


def test_the_graph_has_an_output_for_each_head_that_ships(bundle: Bundle, run: RunFolder) -> None:
    assert [head.output for head in bundle.heads] == ["logit", "head_age_group"]
    session = bundle.create_session(precision="fp32")
    assert session.output_names == ("logit", "head_age_group", "cam")
    assert bundle.create_session(precision="int8").output_names == ("logit", "head_age_group")
    assert bundle.load_graph(precision="int8").verdict == "passed"
    values = np.random.default_rng(0).normal(0, 1, (5, 3, 32, 32)).astype(np.float32)
    look, age = session.run({session.input_name: values}, ["logit", "head_age_group"])
    network = load_run_network(run)
    import torch

    with torch.inference_mode():
        expected = network(torch.from_numpy(values)).numpy()
    np.testing.assert_allclose(np.concatenate([look, age], axis=1), expected, atol=1e-3)
    assert "race" not in (bundle.path / MODEL).read_bytes().decode("latin-1")
    onnx.checker.check_model(onnx.load(bundle.path / MODEL))


def test_every_head_is_calibrated_for_every_augmentation(bundle: Bundle) -> None:
    for spec in bundle.description.heads:
        assert spec.calibration.count == 18
        assert set(spec.calibrations) == {"flip", "crops"}
        assert spec.calibration.abstain_below == pytest.approx(1.1 / 3, abs=1e-4)
    assert bundle.description.evaluation is not None
    assert bundle.description.evaluation.overall.value > 0.9
    assert set(bundle.description.evaluation.groups["label"]) == set(LOOKS)
    further = bundle.description.heads[1].evaluation
    assert further is not None
    assert {"label", "race"} <= set(further.group_figures) == set(further.groups)
    for figures in further.group_figures["label"].values():
        assert set(figures) == {"off_by_one_accuracy", "mean_absolute_error", "ece"}
    card = (bundle.path / "MODEL_CARD.md").read_text("utf-8")
    assert "| label | right or off by one | mean absolute error" in card


def test_it_answers_in_its_own_words_and_with_age_where_asked(
    predictor: Predictor, faces: Path
) -> None:
    for label in LOOKS:
        content = next((faces / "val" / label).glob("*.png")).read_bytes()
        (answer,) = predictor.predict([content])
        assert answer.faces[0].answer.likelier == label
        assert set(answer.to_dict()["probabilities"]) == set(LOOKS)
        assert "attributes" not in answer.to_dict()
    (asked,) = predictor.predict([content], attributes=["age_group"])
    assert list(asked.to_dict()["attributes"]["age_group"]["probabilities"]) == list(AGES)
    with pytest.raises(SettingsError, match="no attribute 'race'; it has age_group"):
        predictor.predict([content], attributes=["race"])


def test_grad_cam_explains_the_label_that_is_answered(bundle: Bundle, faces: Path) -> None:
    session = bundle.create_session(precision="fp32")
    values = np.random.default_rng(1).normal(0, 1, (4, 3, 32, 32)).astype(np.float32)
    (together,) = session.run({session.input_name: values}, ["cam"])
    alone = [session.run({session.input_name: one[None]}, ["cam"])[0] for one in values]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-3, atol=1e-5)


def test_it_is_calibrated_anew_and_evaluated(bundle: Bundle, faces: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    told = run_command("calibrate", bundle.path, "--data", faces, "--out", out)
    assert "accuracy" in told
    again = load_bundle(str(out))
    assert again.heads == bundle.heads
    assert again.description.heads[1].calibration.count == 18
    report = tmp_path / "report"
    flags = ("--faces", "cropped", "--split", "val", "--out", report)
    run_command("evaluate", out, "--data", faces, *flags)
    assert json.loads((report / "report.json").read_text())["pictures"] == 12


def test_a_training_can_start_from_the_weights_of_its_answer(
    bundle: Bundle, run: RunFolder
) -> None:
    from safetensors.torch import load_file

    found = read_bundle_weights(bundle)
    trained = load_file(run.weights)["fc.weight"]
    assert found.state["fc.weight"].shape == (3, trained.shape[1])
    np.testing.assert_allclose(found.state["fc.weight"], trained[:3], atol=1e-6)
