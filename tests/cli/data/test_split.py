"""``genderlens data split``: one command from pictures to a partition that others can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from genderlens.cli.app import app
from genderlens.data.readers import read_source
from genderlens.errors import ManifestError


def split(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["data", "split", *arguments], env={"COLUMNS": "200"})


@pytest.fixture
def faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``faces`` with ten files of each label; splitting looks at no picture."""
    for label in ("male", "female"):
        (tmp_path / "faces" / label).mkdir(parents=True)
        for index in range(10):
            (tmp_path / "faces" / label / f"{index}.jpg").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_written_is_a_source(faces: Path) -> None:
    done = split("faces", "--out", "all.parquet", "--csv", "all.csv")
    assert done.exit_code == 0, done.output
    table = [line.split() for line in done.stdout.splitlines()]
    assert table[1:3] == [["train", "8", "8", "16"], ["val", "2", "2", "4"]]
    assert done.stdout.endswith("wrote 20 pictures to all.parquet\n")
    manifest = read_source(str(faces / "all.parquet"))
    assert manifest.counts("split") == {"train": 16, "val": 4}
    assert read_source(str(faces / "all.csv")).table.equals(manifest.table)


def test_a_manifest_away_from_its_pictures_says_how_to_read_it(faces: Path) -> None:
    done = split("faces", "--out", "elsewhere/all.parquet")
    assert done.exit_code == 0, done.output
    assert "pictures lie elsewhere: other users and machines read it with --kind" in done.stdout
    away = str(faces / "elsewhere" / "all.parquet")
    assert len(read_source(away)) == len(read_source(away, kind="manifest")) == 20


def test_for_programs_and_reproducible(faces: Path) -> None:
    options = ("--ratios", "0.6/0.2/0.2", "--seed", "3", "--json")
    first = split("faces", "--out", "a.parquet", *options)
    second = split("faces", "--out", "a.parquet", *options)
    assert first.exit_code == second.exit_code == 0, second.output
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert told["splits"]["test"] == {"female": 2, "male": 2}


def test_an_earlier_partition_is_kept_and_never_lost(faces: Path) -> None:
    assert split("faces", "--out", "a.parquet").exit_code == 0
    before = dict(
        zip(*map(read_source(str(faces / "a.parquet")).column, ("uri", "split")), strict=True)
    )
    for label in ("male", "female"):
        for index in range(10, 30):
            (faces / "faces" / label / f"{index}.jpg").touch()
    slip = split("faces", "--out", "a.parquet")
    assert isinstance(slip.exception, ManifestError)
    assert "a.parquet holds another partition; keep its pictures where" in slip.exception.message
    done = split("faces", "--out", "a.parquet", "--keep", "a.parquet")
    assert done.exit_code == 0, done.output
    grown = read_source(str(faces / "a.parquet"))
    after = dict(zip(grown.uris, grown.column("split"), strict=True))
    assert {uri: after[uri] for uri in before} == before
    assert grown.counts("split") == {"train": 48, "val": 12}


def test_official_partitions_and_subjects(faces: Path) -> None:
    refused = split("faces", "--out", "a.parquet", "--official")
    assert isinstance(refused.exception, ManifestError)
    assert "20 of 20 pictures have no split" in refused.exception.message
    refused = split("faces", "--out", "a.parquet", "--by", "subject")
    assert isinstance(refused.exception, ManifestError)
    assert "has no subject" in refused.exception.message
    assert not (faces / "a.parquet").exists()
    (faces / "faces").rename(faces / "test")
    (faces / "set").mkdir()
    (faces / "test").rename(faces / "set" / "test")
    done = split("set", "--out", "a.parquet", "--official")
    assert done.exit_code == 0, done.output
    assert read_source(str(faces / "a.parquet")).counts("split") == {"test": 20}
