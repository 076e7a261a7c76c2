"""A further head is put behind a graph, and the first answer keeps every bit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from safetensors.numpy import save_file
from tools.further_head.graph import find_classifier, read_weights
from tools.further_head.making import make_bundle

import photos
from genderlens.bundle import INT8_MODEL, MODEL, Bundle, load_bundle
from genderlens.data.manifest import Manifest, write_manifest
from genderlens.errors import BundleError
from genderlens.heads import Head
from genderlens.inference.predictor import create_predictor
from genderlens.run_folder import RunFolder
from genderlens.settings import Settings

AGES = Head("years", ("child", "adult", "old"), "ordinal", "head_years")
LEARNT = {"race": ["x", "y"], "age": ["adult", "child", "old"]}
"""As a run stores it: words in the order of the alphabet."""


def make_run(folder: Path, first: np.ndarray) -> RunFolder:
    """A run whose network ends in this first row, and whose other rows are noise."""
    run, rng = RunFolder(folder), np.random.default_rng(3)
    run.checkpoints.mkdir(parents=True)
    further = rng.normal(0, 0.1, (5, first.shape[1]))
    weights = np.concatenate([first, further]).astype(np.float32)
    save_file(
        {"classifier.weight": weights, "classifier.bias": np.arange(6, dtype=np.float32)}, run.last
    )
    (folder / "run.json").write_text(json.dumps({"auxiliary": LEARNT}), "utf-8")
    rows = []
    for number, age in enumerate([*AGES.labels, None]):
        path = folder / f"{number}.png"
        photos.portrait().rotate(number).save(path)
        rows.append({"uri": str(path), "label": "female", "split": "calibration", "age": age})
    write_manifest(Manifest.from_rows(rows), folder / "manifest.parquet")
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    bundle = load_bundle()
    own = read_weights(onnx.load_from_string(bundle.read_graph(MODEL)))
    return make_run(tmp_path_factory.mktemp("run"), own)


@pytest.fixture(scope="module")
def made(run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    out = tmp_path_factory.mktemp("made") / "bundle"
    return make_bundle(load_bundle(), run, "age", AGES, out, abstain_below=0.4)


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_first_answer_keeps_every_bit(made: Bundle, precision: str) -> None:
    content = photos.encode(photos.portrait())
    before, after = (
        create_predictor(Settings(model=model, precision=precision)).predict([content])[0]
        for model in ("default", str(made.path))
    )
    assert after.faces[0].logit == before.faces[0].logit
    assert not after.attributes


def test_the_head_answers_in_the_order_of_its_labels(made: Bundle, run: RunFolder) -> None:
    model = onnx.load_from_string(made.read_graph(INT8_MODEL))
    features = find_classifier(model).input[0]
    (node,) = [one for one in model.graph.node if AGES.output in one.output]
    assert node.input[0] == features
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert stored[node.input[2]].tolist() == [4.0, 3.0, 5.0]  # child, adult, old behind 1 and 2
    settings = Settings(model=str(made.path), attributes="years")
    (answer,) = create_predictor(settings).predict([photos.encode(photos.portrait())])
    assert answer.attributes[0].head == AGES
    assert sum(answer.attributes[0].shares) == pytest.approx(1.0)


def test_what_it_learnt_from_is_noted_and_what_it_is_is_signed(made: Bundle) -> None:
    *first, further = made.description.heads
    assert tuple(first) == load_bundle().description.heads
    assert further.calibration.count == 3  # the fourth picture says nothing of age
    assert further.calibration.abstain_below == 0.4
    assert made.version != load_bundle().version
    assert made.load_graph().verdict == "passed"


def test_another_run_or_other_words_are_refused(run: RunFolder, tmp_path: Path) -> None:
    other = make_run(tmp_path / "other", np.ones((1, 512)))
    with pytest.raises(BundleError, match="holds other weights"):
        make_bundle(load_bundle(), other, "age", AGES, tmp_path / "a", abstain_below=0.4)
    wrong = Head("years", ("young", "old"), "ordinal", "head_years")
    with pytest.raises(BundleError, match="learnt 'age': adult, child, old"):
        make_bundle(load_bundle(), run, "age", wrong, tmp_path / "b", abstain_below=0.4)
    with pytest.raises(BundleError, match="no such column"):
        make_bundle(load_bundle(), run, "hair", AGES, tmp_path / "c", abstain_below=0.4)
    taken = Head("age_group", AGES.labels, "ordinal", "head_age_group")
    with pytest.raises(BundleError, match="answers 'age_group' already"):
        make_bundle(load_bundle(), run, "age", taken, tmp_path / "d", abstain_below=0.4)
    assert not list(tmp_path.glob("[abcd]"))
