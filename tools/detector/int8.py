"""``python -m tools.detector.int8``: the detector's fast graph beside the float one, in INT8.

Weights of seven bits that cannot saturate, rounded so that the errors of a layer cancel, pixels as
the bytes that they are, and the last convolution in float. Beside it golden inputs for both graphs.
``benchmarks/looks.py`` judges it by verdicts on labelled photos.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import onnx
import typer

from genderlens.data.readers import read_source
from genderlens.data.splits.asked import select_split
from genderlens.detection.sound import FAST, read_planes
from genderlens.export.golden import draw_pictures
from genderlens.export.int8.exact_scales import Scale, set_ranges
from genderlens.export.int8.quantize import FloatGraph, calibrate_ranges, quantize_static
from genderlens.export.int8.rounding import measure_curvature, round_weights
from genderlens.export.int8.saturation import require_exact_sums
from genderlens.graphs.golden import GOLDEN, Expected, pack_golden
from genderlens.graphs.runtime import Session
from genderlens.storage import sha256_of_file, write_bytes_atomically
from tools.detector.graph import FLOAT_PICTURE, read_network, take_bytes, write_graph
from tools.detector.making import DETECTOR, FACTS
from tools.detector.scenes import Pictures, draw_scenes
from tools.detector.shuffling import shuffle_bytes

GOLDEN_SHAPE: Final = (64, 96)
BOUNDS: Final = {DETECTOR: 0.005, FAST: 0.02}
"""Of a cell. Sums of bytes are exact, so engines differ only where a byte is rounded otherwise."""
_GOLDEN_PICTURES: Final = slice(1, 3)
_ROUNDING: Final = 100
"""Pictures that the rounding of weights is fitted on."""


def main(
    data: Annotated[str, typer.Option(help="SOURCE with a split train of face crops.")],
    scenes: Annotated[Path, typer.Option(help="Folder of JPEGs of all kinds of scenes.")],
    out: Annotated[Path, typer.Option(help="Folder with detector.onnx and detector.json.")],
) -> None:
    """Write detector.int8.onnx and golden.json, and note them in detector.json."""
    crops = select_split(read_source(data), "train", f"--data {data}")
    pictures = draw_scenes(crops, scenes)
    core = write_graph(read_network(onnx.load(out / DETECTOR)))
    write_bytes_atomically(out / FAST, quantize_detector(core, pictures))
    write_golden(out)
    _note(out, len(pictures))
    typer.echo(f"wrote {out / FAST}")


def quantize_detector(core: onnx.ModelProto, pictures: list[Pictures]) -> bytes:
    """The INT8 graph of the float graph from ``image_float``; it takes ``image``, bytes."""
    graph = FloatGraph(core)
    ranges = calibrate_ranges(graph, pictures, "minmax")
    plain = quantize_static(graph, set_ranges(ranges, {FLOAT_PICTURE: Scale(1.0, 0)}))
    curvature = measure_curvature(core, pictures[:_ROUNDING])
    rounded = require_exact_sums(round_weights(plain, core, curvature))
    whole = take_bytes(shuffle_bytes(onnx.load_from_string(rounded)))
    return require_exact_sums(whole.SerializeToString(deterministic=True))


def write_golden(folder: Path) -> None:
    """``golden.json`` of both graphs in a folder, from what they give here."""
    pictures = draw_pictures(GOLDEN_SHAPE)[_GOLDEN_PICTURES]
    graphs = {}
    for name, bound in BOUNDS.items():
        cells = read_planes(Session((folder / name).read_bytes()), pictures)
        numbers = tuple(float(f"{cell:.5g}") for cell in cells.tolist())
        digest = sha256_of_file(folder / name)
        graphs[name] = Expected(sha256=digest, logits=numbers, bound=bound)
    text = pack_golden(pictures, graphs).model_dump_json() + "\n"
    write_bytes_atomically(folder / GOLDEN, text.encode("utf-8"))


def _note(folder: Path, pictures: int) -> None:
    facts = json.loads((folder / FACTS).read_text("utf-8"))
    facts["int8"] = {
        "file": FAST,
        "sha256": sha256_of_file(folder / FAST),
        "bytes": (folder / FAST).stat().st_size,
        "calibrated_on": f"{pictures} pictures: scenes, face crops pasted into scenes, and in rows",
        "command": "python -m tools.detector.int8 --data SOURCE --scenes FOLDER --out FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "judged_by": "python benchmarks/looks.py",
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    write_bytes_atomically(folder / FACTS, text.encode("utf-8"))


if __name__ == "__main__":
    typer.run(main)
