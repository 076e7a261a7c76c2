"""Versions on a real S3 server: the same rules, fetched once, and usable without the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clouds import serve_s3
from genderlens.bundle import MODEL
from genderlens.errors import (
    BundleIntegrityError,
    BundleNotFoundError,
    DataError,
    GenderlensError,
    VersionExistsError,
)
from genderlens.promotion.promote import promote, rollback
from genderlens.registry.address import load_reference
from genderlens.registry.cache import cache_name, fetch_bundle
from genderlens.registry.store import open_registry
from genderlens.settings import Settings, load_settings
from tiny_bundles import make_bundle


@pytest.fixture(scope="module")
def files() -> Iterator[Any]:
    with serve_s3() as files:
        files.mkdir("models")
        yield files


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    prefix = request.node.name.replace("[", "-").rstrip("]")
    return load_settings(registry=f"s3://models/{prefix}", cache_dir=tmp_path / "cache")


def test_add_promote_roll_back(files: Any, settings: Settings, tmp_path: Path) -> None:
    registry = open_registry(settings)
    assert registry.versions() == []
    for name in ("a", "bb"):
        version = registry.add(make_bundle(tmp_path / name, name))
        promote(registry, version, settings, forced="a test")
    assert registry.versions() == ["a-1", "bb-1"]
    assert registry.state().aliases == {"production": "bb-1", "previous": "a-1"}
    assert rollback(registry).production == "a-1"
    assert len(registry.decisions()) == 2
    assert load_reference("registry:production", settings).version == "a-1"
    assert registry.add(tmp_path / "a") == "a-1"
    with pytest.raises(VersionExistsError):
        registry.add(make_bundle(tmp_path / "other", "a", gain=-1.0))


def test_an_upload_that_was_cut_off_is_no_version(
    files: Any, settings: Settings, tmp_path: Path
) -> None:
    registry = open_registry(settings)
    files.pipe_file(f"{str(settings.registry).removeprefix('s3://')}/a-1/{MODEL}", b"half")
    assert registry.versions() == []
    registry.add(make_bundle(tmp_path / "a", "a"))
    assert registry.load("a-1").version == "a-1"


def test_the_first_of_two_at_the_same_moment_wins(files: Any, settings: Settings) -> None:
    from genderlens.remote import read_remote
    from genderlens.remote.changes import create_remote

    uri = f"{settings.registry}/x/bundle.json"
    assert create_remote(uri, b"first")
    assert not create_remote(uri, b"second")
    assert read_remote(uri, 100) == b"first"


def test_fetched_once_and_usable_offline(
    files: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = open_registry(settings)
    promote(registry, registry.add(make_bundle(tmp_path / "a", "a")), settings, forced="a test")
    uri = f"{settings.registry}/a-1"
    folder = load_reference(uri, settings).path
    assert folder == settings.cache_dir / "models" / cache_name(uri)
    before = (folder / MODEL).stat()

    def fail(*_: Any) -> Any:
        raise DataError("no network")

    with monkeypatch.context() as offline:
        for name in ("cloud_backend.read_remote", "cloud_backend.list_remote", "cache.read_remote"):
            offline.setattr(f"genderlens.registry.{name}", fail)
        assert load_reference(uri, settings).path == folder
        assert load_reference("registry:production", settings).version == "a-1"
        with pytest.raises(DataError, match="no network"):
            fetch_bundle(f"{settings.registry}/b-1", settings.cache_dir)
    assert (folder / MODEL).stat() == before


def test_a_damaged_copy_is_fetched_again(files: Any, settings: Settings, tmp_path: Path) -> None:
    open_registry(settings).add(make_bundle(tmp_path / "a", "a"))
    uri = f"{settings.registry}/a-1"
    model = load_reference(uri, settings).path / MODEL
    content = model.read_bytes()
    model.write_bytes(content[:-1])
    assert load_reference(uri, settings).path / MODEL == model
    assert model.read_bytes() == content


def _publish(
    cloud: Any, settings: Settings, tmp_path: Path, signed: dict[str, str] | None = None
) -> str:
    """A bundle straight into the bucket, its list of files changed."""
    folder = make_bundle(tmp_path / "evil", "evil")
    description = json.loads((folder / "bundle.json").read_text())
    key = f"{str(settings.registry).removeprefix('s3://')}/evil-1"
    for path in folder.iterdir():
        cloud.pipe_file(f"{key}/{path.name}", path.read_bytes())
    changed = description | ({"files": signed} if signed else {})
    cloud.pipe_file(f"{key}/bundle.json", json.dumps(changed).encode())
    return f"s3://{key}"


@pytest.mark.parametrize(
    "name", ["../../escaped.onnx", "/tmp/escaped.onnx", "a/b.onnx", "weights.pkl", "weights.pt"]
)
def test_names_that_lead_elsewhere_or_execute(
    files: Any, settings: Settings, tmp_path: Path, name: str
) -> None:
    uri = _publish(files, settings, tmp_path, {MODEL: "0" * 64, name: "0" * 64})
    with pytest.raises(BundleIntegrityError, match="plain files"):
        load_reference(uri, settings)
    assert not list((tmp_path / "cache").rglob("*.onnx"))


def test_wrong_content_leaves_nothing(files: Any, settings: Settings, tmp_path: Path) -> None:
    uri = _publish(files, settings, tmp_path, {MODEL: "0" * 64})
    with pytest.raises(BundleIntegrityError, match="SHA-256 differs"):
        load_reference(uri, settings)
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_sizes_are_asked_before_the_download(
    files: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = _publish(files, settings, tmp_path)
    monkeypatch.setattr("genderlens.registry.cache.MAX_FILE_BYTES", 100)
    with pytest.raises(BundleIntegrityError, match="the limit is 100"):
        load_reference(uri, settings)


def test_nothing_there(files: Any, settings: Settings) -> None:
    with pytest.raises(BundleNotFoundError, match="no bundle at s3://"):
        load_reference(f"{settings.registry}/none", settings)
    nowhere = settings.model_copy(update={"registry": "s3://no-such-bucket/x"})
    with pytest.raises(GenderlensError, match="no bucket"):
        open_registry(nowhere).versions()
