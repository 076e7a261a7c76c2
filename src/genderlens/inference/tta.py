"""Test-time augmentation as data: a view says how a face is cut out once more.

The logits of all views of a face are averaged. Flips and small changes of the crop are the changes
that training taught the network to overlook; see Krizhevsky, Sutskever & Hinton, "ImageNet
Classification with Deep Convolutional Neural Networks", NeurIPS 2012, section 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

from genderlens.pictures.regions import Region
from genderlens.types import Tta


@dataclass(frozen=True, slots=True)
class TtaView:
    """One way to cut out a face: mirrored or not, ``scale`` times as wide as the bundle says."""

    flip: bool = False
    scale: float = 1.0

    def region(self, square: Region) -> Region:
        """What to cut, about the centre of the bundle's own square."""
        return square.widened(self.scale)


VIEWS: Final[dict[Tta, tuple[TtaView, ...]]] = {
    "off": (TtaView(),),
    "flip": (TtaView(), TtaView(flip=True)),
    "crops": tuple(TtaView(flip, scale) for scale, flip in product((1.0, 0.9, 1.1), (False, True))),
}
"""The views of every test-time augmentation; the first is always the plain one."""
