"""Accuracy by group, as a card tells it."""

from __future__ import annotations

from typing import Final

from genderlens.export.cards.markdown import cell, table
from genderlens.types import Estimate

SMALL_GROUP: Final = 100
"""Groups of fewer pictures are shown and not compared."""


def group_lines(column: str, values: dict[str, Estimate]) -> list[str]:
    """A table of one column's groups, with the largest gap."""
    rows = [
        (cell(value), f"{share.value:.1%}", f"{share.low:.1%} – {share.high:.1%}", share.count)
        for value, share in values.items()
    ]
    lines = table((cell(column), "accuracy", "95 % interval", "pictures"), rows)
    large = {value: share for value, share in values.items() if share.count >= SMALL_GROUP}
    if len(large) > 1:
        worst = min(large, key=lambda value: large[value].value)
        best = max(large, key=lambda value: large[value].value)
        gap = 100 * (large[best].value - large[worst].value)
        lines += [
            "",
            f"Largest gap among groups of at least {SMALL_GROUP} pictures: {gap:.1f} percentage "
            f"points, between {worst} and {best}.",
        ]
    return lines
