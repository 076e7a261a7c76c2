"""How fast, how large: bundles side by side, their graphs alone and from photo to answer.

All variants take turns in shuffled order, so that whatever else the machine does hits each alike.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from tqdm import tqdm

from genderlens.bundle import INT8_MODEL, MODEL, Bundle
from genderlens.cpus import describe_machine, usable_cpus
from genderlens.errors import BundleError
from genderlens.export.benchmark.kinds import measure_kinds
from genderlens.export.benchmark.photo import MIN_SCORE, draw_photo
from genderlens.export.benchmark.torch_loop import create_eager_loop, has_torch
from genderlens.export.int8.verify import interleave
from genderlens.graphs.runtime import LOGIT
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import load_settings
from genderlens.types import Precision

BATCHES: Final = (1, 2, 4, 8, 16, 32, 64)
PHOTO_SIZE: Final = (1155, 866)
"""One megapixel."""
KIND_ROUNDS: Final = 7
_KIND_ROUND_S: Final = 1.5
"""Every kind of photo in every way once, on a common processor."""
_STARTS: Final = 3
_START_S: Final = 1.0
"""A fresh process to its first answer takes about so long."""


@dataclass(frozen=True)
class BenchmarkedGraph:
    """One graph of one bundle."""

    bundle: Bundle
    precision: Precision

    @property
    def name(self) -> str:
        serves = " (serves)" if self.bundle.description.precision.serves == self.precision else ""
        return f"{self.bundle.version} {self.precision}{serves}"


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one call, and pictures per second at the median."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    per_second: float


def list_variants(bundles: Sequence[Bundle]) -> tuple[list[BenchmarkedGraph], list[str]]:
    """FP32 of every bundle, and INT8 of those that hold it; why an INT8 graph was left out.

    One that is off on this machine would be replaced by FP32 and timed as that.
    """
    found, left_out = [], []
    for bundle in bundles:
        found.append(BenchmarkedGraph(bundle, "fp32"))
        if INT8_MODEL in bundle.description.files:
            fallback = bundle.load_graph(precision="int8").fallback
            if fallback is None:
                found.append(BenchmarkedGraph(bundle, "int8"))
            else:
                left_out.append(f"{bundle.version}: {fallback}; it is not measured")
    return found, left_out


def run_benchmark(
    bundles: Sequence[Bundle],
    *,
    photo: bytes | None = None,
    rounds: int = 50,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Everything measured, as one JSON document; ``photo`` stands for a drawn one.

    ``tell`` hears in one line, before the work, how long it will take.

    Raises BundleError where two bundles cannot be told apart, or where no face is found in the
    photo, for then nothing is classified.
    """
    if len({bundle.version for bundle in bundles}) < len(bundles):
        versions = ", ".join(bundle.version for bundle in bundles)
        raise BundleError(f"two bundles have one version ({versions}); give each once")
    variants, left_out = list_variants(bundles)
    photo = photo or draw_photo(*PHOTO_SIZE)
    counts = sorted({1, usable_cpus()})
    if tell is not None:
        seconds = estimate_seconds(variants, photo, rounds, counts)
        tell(f"measuring {len(variants)} graphs: about {describe_seconds(seconds)}")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": describe_machine(),
        "left_out": left_out,
        "rounds": rounds,
        "torch": has_torch(),
        "model": {str(threads): _model(variants, threads, rounds) for threads in counts},
        "end_to_end": _end_to_end(variants, photo, rounds),
        "kinds": measure_kinds(bundles[0], KIND_ROUNDS),
        "cold": {variant.name: _cold(variant, photo) for variant in tqdm(variants, desc="starts")},
        "bytes": {bundle.version: _sizes(bundle) for bundle in bundles},
    }


def estimate_seconds(
    variants: Sequence[BenchmarkedGraph], photo: bytes, rounds: int, threads: Sequence[int]
) -> float:
    """Roughly how long a benchmark takes: each kind of work done once, times how often it is."""
    pictures = sum(batch * _rounds_of(batch, rounds) for batch in BATCHES)
    total = 0.0
    for variant in variants:
        loops = [_call(variant, 1, 1)]
        if has_torch() and variant.precision == "fp32":
            loops.append(create_eager_loop(variant.bundle.description, 1, 1))
        total += sum(_second_call(loop) for loop in loops) * pictures * len(threads)
        total += _second_call(partial(_predictor(variant).predict, [photo])) * rounds
    return total + len(variants) * _STARTS * _START_S + KIND_ROUNDS * _KIND_ROUND_S


