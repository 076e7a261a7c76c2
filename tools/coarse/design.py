"""The small networks that CenterFace teaches: their shapes, and what they are taught with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from genderlens.detection.networks.face import COARSE
from genderlens.detection.proposals import PROPOSALS
from tools.coarse.loss import SMALL_PX, CompareHeat, detect, propose
from tools.coarse.tiles import Kind


@dataclass(frozen=True, slots=True)
class Design:
    """``file``: its name beside the detector's; ``widths``: hidden channels of each part.

    It is taught with so many pictures of ``side_px``, ``batch`` at a time in so many ``steps``;
    ``kinds`` says how often each kind is drawn. CenterFace sees them ``larger`` times as large as
    well, what it sees of large faces at both sizes counting. ``standing``: faces that lie are none.
    ``small_px``: the side of a face below which missing it counts little.
    """

    file: str
    widths: Mapping[str, int]
    side_px: int
    larger: int
    kinds: Mapping[Kind, float]
    standing: bool
    small_px: float
    compare_heat: CompareHeat
    pictures: int
    steps: int
    batch: int


_COARSE: Final = Design(
    file=COARSE,
    widths={
        "stem": 8,
        **{"half_1": 24, "quarter_1": 32, "quarter_2": 32},
        **{f"eighth_{number}": 64 for number in (1, 2, 3)},
        **{f"sixteenth_{number}": 96 for number in (1, 2, 3, 4)},
        **{f"sixteenth_{number}": 128 for number in (5, 6, 7)},
        **{"last_1": 160, "last_2": 160, "top": 160, "pyramid": 24},
    },
    side_px=128,
    larger=2,
    kinds={"whole": 0.3, "part": 0.14, "faces": 0.22, "group": 0.16, "portrait": 0.18},
    standing=True,
    small_px=SMALL_PX,
    compare_heat=detect,
    pictures=28_800,
    steps=7_000,
    batch=64,
)
"""A fifth of the time of CenterFace: the first, coarse look at a picture, and turned ones."""

_PROPOSALS: Final = Design(
    file=PROPOSALS,
    widths={
        "stem": 8,
        **{"half_1": 16, "quarter_1": 32, "quarter_2": 32},
        **{f"eighth_{number}": 48 for number in (1, 2, 3)},
        **{f"sixteenth_{number}": 96 for number in range(1, 8)},
        **{"last_1": 128, "last_2": 128, "top": 128, "pyramid": 24},
    },
    side_px=256,
    larger=2,
    kinds={"whole": 0.22, "part": 0.4, "faces": 0.24, "group": 0.1, "portrait": 0.04},
    standing=False,
    small_px=10.0,
    compare_heat=propose,
    pictures=16_000,
    steps=8_400,
    batch=24,
)
"""A sixth of the time: where the finest look has to look."""

DESIGNS: Final[Mapping[str, Design]] = {"coarse": _COARSE, "proposals": _PROPOSALS}
