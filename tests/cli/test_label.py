"""``genderlens label`` as people start it, kill it and start it again."""

from __future__ import annotations

import json
import time
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, run

import pytest

import photos
from forks import forked, kill
from genderlens.heads import Head
from labelling.jobs import digests, write_pictures
from tiny_bundles import make_bundle

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "COLUMNS": "120"}


def label(*arguments: object) -> CompletedProcess[str]:
    return run(forked("label", *arguments), capture_output=True, text=True, env=ENVIRONMENT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_pictures(tmp_path_factory.mktemp("label") / "in", 90)
    (folder / "b" / "text.png").write_bytes(b"text")
    return folder


@pytest.fixture(scope="module")
def options(folder: Path) -> list[object]:
    return [folder, "--faces", "cropped", "--shard-size", "6", "--min-confidence", "0.6"]


def test_killed_and_gone_on_with_two_workers_as_at_once_with_one(
    folder: Path, options: list[object], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    whole = label(*options, "--out", out, "--workers", 1, "--json")
    assert whole.returncode == 3, whole.stderr
    expected = digests(out)
    out.rename(tmp_path / "whole")
    words = forked("label", *options, "--out", out, "--workers", 2)
    with Popen(words, stdout=PIPE, stderr=PIPE, env=ENVIRONMENT) as process:
        _wait_for(out / "state" / "done", process)
        status = label("--status", out, "--json")
        kill(process)
    killed = json.loads(status.stdout)
    assert killed["pictures"] == 91
    again = label(*options, "--out", out, "--workers", 2, "--json")
    assert again.returncode == 3, again.stderr
    summary = json.loads(again.stdout)
    assert summary["fresh"] < 91
    assert summary["outcomes"] == json.loads(whole.stdout)["outcomes"]
    assert summary["errors"] == {"unsupported_format": 1}
    assert digests(out) == expected


def _wait_for(done: Path, process: Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        if done.is_dir() and len(list(done.iterdir())) > 1:
            return
        time.sleep(0.02)
    raise AssertionError("no shard was ever done")


def test_a_finished_job_in_other_words(options: list[object], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = label(options[0], "--faces", "cropped", "--out", out, "--format", "csv,coco", "--dedupe")
    assert done.returncode == 3, done.stderr
    for words in ("classified", "duplicates once", "pictures/s", "csv, coco"):
        assert words in done.stdout
    assert (out / "labels.csv").is_file()
    assert "<svg" in (out / "report.html").read_text("utf-8")
    told = label("--status", out)
    assert "not running; 91 of 91 pictures (100.0%)" in told.stdout


def test_a_dry_run_writes_nothing(folder: Path, tmp_path: Path) -> None:
    done = label(folder, "--dry-run", "--out", tmp_path / "out", "--json", "--shard-size", 40)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["pictures"], document["shards"], document["refused"]) == (91, 3, 0)
    assert (document["found"], document["read"], document["passed_over"]) == (91, 91, 0)
    assert not (tmp_path / "out").exists()


def test_what_cannot_work_is_one_line(folder: Path, tmp_path: Path) -> None:
    for arguments, code in (
        ([folder], 2),
        ([folder, "--out", folder / "out"], 2),
        ([tmp_path / "nothing", "--out", tmp_path / "out"], 4),
        (["--status", tmp_path], 4),
        ([folder, "--out", tmp_path / "o", "--min-confidence", "0.2"], 2),
    ):
        done = label(*arguments)
        assert done.returncode == code, done.stderr
        assert done.stderr.strip().splitlines()[-1].startswith("genderlens: ")
        assert "Traceback" not in done.stderr


def test_crops_keep_labels_in_the_words_of_the_model(tmp_path: Path) -> None:
    style = Head("style", ("feminine", "masculine", "androgynous"), "categorical")
    bundle = make_bundle(tmp_path / "bundle", "style", heads=(style,))
    for folder in ("feminine", "neither"):
        portrait = tmp_path / "in" / folder / f"{folder}.jpg"
        portrait.parent.mkdir(parents=True)
        photos.portrait().save(portrait)
    asked = (tmp_path / "in", "--out", tmp_path / "out", "--crops", tmp_path / "crops")
    done = label(*asked, "--model", bundle, "--label", "neither=androgynous")
    assert done.returncode == 0, done.stderr
    assert "are sorted by the labels of the source" in done.stdout
    found = {path.parent.name: path.name for path in (tmp_path / "crops").rglob("*.jpg")}
    assert sorted(found) == ["androgynous", "feminine"]
    assert "neither" in found["androgynous"]
    wrong = label(*asked, "--model", bundle, "--label", "neither=male")
    assert "write WORD=feminine or WORD=masculine or WORD=androgynous" in wrong.stderr


def test_a_further_format_needs_no_option_said_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--faces", "cropped", "--shard-size", 40, "--min-confidence", 0.6, "--dedupe")
    first = label(folder, "--out", out, *words, "--json")
    assert first.returncode == 3, first.stderr
    shards = {path.name: path.stat().st_mtime_ns for path in (out / "shards").iterdir()}
    assert len(shards) == 3
    further = label(folder, "--out", out, "--format", "coco", "--json")
    assert further.returncode == 3, further.stderr
    told = json.loads(further.stdout)
    assert (told["fresh"], told["redone"]) == (0, False)
    assert told["outcomes"] == json.loads(first.stdout)["outcomes"]
    assert told["distinct"] == json.loads(first.stdout)["distinct"]
    assert {path.name: path.stat().st_mtime_ns for path in (out / "shards").iterdir()} == shards
    assert list(out.glob("*coco*"))
    refused = label(folder, "--out", out, "--shard-size", 41)
    assert refused.returncode == 2
    assert "shard_size 40, not 41" in refused.stderr
