"""What abstaining does to each group when all share one threshold.

Jones, Sagawa, Koh, Kumar & Liang, "Selective Classification Can Magnify Disparities Across
Groups", ICLR 2021: withholding doubtful answers raises accuracy overall and may lower it for some.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.fairness import group_members
from genderlens.evaluation.intervals import Estimate, divide
from genderlens.evaluation.metrics import Proportion, proportion
from genderlens.evaluation.rows import Judged
from genderlens.evaluation.scores import risk_area

Floats = NDArray[np.float64]

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
    error_before: Proportion
    error_after: Proportion
    coverage_after: Proportion

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
    answered = np.flatnonzero(rows.answered)
    if not len(answered):
        return []
    confidence, right = rows.confidence[answered], rows.right[answered]
    cuts = np.quantile(confidence, 1.0 - COVERAGES)
    step = np.searchsorted(cuts, confidence, side="right") - 1
    found = []
    for column, attribute in rows.attributes.items():
        member = group_members(rows, (column,))[0][answered]
        for code, value in enumerate(attribute.values):
            own = member == code
            if own.any():
                stays = own & (confidence >= threshold)
                accuracy, coverage = _lines(step[own], right[own])
                found.append(
                    SelectiveGroup(
                        column=column,
                        value=value,
                        accuracy=accuracy,
                        coverage=coverage,
                        area=risk_area(
                            rows.probability[answered][own], rows.male[answered][own], generator
                        ),
                        error_before=proportion(int((~right[own]).sum()), int(own.sum())),
                        error_after=proportion(int((~right[stays]).sum()), int(stays.sum())),
                        coverage_after=proportion(int(stays.sum()), int(own.sum())),
                    )
                )
    return found


def _lines(step: NDArray[np.int64], right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Accuracy and coverage of the rows whose confidence reaches each cut."""
    size = len(COVERAGES)
    left = np.cumsum(np.bincount(step, minlength=size)[::-1])[::-1].astype(np.float64)
    hits = np.cumsum(np.bincount(step, weights=right, minlength=size)[::-1])[::-1]
    accuracy = np.where(left >= _FEWEST, divide(hits, left), np.nan)
    return accuracy, left / len(step)
