"""The network that stands for another detector works as much as that one."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from genderlens.export.benchmark.synthetic import (
    SIDE_PX,
    build_scrfd_work,
    count_multiplications,
)
from genderlens.graphs.runtime import Session


def test_it_is_a_sound_graph_of_half_a_billion_multiplications() -> None:
    content = build_scrfd_work()
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    assert count_multiplications() == pytest.approx(5e8, rel=0.02)
    session = Session(content)
    (found,) = session.run({session.input_name: np.ones((1, 3, SIDE_PX, SIDE_PX), np.float32)})
    assert found.shape == (1, 288, 20, 20)
    assert np.isfinite(found).all()
    assert found.std() > 0
