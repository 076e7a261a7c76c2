"""Clips made of a portrait that moves, grows, overlaps and leaves: their tracks are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image

import photos

Place = tuple[float, float, float]
"""Left, top and side of a portrait, in pixels."""


@dataclass(frozen=True)
class Actor:
    """A portrait on its way: where it is at a time (s), None where it is not there."""

    path: Callable[[float], Place | None]
    mirrored: bool = False

    def face(self, time_s: float) -> tuple[float, float] | None:
        """The centre of the face, which lies at 44 % and 23 % of the portrait."""
        place = self.path(time_s)
        if place is None:
            return None
        left, top, side = place
        across = 0.56 if self.mirrored else 0.44
        return left + across * side, top + 0.23 * side


STILL = Actor(lambda _: (20.0, 40.0, 260.0))
GROWING = Actor(lambda t: (380.0 - 20 * t, 60.0 - 10 * t, 180.0 + 30 * t), mirrored=True)
"""Comes nearer, on the right."""


def write_clip(
    path: Path,
    actors: Sequence[Actor],
    *,
    seconds: float,
    rate: int = 10,
    size: tuple[int, int] = (640, 360),
    codec: str = "libx264",
) -> Path:
    """A video of that size (width, height) and rate (frames per second)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * rate)):
            picture = draw(actors, number / rate, size)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return path


def draw(actors: Sequence[Actor], time_s: float, size: tuple[int, int]) -> np.ndarray:
    """One frame; later actors are in front."""
    picture = Image.new("RGB", size, (96, 110, 120))
    for actor in actors:
        place = actor.path(time_s)
        if place is None:
            continue
        left, top, side = place
        portrait = photos.portrait()
        if actor.mirrored:
            portrait = portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        drawn = portrait.resize((round(side), round(side)), Image.Resampling.BILINEAR)
        picture.paste(drawn, (round(left), round(top)))
    return np.asarray(picture)
