from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import photos
from genderlens.cli.app import app
from genderlens.cli.service import keys as keys_command
from genderlens.data.readers import read_source
from genderlens.errors import DataError, SettingsError
from genderlens.history.database import open_database
from genderlens.history.pool import SamplePool, create_pool
from genderlens.history.predictions import insert_predictions
from genderlens.history.samples import SampleQuery
from genderlens.settings import load_settings
from genderlens.training.inputs.pixels import PixelSpec, load_pixels
from history.rows import row


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SamplePool:
    monkeypatch.setenv("GENDERLENS_SAMPLES", str(tmp_path / "pool"))
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    settings = load_settings()
    pool = create_pool(settings, open_database(settings))
    assert pool is not None
    return pool


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_pool_that_agrees(pool: SamplePool) -> None:
    pool.add(photos.encode(photos.crowd(1)), "male", None)
    result = run("samples", "check", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "pictures": 1,
        "listed": 1,
        "faults": [],
        "foreign": [],
        "stale_copies": [],
        "fixed": False,
    }
    assert run("samples", "check").stdout == "1 pictures, 1 samples on the list\n"


def test_one_that_does_not_is_an_error_until_it_is_mended(pool: SamplePool, tmp_path: Path) -> None:
    stray = tmp_path / "pool" / "male" / f"{'a' * 64}.jpg"
    pool.add(photos.encode(photos.crowd(1)), "male", None)
    stray.write_bytes(b"nobody knows me")
    stray.chmod(0o600)
    result = run("samples", "check")
    assert isinstance(result.exception, DataError)
    assert "--fix" in str(result.exception)
    assert f"  {stray}\n" in result.stdout
    fixed = json.loads(run("samples", "check", "--fix", "--json").stdout)
    assert fixed["faults"] == [{"kind": "unlisted_picture", "what": str(stray)}]
    assert not stray.exists()
    assert run("samples", "check").exit_code == 0


def test_a_copy_that_holds_what_was_withdrawn(pool: SamplePool, tmp_path: Path) -> None:
    labels: list[str] = ["female", "male"]
    samples = [
        pool.add(photos.encode(photos.crowd(index + 1)), label, None)
        for index, label in enumerate(labels)
    ]
    load_pixels(read_source(pool.place), PixelSpec.square(16), tmp_path / "cache")
    assert run("samples", "check").exit_code == 0
    pool.remove(SampleQuery(sha256=samples[0].sha256))
    (stale,) = json.loads(run("samples", "check", "--json").stdout)["stale_copies"]
    assert Path(stale).parent == tmp_path / "cache"
    assert run("samples", "check", "--fix").exit_code == 0
    assert Path(stale).exists(), "a training, here this very process, uses it"


def test_no_pool_is_nothing_to_check() -> None:
    assert isinstance(run("samples", "check").exception, SettingsError)


def test_a_revoked_key_leaves_what_it_sent_unless_told(
    pool: SamplePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_command, "NOTICED_S", 0.0)
    identity = json.loads(run("keys", "create", "app", "--json").stdout)["id"]
    pool.add(photos.encode(photos.crowd(1)), "male", identity)
    kept = pool.add(photos.encode(photos.crowd(2)), "male", "other")
    insert_predictions(
        open_database(load_settings()), [row(key_id=identity), row(key_id=identity), row()]
    )
    revoked = run("keys", "revoke", identity)
    assert revoked.stdout == f"revoked {identity}\n"
    assert f"2 answers and 1 samples of it stay; 'genderlens keys revoke {identity}" in (
        revoked.stderr
    )
    erased = json.loads(run("keys", "revoke", identity, "--delete-data", "--json").stdout)
    assert erased == {
        "id": identity,
        "state": "revoked",
        "deleted": {"predictions": 2, "samples": 1},
    }
    assert [path.stem for path in (tmp_path / "pool" / "male").iterdir()] == [kept.sha256]
    assert json.loads(run("samples", "check", "--json").stdout)["faults"] == []
