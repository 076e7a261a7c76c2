"""A further run into a folder that holds labels already."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from genderlens.errors import SettingsError
from genderlens.labelling.earlier import recall_options, recall_settings
from genderlens.labelling.run import run_job
from genderlens.settings import load_settings
from labelling.jobs import QUIET, FakePredictor, make_job, use, write_pictures

UNSAID = dict.fromkeys(("shard_size", "trusted", "crops", "uncertain_to", "fingerprints"))


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Labels that were made with many wishes."""
    use(monkeypatch, FakePredictor())
    settings = load_settings(faces="all", precision="fp32", target_error=0.02)
    folder = write_pictures(tmp_path / "in", 5)
    crops = tmp_path / "crops"
    run_job(
        make_job(folder, tmp_path / "out", settings=settings, crops=crops, fingerprints=True), QUIET
    )
    return tmp_path / "out"


def test_what_is_not_said_is_as_before(out: Path) -> None:
    settings = recall_settings(out, {"faces": None, "model": None})
    assert (
        settings.decisive
        == load_settings(faces="all", precision="fp32", target_error=0.02).decisive
    )
    options = recall_options(out, {**UNSAID, "trusted": False, "fingerprints": False})
    assert options == {
        "shard_size": 4,
        "trusted": False,
        "crops": out.parent / "crops",
        "fingerprints": True,
    }


def test_what_is_said_wins(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_PRECISION", "int8")
    settings = recall_settings(out, {"faces": "largest"})
    assert (settings.faces, settings.precision, settings.target_error) == ("largest", "int8", 0.02)
    assert recall_options(out, {**UNSAID, "shard_size": 9})["shard_size"] == 9


def test_the_other_way_to_say_when_to_abstain_is_no_longer_meant(out: Path) -> None:
    settings = recall_settings(out, {"abstain_below": 0.8})
    assert (settings.abstain_below, settings.target_error) == (0.8, None)


def test_a_first_run_has_nothing_to_recall(tmp_path: Path) -> None:
    assert recall_settings(tmp_path / "new", {"faces": None}).faces == "single"
    assert recall_settings(None, {}).given == {}
    assert recall_options(None, {**UNSAID, "trusted": False}) == {}
    assert recall_options(tmp_path, UNSAID) == {}


def test_what_cannot_be_read_is_said(out: Path) -> None:
    (out / "state" / "job.json").write_text("{")
    with pytest.raises(SettingsError, match="is damaged"):
        recall_settings(out, {})


def test_another_precision_starts_anew_and_says_so(
    out: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    predictor = use(monkeypatch, FakePredictor())
    source = json.loads((out / "state" / "job.json").read_text())["source"]
    settings = recall_settings(out, {"faces": "all"}).model_copy(update={"precision": "int8"})
    job = make_job(source, out, settings=settings, **recall_options(out, {**UNSAID}))
    with caplog.at_level(logging.WARNING, "genderlens"):
        summary = run_job(job, QUIET)
    assert len(predictor.seen) == summary.fresh == 5
    # in INT8 faces are found by a graph of its own
    assert summary.redone == ("precision 'fp32', now 'int8'", "another face detector")
    assert "precision 'fp32', now 'int8'" in caplog.text
    assert run_job(job, QUIET).fresh == 0
