"""Runs the tests in several processes side by side, and makes sure that none is lost.

    python tests/run.py [--jobs N] [--changed [REVISION]] [--record] [FOLDER_OR_FILE ...]

Every process runs the files of one part of one folder, so that whatever a folder's fixtures start
(a service, a browser, a database) is started a few times and never shared. It is a fork of one that
has imported the heavy libraries (``warm.py``). What costs most, by ``costs.json``, begins first, so
that nothing long is left for the end; ``--record`` writes what this run took into that file. One
process more runs than there are processors, as some tests wait. What each process collected must
have been run in the end; a test that is missing fails the run. Tests that fail beside others are
run once more alone, and are named where they pass then. ``--changed`` runs only the files that
mirror what differs from a revision, or those of its folder where none does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from forks import SOCKET, read_spent, running
from parts import Part, divide, list_files, record_costs
from process import Outcome, run

ROOT: Final = Path(__file__).resolve().parent.parent
MOST_AGAIN: Final = 20
"""More failures than that have a cause of their own."""


def main() -> int:
    options = _options()
    paths = _changed(options.changed) if options.changed else options.paths
    if not paths:
        _say("nothing that a test file mirrors has changed")
        return 0
    parts = divide(list_files(paths))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process would compile the package anew
    whole = not options.changed
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), rehearsed=whole) as place:
        os.environ[SOCKET] = place
        outcomes = list(_run_all(parts, options.jobs, place))
        mended = _run_again(outcomes, place)
        spent_s = max(read_spent(Path(folder)), sum(outcome.cpu_s for outcome in outcomes))
    if options.record:
        record_costs(outcome.seconds for outcome in outcomes)
    _say(f"{spent_s / 60:.1f} minutes of processor")
    return _conclude(outcomes, mended)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1 + len(os.sched_getaffinity(0)))
    parser.add_argument("--changed", nargs="?", const="HEAD", metavar="REVISION")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("paths", nargs="*", default=["tests"])
    return parser.parse_args()


def _run_all(parts: Sequence[Part], jobs: int, place: str) -> Iterator[Outcome]:
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(run, part, place) for part in parts]):
            _report(done.result())
            yield done.result()


def _changed(revision: str) -> list[str]:
    """The test files that mirror what git says differs from a revision, untracked files too."""
    git = ("git", "-C", str(ROOT))
    listed = [
        subprocess.run([*git, *words], capture_output=True, text=True, check=True).stdout
        for words in (
            ("diff", "--name-only", revision),
            ("ls-files", "--others", "--exclude-standard"),
        )
    ]
    changed = [Path(line) for text in listed for line in text.splitlines()]
    return sorted({str(one) for path in changed for one in _mirrors(path, ROOT)})


def _mirrors(path: Path, root: Path) -> list[Path]:
    """The test file of a changed file; where it has none of its own, those of its folder.

    Paths are relative to ``root``; what tests cannot mirror has none.
    """
    mirror = _mirror(path)
    if mirror is None or (root / mirror).is_file():
        return [mirror] if mirror else []
    beside = (root / mirror.parent).glob("test_*.py")
    return [] if path.parts[0] == "tests" else [one.relative_to(root) for one in beside]


def _mirror(path: Path) -> Path | None:
    if path.suffix != ".py":
        return None
    if path.parts[0] == "tests":
        return path if path.name.startswith("test_") else None
    inner = {"src": path.parts[2:], "tools": path.parts}.get(path.parts[0], ())
    return Path("tests", *inner[:-1], f"test_{path.name}") if inner else None


def _run_again(outcomes: Sequence[Outcome], place: str) -> set[str]:
    """The failed tests that pass when nothing else runs; none where a process failed otherwise."""
    failed = [test for outcome in outcomes for test in outcome.failed]
    if not 0 < len(failed) <= MOST_AGAIN:
        return set()
    again = run(Part("again", tuple(failed)), place)
    _say(f"failed beside others and run again alone: {again.line}")
    return set(failed) - set(again.failed) if again.counts.total() == len(failed) else set()


def _report(outcome: Outcome) -> None:
    _say(outcome.line)
    if outcome.code != 0:
        _say(outcome.output)


def _conclude(outcomes: Sequence[Outcome], mended: set[str]) -> int:
    total = sum((outcome.counts for outcome in outcomes), Counter[str]())
    for test in sorted(mended):
        _say(f"passed only alone: {test}")
    for reason, count in _reasons(outcomes):
        _say(f"skipped {count}: {reason}")
    collected = sum(outcome.collected for outcome in outcomes)
    lost = collected - sum(total.values())
    if lost:
        _say(f"{lost} of {collected} collected tests were not run, or ran twice: see above")
    failed = total["failed"] - len(mended) + abs(lost)
    _say(f"{total['passed'] + len(mended)} passed, {failed} failed, {total['skipped']} skipped")
    broken = any(one.code and not mended.issuperset(one.failed or {""}) for one in outcomes)
    return int(bool(failed) or broken)


def _reasons(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, int]]:
    yield from sum((outcome.skipped for outcome in outcomes), Counter[str]()).most_common()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
