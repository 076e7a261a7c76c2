"""One picture at a time on one thread: decode, detect and classify, beside a plain loop.

The plain loop runs the same two ONNX files the way a first script does: decode everything, detect
at full resolution, crop, classify. Both take turns on the same pictures, so that noise hits both.
Run ``make bench``. Writes ``docs/figures/single_image.json`` and prints a table.
"""

from __future__ import annotations

import io
import json
import statistics
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime as ort
from PIL import Image
from rich.console import Console
from rich.table import Table

from common import machine
from genderlens.bundle import MODEL, Bundle, load_bundle
from genderlens.detection.faces import CENTERFACE
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import load_settings

OUT = Path(__file__).parents[1] / "docs" / "figures" / "single_image.json"
ROUNDS = 25
T = TypeVar("T")


class PlainLoop:
    """What a first script does with the same two files."""

    def __init__(self, bundle: Bundle) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        providers = ["CPUExecutionProvider"]
        self.faces = ort.InferenceSession(str(CENTERFACE), options, providers=providers)
        model = str(bundle.path / MODEL)
        self.gender = ort.InferenceSession(model, options, providers=providers)
        self.spec = bundle.description.input

    def __call__(self, content: bytes) -> float:
        image = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
        height, width = (side - side % 32 for side in image.shape[:2])
        heat, size = self.faces.run(None, {"image": image[None, :height, :width]})[:2]
        row, column = np.unravel_index(int(heat[0, 0].argmax()), heat.shape[2:])
        half = 2.25 * float(np.exp(size[0, :, row, column]).max())
        x, y = column * 4 + 2, row * 4 + 2
        crop = Image.fromarray(image).crop(
            (round(x - half), round(y - half), round(x + half), round(y + half))
        )
        values = np.asarray(crop.resize((self.spec.size_px,) * 2), np.float32) / 255.0
        values = (values - np.float32(self.spec.mean)) / np.float32(self.spec.std)
        return float(self.gender.run(None, {"image": values.transpose(2, 0, 1)[None]})[0][0, 0])


def pictures() -> dict[str, bytes]:
    """The same portrait at three sizes, as JPEG."""
    return {
        f"{side}×{side}": encode_jpeg(portrait().resize((side, side), Image.Resampling.LANCZOS))
        for side in (256, 512, 3464)
    }


def portrait() -> Image.Image:
    """One woman (Eileen Collins, NASA), 512×512."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage.data import astronaut

        return Image.fromarray(astronaut())


def encode_jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    """What the call gives, and its milliseconds."""
    start = time.perf_counter()
    found = call()
    return found, (time.perf_counter() - start) * 1000.0


def compare(predictor: Predictor, plain: PlainLoop, content: bytes) -> dict[str, float]:
    """Medians in milliseconds over alternating calls; the stages are those of the calls timed."""
    spent: dict[str, list[float]] = defaultdict(list)
    for turn in range(ROUNDS + 2):
        answers, ours = _timed(lambda: predictor.predict([content]))
        _, theirs = _timed(lambda: plain(content))
        if turn >= 2:
            for name, value in {**answers[0].timings_ms, "total": ours, "plain": theirs}.items():
                spent[name].append(value)
    medians = {name: statistics.median(values) for name, values in spent.items()}
    return {**medians, "ratio": medians["plain"] / medians["total"]}


def main() -> None:
    predictor, plain = create_predictor(load_settings(threads=1)), PlainLoop(load_bundle())
    rows = {name: compare(predictor, plain, content) for name, content in pictures().items()}
    result = {
        "model": predictor.bundle.version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "threads": 1,
        "milliseconds": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    table = Table("picture", "decode", "detect", "classify", "total ms", "plain loop / ours")
    for name, row in rows.items():
        total = row["total"]
        parts = (f"{row[stage] / total:.0%}" for stage in ("decode", "detect", "classify"))
        table.add_row(name, *parts, f"{total:.1f}", f"{row['ratio']:.1f}×")
    Console().print(table)


if __name__ == "__main__":
    main()
