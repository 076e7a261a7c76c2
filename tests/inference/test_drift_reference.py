from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import photos
from genderlens.bundle import Bundle, default_bundle_path, load_bundle
from genderlens.data.readers import read_source
from genderlens.errors import BundleError, BundleIntegrityError, DataError
from genderlens.inference import drift_reference as module
from genderlens.inference.drift_reference import (
    REFERENCE,
    Reference,
    learn_histogram,
    learn_reference,
    read_reference,
    write_reference,
)
from genderlens.inference.inputs import INPUTS
from genderlens.inference.predictor import create_predictor
from genderlens.settings import Settings
from genderlens.storage import sha256_of_bytes


def made(faces: int = 1000) -> Reference:
    values = [index / faces for index in range(faces)]
    return Reference(
        data="made", faces=faces, inputs=dict.fromkeys(INPUTS, learn_histogram(values))
    )


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """The shipped one, without the reference that it may hold."""
    folder = tmp_path / "bundle"
    shutil.copytree(default_bundle_path(), folder)
    description = json.loads((folder / "bundle.json").read_text("utf-8"))
    if description["files"].pop(REFERENCE, None):
        (folder / REFERENCE).unlink()
        (folder / "bundle.json").write_text(json.dumps(description), "utf-8")
    return load_bundle(str(folder))


def test_bins_lie_at_the_deciles_and_hold_their_edges() -> None:
    histogram = learn_histogram([float(n) for n in range(1, 101)])
    assert len(histogram.edges) == 9
    assert histogram.counts == (10,) * 10
    assert learn_histogram([160.0] * 50).counts == (50, 0)


def test_it_is_signed_and_changes_nothing_else(bundle: Bundle) -> None:
    assert read_reference(bundle) is None
    written = write_reference(bundle, made())
    assert written.version == bundle.version
    assert read_reference(written) == made()
    (bundle.path / REFERENCE).write_text("{}", "utf-8")
    with pytest.raises(BundleIntegrityError, match=REFERENCE):
        load_bundle(str(bundle.path))


def test_a_file_that_nobody_signed_is_not_read(bundle: Bundle) -> None:
    (bundle.path / REFERENCE).write_text("not even JSON", "utf-8")
    assert read_reference(load_bundle(str(bundle.path))) is None


@pytest.mark.parametrize(
    "change",
    [
        {"faces": 0},
        {"inputs": {}},
        {"inputs": {key: {"edges": [1.0, 1.0], "counts": [1, 1, 1]} for key in INPUTS}},
        {"inputs": {key: {"edges": [1.0], "counts": [1]} for key in INPUTS}},
        {"inputs": {key: {"edges": [1.0], "counts": [1, -1]} for key in INPUTS}},
        {"further": 1},
        {"data": "x" * 200_000},
    ],
)
def test_a_broken_one_is_told(bundle: Bundle, change: dict[str, object]) -> None:
    content = made().model_dump(mode="json") | change
    text = json.dumps(content).encode()
    (bundle.path / REFERENCE).write_bytes(text)
    files = bundle.description.files | {REFERENCE: sha256_of_bytes(text)}
    signed = Bundle(bundle.path, bundle.description.model_copy(update={"files": files}))
    with pytest.raises(BundleError, match="genderlens drift"):
        read_reference(signed)


def test_it_is_learnt_from_what_the_predictor_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for label in ("female", "male"):
        (tmp_path / label).mkdir()
        for index in range(3):
            face = photos.portrait().crop((150, 40, 300 + 20 * index, 190 + 20 * index))
            (tmp_path / label / f"{index}.jpg").write_bytes(photos.encode(face))
    manifest = read_source(str(tmp_path))
    predictor = create_predictor(Settings())
    with pytest.raises(DataError, match="6 faces make no reference, 200 do"):
        learn_reference(predictor, manifest, faces="cropped", data="faces")
    monkeypatch.setattr(module, "MIN_FACES", 6)
    reference = learn_reference(predictor, manifest, faces="cropped", data="faces")
    assert reference.faces == 6
    assert all(sum(one.counts) == 6 for one in reference.inputs.values())
    assert reference.inputs["side"].edges == (150.0, 170.0, 190.0)
