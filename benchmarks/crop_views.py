"""Pictures through the detector, cut out in several ways, and what the classifier says of each cut.

Detection is the one that serves, except that the roll of a face is told whole: how little of it is
overlooked is one of the ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image

from genderlens.bundle import Bundle
from genderlens.detection.faces import CenterFace
from genderlens.detection.looks import Looks
from genderlens.detection.pose import leaning_roll, read_pose
from genderlens.evaluation.robustness.corruptions import CORRUPTIONS
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.predictor import Predictor
from genderlens.pictures.imaging import RgbArray, normalize, resize_region
from genderlens.pictures.regions import CropGeometry, Region
from genderlens.settings import Settings
from genderlens.types import Box, Detection

Zone = tuple[float, float]
"""Up to so many degrees a face is upright, and from so many on it leans as seen."""
NEVER: Final[Zone] = (359.0, 360.0)


@dataclass(frozen=True)
class Seen:
    """The face of a view, how far its nose lies beside the middle, and its logit by zone."""

    face: Detection
    yaw: float
    logits: Mapping[Zone, float]


class Cutter:
    """Detects by a plan of looks and asks a bundle, on one thread."""

    def __init__(self, bundle: Bundle, looks: Looks) -> None:
        whole = looks.pose.model_copy(update={"ignored_roll": 0.0, "whole_roll": 1e-6})
        self._pose, self._bundle = looks.pose, bundle
        self._classifier = BundleClassifier(bundle)
        detector = CenterFace(looks=looks.model_copy(update={"pose": whole}))
        settings = Settings(faces="largest")
        self._predictor = Predictor(self._classifier, settings, faces=detector)

    def look(self, pictures: Sequence[Image.Image], zones: Sequence[Zone]) -> list[Seen | None]:
        """What each shows, cut out by each zone; None where nobody is found."""
        faces = [self._find(picture) for picture in pictures]
        cuts = [
            self._cut(picture, self._region(face, zone))
            for picture, face in zip(pictures, faces, strict=True)
            if face
            for zone in zones
        ]
        logits = self._logits(cuts)
        return [self._seen(face, zones, logits) if face else None for face in faces]

    def ask(self, crops: Sequence[Image.Image], faces: Sequence[Detection | None]) -> list[float]:
        """The logits of pictures that are cut out already, each as it is or as a face leans."""
        regions = (self._bundle.crop.around(face) if face else None for face in faces)
        cuts = [self._cut(*pair) for pair in zip(crops, regions, strict=True)]
        return list(self._logits(cuts))

    def _seen(self, face: Detection, zones: Iterable[Zone], logits: Iterator[float]) -> Seen:
        assert face.landmarks is not None
        yaw = read_pose(face.landmarks.points, self._pose).yaw
        return Seen(face, yaw, {zone: next(logits) for zone in zones})

    def _find(self, picture: Image.Image) -> Detection | None:
        answer, _ = self._predictor.predict_photo(picture)
        face = answer.faces[0].detection if answer.faces else None
        return face if face and face.landmarks else None

    def _region(self, face: Detection, zone: Zone) -> Region:
        assert face.landmarks is not None
        roll = leaning_roll(face.landmarks.roll, *zone)
        geometry: CropGeometry = self._bundle.crop
        return geometry.around(replace(face, landmarks=replace(face.landmarks, roll=roll)))

    def _cut(self, picture: Image.Image, region: Region | None) -> RgbArray:
        spec = self._bundle.description.input
        return resize_region(picture, spec.shape, region=region, interpolation=spec.interpolation)

    def _logits(self, cuts: Sequence[RgbArray]) -> Iterator[float]:
        spec = self._bundle.description.input
        if cuts:
            values = normalize(np.stack(cuts), spec.mean, spec.std)
            for (logits,) in self._classifier.raw_logits(values, self._bundle.heads[:1]):
                yield logits[0]


def nudge(picture: Image.Image, face: Box, level: float, seed: int) -> Image.Image:
    """Cut and scaled by up to ``level`` of a face, as ``genderlens robustness`` does it."""
    return CORRUPTIONS["nudged"].apply(picture, face, level, np.random.default_rng(seed))
