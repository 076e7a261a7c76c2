"""How many faces a coarse look misses, how far off they are, and what it sees where are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from genderlens.detection.networks.face import COARSE_CELL_PX
from tools.coarse.lessons import CoarseLessons
from tools.detector.agreement import peaks_of
from tools.detector.distillation import to_planes
from tools.detector.network import CenterFaceNetwork

FACE: Final = 0.5
"""What CenterFace scores where there is a face."""
NOTHING: Final = 0.15
"""What it scores at most where a picture shows nobody."""
SIDES_PX: Final = ((10.0, 16.0), (16.0, 26.0), (26.0, 64.0), (64.0, 400.0))
_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class CoarseJudgement:
    """Of pictures that were held out; shares of faces of so many pixels, and of pictures."""

    faces_found: Mapping[str, float]
    """Near which a cell scores ``FACE``."""
    faces_suspected: Mapping[str, float]
    """Near which a cell scores ``NOTHING``."""
    empty_pictures_passed: float
    """In which a cell scores ``NOTHING``, of those that show nobody."""
    size_error: float
    """Mean error of the logarithm of height and width, of the faces above 26 px."""
    points_error: float
    """In shares of the box."""


@torch.no_grad()
def judge(network: CenterFaceNetwork, lessons: CoarseLessons) -> CoarseJudgement:
    """What the network makes of lessons."""
    parts = [slice(start, start + _BATCH) for start in range(0, len(lessons), _BATCH)]
    found = torch.cat([network(to_planes(lessons.pixels[part])) for part in parts])
    wanted = torch.from_numpy(lessons.cells).float()
    heat, score = torch.sigmoid(found[:, :1]), wanted[:, :1]
    near = functional.max_pool2d(heat, 3, 1, 1)
    side = COARSE_CELL_PX * wanted[:, 1:3].mean(1, keepdim=True).exp()
    faces = peaks_of(score, FACE)
    by_side = {
        f"{low:.0f} to {high:.0f} px": near[faces & (side >= low) & (side < high)]
        for low, high in SIDES_PX
    }
    large = (faces & (side >= SIDES_PX[2][0]))[:, 0]
    far = (found - wanted).abs()
    empty = heat.amax((1, 2, 3))[score.amax((1, 2, 3)) < NOTHING]
    return CoarseJudgement(
        {name: _share(scores, FACE) for name, scores in by_side.items()},
        {name: _share(scores, NOTHING) for name, scores in by_side.items()},
        _share(empty, NOTHING),
        _mean(far[:, 1:3].mean(1)[large]),
        _mean(far[:, 5:].mean(1)[large]),
    )


def _share(scores: Tensor, least: float) -> float:
    return _mean((scores >= least).float())


def _mean(values: Tensor) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
