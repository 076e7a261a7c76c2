"""Tests of whether a difference may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, erfc, sqrt
from typing import Final

EXACT_UP_TO: Final = 25
"""Discordant pictures up to which the exact binomial test decides."""


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided p-value of pictures on which exactly one of two models is right.

    Exact binomial for few, chi-square with continuity correction for many (McNemar, "Note on the
    sampling error of the difference between correlated proportions or percentages", Psychometrika
    1947).
    """
    discordant = only_first + only_second
    if discordant <= EXACT_UP_TO:
        tail = sum(comb(discordant, k) for k in range(min(only_first, only_second) + 1))
        return float(min(1.0, 2.0 * tail / 2**discordant))
    chi_square = max(0, abs(only_first - only_second) - 1) ** 2 / discordant
    return erfc(sqrt(chi_square / 2.0))


def two_proportions(hits: int, count: int, other_hits: int, other_count: int) -> float:
    """Two-sided p-value of two independent shares, by the normal approximation."""
    total, everything = hits + other_hits, count + other_count
    if not count or not other_count or total in (0, everything):
        return 1.0
    pooled = total / everything
    apart = abs(hits / count - other_hits / other_count)
    return erfc(apart / sqrt(2 * pooled * (1 - pooled) * (1 / count + 1 / other_count)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted for so many tests (Holm, Scandinavian Journal of Statistics 1979)."""
    adjusted, largest = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = largest
    return adjusted
