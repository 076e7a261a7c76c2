"""The network that refines: a square around a face, 64 px, to box and landmarks in it.

A cascade of regressors, as in Zhang et al., "Joint Face Detection and Alignment using Multi-task
Cascaded Convolutional Networks" (2016), here of one stage and taught by the detector itself.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

SIDE_PX: Final = 64
POINTS: Final = 5
OUTPUTS: Final = {"found": 1, "box": 4, "points": 2 * POINTS, "error": 1}
"""Logit of a face that the detector finds as well; centre (across, down) and log of width and
height; the points (across, down); log of how far off that is. Lengths are in sides of the square,
places count from its middle."""
STAGES: Final = ((24, 1), (48, 2), (96, 2), (128, 1))
"""Channels and convolutions of each; each halves the resolution."""
HIDDEN: Final = 128
_FACE: Final = -0.4
"""Log of the box's sides before anything is learnt: two thirds of the square."""
_CELLS: Final = (SIDE_PX >> len(STAGES)) ** 2


class RefinementModel(nn.Module):
    """N×3×64×64, 0..255 → N×16 as OUTPUTS has them."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for channels, count in STAGES:
            for index in range(count):
                stride = 2 if index == 0 else 1
                layers += [
                    nn.Conv2d(inputs, channels, 3, stride, 1, bias=False),
                    nn.BatchNorm2d(channels),
                    nn.ReLU(),
                ]
                inputs = channels
        self.trunk = nn.Sequential(*layers)
        self.hidden = nn.Linear(inputs * _CELLS, HIDDEN)
        self.out = nn.Linear(HIDDEN, sum(OUTPUTS.values()))
        nn.init.normal_(self.out.weight, std=0.01)
        with torch.no_grad():
            self.out.bias.zero_()
            self.out.bias[3:5] = _FACE
            self.out.bias[-1] = -3.0

    def forward(self, pictures: Tensor) -> Tensor:
        """All outputs side by side."""
        seen = self.trunk((pictures - 127.5) / 64.0).flatten(1)
        found: Tensor = self.out(torch.relu(self.hidden(seen)))
        return found
