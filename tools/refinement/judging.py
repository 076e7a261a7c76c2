"""How near refined faces are to what the detector says on average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from genderlens.detection.detectors import find_detector
from genderlens.graphs.runtime import Session
from tools.refinement.lessons import RefinementLessons

_BATCH: Final = 64
_MIN_SCORE: Final = 0.5
_MOST_ERROR: Final = 0.05
"""What holds where the plan of looks has no such network yet."""


@dataclass(frozen=True, slots=True)
class RefinementJudgement:
    """Of squares that taught nothing; errors are medians, in sides of the square."""

    faces: int
    faces_sure: float
    """Share of them that the network is sure of."""
    others: int
    others_sure: float
    """Share of the squares without a face that it is sure of all the same."""
    box_error: float
    """Of the sure ones: the mean of what centre, width and height are off."""
    points_error: float


def judge(content: bytes, lessons: RefinementLessons) -> RefinementJudgement:
    """What a graph does with lessons."""
    session = Session(content)
    squares, targets = lessons.squares, lessons.targets
    parts = range(0, len(squares), _BATCH)
    outputs = [session.run({session.input_name: squares[i : i + _BATCH]})[0] for i in parts]
    rows = np.concatenate(outputs)
    look = find_detector().looks.refinement
    least, most = (look.min_score, look.most_error) if look else (_MIN_SCORE, _MOST_ERROR)
    sure = (rows[:, 0] >= least) & (rows[:, -1] <= most)
    face = targets[:, 0] > 0
    wanted = targets[:, 1:].copy()
    wanted[:, 2:4] = np.exp(wanted[:, 2:4])
    far = np.abs(rows[:, 1:-1] - wanted)[face & sure]
    return RefinementJudgement(
        int(face.sum()),
        _share(sure[face]),
        int((~face).sum()),
        _share(sure[~face]),
        round(float(np.median(far[:, :4].mean(1))), 4) if len(far) else 0.0,
        round(float(np.median(far[:, 4:].mean(1))), 4) if len(far) else 0.0,
    )


def _share(values: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
