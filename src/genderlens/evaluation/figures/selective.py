"""What abstaining does to each group when all share one threshold.

Jones, Sagawa, Koh, Kumar & Liang, "Selective Classification Can Magnify Disparities Across
Groups", ICLR 2021: withholding doubtful answers raises accuracy overall and may lower it for some.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.intervals import divide
from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.figures.scores import risk_area
from genderlens.evaluation.rows import Judged
from genderlens.types import Estimate

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

COVERAGES: Final = np.linspace(1.0, 0.1, 46)
"""Shares of all answered pictures that stay, read from right to left in the plot."""
_FEWEST: Final = 30
"""With fewer pictures left, a group's line ends."""


@dataclass(frozen=True)
class SelectiveGroup:
    """One group under the common threshold.

    ``accuracy`` and ``coverage`` go with COVERAGES (NaN where too few are left);
    ``error_before`` has every answered picture, ``error_after`` those from the threshold on.
    """

    column: str
    value: str
    accuracy: Floats
    coverage: Floats
    area: Estimate
    error_before: Estimate
    error_after: Estimate
    coverage_after: Estimate

    @property
    def is_hurt(self) -> bool:
        """Whether abstaining makes its answers wrong more often."""
        return self.error_after.count > 0 and self.error_after.value > self.error_before.value

    def to_dict(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "value": self.value,
            "aurc": self.area.to_dict(),
            "error_before": asdict(self.error_before),
            "error_after": asdict(self.error_after),
            "coverage_after": asdict(self.coverage_after),
            "hurt": self.is_hurt,
            "accuracy": [None if np.isnan(a) else round(float(a), 6) for a in self.accuracy],
            "coverage": [round(float(c), 6) for c in np.nan_to_num(self.coverage)],
        }


def selective_groups(
    rows: Judged, threshold: float, generator: np.random.Generator
) -> list[SelectiveGroup]:
    """Every group of every single attribute; ``threshold`` is that of the target error."""
    answered = rows.answered
    if not answered.any():
        return []
    cuts = np.quantile(rows.confidence[answered], 1.0 - COVERAGES, overwrite_input=True)
    found = []
    for column, attribute in rows.attributes.items():
        tally = np.sum([_tally(part, column, cuts, threshold) for part in rows.parts()], axis=0)
        for code, value in enumerate(attribute.values):
            own = answered & (attribute.codes == code)
            if own.any():
                area = risk_area(answered_scores(rows, own), generator)
                found.append(_group(column, value, tally[code], area))
    return found


def _tally(rows: Judged, column: str, cuts: Floats, threshold: float) -> Counts:
    """Group × (all, right) × (those whose highest cut is this one …, those from the threshold on).

    Of answered rows alone.
    """
    attribute, size = rows.attributes[column], len(cuts) + 1
    known = rows.answered & (attribute.codes >= 0)
    confidence, right = rows.confidence[known], rows.right[known]
    place = attribute.codes[known].astype(np.int64) * 2 * size
    place += np.searchsorted(cuts, confidence, side="right") - 1
    stays = confidence >= threshold
    last = place[stays] // size * size + size - 1
    met = [place, last, place[right] + size, last[right[stays]] + size]
    shape = (len(attribute.values), 2, size)
    tally: Counts = np.bincount(np.concatenate(met), minlength=prod(shape)).reshape(shape)
    return tally


def _group(column: str, value: str, tally: Counts, area: Estimate) -> SelectiveGroup:
    left, hits = np.cumsum(tally[:, -2::-1], axis=1)[:, ::-1]
    total, stayed = int(left[0]), int(tally[0, -1])
    return SelectiveGroup(
        column=column,
        value=value,
        accuracy=np.where(left >= _FEWEST, divide(hits, left), np.nan),
        coverage=left / total,
        area=area,
        error_before=proportion(total - int(hits[0]), total),
        error_after=proportion(stayed - int(tally[1, -1]), stayed),
        coverage_after=proportion(stayed, total),
    )
