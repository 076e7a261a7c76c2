"""Whole runs: stopped, killed, resumed, repeated."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pyarrow.parquet as pq
import pytest

from clouds import serve_s3, upload
from genderlens.errors import LabellingError, SettingsError, SourceNotFoundError
from genderlens.labelling.guard import only_run
from genderlens.labelling.run import run_job
from genderlens.labelling.status import read_status
from labelling.jobs import QUIET, FakePredictor, digests, make_job, use, write_pictures

TESTS = Path(__file__).parents[1]


def test_every_input_once_with_an_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pictures(tmp_path / "in", 11)
    use(monkeypatch, FakePredictor())
    summary = run_job(make_job(folder, tmp_path / "out"), QUIET)
    table = pq.read_table(tmp_path / "out" / "labels.parquet")
    assert sorted(table["uri"].to_pylist()) == sorted(str(p) for p in folder.rglob("*.png"))
    assert sum(summary.tally.outcomes.values()) == 11
    stored = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert stored["outcomes"] == dict(Counter(sorted(table["outcome"].to_pylist())))
    assert stored["shards"] == 3


def test_killed_at_ten_random_moments_and_still_the_same(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 60)
    script = [sys.executable, "-W", "error", "labelling/kill_often.py", str(folder)]
    environment = {"PYTHONPATH": str(TESTS), "PATH": "/usr/bin:/bin"}
    out = tmp_path / "out"
    done = run([*script, str(out), "7"], cwd=TESTS, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split().count("killed") >= 5
    killed = digests(out)
    assert killed == digests(tmp_path / "out.whole")
    assert len([name for name in killed if name.startswith("shards/")]) == 15
    uris = pq.read_table(out / "labels.parquet")["uri"].to_pylist()
    assert len(uris) == len(set(uris)) == 60


def test_what_is_done_is_not_labelled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pictures(tmp_path / "in", 9)
    predictor = use(monkeypatch, FakePredictor())
    job = make_job(folder, tmp_path / "out")
    run_job(job, QUIET)
    (job.state / "done" / "00001.json").unlink()
    write_pictures(folder / "later", 2, seed=1)
    predictor.seen.clear()
    summary = run_job(job, replace(QUIET, formats=("csv",)))
    assert len(predictor.seen) == 4
    assert (summary.fresh, summary.tally.pictures) == (4, 9)
    assert (job.out / "labels.csv").is_file()


def test_a_new_look_at_the_source_keeps_what_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pictures(tmp_path / "in", 9)
    predictor = use(monkeypatch, FakePredictor())
    job = make_job(folder, tmp_path / "out")
    run_job(job, QUIET)
    (job.state / "plan" / "plan.json").unlink()
    for path in sorted(folder.rglob("*.png"))[-3:]:
        path.unlink()
    predictor.seen.clear()
    run_job(job, QUIET)
    assert len(predictor.seen) == 2
    assert sorted(p.name for p in (job.out / "shards").iterdir()) == [
        "00000.parquet",
        "00001.parquet",
    ]


def test_another_model_labels_again_and_another_source_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pictures(tmp_path / "in", 5)
    predictor = use(monkeypatch, FakePredictor())
    run_job(make_job(folder, tmp_path / "out"), QUIET)
    summary = run_job(make_job(folder, tmp_path / "out", bundles="newer"), QUIET)
    assert summary.redone
    assert len(predictor.seen) == 10
    with pytest.raises(SettingsError, match="holds labels with source"):
        run_job(make_job(folder / "a", tmp_path / "out"), QUIET)
    with pytest.raises(SettingsError, match="shard_size 4, not 5"):
        run_job(make_job(folder, tmp_path / "out", shard_size=5), QUIET)


def test_outputs_lie_apart_from_the_source_and_from_other_files(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 1)
    with pytest.raises(SettingsError, match="lies in the source"):
        run_job(make_job(folder, tmp_path / "out", crops=folder / "crops"), QUIET)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(SettingsError, match="holds other files"):
        run_job(make_job(folder, tmp_path / "mine"), QUIET)
    with pytest.raises(SettingsError, match="--format 'xml'"):
        run_job(make_job(folder, tmp_path / "out"), replace(QUIET, formats=("xml",)))
    with pytest.raises(SettingsError, match="--engine 'spark'"):
        run_job(make_job(folder, tmp_path / "out"), replace(QUIET, engine="spark"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceNotFoundError, match="no picture is in"):
        run_job(make_job(tmp_path / "empty", tmp_path / "out"), QUIET)


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    job = make_job(write_pictures(tmp_path / "in", 1), tmp_path / "out")
    with only_run(job), pytest.raises(LabellingError, match="another run"), only_run(job):
        pass


def test_a_cloud_that_goes_away_stops_the_run_which_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    folder = write_pictures(tmp_path / "in", 12)
    with serve_s3() as files:
        uri = upload(files, folder, "leaving")
        job = make_job(uri, tmp_path / "out")

        class Leaving(FakePredictor):
            def predict_photo(self, content: bytes) -> object:  # type: ignore[override]
                if len(self.seen) >= 5:  # two threads may pass it at once
                    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
                    type(files).clear_instance_cache()
                return super().predict_photo(content)

        use(monkeypatch, Leaving())
        address = os.environ["AWS_ENDPOINT_URL"]
        with pytest.raises(LabellingError, match="same command again"):
            run_job(job, QUIET)
        status = read_status(job.out)
        assert (status.running, status.shards) == (False, 3)
        assert status.done < 12
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        type(files).clear_instance_cache()
        files.rm_file("leaving/in/b/011.png")
        use(monkeypatch, FakePredictor())
        summary = run_job(job, QUIET)
        assert summary.tally.pictures == 12
        assert summary.tally.errors == {"file_not_found": 1}
    rows = pq.read_table(job.out / "labels.parquet").to_pylist()
    assert [row["uri"] for row in rows if row["outcome"] == "unreadable"] == [f"{uri}/b/011.png"]


def test_near_duplicates_are_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pictures(tmp_path / "in", 6)
    content = (folder / "a" / "000.png").read_bytes()
    (folder / "b" / "copy.png").write_bytes(content)
    use(monkeypatch, FakePredictor())
    summary = run_job(make_job(folder, tmp_path / "out", fingerprints=True), QUIET)
    assert summary.tally.pictures == 7
    assert summary.distinct is not None
    assert sum(summary.distinct.values()) == 6
    assert pq.read_table(tmp_path / "out" / "duplicates.parquet").to_pylist() == [
        {"uri": str(folder / "b" / "copy.png"), "same_as": str(folder / "a" / "000.png")}
    ]
