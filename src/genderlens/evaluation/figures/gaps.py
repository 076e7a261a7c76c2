"""From groups to findings: the worst group, the largest gap, and who differs beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from math import sqrt
from typing import Any, Final

from genderlens.evaluation.figures.fairness import Group
from genderlens.evaluation.figures.significance import holm, two_proportions
from genderlens.types import UNDEFINED, Estimate

HIGH_IS_BAD: Final = ("abstention_rate", "refusal_rate")
ALPHA: Final = 0.05


@dataclass(frozen=True)
class Gap:
    """The best and the worst group of one crossing; ``difference`` is best minus worst.

    Its interval is Newcombe's (Statistics in Medicine 1998, 17:873, method 10); that the pair was
    chosen for being extreme is not in it.
    """

    rate: str
    columns: tuple[str, ...]
    best: Group
    worst: Group
    difference: Estimate

    def to_dict(self) -> dict[str, Any]:
        return {
            "rate": self.rate,
            "columns": list(self.columns),
            "best": {"group": list(self.best.values), **asdict(self.best.rates[self.rate])},
            "worst": {"group": list(self.worst.values), **asdict(self.worst.rates[self.rate])},
            "difference": self.difference.to_dict(),
        }


def find_gaps(groups: Sequence[Group], *, smallest: int) -> list[Gap]:
    """For each rate and crossing with at least two groups that are large enough, the gap."""
    found = []
    for rate in groups[0].rates if groups else ():
        for columns, members in groupby(groups, key=lambda g: g.columns):
            large = [group for group in members if group.rates[rate].count >= smallest]
            if len(large) > 1:
                found.append(_gap(rate, columns, large))
    return found


def fairness_metrics(
    groups: Sequence[Group], gaps: Sequence[Gap], *, smallest: int
) -> dict[str, Estimate]:
    """``worst_group_*`` and ``largest_*_gap`` of each rate, undefined without a large group."""
    figures: dict[str, Estimate] = {}
    for rate in groups[0].rates if groups else ():
        large = [group.rates[rate] for group in groups if group.rates[rate].count >= smallest]
        worst = max(large, key=lambda share: _badness(rate, share), default=None)
        own = [gap.difference for gap in gaps if gap.rate == rate]
        worst_name, gap_name = fairness_names(rate)
        figures[worst_name] = worst or UNDEFINED
        figures[gap_name] = max(own, key=lambda d: d.value, default=UNDEFINED)
    return figures


def fairness_names(rate: str) -> tuple[str, str]:
    """What the worst group's rate and the largest gap in it are called."""
    return f"worst_group_{rate}", f"largest_{rate}_gap"


def significant_groups(groups: Sequence[Group]) -> dict[tuple[str, ...], float]:
    """Groups of single attributes whose accuracy differs from the rest's, with the p-value.

    Two-sided test of two proportions, adjusted for all groups tested.
    """
    single = [group for group in groups if len(group.columns) == 1]
    tests = [
        ((*group.columns, *group.values), _p_value(group, members))
        for _, same in groupby(single, key=lambda g: g.columns)
        for members in [list(same)]
        for group in members
    ]
    adjusted = holm([p for _, p in tests])
    return {name: p for (name, _), p in zip(tests, adjusted, strict=True) if p < ALPHA}


def _gap(rate: str, columns: tuple[str, ...], groups: Sequence[Group]) -> Gap:
    ordered = sorted(groups, key=lambda group: _badness(rate, group.rates[rate]))
    best, worst = ordered[0], ordered[-1]
    return Gap(rate, columns, best, worst, _difference(best.rates[rate], worst.rates[rate]))


def _badness(rate: str, share: Estimate) -> float:
    return share.value if rate in HIGH_IS_BAD else -share.value


def _difference(one: Estimate, other: Estimate) -> Estimate:
    """Size of the difference of two shares, Newcombe's hybrid score interval."""
    high, low = (one, other) if one.value >= other.value else (other, one)
    value = high.value - low.value
    below = sqrt((high.value - high.low) ** 2 + (low.high - low.value) ** 2)
    above = sqrt((high.high - high.value) ** 2 + (low.value - low.low) ** 2)
    least, most = max(-1.0, value - below), min(1.0, value + above)
    return Estimate(value, least, most, one.count + other.count)


def _p_value(group: Group, members: Sequence[Group]) -> float:
    """Of one group's accuracy against that of the others together."""
    shares = [member.rates["accuracy"] for member in members if member is not group]
    own = group.rates["accuracy"]
    return two_proportions(
        _hits(own), own.count, sum(map(_hits, shares)), sum(share.count for share in shares)
    )


def _hits(share: Estimate) -> int:
    return round(share.value * share.count)
