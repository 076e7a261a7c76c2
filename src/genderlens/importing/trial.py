"""The answers of a graph that nobody vouches for, asked in a process that can be killed.

Run as ``python -m genderlens.importing.trial``; see genderlens.guests. The graph is scanned here
again, before the engine reads it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import InputSpec
from genderlens.errors import ModelTrialError
from genderlens.files.plain import read_plain
from genderlens.guests.child import TrialAlarm, serve_guest
from genderlens.guests.process import Guests
from genderlens.importing.options import Layout
from genderlens.pictures.imaging import RgbArray, normalize

_MODULE: Final = "genderlens.importing.trial"


def ask_graph(
    guests: Guests,
    content: bytes,
    crops: RgbArray,
    spec: InputSpec,
    *,
    name: str,
    output: str,
    layout: Layout = "nchw",
    dtype: str = "float32",
) -> NDArray[np.float64]:
    """What an output of a graph holds for N×H×W×3 bytes, each asked alone: N×k.

    ModelTrialError where the graph hangs, crashes, takes too much or gives no numbers;
    BundleIntegrityError where it is not safe to load.
    """
    with tempfile.TemporaryDirectory(prefix="genderlens-import-") as folder:
        graph, pictures = Path(folder, "model.onnx"), Path(folder, "pictures.npy")
        graph.write_bytes(content)
        np.save(pictures, crops)
        request = {
            "graph": str(graph),
            "pictures": str(pictures),
            "name": name,
            "output": output,
            "mean": list(spec.mean),
            "std": list(spec.std),
            "layout": layout,
            "dtype": dtype,
        }
        answer = guests.run(_MODULE, request, what=name)
    return np.asarray(answer["values"], dtype=np.float64)


def answer_pictures(request: dict[str, Any], alarm: TrialAlarm) -> dict[str, Any]:
    """The work of the guest: one list of numbers for each picture."""
    from genderlens.graphs.runtime import Session
    from genderlens.graphs.scan import MAX_GRAPH_BYTES, scan_model

    name = request["name"]
    content = read_plain(Path(request["graph"]), MAX_GRAPH_BYTES)
    scan_model(content, name)
    session = Session(content, name=name)
    crops = np.load(request["pictures"])
    alarm.beat()
    values = []
    for square in crops:
        batch = normalize(square[None], tuple(request["mean"]), tuple(request["std"]))
        given = to_source_input(batch, request["layout"], request["dtype"])
        (found,) = session.run({session.input_name: given}, [request["output"]])
        values.append(_require_numbers(found, name))
        alarm.beat()
    return {"values": values}


def to_source_input(batch: NDArray[np.float32], layout: Layout, dtype: str) -> NDArray[Any]:
    """N×3×H×W as a graph takes it; bytes are rounded to the nearest."""
    laid = batch if layout == "nchw" else batch.transpose(0, 2, 3, 1)
    if dtype == "uint8":
        laid = np.clip(np.rint(laid), 0, 255)
    return np.ascontiguousarray(laid.astype(dtype))


def _require_numbers(found: NDArray[Any], name: str) -> list[float]:
    if found.dtype.kind not in "fiu" or not np.isfinite(found).all() or found.size > 10_000:
        raise ModelTrialError(f"{name} answers a picture with {found.size} values that are none")
    return [float(value) for value in found.ravel()]


if __name__ == "__main__":
    serve_guest(answer_pictures)
