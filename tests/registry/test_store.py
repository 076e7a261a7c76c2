"""Versions in a folder: whole, unchanging, and of data only."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from genderlens.bundle import DESCRIPTION, MODEL, Description, load_bundle, write_bundle
from genderlens.errors import (
    BundleIntegrityError,
    BundleNotFoundError,
    RegistryError,
    VersionExistsError,
    VersionNotFoundError,
)
from genderlens.registry.address import load_reference
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import Settings, load_settings
from tiny_bundles import make_bundle


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(registry=str(tmp_path / "registry"))


@pytest.fixture
def registry(settings: Settings) -> Registry:
    return open_registry(settings)


def test_an_empty_registry_is_read_without_being_made(registry: Registry, tmp_path: Path) -> None:
    assert registry.versions() == []
    assert registry.state().aliases == {}
    assert registry.decisions() == []
    assert not (tmp_path / "registry").exists()
    with pytest.raises(VersionNotFoundError, match="no version is production"):
        registry.load("production")


def test_versions_are_listed_and_loaded(registry: Registry, tmp_path: Path) -> None:
    versions = [registry.add(make_bundle(tmp_path / n, n)) for n in ("a", "bb")]
    assert versions == registry.versions() == ["a-1", "bb-1"]
    assert registry.state().candidate == "bb-1"
    assert registry.load("a-1").version == "a-1"
    assert registry.load("candidate").version == "bb-1"
    assert registry.describe("bb-1").name == "bb"


def test_adding_again_changes_nothing_and_other_content_is_refused(
    registry: Registry, tmp_path: Path
) -> None:
    bundle = make_bundle(tmp_path / "a", "a")
    registry.add(bundle)
    stored = tmp_path / "registry" / "a-1" / MODEL
    before = (stored.stat().st_ino, stored.stat().st_mtime_ns)
    assert registry.add(bundle) == "a-1"
    assert (stored.stat().st_ino, stored.stat().st_mtime_ns) == before
    other = make_bundle(tmp_path / "other", "a", gain=-10.0)
    with pytest.raises(VersionExistsError, match="versions never change"):
        registry.add(other)
    assert registry.load("a-1").description.files == load_bundle(str(bundle)).description.files


def test_what_a_kill_left_behind_is_no_version(registry: Registry, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "a", "a")
    half = tmp_path / "registry" / ".a-1.partial"
    half.mkdir(parents=True)
    (half / MODEL).write_bytes(b"half")
    (tmp_path / "registry" / ".aliases.json.partial").write_bytes(b"{")
    assert registry.versions() == []
    registry.add(bundle)
    assert registry.versions() == ["a-1"]
    assert not half.exists()


def test_a_changed_file_is_not_loaded(registry: Registry, tmp_path: Path) -> None:
    registry.add(make_bundle(tmp_path / "a", "a"))
    (tmp_path / "registry" / "a-1" / MODEL).write_bytes(b"another")
    with pytest.raises(BundleIntegrityError):
        registry.load("a-1")


def _sign(folder: Path) -> Path:
    """Sign the files as they are now."""
    write_bundle(folder, Description.model_validate_json((folder / DESCRIPTION).read_bytes()))
    return folder


def test_a_pickle_is_refused(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "a", "a")
    (folder / "weights.pt").write_bytes(pickle.dumps({}))
    with pytest.raises(BundleIntegrityError, match=r"weights\.pt"):
        registry.add(_sign(folder))
    assert registry.versions() == []


def test_a_second_graph_with_external_data_is_refused(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "a", "a")
    model = onnx.load(folder / MODEL)
    tensor = model.graph.initializer.add(name="far", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    (folder / "model.int8.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(BundleIntegrityError, match="external file"):
        registry.add(_sign(folder))


def test_a_custom_domain_is_refused(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "a", "a")
    model = onnx.load(folder / MODEL)
    model.opset_import.append(helper.make_opsetid("com.example.native", 1))
    onnx.save(model, folder / MODEL)
    with pytest.raises(BundleIntegrityError, match=r"com\.example\.native"):
        registry.add(_sign(folder))


def test_sizes_are_capped(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genderlens.registry.store.MAX_FILE_BYTES", 100)
    with pytest.raises(BundleIntegrityError, match="the limit is 100"):
        registry.add(make_bundle(tmp_path / "a", "a"))


@pytest.mark.parametrize("name", ["../a", "/etc", "a/b", "", ".hidden", "a\x00b", "x" * 200])
def test_a_path_is_no_version(registry: Registry, name: str) -> None:
    with pytest.raises(VersionNotFoundError, match="is no version"):
        registry.load(name)


def test_an_unknown_version_names_known_ones(registry: Registry, tmp_path: Path) -> None:
    registry.add(make_bundle(tmp_path / "a", "a"))
    with pytest.raises(VersionNotFoundError, match="the newest are a-1"):
        registry.load("b-1")


def test_changes_from_many_threads_are_not_lost(registry: Registry, tmp_path: Path) -> None:
    def add_one(index: int) -> None:
        registry.change(
            lambda state: state.with_changes(traffic={**state.traffic, f"v-{index}": 1.0})
        )

    threads = [threading.Thread(target=add_one, args=(index,)) for index in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.state().traffic) == 16


def test_decisions_are_kept_by_version(registry: Registry) -> None:
    registry.record("1-a", {"version": "a", "promoted": True})
    registry.record("2-b", {"version": "b", "promoted": False})
    assert [d["version"] for d in registry.decisions()] == ["a", "b"]
    assert registry.decisions("b") == [{"version": "b", "promoted": False}]


def test_references(settings: Settings, registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "a", "a")
    registry.add(folder)
    for reference in (str(folder), "registry:a-1", "registry:candidate"):
        assert load_reference(reference, settings).version == "a-1"
    assert load_reference("default", settings) == load_bundle()
    with pytest.raises(VersionNotFoundError):
        load_reference("registry:../a", settings)
    with pytest.raises(BundleNotFoundError):
        load_reference(str(tmp_path), settings)


def test_a_registry_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    registry = open_registry(load_settings(registry=str(tmp_path / "file")))
    with pytest.raises(RegistryError, match="GENDERLENS_REGISTRY"):
        registry.add(make_bundle(tmp_path / "a", "a"))
