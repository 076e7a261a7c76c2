"""Intervals from replicates."""

from __future__ import annotations

import numpy as np
import pytest

from genderlens.evaluation.figures.intervals import (
    centred_interval,
    divide,
    nan_mean,
    percentile_interval,
)
from genderlens.types import UNDEFINED, json_number


def test_percentiles_hold_the_value() -> None:
    found = percentile_interval(0.5, np.linspace(0, 1, 1001), 7)
    assert (found.low, found.high) == pytest.approx((0.025, 0.975))
    beside = percentile_interval(2.0, np.linspace(0, 1, 1001), 7)
    assert beside.low <= beside.value <= beside.high


def test_undefined_replicates_do_not_count() -> None:
    found = percentile_interval(0.5, np.asarray([np.nan, 0.4, 0.6]), 3)
    assert 0.4 <= found.low <= found.high <= 0.6
    assert percentile_interval(float("nan"), np.ones(3), 3) is UNDEFINED
    assert percentile_interval(0.5, np.full(3, np.nan), 3) is UNDEFINED


def test_where_all_agree_wilson_speaks() -> None:
    found = percentile_interval(1.0, np.ones(100), 20, support=20)
    assert (found.low, found.high) == pytest.approx((0.8389, 1.0), abs=1e-3)


def test_centred_removes_the_bias_of_resampling() -> None:
    found = centred_interval(0.01, np.linspace(0.015, 0.035, 1001), 7)
    assert found.low == pytest.approx(0.0005, abs=1e-6)
    assert found.high == pytest.approx(0.0195, abs=1e-6)
    assert centred_interval(0.001, np.linspace(0, 1, 11), 7).low == 0.0


def test_undefined_is_null_in_json() -> None:
    assert UNDEFINED.to_dict() == {"value": None, "low": None, "high": None}
    assert json_number(float("inf")) is None


def test_division_by_nothing_is_undefined() -> None:
    found = divide(np.asarray([1.0, 0.0]), np.asarray([2.0, 0.0]))
    assert found[0] == 0.5
    assert np.isnan(found[1])
    assert nan_mean(np.asarray([[1.0, np.nan], [3.0, np.nan]]))[0] == 2.0
