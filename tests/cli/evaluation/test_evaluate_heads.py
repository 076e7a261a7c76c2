"""``genderlens evaluate`` and its neighbours on models of other words and of several heads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from genderlens.cli.app import app
from genderlens.errors import ExitCode, SettingsError
from genderlens.evaluation.report import report_folder as folder
from genderlens.heads.default import GENDER
from made_answers import AGES, WORDS
from tiny_bundles import make_bundle

COLOURS = ((150, 40, 40), (40, 150, 40), (40, 40, 150))
"""What a tiny bundle takes for the first, the second and the third label."""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def one_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/evaluation draws them all."""
    every = folder.list_plots
    monkeypatch.setattr(folder, "list_plots", lambda head: {"confusion": every(head)["confusion"]})


def _picture(path: Path, colour: int, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 60, (40, 40, 3)) + np.asarray(COLOURS[colour])
    Image.fromarray(noise.astype(np.uint8)).save(path)


@pytest.fixture
def words_data(tmp_path: Path) -> Path:
    """Four pictures of each of three words, one of them wrongly labelled."""
    for place, label in enumerate(WORDS.labels):
        for index in range(4):
            _picture(tmp_path / "words" / label / f"{index}.png", place, 10 * place + index)
    _picture(tmp_path / "words" / "feminine" / "odd.png", 2, 99)
    return tmp_path / "words"


@pytest.fixture
def aged_data(tmp_path: Path) -> Path:
    """Women who are children and men who are old, with one age unknown and one group each."""
    lines = ["file,label,age,group"]
    for label, colour, age in (("female", 0, "child"), ("male", 2, "OLD")):
        for index in range(5):
            _picture(tmp_path / "aged" / f"{label}{index}.png", colour, 10 * colour + index)
            word = "" if (label, index) == ("male", 0) else age
            lines.append(f"{label}{index}.png,{label},{word},{'ab'[index % 2]}")
    (tmp_path / "aged" / "faces.csv").write_text("\n".join(lines))
    return tmp_path / "aged" / "faces.csv"


def test_a_model_of_three_words_is_judged_in_them(words_data: Path, tmp_path: Path) -> None:
    model = make_bundle(tmp_path / "style", "style", heads=[WORDS])
    common = ("evaluate", model, "--data", words_data, "--faces", "cropped")
    done = run(*common, "--by", "label", "--min-group", "2", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "recall_androgynous" in done.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["head"] == WORDS.to_dict()
    assert report["metrics"]["accuracy"]["value"] == pytest.approx(12 / 13, abs=1e-6)
    assert report["answers"][0][:3] == [4, 0, 1]
    assert report["metrics"]["worst_group_accuracy"]["value"] == pytest.approx(0.8)
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "labelled feminine, said androgynous" in page
    compared = run("compare", tmp_path / "out", tmp_path / "out")
    assert compared.exit_code == 0, compared.output
    assert "AUC" not in compared.output


def test_a_further_head_is_asked_and_judged_where_it_is_named(
    aged_data: Path, tmp_path: Path
) -> None:
    model = make_bundle(tmp_path / "both", "both", heads=[GENDER, AGES])
    common = ("evaluate", model, "--data", aged_data, "--faces", "cropped", "--no-pictures")
    plain = run(*common, "--json", "--out", tmp_path / "plain")
    assert not {"attributes", "head"} & set(json.loads(plain.stdout))
    asked = (*common, "--attributes", "age_group", "--attribute-label", "age_group=age")
    rules = ("--fail-if", "age_group.accuracy<0.9", "--fail-if", "accuracy<0.9")
    done = run(*asked, *rules, "--by", "group", "--json", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    part = json.loads(done.stdout)["attributes"]["age_group"]
    assert (part["pictures"], part["unlabelled"]) == (9, 1)
    assert part["metrics"]["accuracy"]["value"] == 1.0
    assert part["metrics"]["mean_absolute_error"]["value"] == 0.0
    assert len(part["groups"]) == 2
    assert "curves" not in part
    told = run(*asked, "--out", tmp_path / "out")
    assert "attribute age_group, 9 labelled pictures" in told.output
    broken = run(*asked, "--fail-if", "age_group.accuracy>0.9", "--out", tmp_path / "out")
    assert broken.exit_code == ExitCode.RULE_BROKEN
    stored = tmp_path / "out" / "predictions.parquet"
    words = pq.read_table(stored).column("age_group_label").to_pylist()
    assert set(words) == {"child", "old", None}
    again = run(
        *("evaluate", "--predictions", stored, "--no-pictures"), "--json", "--out", tmp_path / "n"
    )
    assert json.loads(again.stdout)["attributes"]["age_group"]["pictures"] == 9
    compared = run("compare", tmp_path / "out", tmp_path / "n", "--attribute", "age_group")
    assert "off by one" in compared.output


def test_a_head_without_labels_is_said_and_an_unknown_one_refused(
    aged_data: Path, tmp_path: Path
) -> None:
    model = make_bundle(tmp_path / "both", "both", heads=[GENDER, AGES])
    common = ("evaluate", model, "--data", aged_data, "--faces", "cropped", "--no-pictures")
    done = run(*common, "--attributes", "age_group", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "age_group is not measured: the data has no column 'age_group'" in done.stderr
    for arguments, words in (
        (("--attributes", "age"), "the model has no attribute 'age'"),
        (("--attribute-label", "age_group=age"), "not among the attributes answered: none"),
        (("--fail-if", "age_group.accuracy<1"), r"no figure 'age_group\.accuracy'"),
    ):
        with pytest.raises(SettingsError, match=words):
            run(*common, *arguments, "--out", tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_worse_pictures_are_judged_in_the_words_of_the_model(
    words_data: Path, tmp_path: Path
) -> None:
    model = make_bundle(tmp_path / "style", "style", heads=[WORDS])
    done = run(
        *("robustness", model, "--data", words_data, "--faces", "cropped", "--sample", "4"),
        *("--json", "--out", tmp_path / "out"),
    )
    assert done.exit_code == 0, done.output
    first = json.loads(done.stdout.splitlines()[0])
    assert first["accuracy"]["count"] == 4
    assert first["accuracy"]["value"] >= 0.75