def describe_seconds(seconds: float) -> str:
    """``40 s`` or ``3 min``."""
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} s"
    return f"{round(seconds / 60)} min"


def _second_call(call: Callable[[], object]) -> float:
    """Seconds of a call once the first has set everything up."""
    call()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _rounds_of(batch: int, rounds: int) -> int:
    return max(5, rounds // batch)


def _model(variants: Sequence[BenchmarkedGraph], threads: int, rounds: int) -> dict[str, Any]:
    """Variant → batch size → latency of the graph alone."""
    table: dict[str, dict[str, Any]] = {}
    for batch in tqdm(BATCHES, desc=f"batches on {threads} thread(s)"):
        calls: dict[str, Callable[[], object]] = {}
        for variant in variants:
            calls[variant.name] = _call(variant, threads, batch)
            if has_torch() and variant.precision == "fp32":
                name = f"{variant.bundle.version} torch eager"
                calls[name] = create_eager_loop(variant.bundle.description, threads, batch)
        spent = interleave(list(calls.values()), rounds=_rounds_of(batch, rounds))
        for name, seconds in zip(calls, spent, strict=True):
            table.setdefault(name, {})[str(batch)] = asdict(summarize(seconds, batch))
    return table


def _call(variant: BenchmarkedGraph, threads: int, batch: int) -> Callable[[], object]:
    session = variant.bundle.create_session(threads=threads, precision=variant.precision)
    shape = variant.bundle.description.input.shape
    values = np.random.default_rng(0).normal(size=(batch, 3, *shape)).astype(np.float32)
    return lambda: session.run({session.input_name: values}, [LOGIT])


def summarize(seconds: Sequence[float], batch: int = 1) -> Latency:
    """Percentiles of the calls' seconds."""
    p50, p95, p99 = (float(np.percentile(seconds, share)) * 1000.0 for share in (50, 95, 99))
    return Latency(round(p50, 3), round(p95, 3), round(p99, 3), round(batch * 1000.0 / p50, 1))


def _end_to_end(variants: Sequence[BenchmarkedGraph], photo: bytes, rounds: int) -> dict[str, Any]:
    """Variant → latency and median milliseconds by stage, from encoded photo to answer."""
    predictors = [_predictor(variant) for variant in variants]
    stages: list[dict[str, list[float]]] = [{} for _ in variants]

    def answer(index: int) -> None:
        (found,) = predictors[index].predict([photo])
        if not found.faces:
            raise BundleError("no face was found in the photo; give another with --photo")
        for stage, milliseconds in found.timings_ms.items():
            stages[index].setdefault(stage, []).append(milliseconds)

    calls = [lambda index=index: answer(index) for index in range(len(variants))]
    spent = interleave(calls, rounds=rounds)
    return {
        variant.name: {
            **asdict(summarize(seconds)),
            "stages_ms": {name: round(statistics.median(ms), 3) for name, ms in split.items()},
        }
        for variant, seconds, split in zip(variants, spent, stages, strict=True)
    }


def _predictor(variant: BenchmarkedGraph) -> Predictor:
    return create_predictor(
        load_settings(
            model=str(variant.bundle.path),
            precision=variant.precision,
            faces="largest",
            face_min_score=MIN_SCORE,
            face_sure_score=0.0,
            threads=1,
        )
    )


def _cold(variant: BenchmarkedGraph, photo: bytes) -> dict[str, Any]:
    """Median seconds from a fresh process to its first answer, and its peak memory."""
    starts, facts = [], {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(photo)
        module = "genderlens.export.benchmark.child"
        arguments = [str(variant.bundle.path), variant.precision, str(path)]
        for _ in range(_STARTS):
            start = time.perf_counter()
            done = subprocess.run(  # noqa: S603  our own module and paths
                [sys.executable, "-m", module, *arguments],
                capture_output=True,
                check=True,
            )
            starts.append(time.perf_counter() - start)
            facts = json.loads(done.stdout.splitlines()[-1])
    return {
        "first_answer_s": round(statistics.median(starts), 3),
        "peak_memory_bytes": facts["peak_memory_bytes"],
    }


def _sizes(bundle: Bundle) -> dict[str, int]:
    sizes = {file.name: file.stat().st_size for file in bundle.path.iterdir() if file.is_file()}
    known = {name: size for name, size in sizes.items() if name in {MODEL, INT8_MODEL}}
    return {**known, "all": sum(sizes.values())}
