"""What the frames of a track say together: the weighted mean of their calibrated logits.

The frames of a track are far from independent, so their logits are averaged and never summed: a
long track is no surer than its frames are, only less shaken by single ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from genderlens.calibration import Calibration
from genderlens.heads import Head
from genderlens.types import Box, HeadAnswer, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH_FRAMES: Final = 3.0
"""Of equal weight, before a track is sure of anything."""
_FULL_SIDE_PX: Final = 64.0
"""A face of this side or more has the full weight."""
_FULL_SHARPNESS: Final = 0.4
"""As ``sharpness`` measures it; a portrait in focus has more."""
_LEAST_SHARE: Final = 0.05
_LOOK_PX: Final = 48


@dataclass(slots=True)
class Evidence:
    """Sums over the frames of one track."""

    weight: float = 0.0
    squares: float = 0.0
    logits: list[float] = field(default_factory=list)
    """Weighted sums."""

    def add(self, logits: Sequence[float], weight: float) -> None:
        """Take one frame in: its calibrated logits (``Calibration.pooled``); weight in 0..1."""
        self.weight += weight
        self.squares += weight**2
        before = self.logits or [0.0] * len(logits)
        self.logits = [sum_ + weight * x for sum_, x in zip(before, logits, strict=True)]

    @property
    def frames(self) -> float:
        """How many frames of equal weight would weigh as much (Kish's effective size)."""
        return self.weight**2 / self.squares if self.squares else 0.0

    def answer(self, head: Head, abstain_below: float) -> HeadAnswer:
        """``uncertain`` until enough frames agree with at least that confidence."""
        sums = self.logits or [0.0] * head.width
        means = [sum_ / self.weight if self.weight else 0.0 for sum_ in sums]
        answer = Calibration(abstain_below=abstain_below).answer(head, means)
        enough = self.frames > ENOUGH_FRAMES - 1e-6
        return answer if enough else replace(answer, outcome=Outcome.UNCERTAIN)

    def to_json(self) -> dict[str, Any]:
        """For the file that a run goes on from."""
        return asdict(self)


def weigh(image: Image.Image, box: Box) -> float:
    """In 0..1: how much a face of this size and sharpness says."""
    side = float(box.area**0.5)
    share = min(1.0, sharpness(image, box) / _FULL_SHARPNESS)
    return min(1.0, side / _FULL_SIDE_PX) * max(_LEAST_SHARE, share)


def sharpness(image: Image.Image, box: Box) -> float:
    """Mean absolute Laplacian of a face per standard deviation of its grey, at 48×48."""
    inside = box.clipped(*map(float, image.size))
    if inside.width < 1 or inside.height < 1:
        return 0.0
    region = (inside.left, inside.top, inside.right, inside.bottom)
    small = image.convert("L").resize((_LOOK_PX, _LOOK_PX), Image.Resampling.BILINEAR, region)
    grey: NDArray[np.float64] = np.asarray(small, dtype=np.float64)
    middle, around = grey[1:-1, 1:-1], grey[:-2, 1:-1] + grey[2:, 1:-1]
    laplacian = 4 * middle - around - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(np.abs(laplacian).mean() / (grey.std() + 1.0))
