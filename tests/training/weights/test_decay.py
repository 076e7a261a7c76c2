from __future__ import annotations

import pytest

from genderlens.training.weights.decay import decay_at


@pytest.mark.parametrize(
    ("step", "decay", "expected"),
    [(0, 0.999, 0.1), (90, 0.999, 0.91), (10**6, 0.999, 0.999), (90, 0.5, 0.5), (5, 0.0, 0.0)],
)
def test_the_decay_grows_to_what_was_asked(step: int, decay: float, expected: float) -> None:
    assert decay_at(step, decay) == pytest.approx(expected)
