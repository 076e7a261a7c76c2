"""Models from elsewhere that answer words of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from genderlens.bundle import load_bundle
from genderlens.cli.app import app
from genderlens.errors import BundleError, SettingsError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.importing.labels import head_of, parse_words
from importing.colour_graphs import write_colours
from importing.foreign_models import write_timm_folder, write_vit

pytestmark = pytest.mark.usefixtures("one_thread")
HALVES = ("--mean", "0.5", "--std", "0.5")
LOOKS = {"red": (150, 40, 40), "blue": (40, 40, 150), "green": (40, 150, 40)}


def run(*words: object) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def looks(tmp_path: Path) -> Path:
    """A folder of squares for each of three words."""
    rng = np.random.default_rng(0)
    for label, tint in LOOKS.items():
        folder = tmp_path / "looks" / label
        folder.mkdir(parents=True)
        for index in range(8):
            noise = rng.integers(0, 40, (40, 40, 3)) + np.asarray(tint)
            Image.fromarray(noise.astype(np.uint8)).save(folder / f"{index}.png")
    return tmp_path / "looks"


def write_fingerprints(path: Path, **options: Any) -> Path:
    """A graph with an output for each of the three words."""
    model = onnx.load(write_colours(path, columns=3, **options))
    (weights,) = model.graph.initializer
    values = 8.0 * np.asarray([[1, 0, 0], [0, 0, 1], [0, 1, 0]], np.float32)
    weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("ending", [None, "Softmax"])
def test_three_outputs_become_a_categorical_head(
    ending: str | None, looks: Path, tmp_path: Path
) -> None:
    source = write_fingerprints(
        tmp_path / "a.onnx", ending=ending, metadata={"labels": json.dumps([*LOOKS])}
    )
    out = tmp_path / "bundle"
    told = run("import", source, *HALVES, "--data", looks, "--head", "look", "--out", out).output
    assert "labels: red, blue, green, in the order of its outputs, as a.onnx says" in told
    bundle = load_bundle(str(out))
    assert bundle.head == Head("look", tuple(LOOKS), "categorical")
    description = bundle.description
    assert description.calibration.count == 12
    assert description.evaluation is not None
    assert description.evaluation.overall.value == 1.0
    assert description.imported is not None
    assert description.imported.agreement is not None
    assert description.imported.agreement.value == 1.0
    assert description.imported.parity.probability < 1e-4
    picture = next((looks / "green").glob("*.png"))
    answer = json.loads(
        run("predict", picture, "--model", out, "--faces", "cropped", "--json").stdout
    )
    assert max(answer["probabilities"], key=answer["probabilities"].get) == "green"


def test_transformers_with_three_words_and_timm_with_two_of_its_own(tmp_path: Path) -> None:
    vit = write_vit(tmp_path / "vit", words=("feminine", "masculine", "androgynous"))
    run("import", vit, "--out", tmp_path / "three")
    three = load_bundle(str(tmp_path / "three"))
    assert three.head.labels == ("feminine", "masculine", "androgynous")
    assert three.create_session().output_names[0] == "logit"
    folder = write_timm_folder(tmp_path / "timm", words=("serious", "smiling"))
    run("import", folder, "--out", tmp_path / "two")
    assert load_bundle(str(tmp_path / "two")).head == Head("label", ("serious", "smiling"))


def test_an_order_that_the_pictures_contradict_is_refused(looks: Path, tmp_path: Path) -> None:
    source = write_fingerprints(tmp_path / "a.onnx")
    flags = (*HALVES, "--data", looks, "--out", tmp_path / "out")
    with pytest.raises(BundleError, match=r"answers otherwise: --labels says .* blue, green, red"):
        run("import", source, "--labels", "blue,green,red", *flags)
    with pytest.raises(BundleError, match="give --labels with 3 words"):
        run("import", source, *HALVES, "--out", tmp_path / "out")
    with pytest.raises(SettingsError, match="has 3 outputs and 2 words"):
        run("import", source, "--labels", "red,blue", *HALVES, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_more_outputs_than_a_question_has_labels_are_refused(tmp_path: Path) -> None:
    source = write_colours(tmp_path / "a.onnx", columns=65)
    with pytest.raises(BundleError, match="answers a picture with 65 numbers"):
        run("import", source, *HALVES, "--out", tmp_path / "out")


def test_words_are_the_default_ones_or_ones_own() -> None:
    assert head_of(parse_words(("Woman", "man"), {}, "it")) is GENDER
    assert parse_words(("femme", "homme"), {"femme": "female", "homme": "male"}, "it") == (
        "female",
        "male",
    )
    assert parse_words(("cat", " Dog "), {}, "it") == ("cat", "Dog")
    assert head_of(("man", "woman", "nobody")).kind == "categorical"
    with pytest.raises(SettingsError, match="'homme' is no known label"):
        parse_words(("woman", "homme"), {}, "it")
    with pytest.raises(SettingsError, match="are both cat"):
        parse_words(("cat", "cat"), {}, "it")
