"""CPUs under the limits of a container."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from genderlens import cpus
from genderlens.cpus import (
    Cpu,
    describe_machine,
    map_in_threads,
    parse_cpuinfo,
    parse_sysctl,
    read_cpu,
    usable_cpus,
)


@pytest.fixture(autouse=True)
def eight_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def test_without_a_limit_every_cpu_counts(tmp_path: Path) -> None:
    assert usable_cpus(tmp_path) == 8


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("max 100000", 8),
        ("200000 100000", 2),
        ("250000 100000", 3),
        ("10000 100000", 1),
        ("9900000 100000", 8),
        ("0 100000", 8),
        ("nonsense", 8),
        ("", 8),
    ],
)
def test_version_2(tmp_path: Path, content: str, expected: int) -> None:
    (tmp_path / "cpu.max").write_text(content)
    assert usable_cpus(tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 8), ("150000", 2)])
def test_version_1(tmp_path: Path, quota: str, expected: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert usable_cpus(tmp_path) == expected


def test_systems_without_affinity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert usable_cpus(tmp_path) == 5


ZEN_3 = """processor\t: 0
model name\t: AMD EPYC 7763 64-Core Processor
flags\t\t: fpu sse4_2 avx avx2 sha_ni
processor\t: 1
flags\t\t: fpu avx512f avx512_vnni
"""
CASCADE_LAKE = "model name : Intel Xeon\nflags : avx avx2 avx512f avx512_vnni\n"
ALDER_LAKE = "model name : Intel Core\nflags : avx avx2 avx_vnni\n"
GRAVITON = "processor : 0\nFeatures : fp asimd asimddp i8mm sve\nCPU part : 0xd40\n"
PI_4 = "model name : ARMv7\nFeatures : half thumb neon vfpv4\n"


@pytest.mark.parametrize(
    ("text", "model", "summary"),
    [
        (ZEN_3, "AMD EPYC 7763 64-Core Processor", "AVX2, no AVX-512, no VNNI"),
        (CASCADE_LAKE, "Intel Xeon", "AVX2, AVX-512, VNNI"),
        (ALDER_LAKE, "Intel Core", "AVX2, no AVX-512, VNNI"),
        (GRAVITON, "", "NEON, DotProd, I8MM"),
        (PI_4, "ARMv7", "NEON, no DotProd, no I8MM"),
        ("", "", "CPU features unknown"),
        ("uarch : sifive,u74\nisa : rv64gc\n", "", "CPU features unknown"),
    ],
)
def test_linux_says_what_a_cpu_can_do(text: str, model: str, summary: str) -> None:
    found = parse_cpuinfo(text)
    assert (found.model, found.summary) == (model, summary)


INTEL_MAC = """machdep.cpu.brand_string: Intel(R) Core(TM) i9-9880H CPU @ 2.30GHz
machdep.cpu.features: FPU SSE4.2 AVX1.0
machdep.cpu.leaf7_features: RDWRFSGS BMI1 AVX2
"""
APPLE = """machdep.cpu.brand_string: Apple M2
hw.optional.neon: 1
hw.optional.arm.FEAT_DotProd: 1
hw.optional.arm.FEAT_I8MM: 0
"""


@pytest.mark.parametrize(
    ("text", "model", "summary"),
    [
        (INTEL_MAC, "Intel(R) Core(TM) i9-9880H CPU @ 2.30GHz", "AVX2, no AVX-512, no VNNI"),
        (APPLE, "Apple M2", "NEON, DotProd, no I8MM"),
        ("", "", "CPU features unknown"),
    ],
)
def test_macos_says_what_a_cpu_can_do(text: str, model: str, summary: str) -> None:
    found = parse_sysctl(text)
    assert (found.model, found.summary) == (model, summary)


def test_a_system_that_says_nothing_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_cpu(tmp_path / "none") == Cpu("", {})
    (tmp_path / "odd").write_bytes(b"model name : \xff\xfe\nflags : avx2\n")
    assert read_cpu(tmp_path / "odd").features["AVX2"]
    monkeypatch.setattr(cpus.sys, "platform", "darwin")
    monkeypatch.setattr(cpus.subprocess, "run", _no_sysctl)
    assert read_cpu() == Cpu("", {})


def _no_sysctl(*_: object, **__: object) -> None:
    raise FileNotFoundError("/usr/sbin/sysctl")


def test_what_stands_beside_a_figure_names_the_features() -> None:
    assert describe_machine().count(read_cpu().summary) == 1
    assert f"{os.cpu_count()} CPUs, " in describe_machine()


def test_who_stops_asking_waits_for_none_but_those_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ends, done = Event(), Event(), list[int]()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            ends.set()
            super().shutdown(wait, cancel_futures=cancel_futures)

    def work(number: int) -> int:
        if number == 1:
            begun.set()
            assert ends.wait(60)
        done.append(number)
        return number

    monkeypatch.setattr(cpus, "ThreadPoolExecutor", Pool)
    results = map_in_threads(work, range(9), workers=1, ahead=5)
    assert next(results) == 0
    assert begun.wait(60)
    results.close()  # type: ignore[attr-defined]
    assert done == [0, 1]
