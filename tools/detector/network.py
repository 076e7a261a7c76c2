"""CenterFace as a network that can be taught, at the published widths or narrower ones.

Xu, Yan, Yang & Zhang, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019):
inverted residuals (Sandler et al., "MobileNetV2", CVPR 2018) and a pyramid that is put together
upwards. Norms are folded into the convolutions before them. The transposed convolutions are
convolutions of a pixel whose channels are laid out as 2×2 pixels (Shi et al., "Real-Time Single
Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", CVPR
2016): with stride and kernel both 2 no two taps meet, so the two are the same sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

HEADS: Final = {"heat": 1, "size": 2, "offset": 2, "landmarks": 10}
"""Channels of what is told of each cell of 4×4 pixels: logit of a face's centre, log of height and
width, offsets down and across, and five points, each down and across in shares of the box."""
PYRAMID: Final = (96, 32, 24)
"""Channels of the trunk that the pyramid reads, coarsest first."""
CELL_PX: Final = 4


class Shape(NamedTuple):
    """One inverted residual of the trunk, at the published width."""

    name: str
    inputs: int
    hidden: int
    outputs: int
    stride: int

    @property
    def residual(self) -> bool:
        """Whether its input is added to its output."""
        return self.stride == 1 and self.inputs == self.outputs


BLOCKS: Final = (
    Shape("half_1", 16, 96, 24, 2),
    Shape("quarter_1", 24, 144, 24, 1),
    Shape("quarter_2", 24, 144, 32, 2),
    Shape("eighth_1", 32, 192, 32, 1),
    Shape("eighth_2", 32, 192, 32, 1),
    Shape("eighth_3", 32, 192, 64, 2),
    Shape("sixteenth_1", 64, 384, 64, 1),
    Shape("sixteenth_2", 64, 384, 64, 1),
    Shape("sixteenth_3", 64, 384, 64, 1),
    Shape("sixteenth_4", 64, 384, 96, 1),
    Shape("sixteenth_5", 96, 576, 96, 1),
    Shape("sixteenth_6", 96, 576, 96, 1),
    Shape("sixteenth_7", 96, 576, 160, 2),
    Shape("last_1", 160, 960, 160, 1),
    Shape("last_2", 160, 960, 160, 1),
)
READ: Final = ("quarter_1", "eighth_2", "sixteenth_6")
"""The blocks whose outputs the pyramid reads, finest first."""
PUBLISHED: Final[Mapping[str, int]] = {
    "stem": 32,
    **{shape.name: shape.hidden for shape in BLOCKS},
    "top": 960,
    "pyramid": 24,
}
"""Hidden channels of each part."""
NARROW: Final[Mapping[str, int]] = {
    "stem": 16,
    **{"half_1": 48, "quarter_1": 64, "quarter_2": 64},
    **{f"eighth_{number}": 96 for number in (1, 2, 3)},
    **{f"sixteenth_{number}": 160 for number in (1, 2, 3, 4)},
    **{f"sixteenth_{number}": 224 for number in (5, 6, 7)},
    **{"last_1": 320, "last_2": 320, "top": 320, "pyramid": 24},
}
"""Half the time of a look. Sixteen floats are what a processor with AVX-512 takes at a time, so
hidden widths are multiples of that."""


def split_heads(values: Tensor) -> dict[str, Tensor]:
    """The channels of N×15×h×w by the names of HEADS."""
    return dict(zip(HEADS, torch.split(values, list(HEADS.values()), 1), strict=True))


class Expanding(nn.Module):
    """1×1 to the hidden channels, a depthwise 3×3 of them, both rectified: N×C×H×W → N×K×h×w."""

    def __init__(self, inputs: int, hidden: int, stride: int) -> None:
        super().__init__()
        self.widen = nn.Conv2d(inputs, hidden, 1)
        self.spread = nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden)

    def forward(self, values: Tensor) -> Tensor:
        """The hidden channels."""
        return torch.relu(self.spread(torch.relu(self.widen(values))))


class Residual(nn.Module):
    """An inverted residual: N×C×H×W → N×D×h×w."""

    def __init__(self, shape: Shape, hidden: int) -> None:
        super().__init__()
        self.residual = shape.residual
        self.hidden = Expanding(shape.inputs, hidden, shape.stride)
        self.narrow = nn.Conv2d(hidden, shape.outputs, 1)

    def forward(self, values: Tensor) -> Tensor:
        """What the block adds to its input, added where the shapes agree."""
        found: Tensor = self.narrow(self.hidden(values))
        return values + found if self.residual else found


class CenterFaceNetwork(nn.Module):
    """N×3×H×W, 0..255, red first, sides multiples of 32 → N×15×H/4×W/4, as HEADS has them."""

    def __init__(
        self, widths: Mapping[str, int] = PUBLISHED, *, levels: int = len(PYRAMID)
    ) -> None:
        """``levels`` of the pyramid: each one less makes cells of twice the side."""
        super().__init__()
        self.widths = dict(widths)
        stem, pyramid = widths["stem"], widths["pyramid"]
        self.stem = nn.Conv2d(3, stem, 3, 2, 1)
        self.spread = nn.Conv2d(stem, stem, 3, 1, 1, groups=stem)
        self.narrow = nn.Conv2d(stem, BLOCKS[0].inputs, 1)
        self.blocks = nn.ModuleList(Residual(shape, widths[shape.name]) for shape in BLOCKS)
        self.last = Expanding(BLOCKS[-1].outputs, widths["top"], 1)
        self.top = nn.Conv2d(widths["top"], pyramid, 1)
        self.aside = nn.ModuleList(nn.Conv2d(channels, pyramid, 1) for channels in PYRAMID[:levels])
        self.upwards = nn.ModuleList(nn.Conv2d(pyramid, 4 * pyramid, 1) for _ in range(levels))
        self.head = nn.Conv2d(pyramid, pyramid, 3, 1, 1)
        self.out = nn.Conv2d(pyramid, sum(HEADS.values()), 1)

    def forward(self, values: Tensor) -> Tensor:
        """All heads, the first as a logit."""
        return self.features(values)["out"]

    def features(self, values: Tensor) -> dict[str, Tensor]:
        """What each block gives, then ``top``, the levels ``pyramid_0`` … (coarsest first),
        ``head`` and ``out``."""
        values = self.narrow(self.begin(values))
        found = {"narrow": values}
        for name, block in self.named_blocks():
            found[name] = values = block(values)
        found["top"] = values = torch.relu(self.top(self.last(values)))
        for level, name in enumerate(self.read):
            found[f"pyramid_{level}"] = values = self.join(level, values, found[name])
        found["head"] = values = torch.relu(self.head(values))
        found["out"] = self.out(values)
        return found

    @property
    def read(self) -> tuple[str, ...]:
        """The blocks that the pyramid reads, coarsest first."""
        return tuple(reversed(READ))[: len(self.upwards)]

    def named_blocks(self) -> Iterator[tuple[str, Residual]]:
        """The blocks of the trunk with their names, in order."""
        for shape, block in zip(BLOCKS, self.blocks, strict=True):
            assert isinstance(block, Residual)
            yield shape.name, block

    def begin(self, values: Tensor) -> Tensor:
        """The hidden channels of the stem, at half the resolution."""
        return torch.relu(self.spread(torch.relu(self.stem(values))))

    def join(self, level: int, coarse: Tensor, fine: Tensor) -> Tensor:
        """A level of the pyramid: the one above, twice as large, and the trunk beside it."""
        large = depth_to_space(torch.relu(self.upwards[level](coarse)))
        return large + torch.relu(self.aside[level](fine))


def depth_to_space(values: Tensor) -> Tensor:
    """N×4C×H×W → N×C×2H×2W; the first quarter of the channels lies in the upper left corners."""
    count, channels, height, width = values.shape
    parts = values.view(count, 2, 2, channels // 4, height, width).permute(0, 3, 4, 1, 5, 2)
    return parts.reshape(count, channels // 4, 2 * height, 2 * width)
