"""``genderlens train`` with pictures in a bucket and the run pushed to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import clouds
from genderlens.cli.app import app
from genderlens.errors import SourceNotFoundError

TINY = [
    "--set=model.options={channels: [8, 8, 8, 8]}",
    "--set=input.size_px=32",
    "--set=phases=[{epochs: 1, size_px: 32}]",
    "--set=data={calibration_fraction: 0.45, store_px: 40}",
    "--set=optim.batch_size=8",
]
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with clouds.serve_s3() as files:
        yield files


def _train(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["train", "compact-resnet", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_pictures_come_from_a_bucket_and_the_run_goes_to_one(
    s3: Any,
    class_folders: Callable[[int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    data = clouds.upload(s3, class_folders(20), "photos")
    s3.mkdir("runs")
    run = tmp_path / "run"
    output = _train("--data", data, "--out", str(run), "--upload", "s3://runs/first", *TINY)
    local = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    far = {name.removeprefix("runs/first/") for name in s3.find("runs/first")}
    assert far == local
    assert f"uploaded {len(local)} files to s3://runs/first" in output
    for name in ("model.safetensors", "run.json"):
        assert s3.cat_file(f"runs/first/{name}") == (run / name).read_bytes()


def test_a_bucket_that_takes_nothing_is_named_before_the_training(
    s3: Any, class_folders: Callable[[int], Path], tmp_path: Path
) -> None:
    data = clouds.upload(s3, class_folders(20), "more-photos")
    with pytest.raises(SourceNotFoundError, match="cannot upload to"):
        _train("--data", data, "--out", str(tmp_path / "run"), "--upload", "runs/first", *TINY)
    assert not (tmp_path / "run").exists()
