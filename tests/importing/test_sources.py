"""Each kind of source: found by looking, opened, or refused with the way out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import genderlens.importing.from_keras as keras
from genderlens.bundle import load_bundle
from genderlens.data.readers import read_source
from genderlens.errors import BundleError, MissingExtraError, RecipeError
from genderlens.graphs.runtime import Session
from genderlens.guests.process import Guests
from genderlens.importing.foreign import Foreign
from genderlens.importing.model_import import LabelledCrops, import_model
from genderlens.importing.options import ImportOptions
from genderlens.importing.pictures import draw_many
from genderlens.importing.sources import find_kind, open_source
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.training.architectures import create_network
from genderlens.training.weights.layout import write_layout
from importing.colour_graphs import write_colours
from importing.foreign_models import SIZE_PX, write_timm, write_timm_folder, write_vit

HALVES: dict[str, Any] = {"mean": (0.5,) * 3, "std": (0.25,) * 3, "shape": (SIZE_PX, SIZE_PX)}
OPTIONS = {"channels": [8, 8, 8, 8]}
pytestmark = pytest.mark.usefixtures("one_thread")


def opened(source: Path, **options: Any) -> Foreign:
    return open_source(str(source), ImportOptions(**options), Guests())


def squares(count: int = 6, side: int = SIZE_PX) -> Any:
    return np.stack(draw_many((side, side), count))


def logits_of(path: Path, foreign: Foreign, pictures: Any) -> Any:
    from genderlens.pictures.imaging import normalize

    spec = foreign.facts.input
    session = Session(path.read_bytes())
    inputs = normalize(pictures, spec.mean, spec.std)
    return session.run({session.input_name: inputs}, ["logit"])[0][:, 0]


@pytest.mark.parametrize("sign", [1, -1])
def test_two_outputs_of_a_checkpoint_become_their_difference(sign: Any, tmp_path: Path) -> None:
    source = write_timm(tmp_path / "theirs.safetensors")
    with pytest.raises(BundleError, match=r"does not say which network.*--architecture"):
        opened(source, **HALVES)
    with pytest.raises(RecipeError, match="did you mean 'compact_resnet'"):
        opened(source, architecture="compact_resnett", **HALVES)
    (tmp_path / "config.json").write_text(
        json.dumps({"architecture": "compact_resnet", "model_args": OPTIONS})
    )
    foreign = opened(source, **HALVES)
    scores = foreign.answer(squares())
    assert scores.outputs == 2
    foreign.write(tmp_path / "model.onnx", sign, scores)
    expected = sign * (scores.values[:, 1] - scores.values[:, 0])
    assert np.abs(logits_of(tmp_path / "model.onnx", foreign, squares()) - expected).max() < 1e-4
    assert Session((tmp_path / "model.onnx").read_bytes()).output_names == ("logit", "cam")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_checkpoints_are_read_without_running_anything(suffix: str, tmp_path: Path) -> None:
    state = create_network("compact_resnet", 2, OPTIONS).state_dict()
    path = tmp_path / f"model{suffix}"
    if suffix == ".pth":
        torch.save({"state_dict": {f"module.{k}": v for k, v in state.items()}}, path)
    else:
        save_file(dict(state), path)
    (tmp_path / "config.json").write_text(
        json.dumps({"architecture": "compact_resnet", "model_args": OPTIONS})
    )
    assert opened(path, **HALVES).answer(squares()).outputs == 2
    torch.save({"network": print}, tmp_path / "evil.pth")
    with pytest.raises(BundleError, match=r"holds more than tensors|cannot be read"):
        opened(tmp_path / "evil.pth", **HALVES)


def test_a_head_of_more_outputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="has 65 outputs"):
        opened(write_timm_folder(tmp_path / "five", outputs=65))
    with pytest.raises(BundleError, match="does not fit timm:resnet50"):
        opened(write_timm(tmp_path / "two.safetensors"), architecture="timm:resnet50", **HALVES)


def test_a_folder_of_timm_says_everything_itself(tmp_path: Path) -> None:
    facts = opened(write_timm_folder(tmp_path / "theirs", words=("woman", "man"))).facts
    assert facts.kind == "timm"
    assert facts.words == ("woman", "man")
    assert facts.input.shape == (SIZE_PX, SIZE_PX)
    assert facts.input.interpolation == "bicubic"
    assert facts.input.mean == pytest.approx((0.485, 0.456, 0.406))


def test_transformers_are_asked_through_their_own_preprocessor(tmp_path: Path) -> None:
    folder = write_vit(tmp_path / "vit", words=("man", "woman"))
    foreign = opened(folder)
    assert foreign.facts.words == ("man", "woman")
    assert foreign.facts.architecture == "ViTForImageClassification"
    own = foreign.answer(squares())
    given = opened(folder, mean=(0.5,) * 3, std=(0.5,) * 3).answer(squares())
    assert np.abs(own.values - given.values).max() < 1e-5
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(BundleError, match="does not say how its pictures are normalised"):
        opened(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(BundleError, match="pickles are not read"):
        opened(folder)


def test_a_run_of_any_version_is_read_without_its_recipe(
    tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    recipe = Recipe.model_validate(
        {
            "name": "tiny",
            "model": {"architecture": "compact_resnet", "options": OPTIONS},
            "input": {"size_px": SIZE_PX},
            "phases": [{"epochs": 1, "size_px": SIZE_PX}],
        }
    )
    torch.manual_seed(0)
    network = create_network("compact_resnet", 1, OPTIONS).eval()
    run = RunFolder(tmp_path / "run")
    manifest = read_source(str(class_folders(4)))
    run.start(recipe, manifest, {})
    write_layout(network, recipe.input, run.path)
    run.finish({"manifest_sha256": manifest.fingerprint(), "train_rows": 6})
    done = import_model(str(run.path), tmp_path / "bundle", ImportOptions(), None, Guests())
    description = done.bundle.description
    assert description.provenance.recipe["name"] == "tiny"
    assert description.provenance.train_rows == 6
    assert description.imported is not None
    assert description.imported.order == ("female", "male")
    old = json.loads((run.path / "recipe.json").read_text()) | {"forgotten": 1}
    (run.path / "recipe.json").write_text(json.dumps(old))
    (run.path / "config.json").unlink()
    older = open_source(str(run.path), ImportOptions(), Guests())
    assert older.facts.architecture == "compact_resnet"
    assert older.facts.trained is not None
    assert older.facts.trained.recipe == {}
    assert np.abs(older.answer(squares()).values).max() < 10


def test_a_bundle_keeps_what_it_holds(tmp_path: Path) -> None:
    shipped = load_bundle()
    done = import_model("default", tmp_path / "mine", ImportOptions(name="mine"), None, Guests())
    description = done.bundle.description
    assert description.name == "mine"
    assert description.is_calibrated
    assert description.calibration == shipped.description.calibration
    assert description.precision == shipped.description.precision
    assert description.evaluation == shipped.description.evaluation
    assert set(description.files) == set(shipped.description.files)
    assert description.imported is not None
    assert description.imported.parity.logit == 0.0


def test_a_bundle_with_pictures_is_measured_anew(
    tmp_path: Path, class_folders: Callable[[int], Path]
) -> None:
    faces = class_folders(6)
    labelled = LabelledCrops(lambda head: read_source(str(faces), head=head), "squares")
    source = tmp_path / "colours"
    graph = write_colours(tmp_path / "a.onnx", columns=1)
    options = ImportOptions(
        mean=(0.5,) * 3, std=(0.25,) * 3, meaning="logits", labels=("female", "male")
    )
    import_model(str(graph), source, options, None, Guests())
    done = import_model(str(source), tmp_path / "again", ImportOptions(), labelled, Guests())
    description = done.bundle.description
    assert description.evaluation is not None
    assert description.evaluation.data == "squares, split val"
    assert description.calibration.count == 6
    assert "DATASHEET.md" not in description.files


def test_kinds_are_told_by_looking(tmp_path: Path) -> None:
    optimum = tmp_path / "optimum"
    optimum.mkdir()
    write_colours(optimum / "model.onnx")
    (optimum / "config.json").write_text('{"model_type": "vit"}')
    assert find_kind(str(optimum)) == "onnx"
    assert find_kind("default") == "bundle"
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "saved_model.pb").write_bytes(b"")
    with pytest.raises(BundleError, match=r"--saved-model saved --output model.onnx"):
        find_kind(str(saved))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BundleError, match="holds no model that can be imported; known are"):
        find_kind(str(empty))
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(BundleError, match="known are"):
        find_kind(str(tmp_path / "notes.txt"))


@pytest.mark.parametrize("kind", ["huggingface", "timm"])
def test_a_framework_that_is_not_there_is_an_extra_to_install(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / kind
    folder.mkdir()
    config = {"architecture": "resnet18"} if kind == "timm" else {"model_type": "vit"}
    (folder / "config.json").write_text(json.dumps(config))
    lacking, extra = ("torch", "train") if kind == "timm" else ("transformers", "detr")
    for module in ("from_timm", "from_huggingface"):
        monkeypatch.delitem(sys.modules, f"genderlens.importing.{module}", raising=False)
    monkeypatch.setitem(sys.modules, lacking, None)
    with pytest.raises(MissingExtraError, match=rf"genderlens\[{extra}\]"):
        opened(folder)


def test_keras_without_its_converter_gives_the_line_that_converts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras, "find_spec", lambda _: None)
    (tmp_path / "theirs.h5").write_bytes(b"")
    with pytest.raises(BundleError) as caught:
        opened(tmp_path / "theirs.h5")
    assert "needs tensorflow and tf2onnx" in caught.value.message
    line = "python -m tf2onnx.convert --keras theirs.h5 --opset 17 --output model.onnx"
    assert line in caught.value.message


def test_keras_goes_through_its_converter_where_that_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stand-ins for TensorFlow and tf2onnx, which no extra brings."""
    tensorflow, tf2onnx = ModuleType("tensorflow"), ModuleType("tf2onnx")
    model = SimpleNamespace(input_shape=(None, 32, 32, 3))
    loaded: list[Path] = []

    def load_model(path: Path, *, compile: bool) -> Any:  # noqa: A002 - Keras calls it so
        loaded.append(path)
        return model

    def convert(_: Any, *, input_signature: Any, opset: int, output_path: str) -> None:
        assert input_signature[0][0] == (None, 32, 32, 3)
        write_colours(Path(output_path), columns=2, ending="Softmax", nhwc=True)

    tensorflow.keras = SimpleNamespace(models=SimpleNamespace(load_model=load_model))  # type: ignore[attr-defined]
    tensorflow.TensorSpec = lambda *words: words  # type: ignore[attr-defined]
    tensorflow.float32 = "float32"  # type: ignore[attr-defined]
    tensorflow.function = lambda call, input_signature: call  # type: ignore[attr-defined]
    tf2onnx.convert = SimpleNamespace(from_function=convert)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)
    monkeypatch.setitem(sys.modules, "tf2onnx", tf2onnx)
    monkeypatch.setattr(keras, "find_spec", lambda _: True)
    (tmp_path / "theirs.keras").write_bytes(b"")
    foreign = opened(tmp_path / "theirs.keras", mean=(0.5,) * 3, std=(0.5,) * 3)
    assert loaded == [tmp_path / "theirs.keras"]
    assert foreign.facts.kind == "keras"
    assert foreign.answer(squares(3, 32)).are_probabilities
    tensorflow.keras.models.load_model = lambda *_, **__: 1 / 0  # type: ignore[attr-defined]
    with pytest.raises(BundleError, match="cannot be converted: division by zero"):
        opened(tmp_path / "theirs.keras")


def test_layers_that_hold_code_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"config": {"layers": [{"class_name": "Dense"}, {"class_name": "Lambda"}]}}

    class File:
        def __init__(self, *_: Any) -> None:
            self.attrs = {"model_config": json.dumps(config)}

        def __enter__(self) -> File:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setitem(sys.modules, "h5py", SimpleNamespace(File=File))  # type: ignore[misc]
    for name in ("tensorflow", "tf2onnx"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(keras, "find_spec", lambda _: True)
    (tmp_path / "theirs.h5").write_bytes(b"")
    with pytest.raises(BundleError, match="layer Lambda, whose file holds code"):
        opened(tmp_path / "theirs.h5")
