"""Two processes that write to one registry at the same moment."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path

import pytest

from forks import command, kill
from genderlens.registry.aliases import BACKUP, STATE
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import load_settings
from tiny_bundles import make_bundle

_HEAD = """
import sys, time
from pathlib import Path
from genderlens.errors import RegistryError
from genderlens.promotion.promote import promote, rollback, split_traffic
from genderlens.registry.store import open_registry
from genderlens.settings import load_settings
settings = load_settings(registry=sys.argv[1])
registry, me, start = open_registry(settings), sys.argv[2], Path(sys.argv[3])
(start / me).touch()
while len(list(start.iterdir())) < 2:
    time.sleep(0.001)
"""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return open_registry(load_settings(registry=str(tmp_path / "registry")))


def _race(tmp_path: Path, body: str) -> list[str]:
    """Run the body in two processes, ``me`` being x in one and y in the other; what they print."""
    start = tmp_path / "start"
    start.mkdir()
    code = _HEAD + textwrap.dedent(body)
    arguments = command("python", "-c", code, str(tmp_path / "registry"))
    racers = [
        subprocess.Popen([*arguments, me, str(start)], stdout=-1, stderr=-1, text=True)
        for me in ("x", "y")
    ]
    printed = [racer.communicate(timeout=200) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], printed
    return [out for out, _ in printed]


def test_no_change_is_lost(registry: Registry, tmp_path: Path) -> None:
    _race(
        tmp_path,
        """
        for turn in range(40):
            name = f"{me}-{turn}"
            registry.change(lambda s: s.with_changes(traffic={**s.traffic, name: 1.0}))
        """,
    )
    names = {f"{me}-{turn}" for me in "xy" for turn in range(40)}
    assert set(registry.state().traffic) == names
    folder = tmp_path / "registry"
    assert (folder / STATE).read_bytes() == (folder / BACKUP).read_bytes()


def test_one_bundle_added_twice_at_once_is_one_version(registry: Registry, tmp_path: Path) -> None:
    make_bundle(tmp_path / "a", "a")
    printed = _race(tmp_path, f"print(registry.add(Path({str(tmp_path / 'a')!r})))")
    assert [line.strip() for line in printed] == ["a-1", "a-1"]
    assert (registry.versions(), registry.broken()) == (["a-1"], {})


def test_promotions_rollbacks_and_splits_keep_the_state_whole(
    registry: Registry, tmp_path: Path
) -> None:
    """Each wins or is told that it lost; a promotion that was acknowledged has its decision."""
    for name in ("a", "b", "x", "y"):
        registry.add(make_bundle(tmp_path / name, name))
    registry.change(lambda state: state.promoted("a-1").promoted("b-1"))
    printed = _race(
        tmp_path,
        """
        from contextlib import suppress
        for turn in range(12):
            with suppress(RegistryError):
                print(promote(registry, f"{me}-1", settings, forced="a race")["id"])
            with suppress(RegistryError):
                rollback(registry)
            with suppress(RegistryError):
                split_traffic(registry, {"a-1": 1.0, f"{me}-1": turn})
            assert registry.state().production and registry.state_fault is None
        """,
    )
    acknowledged = [line for out in printed for line in out.split()]
    assert len(acknowledged) >= 12
    assert set(acknowledged) <= {one["id"] for one in registry.decisions()}
    assert registry.state().production in {"a-1", "b-1", "x-1", "y-1"}
    assert registry.broken() == {}
    assert not list((tmp_path / "registry").rglob("*.partial"))


def test_a_kill_at_any_moment_loses_no_acknowledged_promotion(
    registry: Registry, tmp_path: Path
) -> None:
    registry.change(lambda state: state.promoted("a-0"))
    code = _HEAD.split("(start / me)")[0] + textwrap.dedent(
        """
        for turn in range(1, 10_000):
            registry.change(lambda state: state.promoted(f"a-{turn}"))
            print(turn, flush=True)
        """
    )
    for wait_lines in (1, 3, 7, 20):
        arguments = command("python", "-c", code, str(tmp_path / "registry"), "x", str(tmp_path))
        with subprocess.Popen(arguments, stdout=-1, text=True) as writer:
            assert writer.stdout is not None
            last = [int(writer.stdout.readline()) for _ in range(wait_lines)][-1]
            kill(writer)
            last = max([last, *map(int, writer.stdout.read().split())])
        state = open_registry(load_settings(registry=str(tmp_path / "registry"))).state()
        assert state.production in {f"a-{last}", f"a-{last + 1}"}
