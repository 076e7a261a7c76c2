"""A figure with its 95 % bootstrap interval.

Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 1979. Counts are
resampled as multinomial draws, scores with Poisson weights (Chamandy, Muralidharan, Najmi & Naidu,
"Estimating Uncertainty for Massive Data Streams", Google 2012), so no row is ever copied.
"""

from __future__ import annotations

from math import isnan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.evaluation.figures.metrics import proportion
from genderlens.types import UNDEFINED, Estimate

Floats = NDArray[np.float64]

REPLICATES: Final = 1000
SEED: Final = 0
_TAILS: Final = (0.025, 0.975)


def percentile_interval(
    value: float, replicates: Floats, count: int, *, support: int = 0
) -> Estimate:
    """The middle 95 % of the replicates; ``count`` rows are behind the value.

    Where all replicates agree, as for a share without a single error, the bootstrap knows nothing:
    then it is Wilson's interval of ``support`` rows. Replicates that are undefined do not count.
    """
    defined = replicates[np.isfinite(replicates)]
    if isnan(value) or not len(defined):
        return UNDEFINED
    low, high = np.quantile(defined, _TAILS)
    if low == high and support:
        share = proportion(round(value * support), support)
        low, high = share.low, share.high
    return Estimate(value, min(value, float(low)), max(value, float(high)), count)


def centred_interval(value: float, replicates: Floats, count: int) -> Estimate:
    """Like ``percentile_interval`` for figures that resampling biases upwards, such as ECE.

    The replicates are moved so that their mean is the measured value; the figure is at least 0.
    """
    if isnan(value) or not len(replicates):
        return UNDEFINED
    low, high = np.quantile(replicates, _TAILS) - replicates.mean() + value
    return Estimate(value, max(0.0, min(value, float(low))), max(value, float(high)), count)


def divide(numerator: NDArray[Any], denominator: NDArray[Any]) -> Floats:
    """Element by element, NaN where the denominator is 0."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    result = np.full(shape, np.nan)
    np.divide(numerator, denominator, out=result, where=np.asarray(denominator) != 0)
    return result


def nan_mean(values: Floats) -> Floats:
    """Mean over the first axis of what is defined, NaN where nothing is."""
    defined = np.isfinite(values)
    return divide(np.where(defined, values, 0.0).sum(axis=0), defined.sum(axis=0))
