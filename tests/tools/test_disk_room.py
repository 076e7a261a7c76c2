"""``make`` stops before it fills a disk, and says what is missing."""

from __future__ import annotations

import re
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from subprocess import run

import pytest
from tools.disk_room import GB, STEPS, Disk, Places, Step, choose_options, find_disk, sum_peaks

from tools import disk_room

ROOT = Path(__file__).parents[2]
HERE, THERE, CACHE = Path("/here"), Path("/there"), Path("/cache")
TWO = (Step(5, 3), Step(4, 1))


def disks(monkeypatch: pytest.MonkeyPatch, free: dict[Path, tuple[int, float]]) -> None:
    """Each folder lies on the disk of this number, with so many GB free."""
    found = {path: Disk(number, int(room * GB)) for path, (number, room) in free.items()}
    monkeypatch.setattr(disk_room, "find_disk", found.__getitem__)
    monkeypatch.setitem(STEPS, "dev", TWO)


@pytest.mark.parametrize(
    ("numbers", "peaks"),
    [
        ((1, 1), {1: 10}),  # the second run of pip: 5 + 4 installed, and 1 being downloaded
        ((1, 2), {1: 9, 2: 3}),
        ((1, 1, 1), {1: 14}),
        ((1, 2, 2), {1: 9, 2: 6}),  # the first: 3 in the cache, 3 being downloaded
        ((1, 2, 3), {1: 9, 2: 3, 3: 4}),
    ],
)
def test_each_disk_has_room_for_what_lies_there_at_the_worst_moment(
    numbers: tuple[int, ...], peaks: dict[int, int]
) -> None:
    found = sum_peaks(TWO, 0, [Disk(number, 0) for number in numbers])
    assert found == {number: gb * GB for number, gb in peaks.items()}


def test_what_is_there_is_not_asked_for_again() -> None:
    alike = [Disk(1, 0), Disk(1, 0)]
    assert sum_peaks(TWO, 9 * GB // 2, alike) == {1: 5 * GB}
    assert sum_peaks(TWO, 20 * GB, alike) == {1: 0}


def test_nothing_is_said_where_all_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    disks(monkeypatch, {HERE: (1, 9.1), THERE: (2, 3.1), CACHE: (3, 4.1)})
    assert choose_options("dev", Places(HERE, THERE, CACHE)) == []


def test_the_cache_is_left_out_where_it_alone_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disks(monkeypatch, dict.fromkeys((HERE, THERE, CACHE), (1, 12.0)))
    assert choose_options("dev", Places(HERE, THERE, CACHE)) == ["--no-cache-dir"]
    assert "no room for pip's cache" in capsys.readouterr().err


def test_a_full_disk_stops_with_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    disks(monkeypatch, dict.fromkeys((HERE, THERE), (1, 9.5)))
    with pytest.raises(SystemExit) as caught:
        choose_options("dev", Places(HERE, THERE, None))
    assert str(caught.value) == (
        "make dev: 10.0 GB are needed in /here and /there, 9.5 GB are free. Make room there, "
        "or set TMPDIR to a folder on a disk with 3.0 GB for what pip downloads"
    )


def test_only_the_full_one_of_two_disks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    disks(monkeypatch, {HERE: (1, 20.0), THERE: (2, 1.0)})
    told = r"^make dev: 3\.0 GB are needed in /there, 1\.0 GB are free.*TMPDIR"
    with pytest.raises(SystemExit, match=told):
        choose_options("dev", Places(HERE, THERE, None))


def test_no_other_folder_is_offered_where_none_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    disks(monkeypatch, {HERE: (1, 8.0), THERE: (2, 20.0)})
    with pytest.raises(SystemExit, match=r"in /here, 8\.0 GB are free\. Make room there$"):
        choose_options("dev", Places(HERE, THERE, None))


def test_a_folder_that_is_not_there_yet_lies_where_its_parent_does(tmp_path: Path) -> None:
    assert find_disk(tmp_path / "a" / "b").number == tmp_path.stat().st_dev


def test_it_runs_on_a_bare_python_and_prints_options_for_pip(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", "tools/disk_room.py", "install", str(tmp_path / "new")]
    done = run(command, cwd=ROOT, capture_output=True, text=True)
    enough = find_disk(Path(tempfile.gettempdir())).free > GB
    assert (done.returncode == 0) == enough, done.stderr
    assert done.stdout in ("\n", "--no-cache-dir\n")


@pytest.mark.parametrize("target", sorted(STEPS))
def test_make_asks_before_pip_installs(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (environment,) = re.findall(rf"^{target}: (\S+)/\.installed", makefile, re.MULTILINE)
    pattern = rf"^{re.escape(environment)}/\.installed:.*\n((?:\t.*\n)+)"
    (recipe,) = re.findall(pattern, makefile, re.MULTILINE)
    assert f"tools/disk_room.py {target} {environment}" in recipe
    assert recipe.index("disk_room") < recipe.index("pip install")
    assert recipe.count("pip install") == len(STEPS[target])


@pytest.mark.skipif(sys.platform != "linux", reason="PyTorch brings no CUDA here: less is needed")
def test_the_figures_are_told_to_those_who_set_up() -> None:
    told = " ".join((ROOT / "CONTRIBUTING.md").read_text("utf-8").split())
    alike = [Disk(1, 0), Disk(1, 0)]
    dev, serve = (sum_peaks(STEPS[target], 0, alike)[1] / GB for target in ("dev", "install"))
    assert f"whether there is room: {dev:.0f} and {serve:.1f} GB," in told
    loads = (max(step.downloaded for step in STEPS[target]) for target in ("dev", "install"))
    assert "of which {} and {} are pip's temporary files".format(*loads) in told


@pytest.mark.skipif(
    Path(sys.prefix).name != ".venv-dev" or find_spec("nvidia") is None,
    reason="runs elsewhere than in .venv-dev, or PyTorch came without CUDA: figures are of others",
)
def test_the_figures_are_those_of_the_environment_that_the_tests_run_in() -> None:
    told = sum(step.installed for step in STEPS["dev"]) * GB
    assert told / 1.15 < disk_room.measure_folder(Path(sys.prefix)) < told * 1.15
