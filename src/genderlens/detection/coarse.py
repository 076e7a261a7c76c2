"""How fine a look a picture needs, told from what a coarse one has seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from genderlens.detection.gate import Prominence
from genderlens.detection.looks import CoarseLook
from genderlens.types import Detection


@dataclass(frozen=True, slots=True)
class Sought:
    """Which faces of a picture of ``size`` (width, height) may count, and which are sure to."""

    prominence: Prominence
    size: tuple[int, int]
    sure_score: float

    def least_side(self, look: CoarseLook, width: int) -> float:
        """Root of the area of the smallest face that counts, in pixels of a copy so wide."""
        least = self.prominence.least_side(self.size, look.narrowest)
        return least * width / self.size[0]

    def needed_side(self, seen: Sequence[Detection], look: CoarseLook, width: int) -> float:
        """Longer side, in pixels, of a look that sees every face that may count.

        ``seen``: faces in pixels of a copy of the picture that is ``width`` pixels wide. Beside a
        sure one, those much smaller need not be seen.
        """
        least = self.prominence.least_side(self.size, look.narrowest)
        scale = self.size[0] / width
        for face in seen:
            if face.score >= max(self.sure_score, self.prominence.min_score):
                area = face.box.area * self.prominence.min_relative_area
                least = max(least, scale * math.sqrt(area))
        return look.enough_px / least * max(self.size)
