"""Rates by group and by intersection of groups.

Buolamwini & Gebru, "Gender Shades: Intersectional Accuracy Disparities in Commercial Gender
Classification", FAT* 2018. Attributes are what a data set's annotators wrote down; none is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.counts import (
    answer_codes,
    confusion,
    count_shares,
    counts_shape,
    label_distances,
)
from genderlens.evaluation.figures.intervals import SEED
from genderlens.evaluation.figures.metrics import Z_95
from genderlens.evaluation.figures.names import group_rates, label_figure
from genderlens.evaluation.figures.scores import calibration_estimate
from genderlens.evaluation.rows import Judged
from genderlens.heads import Head
from genderlens.types import UNDEFINED, Estimate

Floats = NDArray[np.float64]

SMALL_GROUP: Final = 100
"""Fewer pictures than this say too little: such a group is shown with a warning."""
MOST_CROSSED: Final = 3


@dataclass(frozen=True)
class Group:
    """The figures of one group; shares carry Wilson's interval and their own count.

    ``rates`` are those of ``group_rates``, ``estimates`` what else a head that is not binary has:
    calibration error and, of labels in an order, mean distance. The true positive rate of a label
    is its recall; its false positive rate is the share of the other label that got it, one minus
    the other label's recall.
    """

    columns: tuple[str, ...]
    values: tuple[str, ...]
    count: int
    rates: dict[str, Estimate]
    mean_confidence: Estimate
    estimates: dict[str, Estimate] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " · ".join(self.values)

    def is_small(self, smallest: int) -> bool:
        """Whether fewer than ``smallest`` of its pictures were answered."""
        return self.rates["accuracy"].count < smallest

    def to_dict(self, head: Head) -> dict[str, Any]:
        """As ``report.json`` tells it; a binary head's false positive rates are derived here."""
        return {
            "columns": list(self.columns),
            "values": list(self.values),
            "count": self.count,
            **{name: asdict(rate) for name, rate in self.rates.items()},
            **(self._false_positive_rates(head) if head.is_binary else {}),
            "mean_confidence": self.mean_confidence.to_dict(),
            **{name: estimate.to_dict() for name, estimate in self.estimates.items()},
        }

    def _false_positive_rates(self, head: Head) -> dict[str, Any]:
        pairs = zip(head.labels, reversed(head.labels), strict=True)
        return {
            label_figure("false_positive_rate", label): asdict(
                _complement(self.rates[label_figure("recall", other)])
            )
            for label, other in pairs
        }


def audit(rows: Judged) -> list[Group]:
    """Every group of every attribute, then of every crossing of two and three of them."""
    names = list(rows.attributes)
    sizes = range(1, min(MOST_CROSSED, len(names)) + 1)
    crossings = [columns for size in sizes for columns in combinations(names, size)]
    groups = [group for columns in crossings for group in _groups(rows, columns)]
    return groups if rows.head.is_binary else _with_calibration(rows, groups)


def accuracy_by_group(rows: Judged) -> dict[str, dict[str, Estimate]]:
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
        total, shares = int(counts[index].sum()), count_shares(counts[index], rows.head)
        rates = {name: shares[name] for name in group_rates(rows.head)}
        mean = _mean(sums[index], squares[index], rates["accuracy"].count)
        distance = _mean_distance(counts[index], rows.head)
        yield Group(columns, words, total, rates, mean, distance)


def _tally(
    rows: Judged, columns: tuple[str, ...], size: int
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Of each group the counts, the sum of the confidences and that of their squares."""
    member, shape = _members(rows, columns), counts_shape(rows.head)
    inside, flat = member >= 0, prod(shape)
    cells = np.bincount((member * flat + answer_codes(rows))[inside], minlength=size * flat)
    confidence = np.where(rows.answered, rows.confidence, 0.0)
    sums, squares = (
        np.bincount(member[inside], confidence[inside] ** power, size).astype(np.float64)
        for power in (1, 2)
    )
    return cells.reshape(size, *shape), sums, squares


def _mean(total: float, squares: float, count: int, most: float = 1.0) -> Estimate:
    """The mean with its normal interval, which ends at ``most``."""
    if not count:
        return UNDEFINED
    mean = float(total) / count
    half = Z_95 * float(np.sqrt(max(0.0, squares / count - mean**2) / count))
    return Estimate(mean, mean - half, min(most, mean + half), count)


def _mean_distance(counts: NDArray[np.int64], head: Head) -> dict[str, Estimate]:
    """Of labels in an order, how far answers lie from the annotators' on average."""
    if head.kind != "ordinal":
        return {}
    likelier, apart = confusion(counts), label_distances(head)
    total, squares = (float((likelier * apart**power).sum()) for power in (1, 2))
    mean = _mean(total, squares, int(likelier.sum()), most=float(apart.max()))
    return {"mean_absolute_error": replace(mean, low=max(0.0, mean.low))}


def _with_calibration(rows: Judged, groups: Sequence[Group]) -> list[Group]:
    """The groups of single attributes with their calibration error."""
    generator = np.random.default_rng(SEED)
    return [_calibrated(rows, group, generator) for group in groups]


def _calibrated(rows: Judged, group: Group, generator: np.random.Generator) -> Group:
    if len(group.columns) > 1:
        return group
    attribute = rows.attributes[group.columns[0]]
    own = attribute.codes == attribute.values.index(group.values[0])
    error = calibration_estimate(answered_scores(rows, own), generator)
    return replace(group, estimates={**group.estimates, "ece": error})


def _complement(share: Estimate) -> Estimate:
    value = 1.0 - share.value if share.count else 0.0
    return Estimate(value, 1.0 - share.high, 1.0 - share.low, share.count)
