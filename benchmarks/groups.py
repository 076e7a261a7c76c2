"""Groups that are made up: faces of portraits, pasted into scenes without a person.

How many people there are, and how large, is known then. The portraits are CelebA's, of which the
middle is taken; a face takes a fixed share of it.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from common import people_counts
from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes

_MIDDLE: Final = (29, 39, 149, 199)
"""Of a CelebA portrait of 178×218 pixels."""
_FACE_PX: Final = 98
"""Height of the face there, as the detector sees it in the median."""
_GAP_PX: Final = 3
_TRIES: Final = 300
_QUALITY: Final = 92


class Group(NamedTuple):
    """A JPEG, how many people it shows, and the height of the first face as a share of its own."""

    content: bytes
    people: int
    share: float


def make_groups(
    data: Path,
    count: int,
    *,
    seed: int,
    people: Sequence[int],
    shares: tuple[float, float] = (0.06, 0.5),
    smallest: float = 1.0,
    size: tuple[int, int] = (640, 480),
) -> Iterator[Group]:
    """Up to so many groups, from the first share to the second in equal ratios.

    ``people``: how many, in turn. ``smallest``: the least height of a face as a share of the
    first's. Groups that find no room are left out.
    """
    chance = random.Random(seed)
    portraits = read_source(str(data / "celeba")).select("val")
    faces = [Image.open(io.BytesIO(one)).convert("RGB") for one in iterate_image_bytes(portraits)]
    scenes = [path for people, path in people_counts(data / "coco") if not people]
    for index in range(count):
        share = shares[0] * (shares[1] / shares[0]) ** ((index + 0.5) / count)
        wanted = people[index % len(people)]
        scene = Image.open(chance.choice(scenes)).convert("RGB").resize(size)
        heights = [share, *(share * chance.uniform(smallest, 1.0) for _ in range(wanted - 1))]
        if _paste(scene, [chance.choice(faces) for _ in heights], heights, chance):
            stream = io.BytesIO()
            scene.save(stream, "JPEG", quality=_QUALITY)
            yield Group(stream.getvalue(), wanted, share)


def _paste(
    scene: Image.Image,
    faces: Sequence[Image.Image],
    heights: Sequence[float],
    chance: random.Random,
) -> bool:
    """Each face somewhere, none over another; False where there is no room."""
    taken: list[tuple[int, int, int, int]] = []
    for face, height in zip(faces, heights, strict=True):
        middle = face.crop(_MIDDLE)
        scale = height * scene.height / _FACE_PX
        width, tall = round(middle.width * scale), round(middle.height * scale)
        place = _find_room(scene.size, (width, tall), taken, chance)
        if place is None:
            return False
        scene.paste(middle.resize((width, tall), Image.Resampling.LANCZOS), place)
        taken.append((*place, place[0] + width, place[1] + tall))
    return True


def _find_room(
    size: tuple[int, int],
    wanted: tuple[int, int],
    taken: Sequence[tuple[int, int, int, int]],
    chance: random.Random,
) -> tuple[int, int] | None:
    if wanted[0] >= size[0] or wanted[1] >= size[1]:
        return None
    for _ in range(_TRIES):
        x = chance.randrange(size[0] - wanted[0])
        y = chance.randrange(size[1] - wanted[1])
        right, bottom = x + wanted[0] + _GAP_PX, y + wanted[1] + _GAP_PX
        if all(
            right < a or x > c + _GAP_PX or bottom < b or y > d + _GAP_PX for a, b, c, d in taken
        ):
            return x, y
    return None
