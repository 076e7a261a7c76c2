"""One process of the run: pytest on the files of a part, and what it found."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from asking import ask
from parts import Part

ROOT: Final = Path(__file__).resolve().parent.parent
REPORTS: Final = ROOT / "build" / "tests"
KNOWN: Final = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
"""Plugins of pytest without assertions of their own, which the server imported before pytest."""
OPTIONS: Final = ("-p", "no:cacheprovider", "-q", "-o", "junit_family=xunit1", "-W", KNOWN)


@dataclass(frozen=True)
class Outcome:
    """What one process found."""

    part: Part
    collected: int
    """How many tests pytest found before it ran the first."""
    counts: Counter[str]
    skipped: Counter[str]
    """Reasons."""
    failed: tuple[str, ...]
    """Addresses of tests."""
    seconds: Counter[str]
    """Of each file."""
    code: int
    output: str
    wall_s: float
    cpu_s: float

    @property
    def line(self) -> str:
        found = ", ".join(f"{count} {word}" for word, count in self.counts.items() if count)
        word = "ok    " if self.code == 0 else "FAILED"
        took = f"{self.wall_s:.0f} s ({self.cpu_s:.0f} s of processor)"
        return f"{word} {self.part.name}: {found or 'nothing'} in {took}"


def run(part: Part, place: str) -> Outcome:
    """Run one part in a fork of the server at ``place``; nothing collected counts as a failure."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{part.name.replace('/', '-').replace(' ', '-')}.xml"
    count = report.with_suffix(".collected")
    for path in (report, count):
        path.unlink(missing_ok=True)
    words = ["pytest", *OPTIONS, f"--junitxml={report}", f"--collected={count}", *part.files]
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        number = output.fileno()
        code, cpu_s = ask(place, words, streams=(0, number, number))
        output.seek(0)
        told = output.read()
    collected = int(count.read_text()) if count.is_file() else 0
    read = _read(report)
    return Outcome(part, collected, *read, code, told, time.monotonic() - start, cpu_s)


def _read(
    report: Path,
) -> tuple[Counter[str], Counter[str], tuple[str, ...], Counter[str]]:
    """How many ended in which way, why others were skipped, addresses of the failed, seconds."""
    counts: Counter[str] = Counter(passed=0, failed=0, skipped=0)
    reasons: Counter[str] = Counter()
    failed: list[str] = []
    seconds: Counter[str] = Counter()
    if not report.is_file():
        return counts, reasons, (), seconds
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag: child for child in case}
        seconds[case.get("file", "")] += float(case.get("time", 0))  # type: ignore[assignment]
        if "failure" in kinds or "error" in kinds:
            counts["failed"] += 1
            failed.append(f"{case.get('file')}::{case.get('name')}")
        elif "skipped" in kinds:
            counts["skipped"] += 1
            reasons[kinds["skipped"].get("message", "")] += 1
        else:
            counts["passed"] += 1
    return counts, reasons, tuple(failed), seconds
