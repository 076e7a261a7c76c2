"""Two registries in one bucket that change the state at the same moment: no change is lost."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from clouds import serve_bucket, serve_s3
from forks import command
from genderlens.errors import RegistryError
from genderlens.registry import aliases
from genderlens.registry.aliases import BACKUP, STATE
from genderlens.registry.state import RegistryState
from genderlens.registry.store import Registry, open_registry
from genderlens.remote import read_remote
from genderlens.settings import Settings, load_settings


@pytest.fixture(params=["s3", "gs"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    settings = load_settings(registry=f"{request.param}://models/all", cache_dir=tmp_path / "cache")
    if request.param == "s3":
        with serve_s3() as files:
            files.mkdir("models")
            yield settings
    else:
        with serve_bucket("models", {}):
            yield settings


def _use(registry: Registry, version: str) -> RegistryState:
    return registry.change(lambda state: _with(state, version))


def _with(state: RegistryState, version: str) -> RegistryState:
    return state.with_changes(traffic={**state.traffic, version: 1.0})


def test_who_comes_second_reads_anew(settings: Settings) -> None:
    one, other = open_registry(settings), open_registry(settings)
    seen: list[dict[str, float]] = []

    def change(state: RegistryState) -> RegistryState:
        """The other is faster twice: once where there is no state yet, and once where there is."""
        seen.append(state.traffic)
        if len(seen) < 3:
            _use(other, f"b-{len(seen)}")
        return _with(state, "a-1")

    assert set(one.change(change).traffic) == {"b-1", "b-2", "a-1"}
    assert [list(traffic) for traffic in seen] == [[], ["b-1"], ["b-1", "b-2"]]
    assert other.state() == one.state() == open_registry(settings).state()
    copies = [read_remote(f"{settings.registry}/{name}", 10_000) for name in (STATE, BACKUP)]
    assert copies[0] == copies[1]


def test_who_always_comes_second_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aliases, "PAUSE_S", 0.0)
    one, other = open_registry(settings), open_registry(settings)
    others = iter(range(10_000))

    def change(state: RegistryState) -> RegistryState:
        _use(other, f"b-{next(others)}")
        return _with(state, "a-1")

    with pytest.raises(RegistryError, match="changed by others 20 times"):
        one.change(change)
    assert "a-1" not in one.state().traffic


def test_an_answer_that_was_lost_is_not_acted_on_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client library asks again, and is told that somebody was faster: itself."""
    registry = open_registry(settings)
    registry.change(lambda state: state.promoted("a-1"))
    registry.change(lambda state: state.promoted("b-1"))
    replace = registry._backend.replace

    def replace_twice(key: str, content: bytes, tag: str) -> bool:
        assert replace(key, content, tag)
        return replace(key, content, "0" if settings.registry == "gs" else '"0"')

    with monkeypatch.context() as patch:
        patch.setattr(registry._backend, "replace", replace_twice)
        assert registry.change(lambda state: state.rolled_back()).production == "a-1"
    assert registry.state().production == "a-1"


def test_out_of_reach_nothing_is_changed_on_the_last_known_state(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from genderlens.errors import DataError

    registry = open_registry(settings)
    _use(registry, "a-1")

    def fail(*_: object) -> bytes:
        raise DataError("no network")

    with monkeypatch.context() as patch:
        patch.setattr("genderlens.registry.cloud_backend.read_remote", fail)
        assert registry.state().traffic == {"a-1": 1.0}
        with pytest.raises(DataError, match="no network"):
            _use(registry, "b-1")
    assert registry.state().traffic == {"a-1": 1.0}


def test_two_processes(settings: Settings, tmp_path: Path) -> None:
    code = """
    import sys, time
    from pathlib import Path
    from genderlens.registry.store import open_registry
    from genderlens.settings import load_settings
    me, start = sys.argv[2], Path(sys.argv[3])
    registry = open_registry(load_settings(registry=sys.argv[1], cache_dir=start.parent / me))
    (start / me).touch()
    while len(list(start.iterdir())) < 2:
        time.sleep(0.001)
    for turn in range(12):
        name = f"{me}-{turn}"
        registry.change(lambda s: s.with_changes(traffic={**s.traffic, name: 1.0}))
    """
    start = tmp_path / "start"
    start.mkdir()
    words = command("python", "-c", textwrap.dedent(code), str(settings.registry))
    racers = [subprocess.Popen([*words, me, str(start)], stderr=-1, text=True) for me in ("x", "y")]
    told = [racer.communicate(timeout=200)[1] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], told
    names = {f"{me}-{turn}" for me in "xy" for turn in range(12)}
    assert set(open_registry(settings).state().traffic) == names
