"""The model for a web page: one small ONNX file for onnxruntime-web and what a page must know."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

import numpy as np

from genderlens.bundle import INT8_MODEL, MODEL, Bundle
from genderlens.data.manifest import Manifest
from genderlens.errors import BundleError
from genderlens.export.half import store_weights_as_half
from genderlens.export.squares import read_squares, spread
from genderlens.export.verify import compute_logits
from genderlens.runtime import Session
from genderlens.storage import replacing, sha256_of_file, write_bytes_atomically

PAGE_FACTS: Final = "model.json"
MAX_BYTES: Final = 5_000_000
MAX_PROBABILITY_GAP: Final = 1e-3
JUDGED: Final = 200
_FACTS: Final = {"name", "version", "labels", "input", "crop", "calibration"}


def write_browser_bundle(bundle: Bundle, folder: Path, judging: Manifest) -> Path:
    """Write ``model.onnx``, the graph that the bundle serves, and ``model.json`` beside it.

    Raises BundleError where it is above MAX_BYTES, or where a probability of ``judging``'s face
    crops differs from the server's by more than MAX_PROBABILITY_GAP.
    """
    with replacing(folder / MODEL) as partial:
        _copy_served(bundle, partial)
        _require_small(partial, bundle)
        gap = _require_parity(bundle, partial, judging)
    facts = bundle.description.model_dump(mode="json", include=_FACTS)
    facts |= {"sha256": sha256_of_file(folder / MODEL), "largest_probability_gap": gap}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    write_bytes_atomically(folder / PAGE_FACTS, text.encode("utf-8"))
    return folder / MODEL


def _copy_served(bundle: Bundle, target: Path) -> None:
    if bundle.description.precision.serves == "int8":
        shutil.copyfile(bundle.path / INT8_MODEL, target)
        return
    shutil.copyfile(bundle.path / MODEL, target)
    store_weights_as_half(target)  # a graph that has them already stays as it is


def _require_small(model: Path, bundle: Bundle) -> None:
    size = model.stat().st_size
    if size > MAX_BYTES:
        raise BundleError(
            f"the model of {bundle.version} takes {size / 1e6:.1f} MB, a web page at most "
            f"{MAX_BYTES / 1e6:.0f} MB; export it with --int8, or train a smaller network"
        )


def _require_parity(bundle: Bundle, model: Path, judging: Manifest) -> float:
    spec = bundle.description.input
    squares = read_squares(spread(judging, JUDGED), spec)
    sessions = bundle.create_session(), Session(model.read_bytes(), name=str(model))
    served, found = (
        bundle.calibration.probability_male(compute_logits(session, squares, spec))
        for session in sessions
    )
    gap = float(np.abs(served - found).max())
    if not gap <= MAX_PROBABILITY_GAP:
        raise BundleError(
            f"the web page would differ from the server by {gap:.2g} in a probability, at most "
            f"{MAX_PROBABILITY_GAP:g} is allowed; export the bundle with --fp16 or --int8"
        )
    return gap
