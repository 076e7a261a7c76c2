"""Whether a picture that is cut out around a face already leans, and by how much.

A detector sees faces best that do not fill the picture, so it looks at a square around all of it;
one look where the face is upright, and looks from the other sides where nobody is found so.
"""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from genderlens.detection import Detector, Frame
from genderlens.detection.looks import CropLook
from genderlens.detection.pose import leaning_roll
from genderlens.detection.upright import LooksCloser, look_upright
from genderlens.pictures.regions import Region, square_around
from genderlens.types import Box, Detection


def look_at_crop(detector: Detector, frame: Frame) -> Detection | None:
    """The whole picture as a face that leans, in pixels of the original; None where it does not.

    That is where its landmarks say so and are to be trusted; a picture in which no face is found is
    taken as it is. Raises DetectorError.
    """
    if not isinstance(detector, LooksCloser):
        return None
    look = detector.looks.crop
    face = _find(detector, frame.image, look) if look else None
    if look is None or face is None:
        return None
    (settled,) = look_upright(detector, frame, frame.to_original([face]))
    roll = leaning_roll(settled.roll, look.ignored_roll, look.whole_roll)
    if settled.landmarks is None or not roll:
        return None
    whole = Box(0.0, 0.0, float(frame.size[0]), float(frame.size[1]))
    return Detection(whole, settled.score, replace(settled.landmarks, roll=roll), is_crop=True)


def _find(detector: LooksCloser, image: Image.Image, look: CropLook) -> Detection | None:
    """The face in the middle, upright or from the side from which it scores most."""
    whole = Box(0.0, 0.0, float(image.width), float(image.height))
    square = square_around(whole, look.square)
    seen: list[Detection] = []
    for quarters in (0, *detector.looks.turned.quarters):
        turned = Region(square, 90.0 * quarters)
        (found,) = detector.look_closer(image, [turned], look.min_score)
        seen += [one for one in found if _holds(one.box, whole.center)]
        if not quarters and any(one.score >= look.sure_score for one in seen):
            break
    return max(seen, key=lambda one: one.score, default=None)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom
