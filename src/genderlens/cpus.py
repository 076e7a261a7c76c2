"""How many CPUs this process may really use, what they can do, and work spread over them."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CPUINFO: Final = Path("/proc/cpuinfo")
_INTEL: Final = {
    "AVX2": {"avx2"},
    "AVX-512": {"avx512f"},
    "VNNI": {"avx512_vnni", "avx_vnni", "avx512vnni", "avxvnni"},
}
_ARM: Final = {
    "NEON": {"asimd", "neon", "advsimd"},
    "DotProd": {"asimddp", "feat_dotprod"},
    "I8MM": {"i8mm", "feat_i8mm"},
}
"""What integer networks run fastest with, and the words of the systems for it."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """A kind of processor."""

    model: str
    """As the system calls it, empty where it does not say."""
    features: dict[str, bool]
    """Of those that decide how fast networks run, which it has; empty where nobody knows."""

    @property
    def summary(self) -> str:
        """``AVX2, no AVX-512, no VNNI``."""
        if not self.features:
            return "CPU features unknown"
        return ", ".join(name if has else f"no {name}" for name, has in self.features.items())


def read_cpu(cpuinfo: Path = _CPUINFO) -> Cpu:
    """The processor that this runs on, as Linux or macOS describe it; never raises."""
    if sys.platform == "darwin":
        return _from_sysctl()
    return parse_cpuinfo(_text(cpuinfo))


def parse_cpuinfo(text: str) -> Cpu:
    """The first processor of Linux's ``/proc/cpuinfo``, on x86 or ARM."""
    facts: dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip().lower(), value.strip())
    model = facts.get("model name", "")
    if "flags" in facts:
        return Cpu(model, _known(_INTEL, facts["flags"].split()))
    if "features" in facts:
        return Cpu(model, _known(_ARM, facts["features"].split()))
    return Cpu(model, {})


def parse_sysctl(text: str) -> Cpu:
    """What ``sysctl -a`` of macOS says of the processor, on x86 or ARM."""
    facts = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    model = facts.get("machdep.cpu.brand_string", "")
    words = " ".join(v for n, v in facts.items() if n.startswith("machdep.cpu.") and "feat" in n)
    if words:
        return Cpu(model, _known(_INTEL, words.lower().split()))
    switches = [n for n, v in facts.items() if n.startswith("hw.optional.") and v.strip() == "1"]
    words_of_arm = [name.rpartition(".")[2].lower() for name in switches]
    return Cpu(model, _known(_ARM, words_of_arm) if words_of_arm else {})


def describe_machine() -> str:
    """The class of this machine, for beside a figure; names neither it nor its owner."""
    cpus, kind = os.cpu_count(), platform.machine()
    return f"{cpus} CPUs, {kind} ({read_cpu().summary}), {platform.system()}"


def usable_cpus(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """At least 1: the CPUs that the system lets us run on, less where a container is limited.

    Reads the quota of control groups, version 2 (``cpu.max``) or 1 (``cpu.cfs_quota_us``); a part
    of a CPU counts as one.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    quota = _quota(cgroup)
    return max(1, min(count, math.ceil(quota))) if quota else count


def map_in_threads(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    ahead: int | None = None,
) -> Generator[Result]:
    """The result of each item, in order, a thread for each usable CPU unless told otherwise.

    At most ``ahead`` items, four per thread unless told otherwise, are taken before their result is
    asked for, so memory stays bounded however many there are. Who stops asking waits for none but
    those begun.
    """
    workers = workers or usable_cpus()
    ahead = ahead or 4 * workers
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _quota(cgroup: Path) -> float | None:
    """CPUs that the control group may use on average, None where it is not limited."""
    words = _words(cgroup / "cpu.max") or [
        *_words(cgroup / "cpu" / "cpu.cfs_quota_us"),
        *_words(cgroup / "cpu" / "cpu.cfs_period_us"),
    ]
    if len(words) != 2 or not all(word.isdecimal() and int(word) for word in words):
        return None
    return int(words[0]) / int(words[1])


def _words(file: Path) -> list[str]:
    try:
        return file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return []


def _known(table: dict[str, set[str]], words: list[str]) -> dict[str, bool]:
    return {name: not meanings.isdisjoint(words) for name, meanings in table.items()}


def _from_sysctl() -> Cpu:
    try:
        found = subprocess.run(
            ["/usr/sbin/sysctl", "-a"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return Cpu("", {})
    return parse_sysctl(found.stdout.decode("utf-8", "replace"))


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
