"""A source that a training divided is divided again in the same way, another one is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from genderlens.bundle import load_bundle, write_bundle
from genderlens.cli.data.divided import divide_as_trained, select_held_out
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.errors import DataError
from genderlens.recipe import load_recipe
from genderlens.settings import Settings, load_settings
from genderlens.training.inputs.rows import split_for_training
from tiny_bundles import make_bundle

RECIPE = load_recipe("small-data")


@pytest.fixture
def faces(class_folders: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = class_folders(20)
    monkeypatch.chdir(folder.parent)
    return folder


def trained_on(manifest: Manifest) -> Settings:
    """Settings of a bundle that says what it was trained on, in the current folder."""
    bundle = load_bundle(str(make_bundle(Path("bundles/mine"), "mine")))
    changes = {
        "recipe": RECIPE.model_dump(mode="json"),
        "manifest_sha256": split_for_training(RECIPE, manifest).fingerprint(),
    }
    provenance = bundle.description.provenance.model_copy(update=changes)
    write_bundle(bundle.path, bundle.description.model_copy(update={"provenance": provenance}))
    return load_settings(model="bundles/mine")


def test_the_pictures_of_the_training_get_its_splits(
    faces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = read_source(str(faces))
    settings = trained_on(source)
    elsewhere = read_source(os.path.relpath(faces))
    divided = divide_as_trained(elsewhere, settings)
    expected = split_for_training(RECIPE, source)
    assert divided.column("split") == expected.column("split")
    assert "the 40 pictures are divided as mine-1 was trained" in capsys.readouterr().err
    assert len(select_held_out(divided, "val", "faces", settings)) == 8


def test_other_pictures_stay_undivided(faces: Path) -> None:
    settings = trained_on(read_source(str(faces)))
    (faces / "male" / "000.png").unlink()
    assert divide_as_trained(read_source(str(faces)), settings).counts("split") == {None: 39}


def test_the_error_names_the_manifest_of_the_run_and_the_command(
    faces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = trained_on(read_source(str(faces)))
    sha256 = load_bundle("bundles/mine").description.provenance.manifest_sha256
    for name, trained in (("other", "0"), ("third", sha256)):
        Path("runs", name).mkdir(parents=True)
        Path("runs", name, "run.json").write_text(json.dumps({"manifest_sha256": trained}))
    words = ["genderlens", "evaluate", "bundles/mine", "--data", "faces", "--split", "val"]
    monkeypatch.setattr("sys.argv", words)
    (faces / "male" / "000.png").unlink()
    wanted = "genderlens evaluate bundles/mine --data runs/third/manifest.parquet --split val;"
    with pytest.raises(DataError, match=wanted):
        select_held_out(read_source("faces"), "val", "faces", settings)


def test_data_that_is_divided_is_left_alone(faces: Path) -> None:
    source = read_source(str(faces))
    given = source.with_column("split", ["test"] * len(source))
    assert divide_as_trained(given, trained_on(source)) is given
