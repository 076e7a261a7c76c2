"""A bundle's graph held against the model that it was made of, on the same pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import MODEL, InputSpec, LikeSource
from genderlens.calibration import sigmoid, softmax
from genderlens.errors import BundleError
from genderlens.files.plain import read_plain
from genderlens.graphs.runtime import LOGIT
from genderlens.graphs.scan import MAX_GRAPH_BYTES
from genderlens.guests.process import Guests
from genderlens.importing.foreign import Floats, ForeignScores, Sign
from genderlens.importing.trial import ask_graph
from genderlens.pictures.imaging import RgbArray

MAX_LOGIT_GAP: Final = 2e-3
"""As a share of the largest log-odds, or of 1 where they are smaller."""
MAX_PROBABILITY_GAP: Final = 1e-3


def measure_parity(
    draft: Path, spec: InputSpec, crops: RgbArray, scores: ForeignScores, sign: Sign, guests: Guests
) -> LikeSource:
    """The largest gaps between the graph in ``draft`` and the scores of its source.

    BundleError where it is another model than its source.
    """
    content = read_plain(draft / MODEL, MAX_GRAPH_BYTES)
    found = ask_graph(guests, content, crops, spec, name=MODEL, output=LOGIT)
    expected = scores.logits(sign)
    probability = float(np.abs(_shares(found) - _shares(expected)).max())
    logit = None if scores.are_probabilities else float(np.abs(found - expected).max())
    bound = MAX_LOGIT_GAP * max(1.0, float(np.abs(expected).max()))
    if not probability <= MAX_PROBABILITY_GAP or not (logit or 0.0) <= bound:
        raise BundleError(_describe(found, expected, probability, logit))
    return LikeSource(
        pictures=len(crops),
        logit=None if logit is None else float(f"{logit:.2g}"),
        probability=float(f"{probability:.2g}"),
    )


def _shares(logits: Floats) -> Floats:
    """Probabilities of N×width logits: of one the positive label's, of more every label's."""
    return sigmoid(logits) if logits.shape[1] == 1 else softmax(logits)


def _describe(found: Floats, expected: Floats, probability: float, logit: float | None) -> str:
    said, meant = (_labels(logits) for logits in (found, expected))
    other = int((said != meant).sum())
    gap = "" if logit is None else f" and {logit:.2g} in the logit"
    return (
        f"the bundle is not the model that it was made of: on {len(found)} pictures they differ by "
        f"up to {probability:.2g} in the probability{gap}, and {other} get another label; if its "
        "files say another mean, std or layout than its network was trained with, give flags"
    )


def _labels(logits: Floats) -> NDArray[np.int64]:
    if logits.shape[1] == 1:
        return (logits[:, 0] > 0).astype(np.int64)
    likeliest: NDArray[np.int64] = logits.argmax(axis=1)
    return likeliest
