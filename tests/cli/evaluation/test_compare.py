"""``genderlens compare``."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from evaluation.tables import random_table
from genderlens.cli.app import app
from genderlens.errors import DataError, SettingsError


def compare(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "one", tmp_path / "two"]
    for folder in found:
        folder.mkdir()
        pq.write_table(random_table(200), folder / "predictions.parquet")
    return found


def test_prints_and_writes(folders: list[Path], tmp_path: Path) -> None:
    done = compare(*folders, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "one : two: 200 common pictures, 0 : 0 right alone, p = 1" in done.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"comparison.{kind}" for kind in ("md", "csv", "html", "json")}


def test_json_is_one_object(folders: list[Path]) -> None:
    document = json.loads(compare(*folders, "--json").stdout)
    assert [model["pictures"] for model in document["models"]] == [200, 200]
    assert document["pairs"][0]["p_holm"] == 1.0


def test_mistakes_are_told(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing to be compared with"):
        compare(folders[0])
    with pytest.raises(DataError, match="nowhere"):
        compare(folders[0], tmp_path / "nowhere")


def test_figures_that_are_undefined_are_no_numbers(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        table = random_table(200)
        male = table.filter(pc.equal(table.column("label"), "male"))
        pq.write_table(male, tmp_path / name / "predictions.parquet")
    done = compare(tmp_path / "one", tmp_path / "two", "--out", tmp_path / "out")
    assert "nan" not in done.output
    assert "–" in done.output
    written = [(tmp_path / "out" / f"comparison.{kind}").read_text() for kind in ("md", "csv")]
    assert not any("nan" in text for text in written)
