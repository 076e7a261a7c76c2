from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import clouds
from genderlens.errors import DataError, SourceNotFoundError, TrainingError
from genderlens.run_folder import RunFolder
from genderlens.training.upload import require_upload_address, upload_run


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with clouds.serve_s3() as files:
        files.mkdir("models")
        yield files


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path / "run")
    for path in (run.weights, run.best, run.path / "logs" / "a.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    run.finish({"epochs": 1})
    return run


def test_every_file_arrives_and_the_mark_of_the_end_comes_last(
    s3: Any, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from genderlens.training import upload

    sent: list[str] = []
    send = upload.upload_file
    monkeypatch.setattr(upload, "upload_file", lambda p, uri: (send(p, uri), sent.append(uri)))
    assert upload_run(run, "s3://models/first/") == 4
    assert sent[-1] == "s3://models/first/run.json"
    assert s3.cat_file("models/first/checkpoints/best.safetensors") == b"best.safetensors"
    assert s3.cat_file("models/first/logs/a.csv") == b"a.csv"


def test_an_unfinished_run_is_not_pushed(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no finished run"):
        upload_run(RunFolder(tmp_path), "s3://models/second")
    assert not s3.exists("models/second")


def test_a_missing_bucket_is_named(s3: Any, run: RunFolder) -> None:
    with pytest.raises(DataError, match="s3://nowhere/x"):
        upload_run(run, "s3://nowhere/x")


@pytest.mark.parametrize("address", ["runs/here", "https://example.org/x", "ftp://x/y", "s3://"])
def test_what_cannot_be_pushed_to_is_refused_before_the_training(address: str) -> None:
    with pytest.raises(SourceNotFoundError, match=r"s3://"):
        require_upload_address(address)
