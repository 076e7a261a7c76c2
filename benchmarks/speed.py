"""Ours beside what the reference systems do, from one run on one thread.

(a) EfficientNet-B0 at 224 in PyTorch eager, FP32 and dynamically quantised, beside our graphs;
(b) a first script's loop over a 1-megapixel JPEG: full decoding, full-size detection, FP32;
(c) plain ONNX Runtime with our files and the same crops, the limit for our predictor;
and what batching would give. All take turns in shuffled order; times are CPU time of the thread,
which other work on the machine hardly moves. Run ``python benchmarks/speed.py [BUNDLE]``; writes
``docs/figures/speed.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from torch import nn

from common import machine
from genderlens.bundle import Bundle, load_bundle
from genderlens.export.benchmark.measuring import list_variants
from genderlens.export.int8.verify import interleave
from genderlens.graphs.runtime import LOGIT
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.predictor import create_predictor
from genderlens.pictures.imaging import decode_image, resize_region
from genderlens.settings import load_settings
from genderlens.types import Box, Detection
from single_image import PlainLoop, encode_jpeg, portrait

OUT = Path(__file__).parents[1] / "docs" / "figures" / "speed.json"
MEGAPIXEL = (1000, 1000)
BATCHES = (1, 2, 4, 8, 16)
Calls = dict[str, Callable[[], object]]


def medians(calls: Calls, rounds: int) -> dict[str, float]:
    """Milliseconds of CPU time by name, all taking turns."""
    spent = interleave(list(calls.values()), rounds=rounds, clock=time.thread_time)
    return {
        name: statistics.median(seconds) * 1000.0
        for name, seconds in zip(calls, spent, strict=True)
    }


def model_alone(bundle: Bundle, rounds: int) -> dict[str, float]:
    """One face through each graph, and through seed 004's network."""
    calls: Calls = {}
    variants, left_out = list_variants([bundle])
    if left_out:
        sys.exit(left_out[0])
    for variant in variants:
        session = bundle.create_session(precision=variant.precision)
        values = np.zeros((1, 3, *bundle.description.input.shape), np.float32)
        inputs = {session.input_name: values}
        calls[f"ours_{variant.precision}"] = _bind(session.run, inputs, [LOGIT])
    network = timm.create_model("efficientnet_b0", num_classes=2).eval()
    picture = torch.zeros(1, 3, 224, 224)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dynamic = torch.ao.quantization.quantize_dynamic(network, {nn.Linear}, dtype=torch.qint8)
    calls["efficientnet_b0_eager"] = _bind(network, picture)
    calls["efficientnet_b0_dynamic_int8"] = _bind(dynamic, picture)
    with torch.inference_mode():
        return medians(calls, rounds)


def _bind(call: Callable[..., object], *arguments: object) -> Callable[[], object]:
    return lambda: call(*arguments)


def predictor_overhead(bundle: Bundle, rounds: int) -> dict[str, float]:
    """A detected face cut and classified by us, and by the fewest lines around the session."""
    image, face = portrait().resize(MEGAPIXEL), Detection(Box(345.7, 107.4, 529.3, 349.6), 0.9)
    classifier, session = BundleClassifier(bundle, tta="off"), bundle.create_session()
    spec, raw, name = bundle.description.input, session._session, session.input_name
    mean, std = np.float32(spec.mean) * 255, np.float32(spec.std) * 255

    def plain() -> object:
        square = bundle.crop.square(face.box)
        cut = resize_region(image, spec.shape, region=square, interpolation=spec.interpolation)
        values = ((cut - mean) / std).transpose(2, 0, 1)[None]
        return raw.run([LOGIT], {name: np.ascontiguousarray(values)})

    def ours() -> object:
        return classifier.logits(image, [face], [bundle.head])

    return medians({"ours": ours, "plain": plain}, rounds)


def end_to_end(bundle: Bundle, rounds: int) -> dict[str, float]:
    """A 1-megapixel JPEG to its answer."""
    content = encode_jpeg(portrait().resize(MEGAPIXEL, Image.Resampling.LANCZOS))
    predictor = create_predictor(load_settings(model=str(bundle.path), threads=1))
    loop = PlainLoop(bundle)
    assert predictor.predict([content])[0].faces
    image, detector = decode_image(content), predictor._faces
    return medians(
        {
            "ours": lambda: predictor.predict([content]),
            "plain": lambda: loop(content),
            "of_ours_decode": lambda: decode_image(content),
            "of_ours_detect": lambda: detector.detect(image),
        },
        rounds,
    )


def batching(bundle: Bundle, rounds: int) -> dict[str, float]:
    """Milliseconds per face by batch size, one thread, the graph that serves."""
    session, shape = bundle.create_session(), bundle.description.input.shape
    batches = {size: np.zeros((size, 3, *shape), np.float32) for size in BATCHES}
    calls = {
        str(size): _bind(session.run, {session.input_name: values}, [LOGIT])
        for size, values in batches.items()
    }
    return {size: ms / int(size) for size, ms in medians(calls, rounds).items()}


def first_answer(bundle: Bundle, starts: int = 5) -> dict[str, float]:
    """Median seconds of a fresh process to its first answer, by clock and CPU, and its memory."""
    photo = Path(__file__).parents[1] / "build" / "first_answer.jpg"
    photo.parent.mkdir(exist_ok=True)
    photo.write_bytes(encode_jpeg(portrait()))
    module, wall, cpu, peak = "genderlens.export.benchmark.child", [], [], []
    command = [sys.executable, "-m", module, str(bundle.path), "auto", str(photo)]
    for _ in range(starts):
        start, before = time.perf_counter(), _children_cpu()
        done = subprocess.run(command, check=True, capture_output=True)
        peak.append(json.loads(done.stdout)["peak_memory_bytes"] / 1e6)
        wall.append(time.perf_counter() - start)
        cpu.append(_children_cpu() - before)
    return {
        "wall_s": statistics.median(wall),
        "cpu_s": statistics.median(cpu),
        "peak_memory_mb": statistics.median(peak),
    }


def _children_cpu() -> float:
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}


def measure(bundle: Bundle, rounds: int) -> dict[str, object]:
    """Everything, and the ratios that docs/benchmarks.md quotes."""
    alone, end = model_alone(bundle, rounds), end_to_end(bundle, rounds)
    overhead = predictor_overhead(bundle, 4 * rounds)
    ours = alone[f"ours_{bundle.description.precision.serves}"]
    ratios = {
        "model_to_efficientnet_b0_eager": alone["efficientnet_b0_eager"] / ours,
        "model_to_efficientnet_b0_dynamic_int8": alone["efficientnet_b0_dynamic_int8"] / ours,
        "predictor_to_plain_onnxruntime": overhead["ours"] / overhead["plain"],
        "end_to_end_to_plain_loop": end["plain"] / end["ours"],
    }
    return {
        "model": bundle.version,
        "serves": bundle.description.precision.serves,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "threads": 1,
        "cpu_milliseconds": {
            "model_alone": rounded(alone),
            "classify_one_crop": rounded(overhead),
            "one_megapixel_jpeg": rounded(end),
            "per_face_by_batch": rounded(batching(bundle, rounds)),
        },
        "first_answer": rounded(first_answer(bundle)),
        "ratios": rounded(ratios),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", nargs="?", default="default")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    torch.set_num_threads(1)
    result = measure(load_bundle(given.bundle), given.rounds)
    given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
