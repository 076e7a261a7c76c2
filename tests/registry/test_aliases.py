"""The state where it is broken, empty, a link, or gone."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from genderlens.errors import RegistryError
from genderlens.registry.aliases import BACKUP, STATE
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import load_settings

BROKEN = [b"", b"{", b"\0" * 4096, b"[]", b'{"production": 3}', b"\xff\xfe", b" " * 5_000_000]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


def _open(folder: Path) -> Registry:
    return open_registry(load_settings(registry=str(folder)))


@pytest.fixture
def registry(folder: Path) -> Registry:
    registry = _open(folder)
    registry.change(lambda state: state.promoted("a-1"))
    registry.change(lambda state: state.promoted("b-1"))
    return registry


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: str(content[:8]))
def test_the_last_good_copy_stands_in_and_the_next_change_mends(
    registry: Registry, folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / STATE).write_bytes(content)
    fresh = _open(folder)
    with caplog.at_level(logging.ERROR):
        assert [fresh.state().production for _ in range(3)] == ["b-1"] * 3
    assert caplog.text.count("the last good copy is used") == 1
    assert fresh.state_fault is not None
    assert fresh.change(lambda state: state.rolled_back()).production == "a-1"
    assert fresh.state_fault is None
    assert _open(folder).state().production == "a-1"
    assert (folder / STATE).read_bytes() == (folder / BACKUP).read_bytes()


def test_a_link_is_not_followed(registry: Registry, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes((folder / STATE).read_bytes().replace(b"b-1", b"evil-1"))
    (folder / STATE).unlink()
    (folder / STATE).symlink_to(tmp_path / "elsewhere")
    assert _open(folder).state().production == "b-1"


def test_a_folder_in_its_place_is_a_fault_as_well(registry: Registry, folder: Path) -> None:
    (folder / STATE).unlink()
    (folder / STATE).mkdir()
    assert _open(folder).state().production == "b-1"


def test_with_both_copies_broken_what_is_in_memory_counts(registry: Registry, folder: Path) -> None:
    registry.state()
    for name in (STATE, BACKUP):
        (folder / name).write_bytes(b"")
    assert registry.state().production == "b-1"
    with pytest.raises(RegistryError, match="is not understood"):
        _open(folder).state()


def test_a_broken_copy_does_no_harm(registry: Registry, folder: Path) -> None:
    (folder / BACKUP).write_bytes(b"{")
    fresh = _open(folder)
    assert (fresh.state().production, fresh.state_fault) == ("b-1", None)


def test_without_any_file_nobody_promoted_yet(registry: Registry, folder: Path) -> None:
    (folder / STATE).unlink()
    assert _open(folder).state().production is None
