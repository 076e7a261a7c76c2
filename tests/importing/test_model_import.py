"""A model from elsewhere becomes a bundle on which everything works."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from genderlens.bundle import Bundle, load_bundle
from genderlens.cli.app import app
from genderlens.errors import BundleError, SettingsError
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from importing.colour_graphs import write_colours
from importing.foreign_models import write_timm_folder, write_vit
from service.serving import warm_client

pytestmark = pytest.mark.usefixtures("one_thread")
HALVES = ("--mean", "0.5", "--std", "0.5")
ORDERED = ("--labels", "female,male")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def imported(*words: object) -> Bundle:
    done = run("import", *words)
    assert done.exit_code == 0, done.output
    return load_bundle(str(words[words.index("--out") + 1]))


def make_source(kind: str, folder: Path) -> tuple[object, ...]:
    """A source and the flags that it needs."""
    if kind == "vit":
        return (write_vit(folder / "vit"),)
    if kind == "timm":
        return (write_timm_folder(folder / "timm", words=("woman", "man")),)
    if kind == "onnx":
        return (write_colours(folder / "two.onnx"), *HALVES, *ORDERED)
    return ("default",)


@pytest.mark.parametrize("kind", ["vit", "timm", "onnx", "default"])
def test_import_predict_evaluate_serve(
    kind: str, tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    out, faces = tmp_path / "bundle", class_folders(3)
    bundle = imported(*make_source(kind, tmp_path), "--out", out)
    note = bundle.description.imported
    assert note is not None
    assert note.parity.pictures == 100
    assert note.parity.probability < 1e-4
    picture = next(faces.rglob("*.png"))
    done = run("predict", picture, "--model", out, "--faces", "cropped", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["model_version"] == bundle.version
    report = tmp_path / "report"
    done = run("evaluate", out, "--data", faces, "--faces", "cropped", "--out", report)
    assert done.exit_code == 0, done.output
    assert json.loads((report / "report.json").read_text())["pictures"] == 6
    settings = load_settings(model=str(out), faces="cropped")
    with warm_client(create_app(settings)) as client:
        served = client.post("/predict", files={"file": ("a.png", picture.read_bytes())})
    assert served.status_code == 200, served.text
    assert served.json()["probabilities"] == pytest.approx(answer["probabilities"], abs=1e-4)


def test_without_pictures_the_bundle_says_that_it_is_uncalibrated(
    tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    out = tmp_path / "bundle"
    done = run("import", write_colours(tmp_path / "a.onnx"), *HALVES, *ORDERED, "--out", out)
    assert "It is uncalibrated" in done.output
    assert not load_bundle(str(out)).description.is_calibrated
    assert "It is uncalibrated" in (out / "MODEL_CARD.md").read_text("utf-8")
    again = tmp_path / "calibrated"
    done = run("calibrate", out, "--data", class_folders(12), "--out", again)
    assert done.exit_code == 0, done.output
    description = load_bundle(str(again)).description
    assert description.is_calibrated
    assert description.calibration.count == 12
    assert description.imported == load_bundle(str(out)).description.imported
    assert description.evaluation is not None
    assert description.evaluation.data == "faces, split val"
    assert "It is uncalibrated" not in (again / "MODEL_CARD.md").read_text("utf-8")


def test_labelled_pictures_calibrate_and_measure_in_halves(
    tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    out = tmp_path / "bundle"
    source = write_colours(tmp_path / "a.onnx", ending="Softmax")
    done = run("import", source, *HALVES, *ORDERED, "--data", class_folders(12), "--out", out)
    assert done.exit_code == 0, done.output
    assert "it gives the label of 100% of 24 labelled pictures" in done.output
    description = load_bundle(str(out)).description
    assert description.calibration.count == 12
    assert description.evaluation is not None
    assert description.evaluation.overall.count == 12
    assert description.evaluation.overall.value == 1.0
    assert description.imported is not None
    assert description.imported.parity.logit is None


def test_pictures_tell_the_order_and_an_inverted_model_is_named(
    tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    faces, out = class_folders(12), tmp_path / "bundle"
    inverted = write_colours(tmp_path / "inverted.onnx", gain=-8.0)
    done = run("import", inverted, *HALVES, "--data", faces, "--out", out)
    assert done.exit_code == 0, done.output
    assert "output 0 (or low) is male, output 1 (or high) female" in done.output
    assert "it is inverted" in done.output
    description = load_bundle(str(out)).description
    assert description.evaluation is not None
    assert description.evaluation.overall.value == 1.0
    with pytest.raises(
        BundleError, match=r"is inverted: --labels says .*give --labels male,female"
    ):
        run("import", inverted, *HALVES, *ORDERED, "--data", faces, "--out", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_an_order_that_nobody_says_is_not_guessed(
    tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    out = tmp_path / "bundle"
    source = write_colours(tmp_path / "a.onnx", metadata={"labels": '["LABEL_0", "LABEL_1"]'})
    with pytest.raises(
        BundleError, match=r"calls its outputs LABEL_0, LABEL_1.*not guessed.*--labels"
    ):
        run("import", source, *HALVES, "--out", out)
    silent = write_colours(tmp_path / "b.onnx", gain=0.0)
    with pytest.raises(BundleError, match="do not tell"):
        run("import", silent, *HALVES, "--data", class_folders(6), "--out", out)
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("--labels", "femal,male"), "'femal' is no known label; did you mean 'female'"),
        (("--labels", "male,male"), "are both male"),
        (("--labels", "female"), "gives 1 words"),
        (("--layout", "nchv"), "did you mean 'nchw'"),
        (("--outputs", "logit"), "did you mean 'logits'"),
        (("--mean", "127.5"), "in bytes; write it as a share of 255: 0.5"),
        (("--size", "big"), "--size 'big' is not understood"),
        (("--int8",), "give them with --data"),
        (("--name", "My Model"), "--name 'My Model' cannot name a model"),
    ],
)
def test_unknown_words_are_errors_with_the_near_one(
    words: tuple[str, ...], near: str, tmp_path: Path
) -> None:
    source = write_colours(tmp_path / "a.onnx")
    flags = HALVES if "--mean" not in words else HALVES[2:]
    with pytest.raises((SettingsError, BundleError)) as caught:
        run("import", source, *flags, *words, "--out", tmp_path / "out")
    assert near in caught.value.message


def test_a_model_that_is_not_there_names_the_near_one(tmp_path: Path) -> None:
    write_colours(tmp_path / "model.onnx")
    with pytest.raises(BundleError, match=r"did you mean 'model\.onnx'"):
        run("import", tmp_path / "modle.onnx", "--out", tmp_path / "out")


@pytest.mark.timeout(900)
def test_an_imported_model_is_compared_split_labelled_and_compressed(
    tmp_path: Path, class_folders: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from genderlens.export.int8 import precision

    monkeypatch.setattr(precision, "STATIC_METHODS", ("minmax",))
    monkeypatch.setattr(precision, "KEPT_IN_FLOAT", (0,))
    monkeypatch.setattr(precision, "measure_speed_ratio", lambda *_: 3.0)
    monkeypatch.setattr(precision.Loss, "broken_rules", lambda _: [])
    faces, out, registry = class_folders(12), tmp_path / "bundle", tmp_path / "registry"
    source = write_timm_folder(tmp_path / "timm", words=("male", "female"))
    bundle = imported(source, "--data", faces, "--int8", "--out", out, "--name", "theirs")
    assert bundle.description.precision.serves == "int8"
    for model, report in ((out, "a"), ("default", "b")):
        done = run(
            "evaluate", model, "--data", faces, "--faces", "cropped", "--out", tmp_path / report
        )
        assert done.exit_code == 0, done.output
    done = run("compare", tmp_path / "a", tmp_path / "b")
    assert done.exit_code == 0, done.output
    assert "24 common pictures" in done.output
    for model in (out, "default"):
        assert run("models", "add", model, "--registry", registry).exit_code == 0
    version = load_bundle().version
    done = run("models", "split", f"{bundle.version}=1", f"{version}=1", "--registry", registry)
    assert done.exit_code == 0, done.output
    done = run("label", faces, "--out", tmp_path / "labels", "--model", out, "--faces", "cropped")
    assert done.exit_code == 0, done.output


def test_golden_inputs_belong_to_the_bundle(tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    bundle = imported(write_colours(tmp_path / "a.onnx"), *HALVES, *ORDERED, "--out", out)
    graph = bundle.load_graph()
    assert graph.verdict == "passed"
    squares = np.zeros((3, 3, 32, 32), np.float32)
    (logits,) = graph.session.run({graph.session.input_name: squares})
    assert logits.shape == (3, 1)


def test_a_graph_is_imported_without_any_framework_of_training(tmp_path: Path) -> None:
    source, out = write_colours(tmp_path / "a.onnx"), tmp_path / "bundle"
    words = ["genderlens", "import", str(source), *HALVES, *ORDERED, "--out", str(out)]
    script = (
        "import sys\n"
        "for name in ('torch', 'timm', 'lightning', 'transformers', 'matplotlib', 'torchvision'):\n"
        "    sys.modules[name] = None\n"
        f"sys.argv = {words!r}\n"
        "from genderlens.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "parity: 100 pictures" in done.stdout
