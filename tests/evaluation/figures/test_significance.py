"""Tests of chance against SciPy (which scikit-learn brings along) and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from genderlens.evaluation.figures.significance import EXACT_UP_TO, holm, mcnemar, two_proportions


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (3, 9), (12, 12), (0, EXACT_UP_TO)])
def test_few_are_tested_exactly(first: int, second: int) -> None:
    expected = stats.binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected, abs=1e-12)
    assert mcnemar(second, first) == mcnemar(first, second)


@pytest.mark.parametrize(("first", "second"), [(20, 40), (300, 300), (5, 60)])
def test_many_are_tested_with_continuity_correction(first: int, second: int) -> None:
    statistic = max(0, abs(first - second) - 1) ** 2 / (first + second)
    assert mcnemar(first, second) == pytest.approx(stats.chi2.sf(statistic, 1), abs=1e-12)


def test_two_proportions_is_the_chi_square_of_a_table() -> None:
    table = np.asarray([[80, 20], [150, 90]])
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert two_proportions(80, 100, 150, 240) == pytest.approx(expected, abs=1e-12)
    assert two_proportions(0, 0, 5, 9) == 1.0
    assert two_proportions(9, 9, 5, 5) == 1.0


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([]) == []
