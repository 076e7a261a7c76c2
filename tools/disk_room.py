"""``python tools/disk_room.py dev .venv-dev``: stops ``make`` where a disk is too full to install.

pip writes to three places that may lie on different file systems: the environment, temporary files
(what it downloads, until it is done) and its cache. Prints ``--no-cache-dir`` where all fits but
the cache. Needs nothing but Python, since nothing is installed yet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GB: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One run of pip: GB that it leaves installed, and GB that it downloads for that."""

    installed: float
    downloaded: float


_LINUX: Final = sys.platform == "linux"
_CUDA: Final = Step(4.3, 2.5) if _LINUX else Step(0, 0)
"""PyTorch's wheels for Linux bring it along."""

STEPS: Final = {
    "dev": (Step(_CUDA.installed + 1.6, _CUDA.downloaded + 0.6), Step(3.2, 0.9)),
    "install": (Step(0.5, 0.2),),
}
"""By target of ``make``: the runs of pip. Measured with the versions in ``constraints.txt``."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system: its number, and the bytes that are free there."""

    number: int
    free: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where pip writes; ``cache`` is ``None`` where it keeps none."""

    environment: Path
    temporary: Path
    cache: Path | None

    def list_all(self) -> list[Path]:
        """The places in use."""
        return [one for one in (self.environment, self.temporary, self.cache) if one is not None]


def find_disk(path: Path) -> Disk:
    """The file system that a folder, which need not exist yet, lies on."""
    there = next(one for one in (path, *path.parents) if one.exists())
    return Disk(there.stat().st_dev, shutil.disk_usage(there).free)


def measure_folder(folder: Path) -> int:
    """Bytes on the disk of all files of a folder; 0 where there is none."""
    total = 0
    for parent, _, names in os.walk(folder):
        total += sum((Path(parent) / name).lstat().st_blocks * 512 for name in names)
    return total


def sum_peaks(steps: Sequence[Step], present: int, disks: Sequence[Disk]) -> dict[int, int]:
    """By number of the file system: the most bytes that are taken there at any time.

    ``disks`` are those of the environment, the temporary files and, where there is one, the cache.
    What is ``present`` in the environment is not installed again.
    """
    environment, temporary, *cache = (disk.number for disk in disks)
    missing = max(0.0, 1 - present / GB / sum(step.installed for step in steps))
    installed: dict[int, float] = defaultdict(float)
    peaks: dict[int, float] = defaultdict(float)
    for step in steps:
        installed[environment] += step.installed
        for number in cache:
            installed[number] += step.downloaded
        for disk in disks:
            loading = step.downloaded if disk.number == temporary else 0
            peaks[disk.number] = max(peaks[disk.number], installed[disk.number] + loading)
    return {number: int(peak * missing * GB) for number, peak in peaks.items()}


def list_shortages(steps: Sequence[Step], present: int, places: Places) -> list[str]:
    """One clause for each file system that has too little room."""
    disks = {path: find_disk(path) for path in places.list_all()}
    clauses = []
    for number, peak in sum_peaks(steps, present, list(disks.values())).items():
        here = {path: disk.free for path, disk in disks.items() if disk.number == number}
        free = min(here.values())
        if peak > free:
            names = " and ".join(map(str, here))
            clauses.append(f"{peak / GB:.1f} GB are needed in {names}, {free / GB:.1f} GB are free")
    return clauses


def choose_options(target: str, places: Places) -> list[str]:
    """Options for pip so that all fits; exits with what is missing where nothing helps."""
    steps, present = STEPS[target], measure_folder(places.environment)
    if not list_shortages(steps, present, places):
        return []
    uncached = Places(places.environment, places.temporary, None)
    if clauses := list_shortages(steps, present, uncached):
        sys.exit(f"make {target}: {'; '.join(clauses)}. {_say_remedy(steps, present, places)}")
    sys.stderr.write(f"make {target}: {places.cache} has no room for pip's cache; it is left out\n")
    return ["--no-cache-dir"]


def _say_remedy(steps: Sequence[Step], present: int, places: Places) -> str:
    left = sum(step.installed for step in steps) * GB - present
    if left > find_disk(places.environment).free:
        return "Make room there"
    most = max(step.downloaded for step in steps)
    place = f"a folder on a disk with {most:.1f} GB for what pip downloads"
    return f"Make room there, or set TMPDIR to {place}"


def find_cache() -> Path | None:
    """The folder of pip's cache, ``None`` where that is switched off."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "cache", "dir"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return Path(told.stdout.strip()) if told.returncode == 0 else None


def main() -> None:
    """Print options for pip, or say what is missing and exit with 1."""
    target, environment = sys.argv[1:]
    places = Places(Path(environment).resolve(), Path(tempfile.gettempdir()), find_cache())
    print(*choose_options(target, places))  # noqa: T201


if __name__ == "__main__":
    main()
