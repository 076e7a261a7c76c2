"""What each process of the run is given: files of one folder, the costly first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
COSTS: Final = Path(__file__).with_name("costs.json")
"""Seconds that test files took when they were last recorded; the cheap are left out."""
CHEAP_S: Final = 1.0
"""What a file is taken to cost that is not in the table."""
MOST_S: Final = 60.0
MOST_FILES: Final = 12
"""Files of one process; what a folder's fixtures start is paid for once in each."""
WHOLE: Final = ("tests/web", "tests/ui", "tests/notebooks")
"""Folders that are not divided: starting their service and browser costs more than their tests."""


@dataclass(frozen=True)
class Part:
    """Test files for one process."""

    name: str
    files: tuple[str, ...]


def list_files(paths: Sequence[str]) -> list[str]:
    """Test files of folders and files, relative to the root; SystemExit where one is missing."""
    found: set[str] = set()
    for given in paths:
        path = (ROOT / given).resolve()
        if not path.exists():
            raise SystemExit(f"there is no {given}; name folders or files of tests")
        files = path.rglob("test_*.py") if path.is_dir() else [path]
        found.update(file.relative_to(ROOT).as_posix() for file in files)
    return sorted(found)


def divide(files: Sequence[str], costs: Mapping[str, float] | None = None) -> list[Part]:
    """Parts of one folder each, what costs most first."""
    costs = read_costs() if costs is None else costs
    parts = []
    for folder, members in groupby(files, key=_folder):
        some = list(members)
        cut = [some] if folder in WHOLE else list(_cut(some, costs))
        parts += [Part(f"{folder} {1 + number}", tuple(each)) for number, each in enumerate(cut)]
    return sorted(parts, key=lambda part: -_cost(part.files, costs))


def read_costs() -> dict[str, float]:
    """Seconds by file; empty where nothing was recorded yet."""
    return dict(json.loads(COSTS.read_text("utf-8"))) if COSTS.is_file() else {}


def record_costs(found: Iterable[Counter[str]]) -> None:
    """Replace what is known of these files; files that are gone are forgotten."""
    costs = read_costs()
    for seconds in found:
        costs.update(seconds)
    kept = {
        file: round(costs[file])
        for file in sorted(costs)
        if costs[file] > CHEAP_S and file.startswith("tests/") and (ROOT / file).is_file()
    }
    COSTS.write_text(f"{json.dumps(kept, indent=1)}\n", "utf-8")


def _cut(files: Sequence[str], costs: Mapping[str, float]) -> Iterator[list[str]]:
    """Neighbours together, as long as they are few and cheap."""
    some: list[str] = []
    for file in files:
        if some and (len(some) == MOST_FILES or _cost([*some, file], costs) > MOST_S):
            yield some
            some = []
        some.append(file)
    if some:
        yield some


def _cost(files: Iterable[str], costs: Mapping[str, float]) -> float:
    return sum(costs.get(file, CHEAP_S) for file in files)


def _folder(file: str) -> str:
    return "/".join(file.split("/")[:2]) if file.count("/") > 1 else "tests"
