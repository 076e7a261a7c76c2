"""``--fail-if "worst_group_accuracy<0.9"``: a bound that a measured figure must not cross."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Final

from genderlens.errors import SettingsError
from genderlens.types import UNDEFINED, Estimate

_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_RULE: Final = re.compile(
    r"\s*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\s*(<=|>=|<|>)\s*([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)\s*"
)


@dataclass(frozen=True)
class Rule:
    """Broken where ``figure sign bound`` holds, or where the figure is undefined.

    A further head's figure is ``HEAD.FIGURE``.
    """

    figure: str
    sign: str
    bound: float

    def is_broken(self, figures: Mapping[str, Estimate]) -> bool:
        """Whether the measured value crosses the bound; what was not measured fails closed."""
        value = figures.get(self.figure, UNDEFINED).value
        return isnan(value) or _COMPARE[self.sign](value, self.bound)

    def __str__(self) -> str:
        return f"{self.figure} {self.sign} {self.bound:g}"


def parse_rule(text: str) -> Rule:
    """A rule from its words; nothing is evaluated. Raises SettingsError for anything else."""
    match = _RULE.fullmatch(text)
    try:
        return Rule(match[1], match[2], float(match[3])) if match else _misread(text)
    except ValueError:
        return _misread(text)


def require_known(rules: Iterable[Rule], known: Collection[str]) -> None:
    """SettingsError for a rule on a figure that will not be measured, listing those that will."""
    for rule in rules:
        if rule.figure not in known:
            hint = "; figures of groups need --by" if "group" in rule.figure else ""
            raise SettingsError(
                f"--fail-if knows no figure {rule.figure!r}{hint}; "
                f"known are {', '.join(sorted(known))}"
            )


def _misread(text: str) -> Rule:
    raise SettingsError(
        f"--fail-if {text!r} is not understood; write FIGURE<NUMBER (also <=, >, >=), "
        "such as worst_group_accuracy<0.9"
    )
