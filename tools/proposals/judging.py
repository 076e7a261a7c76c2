"""How many faces proposals miss, and where they see one though there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from tools.detector.network import CenterFaceNetwork
from tools.proposals.lessons import Lessons
from tools.proposals.loss import peaks_of
from tools.proposals.teaching import to_planes

FACE: Final = 0.5
"""What CenterFace scores where there is a face."""
NOTHING: Final = 0.15
"""What it scores at most where a tile shows nobody."""
_BATCH: Final = 40


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of tiles that were held out, as they are and turned by a quarter."""

    faces: int
    faces_found: float
    """Share of them near which a cell scores ``min_score``."""
    tiles_without: int
    tiles_passed: float
    """Share of the tiles without a face in which a cell scores that."""


@torch.no_grad()
def judge(
    network: CenterFaceNetwork, lessons: Lessons, min_score: float, quarters: int = 0
) -> Judgement:
    """What the network does with lessons, turned by so many quarters."""
    faces: list[Tensor] = []
    empty: list[Tensor] = []
    for start in range(0, len(lessons), _BATCH):
        part = slice(start, start + _BATCH)
        pictures = torch.rot90(to_planes(lessons.pixels[part]), quarters, (2, 3))
        cells = torch.from_numpy(lessons.cells[part]).float()
        score = torch.rot90(cells[:, :1], quarters, (2, 3))
        heat = torch.sigmoid(network(pictures)[:, :1])
        faces.append(functional.max_pool2d(heat, 3, 1, 1)[peaks_of(score, FACE)])
        empty.append(heat.amax((1, 2, 3))[score.amax((1, 2, 3)) < NOTHING])
    found, passed = torch.cat(faces), torch.cat(empty)
    return Judgement(len(found), _share(found, min_score), len(passed), _share(passed, min_score))


def _share(scores: Tensor, least: float) -> float:
    return round(float((scores >= least).float().mean()), 4) if len(scores) else 0.0
