"""``genderlens drift`` on a bundle of a few bytes and pictures told by colour."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from conftest import ClassFolders
from genderlens.bundle import load_bundle
from genderlens.cli.app import app
from genderlens.inference import drift
from genderlens.inference import drift_reference as reference
from tiny_bundles import make_bundle


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["drift", *map(str, arguments), "--faces", "cropped"])


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "MIN_FACES", 20)
    monkeypatch.setattr(reference, "MIN_FACES", 20)


@pytest.mark.usefixtures("few_are_enough")
def test_a_reference_is_written_and_compared_with(
    tmp_path: Path, class_folders: ClassFolders
) -> None:
    faces, bundle = class_folders(15), make_bundle(tmp_path / "bundle", "tiny")
    assert "holds no reference" in str(_run(faces, "--model", bundle).exception)
    done = _run(faces, "--model", bundle, "--write")
    assert done.exit_code == 0, done.output
    assert "(30 faces)" in done.output
    assert load_bundle(str(bundle)).version == "tiny-1"
    same = _run(faces, "--model", bundle, "--json")
    inputs = json.loads(same.stdout.splitlines()[-1])["inputs"]
    verdicts = {one["name"]: one["verdict"] for one in inputs}
    assert verdicts["brightness"] == "stable"
    assert verdicts["side"] == "cannot tell"
    for path in faces.rglob("*.png"):
        Image.fromarray((np.asarray(Image.open(path)) // 4).astype(np.uint8)).save(path)
    darker = _run(faces, "--model", bundle)
    assert "shifted" in darker.stdout
    assert "brightness" in darker.stdout


def test_too_few_faces_and_ensembles_are_refused(
    tmp_path: Path, class_folders: ClassFolders
) -> None:
    faces, bundle = class_folders(2), make_bundle(tmp_path / "bundle", "tiny")
    few = _run(faces, "--model", bundle, "--write")
    assert "4 faces make no reference" in str(few.exception)
    assert not (bundle / reference.REFERENCE).exists()
    several = _run(faces, "--model", f"{bundle},{bundle}", "--write")
    assert "one bundle" in str(several.exception)
