from __future__ import annotations

import pytest
import torch

from genderlens.training.inputs.filters import gaussian_blur


def test_a_blur_keeps_the_mean() -> None:
    values = torch.rand(2, 3, 32, 32)
    blurred = gaussian_blur(values, 1.5)
    assert float(blurred.mean()) == pytest.approx(float(values.mean()), abs=0.01)
    assert float(blurred.std()) < 0.5 * float(values.std())
