"""Networks whose weights are kept in half precision answer nearly as before."""

from __future__ import annotations

import numpy as np
import onnx
from tools.half_precision import halve

from genderlens.detection.faces import CENTERFACE
from genderlens.graphs.runtime import Session


def test_half_the_bytes_and_nearly_the_same_answers() -> None:
    model = onnx.load(CENTERFACE)
    halved = halve(model)
    assert halved.ByteSize() < 0.56 * model.ByteSize()
    picture = np.random.default_rng(0).integers(0, 255, (1, 64, 96, 3), np.uint8)
    before, after = (
        Session(one.SerializeToString()).run({"image": picture}) for one in (model, halved)
    )
    for own, other in zip(before, after, strict=True):
        assert np.allclose(own, other, atol=0.02 * max(1.0, float(np.abs(own).max())))
    assert any(not np.array_equal(own, other) for own, other in zip(before, after, strict=True))
