"""Bundles are refused unless every file is the one described."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from genderlens.bundle import INT8_MODEL, MODEL, default_bundle_path, load_bundle, write_bundle
from genderlens.errors import BundleError, BundleIntegrityError, BundleNotFoundError
from genderlens.types import Precision

GRAPHS: dict[Precision, str] = {"fp32": MODEL, "int8": INT8_MODEL}
LIMIT_BYTES = 12_000_000


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_bundle_path(), tmp_path / "bundle"))


def test_the_shipped_bundle_is_whole_small_and_described() -> None:
    bundle = load_bundle()
    assert bundle.version.startswith("default-")
    files = [p for p in bundle.path.iterdir() if p.is_file()]
    assert {p.name for p in files} == {
        "bundle.json",
        "DATASHEET.md",
        "MODEL_CARD.md",
        "golden.json",
        "inputs.json",
        "model.int8.onnx",
        "model.onnx",
    }
    assert sum(p.stat().st_size for p in files) < LIMIT_BYTES
    provenance = bundle.description.provenance
    assert "FairFace" in provenance.data
    assert provenance.licence == "CC BY 4.0"
    assert "Kärkkäinen" in provenance.attribution


def test_the_card_quotes_the_description() -> None:
    bundle = load_bundle()
    card = (bundle.path / "MODEL_CARD.md").read_text("utf-8")
    evaluation = bundle.description.evaluation
    assert evaluation is not None
    assert f"**Overall {evaluation.overall.value:.1%}" in card
    assert set(evaluation.groups) >= {"label", "age", "race"}
    for values in evaluation.groups.values():
        for value, share in values.items():
            assert f"| {value} | {share.value:.1%} | {share.low:.1%} – {share.high:.1%} |" in card
    for words in ("CC BY 4.0", "Not to be used", "Article 50", bundle.description.created[:10]):
        assert words in card


def test_copying_keeps_it_valid(copy: Path) -> None:
    assert load_bundle(str(copy)).description == load_bundle().description


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(BundleNotFoundError, match=r"genderlens export"):
        load_bundle(str(tmp_path))


def test_another_model_file_is_refused(copy: Path) -> None:
    content = bytearray((copy / MODEL).read_bytes())
    content[-1] ^= 1
    (copy / MODEL).write_bytes(content)
    with pytest.raises(BundleIntegrityError, match="SHA-256"):
        load_bundle(str(copy))


def test_a_missing_file_is_refused(copy: Path) -> None:
    (copy / "MODEL_CARD.md").unlink()
    with pytest.raises(BundleIntegrityError, match=r"MODEL_CARD\.md"):
        load_bundle(str(copy))


def test_a_link_is_refused(copy: Path) -> None:
    (copy / MODEL).rename(copy.parent / "elsewhere.onnx")
    (copy / MODEL).symlink_to(copy.parent / "elsewhere.onnx")
    with pytest.raises(BundleIntegrityError, match="plain file"):
        load_bundle(str(copy))


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd"])
def test_a_path_out_of_the_folder_is_refused(copy: Path, name: str) -> None:
    _edit(copy, lambda data: data["files"].update({name: "0" * 64}))
    with pytest.raises(BundleIntegrityError, match="plain file"):
        load_bundle(str(copy))


def test_a_model_that_is_not_signed_is_refused(copy: Path) -> None:
    _edit(copy, lambda data: data["files"].pop(MODEL))
    with pytest.raises(BundleIntegrityError, match="does not sign"):
        load_bundle(str(copy))


@pytest.mark.parametrize(
    ("key", "value"),
    [("labels", ["male", "female"]), ("surprise", 1), ("format", 3), ("name", "../x")],
)
def test_a_wrong_description_names_its_fault(copy: Path, key: str, value: object) -> None:
    _edit(copy, lambda data: data.update({key: value}))
    with pytest.raises(BundleError, match=key):
        load_bundle(str(copy))


@pytest.mark.parametrize("graph", GRAPHS)
def test_external_data_is_refused(copy: Path, graph: Precision) -> None:
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret")
    _replace_model(copy, graph, _graph([tensor]))
    with pytest.raises(BundleIntegrityError, match="external"):
        load_bundle(str(copy)).create_session(precision=graph)


@pytest.mark.parametrize("graph", GRAPHS)
def test_foreign_operators_are_refused(copy: Path, graph: Precision) -> None:
    model = _graph([])
    model.opset_import.append(helper.make_opsetid("evil.custom", 1))
    _replace_model(copy, graph, model)
    with pytest.raises(BundleIntegrityError, match=r"evil\.custom"):
        load_bundle(str(copy)).create_session(precision=graph)


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_tensor_of_a_trillion_elements_is_refused(copy: Path, graph: Precision) -> None:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[10**6, 10**6])
    _replace_model(copy, graph, _graph([tensor]))
    with pytest.raises(BundleIntegrityError, match="shape"):
        load_bundle(str(copy)).create_session(precision=graph)


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("content", [b"", b"not onnx", b"\x80\x04\x95pickle."])
def test_other_bytes_are_refused(copy: Path, graph: Precision, content: bytes) -> None:
    (copy / GRAPHS[graph]).write_bytes(content)
    write_bundle(copy, load_bundle().description)
    with pytest.raises(BundleIntegrityError, match="not an ONNX model"):
        load_bundle(str(copy)).create_session(precision=graph)


def _edit(folder: Path, change: object) -> None:
    path = folder / "bundle.json"
    data = json.loads(path.read_text("utf-8"))
    change(data)  # type: ignore[operator]
    path.write_text(json.dumps(data), "utf-8")


def _graph(tensors: list[TensorProto]) -> onnx.ModelProto:
    value = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1])
    node = helper.make_node("Identity", ["image"], ["logit"])
    output = helper.make_tensor_value_info("logit", TensorProto.FLOAT, [1])
    return helper.make_model(helper.make_graph([node], "g", [value], [output], tensors))


def _replace_model(folder: Path, graph: Precision, model: onnx.ModelProto) -> None:
    (folder / GRAPHS[graph]).write_bytes(model.SerializeToString())
    write_bundle(folder, load_bundle().description)


def test_the_shipped_files_tell_nothing_about_the_machine_that_made_them() -> None:
    for path in default_bundle_path().iterdir():
        assert b"site-packages" not in path.read_bytes()
        assert b"/home/" not in path.read_bytes()
