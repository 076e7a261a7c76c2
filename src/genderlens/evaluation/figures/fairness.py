"""Rates by group and by intersection of groups.

Buolamwini & Gebru, "Gender Shades: Intersectional Accuracy Disparities in Commercial Gender
Classification", FAT* 2018. Attributes are what a data set's annotators wrote down; none is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.counts import ANSWERS, answer_codes, count_shares
from genderlens.evaluation.figures.intervals import Estimate
from genderlens.evaluation.figures.metrics import Z_95, Proportion
from genderlens.evaluation.rows import Judged

Floats = NDArray[np.float64]

SMALL_GROUP: Final = 100
"""Fewer pictures than this say too little: such a group is shown with a warning."""
MOST_CROSSED: Final = 3
RATES: Final = ("accuracy", "recall_female", "recall_male", "abstention_rate", "refusal_rate")


@dataclass(frozen=True)
class Group:
    """The figures of one group; shares carry Wilson's interval and their own count.

    The true positive rate of a label is its recall; its false positive rate is the share of the
    other label that got it, one minus the other label's recall.
    """

    columns: tuple[str, ...]
    values: tuple[str, ...]
    count: int
    rates: dict[str, Proportion]
    mean_confidence: Estimate

    @property
    def name(self) -> str:
        return " · ".join(self.values)

    def is_small(self, smallest: int) -> bool:
        """Whether fewer than ``smallest`` of its pictures were answered."""
        return self.rates["accuracy"].count < smallest

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns),
            "values": list(self.values),
            "count": self.count,
            **{name: asdict(rate) for name, rate in self.rates.items()},
            "false_positive_rate_female": asdict(_complement(self.rates["recall_male"])),
            "false_positive_rate_male": asdict(_complement(self.rates["recall_female"])),
            "mean_confidence": self.mean_confidence.to_dict(),
        }


def audit(rows: Judged) -> list[Group]:
    """Every group of every attribute, then of every crossing of two and three of them."""
    names = list(rows.attributes)
    sizes = range(1, min(MOST_CROSSED, len(names)) + 1)
    crossings = [columns for size in sizes for columns in combinations(names, size)]
    return [group for columns in crossings for group in _groups(rows, columns)]


def accuracy_by_group(rows: Judged) -> dict[str, dict[str, Proportion]]:
    """Attribute → value → right among its answered; rows without a value are left out."""
    return {
        name: {group.values[0]: group.rates["accuracy"] for group in _groups(rows, (name,))}
        for name in rows.attributes
    }


def _members(rows: Judged, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """The group's number of each row, -1 where an attribute says nothing.

    The numbers count through the values of the last column first.
    """
    member = np.zeros(len(rows), dtype=np.int64)
    known = np.ones(len(rows), dtype=np.bool_)
    for name in columns:
        attribute = rows.attributes[name]
        known &= attribute.codes >= 0
        member = member * len(attribute.values) + attribute.codes
    return np.where(known, member, -1)


def _groups(rows: Judged, columns: tuple[str, ...]) -> Iterator[Group]:
    values = [rows.attributes[name].values for name in columns]
    shape = tuple(len(known) for known in values)
    tallies = [_tally(part, columns, prod(shape)) for part in rows.parts()]
    counts, sums, squares = (sum(tally) for tally in zip(*tallies, strict=True))
    for index in np.flatnonzero(counts.sum(axis=(1, 2))):
        place = np.unravel_index(index, shape)
        words = tuple(known[i] for known, i in zip(values, place, strict=True))
        total, shares = int(counts[index].sum()), count_shares(counts[index])
        rates = {name: shares[name] for name in RATES}
        mean = _mean(sums[index], squares[index], rates["accuracy"].count)
        yield Group(columns, words, total, rates, mean)


def _tally(
    rows: Judged, columns: tuple[str, ...], size: int
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Of each group the counts (2×5), the sum of the confidences and that of their squares."""
    member = _members(rows, columns)
    inside = member >= 0
    cells = np.bincount((member * 10 + answer_codes(rows))[inside], minlength=size * 10)
    confidence = np.where(rows.answered, rows.confidence, 0.0)
    sums, squares = (
        np.bincount(member[inside], confidence[inside] ** power, size).astype(np.float64)
        for power in (1, 2)
    )
    return cells.reshape(size, 2, len(ANSWERS)), sums, squares


def _mean(total: float, squares: float, count: int) -> Estimate:
    """The mean with its normal interval."""
    if not count:
        return Estimate(*[float("nan")] * 3)
    mean = float(total) / count
    half = Z_95 * float(np.sqrt(max(0.0, squares / count - mean**2) / count))
    return Estimate(mean, mean - half, min(1.0, mean + half))


def _complement(share: Proportion) -> Proportion:
    value = 1.0 - share.value if share.count else 0.0
    return Proportion(value, 1.0 - share.high, 1.0 - share.low, share.count)
