"""Runs the tests in several processes side by side, and makes sure that none is lost.

    python tests/run.py [--jobs N] [--changed [REVISION]] [FOLDER_OR_FILE ...]

Every process runs the files of one part of one folder, so that whatever a folder's fixtures start
(a service, a browser, a database) is started a few times and never shared. What was collected first
must have been run in the end; a test that is missing fails the run. Tests that fail beside others
are run once more alone, and are named where they pass then. ``--changed`` runs only the files that
mirror what differs from a revision.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

ROOT: Final = Path(__file__).resolve().parent.parent
REPORTS: Final = ROOT / "build" / "tests"
MOST_FILES: Final = 12
"""Files of one process; what a folder's fixtures start is paid for once in each."""
WHOLE: Final = ("tests/web", "tests/ui", "tests/notebooks")
"""Folders that are not divided: starting their service and browser costs more than their tests."""
MOST_AGAIN: Final = 20
"""More failures than that have a cause of their own."""
SLOW_FIRST: Final = ("tests/docs", "tests/web", "tests/notebooks", "tests/training", "tests/jobs")
"""Begun first, so that nothing long is left for the end."""


@dataclass(frozen=True)
class Part:
    """Test files for one process."""

    name: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What one process found."""

    part: Part
    counts: Counter[str]
    skipped: Counter[str]
    """Reasons."""
    failed: tuple[str, ...]
    """Addresses of tests."""
    code: int
    output: str
    seconds: float

    @property
    def line(self) -> str:
        found = ", ".join(f"{count} {word}" for word, count in self.counts.items() if count)
        word = "ok    " if self.code == 0 else "FAILED"
        return f"{word} {self.part.name}: {found or 'nothing'} in {self.seconds:.0f} s"


def main() -> int:
    options = _options()
    paths = _changed(options.changed) if options.changed else options.paths
    if not paths:
        _say("nothing that a test file mirrors has changed")
        return 0
    collected = collect(paths)
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes = []
    with ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(run, part) for part in divide(collected)]
        for done in as_completed(waiting):
            outcomes.append(done.result())
            _report(outcomes[-1])
    return _conclude(outcomes, sum(collected.values()), _run_again(outcomes))


def collect(paths: Sequence[str]) -> Counter[str]:
    """How many tests each file holds."""
    done = _pytest("--collect-only", "-qq", *paths)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    pairs = (line.rpartition(": ") for line in done.stdout.splitlines())
    return Counter({file: int(count) for file, _, count in pairs if count.isdecimal()})


def divide(collected: Counter[str]) -> list[Part]:
    """Parts of one folder each, the slow ones first, then those of most tests."""
    parts = []
    for folder, files in groupby(sorted(collected), key=_folder):
        size = len(collected) if folder in WHOLE else MOST_FILES
        members = tuple(files)
        for start in range(0, len(members), size):
            some = members[start : start + size]
            parts.append(Part(f"{folder} {1 + start // size}", some))
    return sorted(parts, key=lambda part: _rank(part, collected))


def run(part: Part) -> Outcome:
    """Run one part; pytest's 5 (nothing was selected) counts as a failure."""
    report = REPORTS / f"{part.name.replace('/', '-').replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    start = time.monotonic()
    done = _pytest("-q", "-o", "junit_family=xunit1", f"--junitxml={report}", *part.files)
    counts, skipped, failed = _read(report)
    spent, output = time.monotonic() - start, done.stdout + done.stderr
    return Outcome(part, counts, skipped, failed, done.returncode, output, spent)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--changed", nargs="?", const="HEAD", metavar="REVISION")
    parser.add_argument("paths", nargs="*", default=["tests"])
    return parser.parse_args()


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
    mirrored = {_mirror(Path(line)) for text in listed for line in text.splitlines()}
    return sorted(str(path) for path in mirrored if path and (ROOT / path).is_file())


def _mirror(path: Path) -> Path | None:
    if path.suffix != ".py":
        return None
    if path.parts[0] == "tests":
        return path if path.name.startswith("test_") else None
    if path.parts[:2] != ("src", "genderlens"):
        return None
    folder = Path("tests", *path.parts[2:-1])
    return folder / f"test_{path.name}"


def _folder(file: str) -> str:
    return "/".join(file.split("/")[:2]) if file.count("/") > 1 else "tests"


def _rank(part: Part, collected: Counter[str]) -> tuple[int, int]:
    folder = part.name.split()[0]
    slow = SLOW_FIRST.index(folder) if folder in SLOW_FIRST else len(SLOW_FIRST)
    return slow, -sum(collected[file] for file in part.files)


def _pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def _run_again(outcomes: Sequence[Outcome]) -> set[str]:
    """The failed tests that pass when nothing else runs; none where a process failed otherwise."""
    failed = [test for outcome in outcomes for test in outcome.failed]
    if not 0 < len(failed) <= MOST_AGAIN:
        return set()
    again = run(Part("again", tuple(failed)))
    _say(f"failed beside others and run again alone: {again.line}")
    return set(failed) - set(again.failed) if again.counts.total() == len(failed) else set()


def _read(report: Path) -> tuple[Counter[str], Counter[str], tuple[str, ...]]:
    counts: Counter[str] = Counter(passed=0, failed=0, skipped=0)
    reasons: Counter[str] = Counter()
    failed: list[str] = []
    if not report.is_file():
        return counts, reasons, ()
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag: child for child in case}
        if "failure" in kinds or "error" in kinds:
            counts["failed"] += 1
            failed.append(f"{case.get('file')}::{case.get('name')}")
        elif "skipped" in kinds:
            counts["skipped"] += 1
            reasons[kinds["skipped"].get("message", "")] += 1
        else:
            counts["passed"] += 1
    return counts, reasons, tuple(failed)


def _report(outcome: Outcome) -> None:
    _say(outcome.line)
    if outcome.code != 0:
        _say(outcome.output)


def _conclude(outcomes: Sequence[Outcome], collected: int, mended: set[str]) -> int:
    total = sum((outcome.counts for outcome in outcomes), Counter[str]())
    for test in sorted(mended):
        _say(f"passed only alone: {test}")
    for reason, count in _reasons(outcomes):
        _say(f"skipped {count}: {reason}")
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
