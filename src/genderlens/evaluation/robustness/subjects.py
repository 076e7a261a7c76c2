"""Labelled pictures with the place of their face, as the robustness table wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents, stored_order
from genderlens.data.sources.paths import place_of
from genderlens.data.splits.stratified import hash_rank
from genderlens.errors import DataError, ImageError
from genderlens.evaluation.robustness.corruptions import Corruption
from genderlens.pictures.imaging import decode_image
from genderlens.pictures.regions import CropGeometry
from genderlens.types import Box

FindFace = Callable[[bytes], Box | None]
"""The face box in an encoded picture, in pixels; None where there is none."""

_TAUGHT: Final = ("train", "calibration")
_FACE_ASPECT: Final = 0.75
"""Width by height of a detector's face box."""


@dataclass(frozen=True)
class Subject:
    """A labelled picture and where its face is, in pixels."""

    uri: str
    label: str
    content: bytes
    image: Image.Image
    face: Box

    def encode(self, corruption: Corruption, level: float) -> bytes:
        """The picture at one step of a corruption.

        Chance depends on picture and step alone, so no order or sample changes it.
        """
        seed = hash_rank(place_of(self.uri), f"{corruption.name} {level}")
        return corruption.encode(self.image, self.face, level, seed)


def choose_sample(manifest: Manifest, most: int, *, split: str | None = None) -> Manifest:
    """At most so many rows, chosen by their addresses alone, in the order they are stored in.

    Of the given split, or of all rows that neither taught nor calibrated. Raises DataError where
    that leaves none.
    """
    splits = manifest.column("split")
    kept = [row for row, own in enumerate(splits) if _is_wanted(own, split)]
    if not kept:
        known = ", ".join(sorted({own or "none" for own in splits})) or "none"
        raise DataError(
            f"none of {len(manifest):,} pictures is in split {split or 'val, test or none'!r}; "
            f"the splits are: {known}"
        )
    held_out = manifest.take(kept)
    ranks = [hash_rank(place_of(uri), "robustness") for uri in held_out.uris]
    chosen = set(sorted(range(len(held_out)), key=ranks.__getitem__)[:most])
    return held_out.take([row for row in stored_order(held_out) if row in chosen])


def _is_wanted(own: str | None, split: str | None) -> bool:
    return own == split if split else own not in _TAUGHT


def read_subjects(
    manifest: Manifest, crop: CropGeometry, find_face: FindFace, unreadable: list[str]
) -> Iterator[Subject]:
    """A subject for each row, one in memory at a time.

    Where no face is found, the picture is taken for a crop of one. Addresses of pictures that
    cannot be read are added to ``unreadable``; where that is all of them, DataError is raised.
    """
    rows = zip(manifest.uris, manifest.labels, iterate_contents(manifest), strict=True)
    for uri, label, content in rows:
        try:
            if isinstance(content, DataError):
                raise content
            image = decode_image(content)
        except (DataError, ImageError):
            unreadable.append(uri)
            continue
        face = find_face(content) or face_of_crop(image.size, crop)
        yield Subject(uri, label, content, image, face)
    if len(unreadable) == len(manifest):
        raise DataError(
            f"none of {len(manifest):,} pictures can be read, the first is {unreadable[:1]}; "
            "check the source with 'genderlens data check'"
        )


def face_of_crop(size: tuple[int, int], crop: CropGeometry) -> Box:
    """The face box that ``crop`` would have cut a picture of this size around."""
    width, height = size
    side = (width * height) ** 0.5
    x, y = width / 2 - crop.shift_x * side, height / 2 - crop.shift_y * side
    half_height = side / crop.scale / _FACE_ASPECT**0.5 / 2
    half_width = half_height * _FACE_ASPECT
    return Box(x - half_width, y - half_height, x + half_width, y + half_height)
