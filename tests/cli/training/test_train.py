"""``genderlens train`` and ``export``: mistakes get one clear line, the wiring works."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import photos
from genderlens.cli.app import app, main
from genderlens.errors import (
    ManifestError,
    MissingExtraError,
    RecipeError,
    SourceNotFoundError,
    TrainingError,
)

TINY = [
    "--set=model.options={channels: [8, 8, 8, 8]}",
    "--set=input.size_px=32",
    "--set=phases=[{epochs: 1, size_px: 32}]",
    "--set=data={calibration_fraction: 0.45, store_px: 40}",
    "--set=optim.batch_size=8",
]
AGE = ["--set=data.auxiliary={age: 0.2}"]
"""A head that the data of these tests has no column for."""


pytestmark = pytest.mark.usefixtures("one_thread")


def invoke(*arguments: str) -> None:
    CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_trains_on_a_folder(
    class_folders: Callable[[int], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    data, out = class_folders(20), tmp_path / "run"
    done = CliRunner().invoke(
        app,
        ["train", "compact-resnet", "--data", str(data), "--out", str(out), *TINY, *AGE],
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    assert (out / "model.safetensors").is_file()
    assert done.output.count("auxiliary head 'age': the data has no such column") == 1
    assert re.search(r"accuracy \d+\.\d% \(.*\) on the 8 pictures of split val", done.output)
    assert f"report: {out}/report/report.html" in done.output
    assert (out / "report" / "report.html").is_file()
    assert f"next: genderlens export {out} --out bundles/run\n" in done.output
    with pytest.raises(TrainingError, match="--resume"):
        invoke("train", "compact-resnet", "--data", str(data), "--out", str(out), *TINY)


def test_strict_heads_stop_where_their_column_is_absent(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    data, out = class_folders(3), tmp_path / "run"
    with pytest.raises(ManifestError, match=r"head 'age'.*drop --strict-heads"):
        invoke("train", "compact-resnet", "--data", str(data), "--out", str(out), "--strict-heads")
    assert not out.exists()


def test_a_plain_folder_of_faces_becomes_a_model_that_predicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    face = np.asarray(photos.portrait().crop((150, 40, 300, 190)))
    rng = np.random.default_rng(2)
    for label in ("female", "male"):
        (tmp_path / "faces" / label).mkdir(parents=True)
        for index in range(60):  # a share drawn by chance has to leave 20 for the crops
            picture = np.clip(face + rng.integers(0, 30, face.shape), 0, 255).astype(np.uint8)
            Image.fromarray(picture).save(tmp_path / "faces" / label / f"{index}.jpg")
    run, bundle = tmp_path / "run", tmp_path / "bundle"
    invoke("train", "compact-resnet", "--data", str(tmp_path / "faces"), "--out", str(run), *TINY)
    invoke("export", str(run), "--out", str(bundle), "--name", "mine")
    (tmp_path / "photo.jpg").write_bytes(photos.encode(photos.portrait()))
    arguments = ["predict", "--json", "--model", str(bundle), str(tmp_path / "photo.jpg")]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    document = json.loads(done.stdout)
    assert document["model_version"].startswith("mine-")
    assert len(document["faces"]) == 1


def test_an_unknown_recipe_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="default"):
        invoke("train", "nonesuch", "--data", str(tmp_path), "--out", str(tmp_path / "run"))


def test_a_wrong_override_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"optim\.speed"):
        invoke(
            "train",
            "default",
            "--data",
            str(tmp_path),
            "--out",
            str(tmp_path / "run"),
            "--set",
            "optim.speed=9",
        )


def test_data_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="nowhere"):
        invoke(
            "train", "default", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "r")
        )


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["train", "default", "--data", "x", "--out", "y"], "genderlens.training.train"),
        (["export", "x", "--out", "y"], "genderlens.export.bundle"),
    ],
)
def test_without_the_extra_the_install_line_is_printed(
    arguments: list[str], module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'genderlens\[train\]'"):
        invoke(*arguments)


def test_main_turns_errors_into_one_line_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["genderlens", "export", "nowhere", "--out", "x"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 8
    assert capsys.readouterr().err.startswith("genderlens: nowhere holds no finished run")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from genderlens import __version__

    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output.strip()) == (0, __version__)
