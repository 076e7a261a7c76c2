"""``genderlens evaluate``: a model or a stored table becomes a report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

import photos
from evaluation.tables import random_table, table_of
from genderlens.cli.app import app
from genderlens.errors import (
    DataError,
    ExitCode,
    ManifestError,
    MissingExtraError,
    SettingsError,
    list_errors,
)
from genderlens.evaluation.report import report_folder as folder
from genderlens.ui.report_file import parse_report


def evaluate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def one_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/evaluation draws them all."""
    every = folder.list_plots
    monkeypatch.setattr(folder, "list_plots", lambda head: {"confusion": every(head)["confusion"]})


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    pq.write_table(random_table(400, hard=0.4), tmp_path / "stored.parquet")
    return tmp_path / "stored.parquet"


def test_a_model_is_asked_and_judged(tmp_path: Path) -> None:
    for label, picture in (
        ("female", photos.portrait()),
        ("male", photos.portrait().resize((400, 400))),
        ("male", photos.landscapes()["cat"]),
    ):
        place = tmp_path / "data" / label
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{len(list(place.iterdir()))}.jpg").write_bytes(photos.encode(picture))
    out = tmp_path / "out"
    done = evaluate("default", "--data", tmp_path / "data", "--by", "label", "--out", out)
    assert done.exit_code == 0, done.output
    assert "3 pictures: classified 2, no_person 1" in done.output
    report = json.loads((out / "report.json").read_text())
    assert report["outcomes"]["no_person"] == 1
    assert report["metrics"]["accuracy"]["value"] == 0.5
    assert report["facts"]["model"].startswith("default-")
    assert report["facts"]["milliseconds_per_picture"] > 0
    assert report["facts"]["model_megabytes"] > 1
    assert pq.read_table(out / "predictions.parquet").num_rows == 3
    assert "labelled male, said female" in (out / "report.html").read_text("utf-8")


def test_poses_that_landmarks_tell_are_groups(tmp_path: Path) -> None:
    for label in ("female", "male"):
        (tmp_path / "data" / label).mkdir(parents=True)
        picture = photos.encode(photos.portrait())
        (tmp_path / "data" / label / f"{label}.jpg").write_bytes(picture)
    common = ("default", "--data", tmp_path / "data", "--by", "roll", "--out", tmp_path / "out")
    done = evaluate(*common, "--no-pictures")
    assert done.exit_code == 0, done.output
    assert '"upright"' in (tmp_path / "out" / "report.json").read_text("utf-8")
    with pytest.raises(SettingsError, match=r"--by roll .* leave out --variants"):
        evaluate(*common, "--no-pictures", "--variants")


def test_rules_decide_the_exit_code_and_never_the_report(stored: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    common = ("--predictions", stored, "--out", out, "--by", "group", "--no-pictures")
    kept = evaluate(*common, "--fail-if", "accuracy<0.1")
    assert kept.exit_code == 0, kept.output
    assert "fail if accuracy < 0.1: kept" in kept.output
    broken = evaluate(*common, "--fail-if", "accuracy<0.1", "--fail-if", "worst_group_accuracy<0.9")
    assert broken.exit_code == ExitCode.RULE_BROKEN == 10
    assert ExitCode.RULE_BROKEN not in {error.exit_code for error in list_errors()}
    assert "worst_group_accuracy < 0.9: BROKEN" in broken.output
    assert (out / "report.html").is_file()
    assert not (out / "mistakes.html").exists()


def test_json_is_one_object(stored: Path, tmp_path: Path) -> None:
    done = evaluate("--predictions", stored, "--out", tmp_path / "o", "--json", "--no-pictures")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["metrics"]["accuracy"]["low"] < document["metrics"]["accuracy"]["value"]
    assert document["doubt"]["target"] == 0.01


def test_a_table_takes_attributes_and_split_from_the_data(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    faces = class_folders(4)
    lines = ["file,label,split,age"]
    lines += [
        f"{label}/{n:03d}.png,{label},{'train' if n < 2 else 'val'},{20 + n}"
        for label in ("female", "male")
        for n in range(4)
    ]
    (faces / "faces.csv").write_text("\n".join(lines))
    from genderlens.data.readers import read_source

    uris = read_source(str(faces / "faces.csv")).uris
    table = table_of([("classified", None, 0.1)] * 4 + [("classified", None, 0.9)] * 4)
    table = table.set_column(0, "uri", [uris])
    pq.write_table(table, tmp_path / "t.parquet")
    arguments = ("--predictions", tmp_path / "t.parquet", "--data", faces / "faces.csv")
    done = evaluate(*arguments, "--split", "val", "--by", "age", "--json", "--out", tmp_path / "o")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["pictures"], document["metrics"]["accuracy"]["value"]) == (4, 1.0)
    assert {tuple(group["values"]) for group in document["groups"]} == {("22",), ("23",)}
    everything = evaluate(*arguments, "--json", "--out", tmp_path / "o")
    assert "4 of 8 pictures are the train split" in everything.stderr
    with pytest.raises(DataError, match="no picture is in split 'test'; the data has train, val,"):
        evaluate(*arguments, "--split", "test", "--out", tmp_path / "o")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give either MODEL or --predictions"),
        (("default", "--predictions", "x.parquet"), "give either MODEL or --predictions"),
        (("default",), "give --data SOURCE"),
        (("default", "--data", "x", "--fail-if", "acc<1"), "no figure 'acc'; known are"),
        (("default", "--data", "x", "--fail-if", "accuracy"), "is not understood"),
        (("default", "--data", "x", "--fail-if", "worst_group_accuracy<1"), "need --by"),
    ],
)
def test_mistakes_are_told_before_any_work(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=words):
        evaluate(*arguments, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_attribute_is_told_before_the_model_is_asked(
    class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    with pytest.raises(ManifestError, match="'height'"):
        evaluate("default", "--data", class_folders(1), "--by", "height", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_matplotlib_nothing_is_begun(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"genderlens\[report\]"):
        evaluate("--predictions", stored, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_exit_codes_are_told() -> None:
    assert "10 a rule" in " ".join(evaluate("--help").output.split())


@pytest.mark.data
def test_groups_of_fairface_are_audited(data_dir: Path, tmp_path: Path) -> None:
    """A few hundred real pictures through the shipped model."""
    from genderlens.data.manifest import write_manifest
    from genderlens.data.readers import read_source

    source = read_source(str(data_dir / "fairface")).select("val").take(range(300))
    write_manifest(source, tmp_path / "some.parquet")
    table = tmp_path / "some.parquet"
    done = evaluate(
        *("default", "--data", table, "--kind", "manifest", "--faces", "cropped"),
        *("--by", "race", "--out", tmp_path / "out"),
    )
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["metrics"]["accuracy"]["value"] > 0.85
    assert len(report["groups"]) == 7
    assert "data:image/jpeg" in (tmp_path / "out" / "mistakes.html").read_text("utf-8")


def test_figures_of_small_groups_are_dashes_with_a_reason(stored: Path, tmp_path: Path) -> None:
    pq.write_table(random_table(60), stored)
    done = evaluate("--predictions", stored, "--by", "label", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "nan" not in done.output
    assert "Groups below 100 pictures are not called worst; --min-group changes that" in done.output
    report = parse_report((tmp_path / "out" / "report.json").read_bytes())
    assert "worst_group_accuracy" not in report.metrics
    assert "accuracy" in report.metrics
