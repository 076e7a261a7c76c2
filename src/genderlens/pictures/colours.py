"""One colour for each label, wherever labels are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

Rgb = tuple[int, int, int]

PALETTE: Final[tuple[Rgb, ...]] = (
    (176, 58, 96),
    (38, 96, 160),
    (46, 125, 50),
    (141, 85, 20),
    (94, 53, 177),
    (0, 121, 125),
    (158, 60, 20),
    (90, 100, 30),
    (120, 40, 130),
)
"""By the place of a label among its head's; white reads well on each. Begins anew at the end."""
UNCERTAIN: Final[Rgb] = (110, 110, 110)


def label_colour(labels: Sequence[str], label: str | None) -> Rgb:
    """The colour of one of the labels; None, nothing certain, and other words are grey."""
    if label not in labels:
        return UNCERTAIN
    return PALETTE[labels.index(label) % len(PALETTE)]
