"""A measured figure and its 95 % interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, ClassVar, Final


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure measured on `count` pictures, with its 95 % interval."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    value: float
    low: float
    high: float
    count: int

    def rounded(self, digits: int) -> Estimate:
        """The figure and its ends to so many decimals."""
        low, value, high = (round(x, digits) for x in (self.low, self.value, self.high))
        return replace(self, value=value, low=low, high=high)

    def to_dict(self) -> dict[str, float | None]:
        """Figure and ends without the count, six decimals; null where undefined."""
        return {name: json_number(getattr(self, name)) for name in ("value", "low", "high")}


UNDEFINED: Final = Estimate(float("nan"), float("nan"), float("nan"), 0)
"""Where the data does not define a figure."""


def json_number(value: float) -> float | None:
    """Six decimals are plenty; what JSON cannot say is null."""
    return round(float(value), 6) if isfinite(value) else None
