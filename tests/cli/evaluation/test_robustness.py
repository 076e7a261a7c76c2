"""``genderlens robustness`` on a few pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import photos
from genderlens.cli.app import app
from genderlens.evaluation.robustness.corruptions import steps


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "female"
    folder.mkdir(parents=True)
    (tmp_path / "data" / "male").mkdir()
    small = photos.portrait().resize((192, 192))
    (folder / "1.png").write_bytes(photos.encode(small, "PNG"))
    (tmp_path / "data" / "male" / "2.png").write_bytes(b"no picture")
    return tmp_path / "data"


def test_a_table_and_three_files(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["robustness", "default", "--data", str(source), "--out", str(out), "--json"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 1 + len(list(steps()))
    assert rows[0]["accuracy"]["value"] == 1.0
    document = json.loads((out / "robustness.json").read_text("utf-8"))
    assert document["steps"] == rows
    assert document["pictures"] == 1
    assert [Path(uri).name for uri in document["unreadable"]] == ["2.png"]
    assert {path.name for path in out.iterdir()} == {
        "robustness.json",
        "robustness.png",
        "steps.png",
    }


def test_a_split_that_is_not_there_is_one_clear_line(source: Path, tmp_path: Path) -> None:
    arguments = ["robustness", "default", "--data", str(source), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*arguments, "--split", "test"])
    assert "split 'test'" in str(done.exception)
    assert not (tmp_path / "out").exists()
