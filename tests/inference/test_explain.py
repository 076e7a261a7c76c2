"""Grad-CAM pictures of a bundle whose graph is written by hand: no torch is needed."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from subprocess import run
from sys import executable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

import photos
from genderlens.bundle import MODEL, default_bundle_path, load_bundle, write_bundle
from genderlens.errors import BundleError, SettingsError
from genderlens.inference.explain import Explainer, can_explain
from genderlens.inference.heat import PANEL_PX
from genderlens.inference.predictor import create_predictor
from genderlens.settings import Settings
from tiny_bundles import describe_fp32, drop_golden

HEIGHT, WIDTH = 48, 32


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red minus blue: its mean is the logit, its means over 16 × 16 pixels the map. Not square."""
    folder = tmp_path_factory.mktemp("bundles") / "red"
    drop_golden(Path(shutil.copytree(default_bundle_path(), folder)))
    value = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, HEIGHT, WIDTH])
    outputs = [
        helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1]),
        helper.make_tensor_value_info("cam", TensorProto.FLOAT, ["n", 3, 2]),
    ]
    weights = helper.make_tensor("w", TensorProto.FLOAT, [1, 3, 1, 1], [4.0, 0.0, -4.0])
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    nodes = [
        helper.make_node("Conv", ["image", "w"], ["red"]),
        helper.make_node(
            "AveragePool", ["red"], ["pooled"], kernel_shape=[16, 16], strides=[16, 16]
        ),
        helper.make_node("Squeeze", ["pooled", "axes"], ["cam"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("ReduceMean", ["flat", "axes"], ["logit"], keepdims=1),
    ]
    graph = helper.make_graph(nodes, "red", [value], outputs, [weights, axes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, folder / MODEL)
    shipped = describe_fp32()
    size = {"size_px": HEIGHT, "width_px": WIDTH}
    changed = {"name": "red", "input": shipped.input.model_copy(update=size)}
    write_bundle(folder, shipped.model_copy(update=changed))
    return folder


def explainer_of(bundle: Path, **settings: Any) -> Explainer:
    return Explainer(create_predictor(Settings(model=str(bundle), **settings)))


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> bytes:
    picture = Image.new("RGB", (64, 96), left)
    picture.paste(right, (32, 0, 64, 96))
    return photos.encode(picture, "PNG")


GREY, RED, BLUE = (100, 100, 100), (200, 60, 60), (60, 60, 200)


@pytest.mark.parametrize(
    ("content", "hot"), [(halves(RED, GREY), "left"), (halves(GREY, BLUE), "right")]
)
def test_the_heat_is_on_what_spoke_for_the_likelier_label(
    bundle: Path, content: bytes, hot: str
) -> None:
    explainer = explainer_of(bundle, faces="cropped")
    drawn = explainer(content)
    assert drawn is not None
    assert drawn.size == (round(PANEL_PX * WIDTH / HEIGHT), PANEL_PX)
    plain = Image.open(io.BytesIO(content)).convert("RGB").resize(drawn.size)
    change = np.abs(np.asarray(drawn).astype(int) - np.asarray(plain)).sum(-1)
    left, right = change[:, :60].mean(), change[:, -60:].mean()
    assert (left > 3 * right) if hot == "left" else (right > 3 * left)


def test_a_picture_that_is_refused_has_no_heat(bundle: Path) -> None:
    cat = photos.encode(photos.landscapes()["cat"], "PNG")
    assert explainer_of(bundle)(cat) is None


def test_an_older_bundle_says_how_to_get_grad_cam(bundle: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(bundle, old)
    model = onnx.load(old / MODEL)
    del model.graph.output[1]
    onnx.save(model, old / MODEL)
    write_bundle(old, load_bundle(str(bundle)).description)
    with pytest.raises(BundleError, match=r"holds no Grad-CAM; .*genderlens export RUN"):
        explainer_of(old)
    assert not can_explain([load_bundle(str(old))])


def test_an_ensemble_is_refused(bundle: Path) -> None:
    both = [load_bundle("default"), load_bundle(str(bundle))]
    assert (can_explain(both), can_explain(both[:1]), can_explain(both[1:])) == (False, True, True)
    with pytest.raises(SettingsError, match="several bundles, and Grad-CAM explains one"):
        explainer_of(Path(f"default,{bundle}"))


def test_the_command_writes_pictures_and_answers_as_ever(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(halves(RED, GREY))
    arguments = ["predict", "--json", "--faces", "cropped", "--model", str(bundle)]
    command = [executable, "-W", "error", "-X", "importtime", "-m", "genderlens", *arguments]
    environment = {"PATH": "/usr/bin:/bin"}
    files = [str(tmp_path / "red.png")]
    plain = run([*command, *files], capture_output=True, text=True, env=environment)
    out = tmp_path / "out"
    done = run(
        [*command, "--explain", str(out), *files], capture_output=True, text=True, env=environment
    )
    assert done.returncode == plain.returncode == 0, done.stderr
    assert done.stdout == plain.stdout
    assert [path.name for path in out.iterdir()] == ["0001-red.png"]
    assert " torch\n" not in done.stderr
