"""What is flushed, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genderlens.registry.durable import write_durably
from genderlens.registry.store import open_registry
from genderlens.settings import load_settings
from tiny_bundles import make_bundle

Event = tuple[str, str]


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Flushes and renames, as the system sees them: what, and the name of the file or folder."""
    found: list[Event] = []
    fsync, replace, rename = os.fsync, os.replace, os.rename

    def flush(descriptor: int) -> None:
        found.append(("flush", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        fsync(descriptor)

    def note(kind: str, real: object) -> object:
        def move(source: Path, target: Path) -> None:
            found.append((kind, Path(target).name))
            real(source, target)  # type: ignore[operator]

        return move

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(os, "replace", note("rename", replace))
    monkeypatch.setattr(os, "rename", note("rename", rename))
    return found


def test_content_then_name_then_folder(tmp_path: Path, events: list[Event]) -> None:
    path = tmp_path / "new" / "deep" / "file.json"
    write_durably(path, b"content")
    assert path.read_bytes() == b"content"
    assert events == [
        ("flush", tmp_path.name),
        ("flush", "new"),
        ("flush", ".file.json.partial"),
        ("rename", "file.json"),
        ("flush", "deep"),
    ]
    assert sorted(p.name for p in path.parent.iterdir()) == ["file.json"]


def test_a_link_in_the_place_of_the_draft_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("stays")
    (tmp_path / ".file.json.partial").symlink_to(other)
    with pytest.raises(OSError, match="symbolic link"):
        write_durably(tmp_path / "file.json", b"content")
    assert other.read_text() == "stays"


def test_a_promotion_is_on_the_disk_when_it_is_acknowledged(
    tmp_path: Path, events: list[Event]
) -> None:
    registry = open_registry(load_settings(registry=str(tmp_path / "registry")))
    registry.add(make_bundle(tmp_path / "a", "a"))
    assert {f"flush {name}" for kind, name in events if kind == "flush"} >= {
        f"flush {name}" for name in ("model.onnx", "bundle.json", "MODEL_CARD.md", ".a-1.partial")
    }
    assert events.index(("flush", ".a-1.partial")) < events.index(("rename", "a-1"))
    assert ("flush", "registry") in events[events.index(("rename", "a-1")) :]
    events.clear()
    registry.record("decided", {"version": "a-1"})
    registry.change(lambda state: state.promoted("a-1", "decided"))
    renames = [name for kind, name in events if kind == "rename"]
    assert renames == ["decided.json", "aliases.json", "aliases.backup.json"]
    assert events[-1] == ("flush", "registry")
